"""
The rules as the tables of docs/follow-ups.md, which `python -m followups.tables` writes into it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from followups.rules import AGREEMENT_RULES, PRECEDENCE, PROSPECT_RULES, Rule
from followups.states import FollowUpStatus

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "follow-ups.md"
COMPARISONS = {"": "is", "gt": "is above", "gte": "is at least"}
OF_THE_PAST = [rule.status.label for rule in AGREEMENT_RULES if rule.status not in PRECEDENCE]


def brought_up_to_date(text: str) -> str:
    """Give the document with each table as the rules say, between the comments that name it."""
    for name, lines in TABLES.items():
        begin, end = f"<!-- {name} -->", "<!-- end -->"
        table = "\n".join([begin, "", *lines, "", end])
        before, found, after = text.partition(begin)
        if not found:
            raise ValueError(f"{DOCUMENT.name} has no line {begin}")
        text = before + table + after.partition(end)[2]
    return text


def _of_rules(rules: Iterable[Rule]) -> Iterator[str]:
    yield from ("| | code | label | when |", "|---|---|---|---|")
    for number, rule in enumerate(rules, start=1):
        when = " and ".join(_words(*each) for each in rule.when.items()) or "always"
        yield f"| {number} | `{rule.status}` | {rule.status.label} | {when} |"


def _words(lookup: str, value: Any) -> str:
    name, _, comparison = lookup.partition("__")
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{name}` {COMPARISONS[comparison]} `{shown}`"


def _of_precedence(statuses: Iterable[FollowUpStatus]) -> Iterator[str]:
    yield from ("| | code | label |", "|---|---|---|")
    number = 0
    for number, status in enumerate(statuses, start=1):
        yield f"| {number} | `{status}` | {status.label} |"
    yield f"| {number + 1} | | {' or '.join(OF_THE_PAST)}: the most recent purchase decides |"


TABLES = {
    "of an agreement: the first that fits": [*_of_rules(AGREEMENT_RULES)],
    "of several agreements: the first that one of them gives": [*_of_precedence(PRECEDENCE)],
    "of a prospect: the last that fits": [*_of_rules(PROSPECT_RULES)],
}

if __name__ == "__main__":
    DOCUMENT.write_text(brought_up_to_date(DOCUMENT.read_text()))

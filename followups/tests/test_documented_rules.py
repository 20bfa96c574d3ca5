from followups.rules import AGREEMENT_RULES, PRECEDENCE, PROSPECT_RULES
from followups.tables import DOCUMENT, brought_up_to_date


def test_the_documented_tables_are_those_of_the_rules():
    text = DOCUMENT.read_text()

    assert brought_up_to_date(text) == text, (
        "docs/follow-ups.md tells of other rules than followups/rules.py. "
        "`python -m followups.tables` brings it up to date."
    )


def test_every_status_has_its_line_and_those_of_the_present_have_their_place():
    lines = DOCUMENT.read_text().splitlines()

    for rule in (*AGREEMENT_RULES, *PROSPECT_RULES):
        there = [line for line in lines if f"| `{rule.status}` | {rule.status.label} |" in line]
        assert len(there) == (2 if rule.status in PRECEDENCE else 1)

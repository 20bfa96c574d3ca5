"""The tables: what each path costs, and how that compares with its limit and its rival."""

from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

from benchmarks.measuring import Rival

HEADINGS = (
    "path",
    "who",
    "CPU ms",
    "of it app",
    "database",
    "rounds",
    "requests/s",
    "latency ms",
    "Gymtastic is",
    "target",
)
# In these columns stand words, at the left; figures stand at the right of theirs.
WORDS = {"path", "who", "mail", "answers", "Gymtastic is", "target"}


class Table(NamedTuple):
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


class Target(NamedTuple):
    """How Gymtastic's CPU should compare with a rival's."""

    sentence: str
    # Takes Gymtastic's CPU and the rival's.
    ratio: Callable[[float, float], float]
    words: str
    is_met: Callable[[float], bool]


def of_the_limit(least: float, better: str = "") -> Target:
    return Target(
        f"≥ {least}{better}",
        lambda own, its: its / own,
        "{:.2f} of it",
        lambda ratio: ratio >= least,
    )


def times_the_plain(least: float, better: str = "") -> Target:
    return Target(
        f"≥ {least:g} ×{better}",
        lambda own, its: its / own,
        "{:.1f} × it",
        lambda ratio: ratio >= least,
    )


def times_the_page(most: float) -> Target:
    return Target(
        f"≤ {most:g} × the page",
        lambda own, its: its / own,
        "({:.2f} × the page)",
        lambda ratio: ratio <= most,
    )


def times_the_first() -> Target:
    """Say how much dearer it is, without a goal."""
    return Target("", lambda own, its: its / own, "({:.2f} × the first)", lambda ratio: True)


def rows_for(path: str, rivals: Sequence[Rival], targets: dict[str, Target]) -> list[list[str]]:
    """Give the table's rows of one path; the first rival is Gymtastic."""
    own = rivals[0]
    rows: list[list[str]] = []
    for rival in rivals:
        costs = [each.cpu_ms for each in rival.rounds]
        row = [
            path if rival is own else "",
            rival.name,
            f"{median(costs):.2f}",
            f"{rival.middle(lambda each: each.app_ms):.2f}",
            f"{rival.middle(lambda each: each.database_ms):.2f}",
            f"{min(costs):.2f}–{max(costs):.2f}",
            f"{rival.middle(lambda each: each.per_second):.0f}",
            f"{rival.middle(lambda each: each.latency_ms):.1f}",
        ]
        target = targets.get(rival.name)
        rows.append([*row, *(_verdict(target, own, rival) if target else ("", ""))])
    return rows


def _verdict(target: Target, own: Rival, rival: Rival) -> tuple[str, str]:
    pairs = zip(own.rounds, rival.rounds, strict=True)
    ratio = median(target.ratio(ours.cpu_ms, its.cpu_ms) for ours, its in pairs)
    met = "met" if target.is_met(ratio) else "MISSED"
    return target.words.format(ratio), f"{target.sentence}: {met}" if target.sentence else ""


def as_text(table: Table) -> str:
    rows = [table.headings, *table.rows]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines: list[str] = []
    for row in rows:
        if row[0] and lines:
            lines.append("")
        cells = zip(table.headings, row, widths, strict=True)
        line = (
            cell.ljust(width) if heading in WORDS else cell.rjust(width)
            for heading, cell, width in cells
        )
        lines.append("  ".join(line).rstrip())
    return "\n".join(lines)


def as_markdown(table: Table) -> str:
    ruler = ["---" if heading in WORDS else "---:" for heading in table.headings]
    return "\n".join(f"| {' | '.join(row)} |" for row in (table.headings, ruler, *table.rows))

"""The one table: what each path costs, and how that compares with its limit and its rival."""

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


def rows_for(path: str, rivals: Sequence[Rival], targets: dict[str, Target]) -> list[list[str]]:
    """Give the table's rows of one path; the first rival is Gymtastic."""
    own = rivals[0]
    rows = []
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
    return target.words.format(ratio), f"{target.sentence}: {met}"


def as_text(rows: Sequence[Sequence[str]]) -> str:
    table = [HEADINGS, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEADINGS))]
    lines: list[str] = []
    for row in table:
        if row[0] and lines:
            lines.append("")
        lines.append("  ".join(_aligned(row, widths)).rstrip())
    return "\n".join(lines)


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    # Figures stand at the right of their column, words at the left.
    return [
        cell.rjust(width) if 2 <= column <= 7 else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]


def as_markdown(rows: Sequence[Sequence[str]]) -> str:
    ruler = ["---:" if 2 <= column <= 7 else "---" for column in range(len(HEADINGS))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (HEADINGS, ruler, *rows))

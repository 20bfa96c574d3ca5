"""
How much CPU have processes used? Read from Linux's /proc, in seconds, to 10 milliseconds.

It hardly depends on what else the machine does, which requests per second do.
"""

import os
from pathlib import Path
from typing import NamedTuple

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Stat(NamedTuple):
    parent: int
    # Seconds, user and system: its own threads, and its children that have ended.
    own: float
    of_the_dead: float


def stat_of(pid: int) -> Stat:
    # The name, in brackets, may have blanks in it.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system, dead_user, dead_system = (int(ticks) for ticks in fields[11:15])
    return Stat(
        parent=int(fields[1]),
        own=(user + system) / TICKS_PER_SECOND,
        of_the_dead=(dead_user + dead_system) / TICKS_PER_SECOND,
    )


def children_of(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if stat_of(int(path.name)).parent == parent:
                found.append(int(path.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def seconds_of_family(pid: int) -> float:
    """Give what a process, its living children and its dead ones have used."""
    parent = stat_of(pid)
    return parent.own + parent.of_the_dead + sum(stat_of(one).own for one in children_of(pid))

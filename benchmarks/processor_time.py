"""
How much CPU have processes used? Read from Linux's /proc, in seconds, to 10 milliseconds.

It hardly depends on what else the machine does, which requests per second do.
"""

import os
from pathlib import Path
from typing import NamedTuple

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Stat(NamedTuple):
    pid: int
    parent: int
    # Seconds, user and system: its own threads, and its children that have ended.
    own: float
    of_the_dead: float


def stat_of(pid: int) -> Stat:
    # The name, in brackets, may have blanks in it.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system, dead_user, dead_system = (int(ticks) for ticks in fields[11:15])
    return Stat(
        pid=pid,
        parent=int(fields[1]),
        own=(user + system) / TICKS_PER_SECOND,
        of_the_dead=(dead_user + dead_system) / TICKS_PER_SECOND,
    )


def children_of(parent: int) -> list[Stat]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            stat = stat_of(int(path.name))
        except (FileNotFoundError, ProcessLookupError):
            # It ended since the folder was listed.
            continue
        if stat.parent == parent:
            found.append(stat)
    return found


def seconds_of_family(pid: int) -> float:
    """Give what a process, its living children and its dead ones have used."""
    living = sum(child.own for child in children_of(pid))
    # Read last: what a child that ended meanwhile has used is here by now.
    parent = stat_of(pid)
    return parent.own + parent.of_the_dead + living

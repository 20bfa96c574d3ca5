"""
Reads a file of uses, and writes those that could not be taken: row by row, whatever its size.

A row is one line. No id and no time holds a line break, so a quote that nobody closed costs its
own row and not the rest of the file.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, tzinfo
from io import TextIOWrapper
from typing import IO, NamedTuple

from core.instants import NotAnInstant, parse_instant

COLUMNS = ("id", "personId", "benefitId", "usageTimestamp")
LARGEST_ID = 2**63 - 1
# In characters. A file without any line break must not fill the memory.
LONGEST_LINE = 10_000
CUT_OFF = "The file seems to be cut off here. If it is whole, end its last line with a line break."
OFFSET = re.compile(r"([Zz]|[+-]\d{2}(:?\d{2})?)\s*$", re.ASCII)


class NoColumns(ValueError):
    """The first line does not say which column is which."""


class Use(NamedTuple):
    line: int
    external_id: int
    person_id: int
    benefit_id: int
    used_at: datetime


class BadRow(NamedTuple):
    line: int
    reason: str
    # By `COLUMNS`. What could not be divided into these stands as it is in the first.
    cells: Sequence[str]


class Unfit(ValueError):
    """Why a row cannot be taken."""


def read(file: IO[bytes], *, tz: tzinfo, at: datetime) -> Iterator[Use | BadRow]:
    """
    Give the rows as they come; times without an offset are wall-clock time in `tz`.

    :param at: a use after it lies in the future, and is a bad row.
    :raises NoColumns: when the first line does not name the columns, each once.
    """
    lines = enumerate(_lines(file), 1)
    width, columns = _columns(lines)
    id_in, person_in, benefit_in, time_in = columns
    time_before = ""
    for number, line in lines:
        try:
            fields = _fields(line)
            if len(fields) != width:
                if not line.strip():
                    continue
                raise Unfit(_width_is_wrong(line, fields, width))
            time = fields[time_in]
            if line[-1] != "\n" and (time_in != width - 1 or _lacks_its_end(time, time_before)):
                raise Unfit(CUT_OFF)
            use = Use(
                number,
                _id("id", fields[id_in]),
                _id("personId", fields[person_in]),
                _id("benefitId", fields[benefit_in]),
                _used_at(time, tz, at),
            )
        except Unfit as error:
            yield BadRow(number, str(error), _cells(line, width, columns))
        else:
            time_before = time
            yield use


def write_bad_rows(file: IO[str], rows: Iterable[BadRow]) -> None:
    """Write rows so that the file can be read like the one they are from, once it is mended."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*COLUMNS, "line", "reason"])
    writer.writerows([*row.cells, row.line, row.reason] for row in rows)


def _lines(file: IO[bytes]) -> Iterator[str]:
    """Give each line with its end; of one that is too long, its beginning without an end."""
    # Bytes that are no UTF-8 come as surrogates, which no text has.
    text = TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="\n")
    try:
        while line := text.readline(LONGEST_LINE):
            rest = line
            while len(rest) == LONGEST_LINE and rest[-1] != "\n":
                rest = text.readline(LONGEST_LINE)
            yield line
    finally:
        # Whoever opened the file closes it, and may have done so.
        if not file.closed:
            text.detach()


def _columns(lines: Iterator[tuple[int, str]]) -> tuple[int, list[int]]:
    """Give how many columns there are, and where `COLUMNS` are among them."""
    wanted = f"The first line must name the columns {', '.join(COLUMNS)}"
    header = next((line for _, line in lines if line.strip()), None)
    if header is None:
        raise NoColumns(f"{wanted}; the file is empty.")
    try:
        names = [name.strip() for name in _fields(header)]
    except Unfit as error:
        raise NoColumns(f"{wanted}. {error}") from error
    if missing := [name for name in COLUMNS if name not in names]:
        raise NoColumns(f"{wanted}; not there: {', '.join(missing)}.")
    if doubled := [name for name in COLUMNS if names.count(name) > 1]:
        raise NoColumns(f"{wanted}; there more than once: {', '.join(doubled)}.")
    return len(names), [names.index(name) for name in COLUMNS]


def _fields(line: str) -> list[str]:
    if '"' not in line and line.isascii() and "\0" not in line and len(line) < LONGEST_LINE:
        return line.rstrip("\r\n").split(",")
    if len(line) == LONGEST_LINE and line[-1] != "\n":
        raise Unfit(f"The line has {LONGEST_LINE:,} characters or more.")
    try:
        line.encode()
    except UnicodeEncodeError as error:
        raise Unfit("The line is not UTF-8.") from error
    if "\0" in line:
        raise Unfit("The line holds a NUL character.")
    try:
        return next(csv.reader([line.rstrip("\r\n")], strict=True))
    except (csv.Error, StopIteration) as error:
        raise Unfit("A quote is not closed on its line, or stands in a wrong place.") from error


def _width_is_wrong(line: str, fields: list[str], width: int) -> str:
    if line[-1] != "\n" and len(fields) < width:
        return CUT_OFF
    return f"It has {len(fields)} fields; the first line has {width}."


def _lacks_its_end(time: str, before: str) -> bool:
    """Say whether a time, compared with another of the file, may be the beginning of one."""
    # Half a time can still be a time: without its offset, another one.
    has_lost_its_offset = OFFSET.search(before) and not OFFSET.search(time)
    return len(time) < len(before) or bool(has_lost_its_offset)


def _id(name: str, text: str) -> int:
    if text.isdigit() and text.isascii() and len(text) <= 19:
        number = int(text)
        if 1 <= number <= LARGEST_ID:
            return number
    raise Unfit(f"{name}: {_shown(text)} is no whole number from 1 to {LARGEST_ID}.")


def _used_at(text: str, tz: tzinfo, at: datetime) -> datetime:
    try:
        used_at = parse_instant(text, tz)
    except NotAnInstant as error:
        raise Unfit(f"usageTimestamp: {_shown(text)} is no time. {error}") from error
    if used_at > at:
        raise Unfit(f"usageTimestamp: {_shown(text)} lies in the future.")
    return used_at


def _shown(text: str) -> str:
    """Quote what was in the file, so that nothing in it moves the cursor of a terminal."""
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


def _cells(line: str, width: int, columns: list[int]) -> list[str]:
    with suppress(Unfit):
        fields = _fields(line)
        if len(fields) == width:
            return [fields[number] for number in columns]
    text = line.rstrip("\r\n").encode(errors="surrogateescape").decode(errors="backslashreplace")
    return [text.replace("\0", "\\x00"), "", "", ""]

from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from zoneinfo import ZoneInfo

import pytest

from benefits.usage_csv import (
    CUT_OFF,
    LONGEST_LINE,
    BadRow,
    NoColumns,
    Use,
    read,
    write_bad_rows,
)

NOON = datetime(2026, 5, 14, 12, tzinfo=UTC)
HEADER = b"id,personId,benefitId,usageTimestamp\n"
GOOD = b"7,1,2,2026-05-14T12:00:00Z\n"
LARGEST = 9_223_372_036_854_775_807


def rows(content, *, tz=UTC, at=NOON):
    return list(read(BytesIO(content), tz=tz, at=at))


def use(line, external_id=7, used_at=NOON):
    return Use(line, external_id, person_id=1, benefit_id=2, used_at=used_at)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(HEADER + GOOD, id="plain"),
        pytest.param(b"\xef\xbb\xbf" + HEADER + GOOD, id="with a BOM"),
        pytest.param((HEADER + GOOD).replace(b"\n", b"\r\n"), id="with CRLF"),
        pytest.param(HEADER + GOOD.rstrip(b"\n"), id="without a last line end"),
        pytest.param(HEADER + b'"7","1","2","2026-05-14T12:00:00Z"\n', id="quoted"),
        pytest.param(
            b"note,usageTimestamp,benefitId,personId,id\n"
            b'"caf\xc3\xa9, ""hot""",2026-05-14T12:00:00Z,2,1,7\n',
            id="other columns in another order",
        ),
        pytest.param(HEADER + b"0007,1,2,2026-05-14 12:00\n", id="leading zeros and no seconds"),
    ],
)
def test_a_row_is_read_however_the_file_is_written(content):
    assert rows(content) == [use(2)]


def test_blank_lines_are_no_rows_and_count_as_lines():
    content = b"\n" + HEADER + b"\n" + GOOD + b"  \r\n" + GOOD + b"\n"

    assert rows(content) == [use(4), use(6)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(b"\n\n", "the file is empty", id="nothing but blank lines"),
        pytest.param(GOOD, "not there: id, personId, benefitId, usageTimestamp", id="no header"),
        pytest.param(b"id,personId,usageTimestamp\n", "not there: benefitId", id="one missing"),
        pytest.param(HEADER.replace(b",", b";"), "not there: id, personId", id="semicolons"),
        pytest.param(b"id," + HEADER, "there more than once: id", id="one twice"),
        pytest.param((HEADER + GOOD).decode().encode("utf-16"), "not UTF-8", id="UTF-16"),
        pytest.param(b"x" * 3 * LONGEST_LINE, "10,000 characters", id="a line without an end"),
    ],
)
def test_a_file_whose_first_line_does_not_name_the_columns_is_refused(content, said):
    with pytest.raises(NoColumns) as refused:
        rows(content)

    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(b"x,1,2,2026-05-14T12:00:00Z", "id: 'x' is no whole", id="letters"),
        pytest.param(b"0,1,2,2026-05-14T12:00:00Z", "id: '0' is no whole", id="zero"),
        pytest.param(b"-7,1,2,2026-05-14T12:00:00Z", "id: '-7' is no whole", id="negative"),
        pytest.param(b"7.0,1,2,2026-05-14T12:00:00Z", "id: '7.0' is no whole", id="a fraction"),
        pytest.param(b"7,,2,2026-05-14T12:00:00Z", "personId: '' is no whole", id="empty"),
        pytest.param(
            b"7,1,9223372036854775808,2026-05-14T12:00:00Z", "benefitId: '92", id="one too large"
        ),
        pytest.param(b"7,1," + b"9" * 5000 + b",2026-05-14T12:00:00Z", "benefitId", id="huge"),
        pytest.param(
            "7,1,\u0662,2026-05-14T12:00:00Z".encode(), "benefitId", id="digits of another script"
        ),
        pytest.param(b"7,1,2,", "usageTimestamp: '' is no time", id="no time"),
        pytest.param(b"7,1,2,2026-05-14", "usageTimestamp: '2026-05-14'", id="a bare day"),
        pytest.param(b"7,1,2,2026-02-30T12:00:00Z", "is no time", id="30 February"),
        pytest.param(b"7,1,2,0001-01-01T12:00:00Z", "1900 to 2199", id="the year 1"),
        pytest.param(b"7,1,2,2026-05-14T12:00:00.000001Z", "in the future", id="in the future"),
        pytest.param(b"7,1,2", "It has 3 fields; the first line has 4", id="too few"),
        pytest.param(b"7,1,2,2026-05-14T12:00:00Z,", "It has 5 fields", id="too many"),
        pytest.param(b'"7,1,2,2026-05-14T12:00:00Z', "A quote is not closed", id="an open quote"),
        pytest.param(b'"7"1,1,2,2026-05-14T12:00:00Z', "A quote", id="a misplaced quote"),
        pytest.param(b"7,1,2,\xff2026-05-14T12:00:00Z", "not UTF-8", id="not UTF-8"),
        pytest.param(b"7,1\0,2,2026-05-14T12:00:00Z", "NUL", id="NUL"),
        pytest.param(b"7,1\r,2,2026-05-14T12:00:00Z", "personId: '1\\\\r'", id="half a line end"),
        pytest.param(b"7,1,2," + b"x" * 50_000, "10,000 characters", id="endless"),
        pytest.param(b"7,\x1b[2J,2,2026-05-14T12:00:00Z", "'\\\\x1b[2J'", id="for the terminal"),
    ],
)
def test_a_bad_row_costs_no_other(line, reason):
    before, bad, after = rows(HEADER + GOOD + line + b"\n" + GOOD)

    assert (before, after) == (use(2), use(4))
    assert isinstance(bad, BadRow)
    assert bad.line == 3
    assert reason.replace("\\\\", "\\") in bad.reason
    assert "\x1b" not in bad.reason


@pytest.mark.parametrize(
    ("last", "cells"),
    [
        pytest.param("8", ["8", "", "", ""], id="in the id"),
        pytest.param("8,1,2,", ["8", "1", "2", ""], id="before the time"),
        pytest.param("8,1,2,2026-05-1", ["8", "1", "2", "2026-05-1"], id="in the day"),
        pytest.param(
            "8,1,2,2026-05-14T12:00:00",
            ["8", "1", "2", "2026-05-14T12:00:00"],
            id="before the offset",
        ),
    ],
)
def test_half_a_line_at_the_end_is_no_use(last, cells):
    good, bad = rows(HEADER + GOOD + last.encode())

    assert good == use(2)
    assert bad == BadRow(3, CUT_OFF, cells)


@pytest.mark.parametrize(
    ("before", "last"),
    [
        pytest.param("12:00:00.25Z", "12:00:00.251", id="the rest of a fraction and the Z"),
        pytest.param("12:00:00Z", "12:00:00.2", id="an offset after a longer fraction"),
        pytest.param("14:00+02:00", "12:00:00.50", id="an offset of hours"),
    ],
)
def test_a_time_that_has_lost_its_offset_at_the_end_is_no_use(before, last):
    good, bad = rows(
        HEADER + f"7,1,2,2026-05-13T{before}\n8,1,2,2026-05-13T{last}".encode(), at=NOON
    )

    assert good.line == 2
    assert (bad.line, bad.reason) == (3, CUT_OFF)


def test_where_the_time_is_not_last_half_an_id_at_the_end_is_no_use():
    rows_of_it = rows(
        b"id,usageTimestamp,personId,benefitId\n"
        b"7,2026-05-14T12:00:00Z,1,2\n8,2026-05-14T12:00:00Z,1,1"
    )

    assert rows_of_it == [use(2), BadRow(3, CUT_OFF, ["8", "1", "1", "2026-05-14T12:00:00Z"])]


@pytest.mark.parametrize(
    "last",
    [
        pytest.param("2026-05-14T12:00:00Z", id="like the one before"),
        pytest.param("2026-05-14T14:00:00+02:00", id="with another offset"),
        pytest.param("2026-05-14T12:00:00.000Z", id="longer"),
    ],
)
def test_a_last_line_without_an_end_is_a_use_where_nothing_is_missing(last):
    assert rows(HEADER + GOOD + f"7,1,2,{last}".encode()) == [use(2), use(3)]


def test_where_no_time_has_an_offset_the_last_line_needs_none():
    local = "7,1,2,2026-05-14T12:00:00"

    assert rows(HEADER + f"{local}\n{local}".encode()) == [use(2), use(3)]


@pytest.mark.parametrize(
    ("written", "used_at"),
    [
        pytest.param("2026-03-29T01:59:59", (2026, 3, 29, 0, 59, 59), id="before summer time"),
        pytest.param("2026-03-29T02:30:00", (2026, 3, 29, 1, 30), id="in the hour that is skipped"),
        pytest.param("2026-03-29T03:00:00", (2026, 3, 29, 1), id="when summer time has begun"),
        pytest.param("2025-10-26 02:30:00", (2025, 10, 26, 0, 30), id="in the hour that is twice"),
        pytest.param("2025-10-26T02:30:00+01:00", (2025, 10, 26, 1, 30), id="with an offset"),
    ],
)
def test_a_time_without_an_offset_is_the_gyms(written, used_at):
    [row] = rows(HEADER + f"7,1,2,{written}\n".encode(), tz=ZoneInfo("Europe/Berlin"))

    assert row == use(2, used_at=datetime(*used_at, tzinfo=UTC))


def test_a_use_at_this_moment_and_the_largest_id_are_good():
    [row] = rows(HEADER + f"{LARGEST},1,2,2026-05-14T12:00:00Z\n".encode(), at=NOON)
    [late] = rows(HEADER + GOOD, at=NOON - timedelta.resolution)

    assert row == use(2, external_id=LARGEST)
    assert "in the future" in late.reason


def test_rows_are_given_before_the_rest_is_read():
    class Endless(BytesIO):
        def read1(self, size=-1):
            return super().read1(size) or GOOD

    rows_of_it = read(Endless(HEADER), tz=UTC, at=NOON)

    assert [next(rows_of_it).line for _ in range(3)] == [2, 3, 4]


def test_bad_rows_can_be_read_again_once_they_are_mended():
    file = StringIO()
    bad = rows(HEADER + b'7,"one",2,2026-05-14T12:00:00Z\n8,"1",2\n9,\xff,2,\0"\n')

    write_bad_rows(file, bad)

    head, first, second, third = file.getvalue().splitlines()
    assert head == "id,personId,benefitId,usageTimestamp,line,reason"
    assert first.startswith("7,one,2,2026-05-14T12:00:00Z,2,personId: 'one' is no whole number")
    # What cannot be divided stands as it is in the first column.
    assert second == '"8,""1"",2",,,,3,It has 3 fields; the first line has 4.'
    assert third == '"9,\\xff,2,\\x00""",,,,4,The line is not UTF-8.'
    mended = f"{head}\n{first.replace('one', '1')}\n"
    assert rows(mended.encode()) == [use(2)]

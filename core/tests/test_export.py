"""A list as CSV: what a cell holds, and in which pieces."""

from datetime import UTC, datetime

import pytest

from core.admin import export


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'\t=1+1"),
        ("\r=1+1", "'\r=1+1"),
        ("Anna", "Anna"),
        ("a=1", "a=1"),
        (-1.5, -1.5),
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (datetime(2030, 5, 14, 18, tzinfo=UTC), "2030-05-14 18:00:00+00:00"),
    ],
)
def test_a_spreadsheet_never_runs_what_a_cell_says(value, shown):
    assert export.cell(value) == shown


def test_times_are_exported_as_the_gyms_clock_shows_them(berlin):
    assert export.cell(datetime(2030, 5, 14, 18, tzinfo=UTC)) == "2030-05-14 20:00:00+02:00"


def test_an_export_is_written_piece_by_piece():
    many = ([number] for number in range(2 * export.ROWS_AT_ONCE + 1))

    pieces = list(export.csv_text(["number"], many))

    assert len(pieces) == 3
    assert pieces[0].startswith("\ufeffnumber\r\n0\r\n1\r\n")
    assert pieces[2] == f"{2 * export.ROWS_AT_ONCE}\r\n"

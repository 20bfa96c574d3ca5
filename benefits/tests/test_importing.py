import os
import sys
from datetime import timedelta
from io import BytesIO, StringIO, TextIOWrapper

import pytest
import time_machine
from django.core.management import CommandError, call_command

from benefits import checks, importing, summary
from benefits.management.commands import import_benefit_usages
from benefits.models import BenefitUsage, UsageSummary
from benefits.tests.factories import NOON, BenefitFactory, BenefitUsageFactory
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

NOW = NOON + timedelta(days=3)
HEADER = "id,personId,benefitId,usageTimestamp\n"


@pytest.fixture(autouse=True)
def long_slots(monkeypatch):
    # So that a history has few of them; how long they are is of no consequence.
    monkeypatch.setattr(summary, "SLOT", timedelta(days=1))


@pytest.fixture
def person():
    return CustomerFactory()


@pytest.fixture
def benefit():
    return BenefitFactory()


@pytest.fixture
def row(person, benefit):
    """Give a row of the file, by default a use at noon."""

    def write(number, used_at="2026-05-14T12:00:00Z", *, by=person.pk, of=benefit.pk):
        return f"{number},{by},{of},{used_at}\n"

    return write


@pytest.fixture
def import_uses(tmp_path):
    """Import rows; give the lines that the command printed, and how it failed, if it did."""

    def run(*rows, options=(), name="uses.csv"):
        path = tmp_path / name
        path.write_text(HEADER + "".join(rows))
        return command(str(path), *options)

    return run


def command(*arguments):
    printed = StringIO()
    with time_machine.travel(NOW, tick=False):
        try:
            call_command("import_benefit_usages", *arguments, stdout=printed)
        except CommandError as error:
            return printed.getvalue().splitlines(), str(error)
    return printed.getvalue().splitlines(), None


def stored():
    return list(
        BenefitUsage.objects.order_by("external_id").values_list(
            "external_id", "person", "benefit", "used_at"
        )
    )


def test_history_is_loaded_as_it_is(import_uses, row, person, benefit):
    said = import_uses(row(8), row(7, "2026-05-14T12:00:00.000001Z"))

    assert said == (["Added 2 uses; 0 were there already."], None)
    assert stored() == [
        (7, person.pk, benefit.pk, NOON + timedelta.resolution),
        (8, person.pk, benefit.pk, NOON),
    ]


def test_times_without_an_offset_are_the_gyms(berlin, import_uses, row):
    import_uses(row(1, "2026-05-14 14:00:00"))

    assert [used_at for *_, used_at in stored()] == [NOON]


def test_an_import_that_is_repeated_adds_what_is_missing(import_uses, row):
    import_uses(row(1), row(3))

    assert import_uses(row(1), row(2), row(3)) == (
        ["Added 1 uses; 2 were there already."],
        None,
    )
    assert len(stored()) == 3


def test_a_row_that_stands_in_the_file_twice_is_one_use(import_uses, row):
    assert import_uses(row(1), row(1)) == (["Added 1 uses; 1 were there already."], None)
    assert len(stored()) == 1


def test_every_bad_row_is_named_and_nothing_is_loaded(import_uses, row, person):
    other = BenefitFactory()
    import_uses(row(1))
    before = stored()

    said = import_uses(
        row(2),
        "3,x\n",
        row(4, by=person.pk + 1),
        row(5, of=other.pk + 1),
        row(1, "2026-05-14T12:00:01Z"),
        row(2, of=other.pk),
        row(2),
    )

    assert said == (
        [
            "Line 3: It has 2 fields; the first line has 4.",
            f"Line 4: personId: There is no customer {person.pk + 1}.",
            f"Line 5: benefitId: There is no benefit {other.pk + 1}.",
            "Line 6: id: 1 was imported before with other values.",
            "Line 7: id: 2 has other values in line 2.",
        ],
        "Bad rows: 5. Nothing was loaded. --skip-bad loads the others.",
    )
    assert stored() == before


def test_of_many_bad_rows_the_first_are_named(import_uses, row, monkeypatch):
    monkeypatch.setattr(import_benefit_usages, "SHOWN", 3)
    monkeypatch.setattr(importing, "STAGED_AT_ONCE", 2)

    lines, failure = import_uses(*(row(number, "noon") for number in range(1, 6)))

    assert lines[0].startswith("Line 2: usageTimestamp: 'noon' is no time.")
    assert (len(lines), lines[-1]) == (4, "… and 2 more.")
    assert failure.startswith("Bad rows: 5. ")


def test_bad_rows_are_skipped_into_a_file_that_can_be_imported_once_it_is_mended(
    import_uses, row, person, benefit, tmp_path
):
    nobody = person.pk + 1

    said = import_uses(row(1), row("x"), row(3, by=nobody), row(4), options=["--skip-bad"])

    path = tmp_path / "uses.bad.csv"
    assert said == ([f"Added 2 uses; 0 were there already; 2 bad rows are in {path}."], None)
    header, unread, unknown = path.read_text().splitlines()
    assert header == "id,personId,benefitId,usageTimestamp,line,reason"
    assert unread.startswith(f"x,{person.pk},{benefit.pk},2026-05-14T12:00:00Z,3,id: 'x' is no")
    assert unknown == (
        f"3,{nobody},{benefit.pk},2026-05-14T12:00:00+00:00,4,"
        f"personId: There is no customer {nobody}."
    )
    command(_mended(path, nobody, person.pk))
    assert [external_id for external_id, *_ in stored()] == [1, 2, 3, 4]


def _mended(path, nobody, somebody):
    mended = path.with_name("mended.csv")
    text = path.read_text().replace("\nx,", "\n2,").replace(f"\n3,{nobody},", f"\n3,{somebody},")
    mended.write_text(text)
    return str(mended)


def test_a_file_of_bad_rows_is_never_overwritten(import_uses, row, tmp_path):
    path = tmp_path / "kept.csv"
    path.write_text("precious")

    said = import_uses(row(1), row("x"), options=["--skip-bad", "--bad-rows", str(path)])

    assert said == ([], f"{path} exists already. Remove it, or name another by --bad-rows.")
    assert (path.read_text(), stored()) == ("precious", [])


def test_where_the_file_of_bad_rows_is_made_by_somebody_else_meanwhile_theirs_stays_alone(
    row, tmp_path, monkeypatch
):
    path = tmp_path / "uses.bad.csv"

    class Meanwhile(BytesIO):
        def read1(self, size=-1):
            path.write_text("precious")
            return super().read1(size)

        def seekable(self):
            return False

    content = f"{HEADER}{row(1)}{row('x')}".encode()
    with Meanwhile(content) as source:
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(source))
        _, failure = command("-", "--skip-bad", "--bad-rows", str(path))

    assert failure.startswith(f"The good rows are loaded, but {path} cannot be written: ")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [
        ("uses.bad.csv", "precious")
    ]
    assert len(stored()) == 1


def test_no_file_of_bad_rows_is_made_where_there_are_none(import_uses, row, tmp_path):
    import_uses(row(1), options=["--skip-bad"])

    assert [path.name for path in tmp_path.iterdir()] == ["uses.csv"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--bad-rows", "x.csv"], "--bad-rows is for --skip-bad.", id="no skipping"),
        pytest.param(
            ["--skip-bad", "--bad-rows", "no/such/folder.csv"],
            "no/such/folder.csv cannot be written.",
            id="nowhere to write",
        ),
    ],
)
def test_options_that_cannot_be_met_are_refused(import_uses, row, options, said):
    assert import_uses(row(1), options=options) == ([], said)
    assert stored() == []


@pytest.mark.parametrize(
    ("name", "reason"), [("none.csv", "No such file or directory"), (".", "Is a directory")]
)
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path, name, reason):
    path = tmp_path / name

    assert command(str(path)) == ([], f"{path} cannot be read: {reason}.")


def test_a_file_without_its_columns_is_one_sentence(tmp_path):
    path = tmp_path / "uses.csv"
    path.write_text("id;personId\n")

    lines, failure = command(str(path))

    assert lines == []
    assert failure.startswith("The first line must name the columns id, personId, benefitId, ")


def test_rows_come_from_a_pipe_and_the_bad_ones_go_to_the_folder_one_is_in(
    row, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    reading, writing = os.pipe()
    os.write(writing, f"{HEADER}{row(1)}{row('x')}".encode())
    os.close(writing)

    with os.fdopen(reading) as pipe:
        monkeypatch.setattr(sys, "stdin", pipe)
        said = command("-", "--skip-bad")

    assert said == (
        ["Added 1 uses; 0 were there already; 1 bad rows are in benefit_usages.bad.csv."],
        None,
    )
    assert (tmp_path / "benefit_usages.bad.csv").read_text().count("\n") == 2


def test_a_header_alone_is_no_history(import_uses):
    assert import_uses() == (["Added 0 uses; 0 were there already."], None)


def test_old_rows_reopen_the_slots_from_the_first_of_them_on_and_close_them_again(
    import_uses, row, benefit, monkeypatch
):
    monkeypatch.setattr(importing, "LOADED_AT_ONCE", 2)
    BenefitUsageFactory(benefit=benefit, used_at=NOON - timedelta(days=2))
    for _ in summary.close(at=NOW):
        pass
    before = UsageSummary.objects.values("opened_at", "closed_at").get()

    import_uses(row(1), row(2, "2026-05-13T12:00:00Z"), row(3, "2026-05-14T18:00:00Z"))

    assert UsageSummary.objects.values("opened_at", "closed_at").get() == before
    assert benefit.totals.get(until=before["closed_at"]).uses == 4
    assert benefit.totals.get(until=NOON.replace(hour=0)).uses == 2
    assert list(checks.differences()) == []


def test_rows_older_than_every_slot_are_in_the_totals_too(import_uses, row, benefit):
    BenefitUsageFactory(benefit=benefit)
    for _ in summary.close(at=NOW):
        pass

    import_uses(row(1, "2026-05-10T12:00:00Z"), row(2, "2026-05-09T12:00:00Z"))

    assert list(checks.differences()) == []
    assert benefit.totals.get(until=NOON.replace(hour=0)).uses == 2


def test_an_old_row_that_is_there_already_reopens_nothing_beside_a_new_one(
    import_uses, row, benefit
):
    old = row(1, "2026-05-10T12:00:00Z")
    import_uses(old)
    # Slots that are not reopened keep what is wrong by hand.
    totals_before_noon = benefit.totals.filter(until__lte=NOON)
    totals_before_noon.update(uses=7)

    import_uses(old, row(2))

    assert set(totals_before_noon.values_list("uses", flat=True)) == {7}
    assert stored()[1][-1] == NOON


def test_what_is_there_already_reopens_nothing(import_uses, row, benefit):
    import_uses(row(1), row(2))
    BenefitUsage.objects.filter(external_id=2).delete()
    stale = list(checks.differences())

    # Batches that add nothing leave the totals alone, so what is wrong by hand stays wrong.
    import_uses(row(1))

    assert stale
    assert list(checks.differences()) == stale


def test_a_row_older_than_the_summary_goes_back_reopens_nothing(import_uses, row, benefit):
    BenefitUsageFactory(benefit=benefit, used_at=NOON - 2 * summary.KEPT_FOR)
    for _ in summary.close(at=NOW):
        pass
    # Slots that are not reopened keep what is wrong by hand.
    benefit.totals.update(uses=7)

    import_uses(row(1, "2024-05-10T12:00:00Z"))

    assert set(benefit.totals.values_list("uses", flat=True)) == {7}


@pytest.mark.parametrize("name", ["", ".", "/"])
def test_what_is_no_file_is_said_in_a_sentence(name):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_benefit_usages", name)

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from tqdm import tqdm

from benefits import importing, summary
from benefits.usage_csv import COLUMNS, NoColumns, read, write_bad_rows
from core.errors import Busy

STDIN = "-"
SHOWN = 100
STAYS = "What was added by then stays; the same command again adds the rest."


class Command(BaseCommand):
    help = (
        f"Loads the use of benefits from a CSV file with the columns {', '.join(COLUMNS)}. A bad "
        "row is named with its line, and nothing is loaded. Done again it adds nothing twice, and "
        "after a break-off it goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.csv", help=f"{STDIN} reads standard input.")
        parser.add_argument(
            "--skip-bad",
            action="store_true",
            help="Load the good rows, and write the bad ones to a file, each with its reason.",
        )
        parser.add_argument(
            "--bad-rows",
            metavar="PATH",
            help="That file. By default FILE.bad.csv beside FILE.csv, for standard input "
            "benefit_usages.bad.csv here.",
        )

    def handle(self, *, file: str, skip_bad: bool, bad_rows: str | None, **options: Any) -> None:
        if bad_rows and not skip_bad:
            raise CommandError("--bad-rows is for --skip-bad.")
        path = Path(bad_rows) if bad_rows else _beside(file)
        if skip_bad:
            _refuse_to_overwrite(path)
        with _opened(file) as source, _said_in_a_sentence(), importing.staging():
            self._stage(source)
            bad = importing.check()
            if bad and not skip_bad:
                self._tell(bad)
                raise CommandError(
                    f"Bad rows: {bad:,}. Nothing was loaded. --skip-bad loads the others."
                )
            added, known = self._load()
            self._close()
            if bad:
                _write_bad_rows(path)
        kept = f"; {bad:,} bad rows are in {path}" if bad else ""
        self.stdout.write(f"Added {added:,} uses; {known:,} were there already{kept}.")

    def _stage(self, source: IO[bytes]) -> None:
        rows = read(source, tz=timezone.get_default_timezone(), at=timezone.now())
        # What comes from a pipe has no size.
        size = os.fstat(source.fileno()).st_size if source.seekable() else None
        unit = {"unit": " rows"} if size is None else {"unit": "B", "unit_scale": True}
        # `disable=None` shows a bar on a terminal and nothing elsewhere.
        with tqdm(desc="Reading", total=size, disable=None, **unit) as bar:
            for number in importing.stage(rows):
                bar.update(number if size is None else source.tell() - bar.n)

    def _tell(self, bad: int) -> None:
        for row in islice(importing.bad_rows(), SHOWN):
            self.stdout.write(f"Line {row.line}: {row.reason}")
        if bad > SHOWN:
            self.stdout.write(f"… and {bad - SHOWN:,} more.")

    def _load(self) -> tuple[int, int]:
        added = known = 0
        total = importing.number_of_good_rows()
        with tqdm(desc="Loading", total=total, disable=None, unit=" rows") as bar:
            for batch in importing.load(at=timezone.now()):
                added += batch.added
                known += batch.rows - batch.added
                bar.update(batch.rows)
        return added, known

    def _close(self) -> None:
        at = timezone.now()
        total = summary.slots_left(at=at)
        for _ in tqdm(summary.close(at=at), "Adding up", total=total, disable=None):
            pass


@contextmanager
def _opened(file: str) -> Iterator[IO[bytes]]:
    if file == STDIN:
        if sys.stdin is None:
            raise CommandError("There is no standard input.")
        yield sys.stdin.buffer
        return
    with ExitStack() as stack:
        try:
            source = stack.enter_context(Path(file).open("rb"))
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        yield source


@contextmanager
def _said_in_a_sentence() -> Iterator[None]:
    try:
        yield
    except NoColumns as error:
        raise CommandError(str(error)) from error
    except importing.Stopped as error:
        raise CommandError(f"{error} {STAYS}") from error
    except Busy as error:
        raise CommandError(f"The database had too much to do. {STAYS}") from error
    except (InterfaceError, OperationalError) as error:
        raise CommandError(f"The database could not be used: {error} {STAYS}") from error
    except KeyboardInterrupt as error:
        raise CommandError(f"Interrupted. {STAYS}") from error


def _beside(file: str) -> Path:
    path = Path(file)
    # A file without a name is none, which is said when it is opened.
    has_name = file != STDIN and path.name
    return path.with_suffix(".bad.csv") if has_name else Path("benefit_usages.bad.csv")


def _refuse_to_overwrite(path: Path) -> None:
    if path.exists():
        raise CommandError(f"{path} exists already. Remove it, or name another by --bad-rows.")
    if not os.access(path.parent, os.W_OK):
        raise CommandError(f"{path} cannot be written.")


def _write_bad_rows(path: Path) -> None:
    """
    Write all of them or no file.

    They come last: after a kill the same command finds no file in its way.
    """
    try:
        with _part_of(path) as part:
            write_bad_rows(part, importing.bad_rows())
            part.close()
            # Fails where somebody has made such a file meanwhile.
            path.touch(exist_ok=False)
            Path(part.name).replace(path)
    except OSError as error:
        raise CommandError(
            f"The good rows are loaded, but {path} cannot be written: {error.strerror}. "
            "The same command again with another --bad-rows writes the bad ones."
        ) from error


@contextmanager
def _part_of(path: Path) -> Iterator[Any]:
    """Have a file beside it that nothing is left of, unless it took the place of `path`."""
    with NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=path.parent, prefix=f"{path.name}.", delete=False
    ) as part:
        try:
            yield part
        finally:
            Path(part.name).unlink(missing_ok=True)

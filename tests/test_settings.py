"""Nonsense in the environment stops the start with one line that names the variable."""

import itertools
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from core.tasks import work
from gymtastic import environment

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "gymtastic" / "settings.py"
READ = re.findall(r"""(?:read|environ\.get)\(\s*"([A-Z_]+)\"""", SETTINGS.read_text())
SECRET = "a8Fz-3kQ_9vLx2Rt7YpW5mNc1Bd4Hg6Js0Ue-TiOoPqXwZvKyCr"
PRODUCTION = {"DEBUG": "false", "SECRET_KEY": SECRET, "ALLOWED_HOSTS": "gym.example"}


def start(*arguments, **environment):
    """Run `manage.py check` in an environment that says nothing but this."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    # Empty counts as missing, and keeps whatever a developer's .env says away.
    silent = dict.fromkeys(READ, "")
    return subprocess.run(
        [sys.executable, "manage.py", "check", *arguments],
        cwd=ROOT,
        env={**keep, **silent, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def settings_of(monkeypatch):
    """Read the file of settings once more, in an environment that says nothing but this."""

    def read(**environment):
        for name, text in (dict.fromkeys(READ, "") | environment).items():
            monkeypatch.setenv(name, text)
        return runpy.run_path(str(SETTINGS))

    return read


def refusal_of(settings_of, **environment):
    with pytest.raises(SystemExit) as told:
        settings_of(**environment)
    # Python prints a text and exits with 1.
    [line] = told.value.code.splitlines()
    return line


def test_a_start_that_is_refused_says_one_line_and_nothing_else():
    done = start(DEBUG="maybe")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "DEBUG: say true or false, not 'maybe'.\n"


@pytest.mark.parametrize(
    ("name", "nonsense"),
    [
        ("DEBUG", "2"),
        ("API_OPEN", "open"),
        ("LATE_CANCEL_FREES_THE_DAY", "2"),
        ("BEHIND_TLS_PROXY", "nginx"),
        ("API_REQUESTS_PER_MINUTE", "many"),
        ("TIME_ZONE", "Europe/Atlantis"),
        ("DATABASE_URL", "nonsense"),
        ("REDIS_URL", "localhost:6379"),
        ("EMAIL_URL", "nonsense"),
        ("ALLOWED_HOSTS", "gym.example,,other.example"),
        ("CSRF_TRUSTED_ORIGINS", "gym.example"),
    ],
)
def test_nonsense_stops_the_start_with_one_line_that_names_the_variable(
    settings_of, name, nonsense
):
    assert refusal_of(settings_of, **{name: nonsense}).startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("parse", "nonsense"),
    [
        (environment.positive_integer, ["0", "-5", "1.5", "1e3", "\uff11", "1_000"]),
        (environment.zone, ["../../etc/passwd", "Europe", "/etc/localtime"]),
        (environment.database, ["mysql://root@localhost/gym", "postgres://", "postgres://h:p/g"]),
        (environment.redis, ["http://localhost", "redis://localhost:port/0"]),
        (
            environment.email,
            ["pigeon://coop", "smtp://localhost:port", "smtp://", "smtp+tls://:587"],
        ),
        (environment.names, [",", "a,", ",a", "a,,b"]),
        (environment.boolean, ["2", "-1", "truee", "none"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_makes_no_sense_is_refused(parse, nonsense):
    for text in nonsense:
        with pytest.raises(ValueError, match=r"."):
            parse(text)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        pytest.param({"SECRET_KEY": ""}, "SECRET_KEY", id="no secret key"),
        pytest.param(
            {"SECRET_KEY": "insecure-key-for-development-only"}, "SECRET_KEY", id="the default key"
        ),
        pytest.param({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS", id="no hosts"),
    ],
)
def test_production_refuses_to_start_with_what_is_for_development(settings_of, changes, name):
    assert refusal_of(settings_of, **PRODUCTION | changes).startswith(f"{name}: ")


@pytest.mark.slow
def test_production_starts_with_what_it_needs_and_is_fit_to_be_deployed():
    done = start("--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert (done.returncode, done.stderr) == (0, "")


def test_production_logs_in_json_and_development_in_words(settings_of):
    def is_readable(**environment):
        return settings_of(**environment)["LOGGING"]["formatters"]["line"]["is_readable"]

    assert is_readable(**PRODUCTION) is False
    assert is_readable() is True


def test_production_is_open_only_where_the_environment_says_so(settings_of):
    assert settings_of(**PRODUCTION)["API_OPEN"] is False
    assert settings_of(**PRODUCTION, API_OPEN="true")["API_OPEN"] is True


def test_development_is_open_unless_told_otherwise(settings_of):
    assert settings_of()["API_OPEN"] is True
    assert settings_of(API_OPEN="false")["API_OPEN"] is False


@pytest.mark.parametrize("nothing", ["", "  "], ids=["empty", "blank"])
def test_nothing_set_is_sqlite_in_the_folder_of_the_project(settings_of, nothing):
    database = settings_of(DATABASE_URL=nothing)["DATABASES"]["default"]

    assert str(database["NAME"]) == str(ROOT / "db.sqlite3")


@pytest.mark.parametrize(
    ("address", "engine"),
    [
        ("sqlite:////tmp/gym.sqlite3", "django.db.backends.sqlite3"),
        ("postgres://gym:secret@db:5432/gym", "django.db.backends.postgresql"),
        ("postgresql://gym:secret@db/gym", "django.db.backends.postgresql"),
    ],
)
def test_an_address_chooses_the_database(settings_of, address, engine):
    assert settings_of(DATABASE_URL=address)["DATABASES"]["default"]["ENGINE"] == engine


def test_an_address_of_redis_is_where_celery_gets_its_work(settings_of):
    address = "redis://cache:6379/2"

    assert settings_of(REDIS_URL=address)["CELERY_BROKER_URL"] == address
    assert settings_of()["CELERY_BROKER_URL"] == ""


def test_the_beat_asks_for_the_work_that_is_there():
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} == {work.name}


def test_an_address_of_a_mail_server_says_how_to_speak_with_it():
    found = environment.email("smtp+tls://gym:p%40ss@mail.example:587")

    assert found["EMAIL_HOST"] == "mail.example"
    assert found["EMAIL_PORT"] == 587
    assert found["EMAIL_USE_TLS"] is True
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("gym", "p@ss")


def test_the_example_lists_every_variable_that_is_read_with_a_line_about_it():
    lines = (ROOT / ".env.example").read_text().splitlines()
    listed = {
        found[1]: above
        for above, line in itertools.pairwise(lines)
        if (found := re.match(r"#?\s*([A-Z_]+)=", line))
    }

    assert set(listed) >= set(READ)
    undescribed = [name for name, above in listed.items() if not re.match(r"#\s*\w", above)]
    assert undescribed == []

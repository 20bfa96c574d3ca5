"""
What can be known of the containers without building any: that they run the commands of the
Procfile, with the variables that the settings read.
"""

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from tests.test_settings import READ

ROOT = Path(__file__).resolve().parent.parent
OURS = ["release", "web", "worker", "beat"]
NEVER_STARTS_WITHOUT = {"SECRET_KEY", "ALLOWED_HOSTS", "POSTGRES_PASSWORD"}


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


def procfile():
    """Give the Procfile's commands by name; where one is there twice, that with Redis."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    found = (re.match(r"(?:# )?([a-z]+): (.+)", line) for line in lines)
    return {one[1]: shlex.split(one[2]) for one in found if one}


def instructions(name):
    """Give what the Dockerfile says after each instruction of a name."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return re.findall(rf"^{name} +(.+)$", text, flags=re.MULTILINE)


def test_compose_starts_the_commands_of_the_procfile(services):
    commands = {name: services[name]["command"] for name in OURS if name != "release"}

    assert commands == procfile()


def test_the_image_alone_is_the_web_server(services):
    [command] = instructions("CMD")

    assert json.loads(command) == services["web"]["command"]


@pytest.mark.parametrize("name", OURS)
def test_each_process_is_given_the_variables_that_the_settings_read_and_no_others(services, name):
    assert set(services[name]["environment"]) == set(READ)


def test_compose_asks_for_no_variable_that_the_example_does_not_list():
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text()))
    listed = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)

    assert asked <= set(listed)


def test_compose_does_not_start_without_its_secrets():
    text = (ROOT / "compose.yaml").read_text()

    asked = dict(re.findall(r"\$\{([A-Z_]+):(.)", text))

    # After `:?` stands what is said where the variable is missing or empty.
    assert {name for name, how in asked.items() if how == "?"} == NEVER_STARTS_WITHOUT


@pytest.mark.parametrize("name", OURS)
def test_the_containers_are_for_production(services, name):
    assert services[name]["environment"]["DEBUG"] == "false"


def test_only_the_web_server_can_be_reached_from_outside(services):
    assert [name for name, service in services.items() if "ports" in service] == ["web"]


def test_nothing_starts_before_the_database_is_migrated(services):
    waiting = {
        name: service.get("depends_on", {}).get("release", {}).get("condition")
        for name, service in services.items()
        if name in OURS
    }

    assert waiting == {"release": None} | dict.fromkeys(
        ["web", "worker", "beat"], "service_completed_successfully"
    )


def test_the_database_outlives_its_container(services):
    assert services["database"]["volumes"] == ["database:/var/lib/postgresql/data"]


def test_the_image_does_not_run_as_root_and_holds_no_developers_secrets():
    assert instructions("USER") == ["gymtastic"]
    assert ".env" in (ROOT / ".dockerignore").read_text().splitlines()

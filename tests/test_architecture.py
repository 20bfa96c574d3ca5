"""What the design promises, so that a reviewer's `pytest` finds out when it is broken."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.urls import get_resolver

from core.errors import Refusal

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LONGEST_MODULE = 350
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "mixins", "misc", "tools"}


def layers():
    """Give each app's rank in the order of the apps; import-linter reads the same list."""
    [ordered] = [
        contract["layers"]
        for contract in PROJECT["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    ]
    return {
        name.strip(" ()"): len(ordered) - rank
        for rank, layer in enumerate(ordered)
        for name in layer.split("|")
    }


# What goes with its owner instead.
NO_HISTORY = {
    "benefits.UsageTotal.benefit",
    "bookings.CalendarToken.customer",
    "followups.FollowUp.customer",
    "followups.FollowUpChange.customer",
    "promotions.Announcement.promo",
    "workouts.Entry.workout",
    "workouts.Set.entry",
}

DECIDES = {"services", "rules", "querysets", "reports", "windows", "facts"}
READS_THE_CLOCK = {"timezone.now", "datetime.now", "date.today", "timezone.localdate", "now"}

OURS = [app for app in apps.get_app_configs() if Path(app.path).parent == ROOT]
MODELS = [model for app in OURS for model in app.get_models()]
MODULES = sorted(
    path
    for folder in (*(Path(app.path) for app in OURS), ROOT / "tests", ROOT / "gymtastic")
    for path in folder.rglob("*.py")
    if "migrations" not in path.parts
)


def as_path(path):
    return str(path.relative_to(ROOT))


def test_imports_only_point_down():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_app_has_its_place_and_is_linted():
    linted = set(PROJECT["tool"]["importlinter"]["root_packages"])

    assert {app.name for app in OURS} <= set(layers())
    assert {app.name for app in OURS} <= linted


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_relations_only_point_down(model):
    rank = layers()
    own = model._meta.app_label

    for field in model._meta.get_fields():
        if field.is_relation and not field.auto_created and field.related_model is not None:
            other = field.related_model._meta.app_label
            # Django's own apps lie below all of ours.
            assert other == own or rank.get(other, -1) < rank[own], field


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_row_with_a_history_is_protected(model):
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey) and str(field) not in NO_HISTORY:
            assert field.remote_field.on_delete in {models.PROTECT, models.RESTRICT}, field


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_constraint_is_named_by_a_sentence(model):
    for constraint in model._meta.constraints:
        words = constraint.name.split("_")

        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", constraint.name), constraint.name
        assert len(words) >= 4, constraint.name
        assert words[-1] not in {"uniq", "unique", "check", "idx"}, constraint.name


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_order_is_hidden_in_a_model(model):
    assert model._meta.ordering == []


def test_modules_are_short_and_named_after_what_they_are_about():
    lengths = {as_path(path): len(path.read_text().splitlines()) for path in MODULES}

    assert {path: length for path, length in lengths.items() if length >= LONGEST_MODULE} == {}
    assert [as_path(path) for path in MODULES if path.stem in SAYS_NOTHING] == []


def test_what_decides_is_told_what_time_it_is():
    deciding = [
        path
        for path in MODULES
        if {path.stem, path.parent.name} & DECIDES and "tests" not in path.parts
    ]
    read = {as_path(path): called_in(path) & READS_THE_CLOCK for path in deciding}

    assert len(deciding) > 50
    assert {path: calls for path, calls in read.items() if calls} == {}


def called_in(path):
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    return {ast.unparse(node.func) for node in calls}


def refusals():
    found, waiting = [], [Refusal]
    while waiting:
        subclasses = waiting.pop().__subclasses__()
        found += subclasses
        waiting += subclasses
    return sorted(
        (one for one in found if one.__module__.split(".")[0] in layers()),
        key=lambda one: one.__name__,
    )


@pytest.mark.parametrize("refusal", refusals(), ids=lambda refusal: refusal.__name__)
def test_a_refusal_has_a_code_of_its_own_and_lives_in_errors(refusal):
    same = [other.__name__ for other in refusals() if other.code == refusal.code]

    assert same == [refusal.__name__]
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", refusal.code)
    assert refusal.__module__.endswith(".errors")
    assert refusal.__doc__
    assert not refusal.__doc__.startswith(f"{refusal.__name__}(")


def test_every_code_that_a_service_can_raise_is_in_the_api_document(client, settings):
    settings.API_OPEN = True
    document = client.get("/api/schema?format=json").json()

    told = {
        code
        for path in document["paths"].values()
        for operation in path.values()
        for answer in operation["responses"].items()
        if answer[0] == "409"
        for code in _codes(answer[1])
    }

    assert {refusal.code for refusal in refusals()} == told


def _codes(answer):
    errors = answer["content"]["application/json"]["schema"]["properties"]["errors"]
    return errors["items"]["properties"]["code"]["enum"]


def test_every_view_of_the_api_is_closed_by_default():
    waiting, open_views = [get_resolver()], []
    while waiting:
        for pattern in waiting.pop().url_patterns:
            if hasattr(pattern, "url_patterns"):
                waiting.append(pattern)
            elif view := getattr(pattern.callback, "cls", None):
                permissions = [one.__name__ for one in view.permission_classes]
                if permissions != ["OpenOrWithKey"]:
                    open_views.append((view.__name__, permissions))

    assert open_views == []

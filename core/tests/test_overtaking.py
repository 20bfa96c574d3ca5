"""Forms that stand open while somebody else saves the same: every kind of field."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, User
from django.forms import modelform_factory
from django.http import QueryDict

from core.admin.forms import InstantField
from core.admin.overtaking import remembering
from core.tests.sending import sent_by

pytestmark = pytest.mark.django_db

FIELDS = ("username", "is_active", "date_joined", "groups")
StaffForm = remembering(
    modelform_factory(User, fields=FIELDS, field_classes={"date_joined": InstantField})
)
JOINED = datetime(2030, 5, 14, 12, 0, 7, 250, tzinfo=UTC)


@pytest.fixture
def maria():
    maria = User.objects.create(username="maria", date_joined=JOINED)
    maria.groups.set([Group.objects.create(pk=1, name="Desk")])
    Group.objects.create(pk=2, name="Trainers"), Group.objects.create(pk=3, name="Owners")
    return maria


def opened():
    return sent_by(StaffForm(instance=User.objects.get()))


def posted(body):
    data = QueryDict(mutable=True)
    for name, value in body.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return StaffForm(data, instance=User.objects.get())


def save(**changes):
    maria = User.objects.get()
    groups = changes.pop("groups", None)
    User.objects.update(**changes) if changes else maria.groups.set(groups)


OF_EACH_KIND = pytest.mark.parametrize(
    ("name", "theirs", "typed", "told"),
    [
        pytest.param("username", "maria.b", {"username": "m"}, "maria.b", id="text"),
        pytest.param("is_active", False, {"is_active": []}, None, id="yes or no"),
        pytest.param(
            "date_joined",
            datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC),
            {"date_joined_0": "2032-01-01"},
            "Thu 2 Jan 2031, 03:04",
            id="time",
        ),
        pytest.param("groups", [1, 2], {"groups": ["3"]}, "Desk, Trainers", id="several"),
        pytest.param("groups", [], {"groups": ["3"]}, "nothing", id="none any more"),
    ],
)


def test_a_form_that_is_sent_as_it_was_shown_changes_nothing(maria):
    form = posted(opened())

    assert form.is_valid()
    assert form.changed_data == []


@OF_EACH_KIND
def test_what_only_a_colleague_changed_stays_the_colleagues(maria, name, theirs, typed, told):
    other = "is_active" if name == "username" else "username"
    body = opened()
    save(**{name: theirs})

    form = posted({**body, "username": "m"} if other == "username" else {**body, "is_active": []})

    assert form.is_valid()
    assert form.changed_data == [other]
    form.save()
    stands = User.objects.values(*FIELDS)
    assert [row[name] for row in stands] == (theirs or [None] if name == "groups" else [theirs])


@OF_EACH_KIND
def test_what_both_changed_is_refused_once(maria, name, theirs, typed, told):
    body = {**opened(), **typed}
    save(**{name: theirs})

    refused = posted(body)
    agreed = told is None
    again = posted(sent_by(refused))

    sentence = (
        f"A colleague has changed this meanwhile, to {told}. Save again to have yours instead."
    )
    assert refused.errors == ({} if agreed else {name: [sentence]})
    assert again.is_valid()
    assert again.changed_data == ([] if agreed else [name])


def test_a_form_that_is_shown_again_shows_what_a_colleague_changed(maria):
    body = {**opened(), "date_joined_0": "nonsense"}
    save(username="maria.b")

    shown = posted(body)
    again = posted(sent_by(shown, username="m"))

    assert list(shown.errors) == ["date_joined"]
    assert sent_by(shown)["username"] == ["maria.b"]
    assert "disabled" not in str(shown["username"])
    assert again.changed_data == ["username", "date_joined"]
    assert list(again.errors) == ["date_joined"]


def test_who_was_shown_no_form_is_taken_at_their_word(maria):
    bare = {name: value for name, value in opened().items() if not name.startswith("initial-")}
    save(username="maria.b")

    form = posted(bare)

    assert form.is_valid()
    assert form.changed_data == ["username"]

"""The database itself refuses what no service would write: each named rule, one bad row."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from benefits.models import BenefitUsage
from benefits.tests.factories import BenefitUsageFactory
from core.constraints import broken_rule, fields_of_unique_rule
from tests.bad_rows import CASES
from tests.bad_rows.bookings import change

pytestmark = pytest.mark.django_db

OURS = (
    "benefits",
    "bookings",
    "classes",
    "customers",
    "core",
    "followups",
    "memberships",
    "milestones",
    "notifications",
    "promotions",
    "venues",
    "workouts",
)
MODELS = [model for app in OURS for model in apps.get_app_config(app).get_models()]
RULES = {rule.name for model in MODELS for rule in model._meta.constraints}
# A status that nobody knows breaks three rules at once; which is named is up to the database.
OF_EVERY_STATUS = {
    "booking_status_is_known",
    "booking_uses_its_day_while_live",
    "booking_says_when_and_by_whom_it_was_cancelled",
}


def rule_broken_by(write):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        write()
    return broken_rule(refused.value)


@pytest.mark.parametrize(("rule", "write"), CASES)
def test_the_database_itself_refuses(rule, write):
    assert rule_broken_by(write) == rule


def test_the_database_itself_refuses_a_booking_with_an_unknown_status():
    assert rule_broken_by(lambda: change(status="moved")) in OF_EVERY_STATUS


def test_the_database_itself_refuses_two_uses_with_one_id_of_a_file():
    BenefitUsageFactory(external_id=17)
    BenefitUsageFactory.create_batch(2, external_id=None)

    rule = rule_broken_by(lambda: BenefitUsageFactory(external_id=17))

    assert fields_of_unique_rule(rule) == ["external_id"]
    assert BenefitUsage.objects.count() == 3


def test_every_named_rule_has_a_row_that_breaks_it():
    tried = {case.values[0] for case in CASES} | {"booking_status_is_known"}

    assert tried == RULES


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.verbose_name)
def test_every_named_rule_is_in_the_database(model):
    with connection.cursor() as cursor:
        there = connection.introspection.get_constraints(cursor, model._meta.db_table)

    assert {rule.name for rule in model._meta.constraints} <= set(there)

"""What happens between reading the rows of an import, checking them and loading them."""

import pytest
from django.db import IntegrityError, connection, transaction

from benefits import importing
from benefits.models import Benefit, BenefitUsage
from benefits.tests.factories import NOON, BenefitFactory, BenefitUsageFactory
from benefits.usage_csv import Use
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return CustomerFactory()


@pytest.fixture
def benefit():
    return BenefitFactory()


def stored():
    return list(
        BenefitUsage.objects.order_by("external_id").values_list("external_id", "person_id")
    )


@pytest.fixture
def staged(person, benefit, monkeypatch):
    """Rows 1 and 2 of the person, and 3 of somebody else, checked and to be loaded one by one."""
    monkeypatch.setattr(importing, "LOADED_AT_ONCE", 2)
    somebody = CustomerFactory()
    with importing.staging():
        uses = [
            Use(line, line, one.pk, benefit.pk, NOON)
            for line, one in enumerate((person, person, somebody), 1)
        ]
        assert list(importing.stage(uses)) == [3]
        assert importing.check() == 0
        yield somebody


@pytest.mark.django_db(transaction=True)
def test_where_a_customer_was_deleted_meanwhile_the_batches_before_stay(staged):
    staged.delete()

    batches = importing.load(at=NOON)
    first = next(batches)
    with pytest.raises(importing.Stopped, match="A customer or a benefit was deleted"):
        next(batches)

    assert first == (2, 2)
    assert [external_id for external_id, _ in stored()] == [1, 2]


def test_where_somebody_imported_other_values_meanwhile_none_are_taken_for_the_same(staged):
    other = BenefitUsageFactory(external_id=2)

    with pytest.raises(importing.Stopped, match="other values under the same ids"):
        list(importing.load(at=NOON))

    assert stored() == [(2, other.person_id)]


def test_where_somebody_imported_the_same_meanwhile_it_was_there_already(staged, person, benefit):
    BenefitUsageFactory(external_id=2, person=person, benefit=benefit)

    assert list(importing.load(at=NOON)) == [(2, 1), (1, 1)]
    assert len(stored()) == 3


@pytest.mark.django_db(transaction=True)
def test_after_rows_that_could_not_be_copied_the_connection_is_as_it_was():
    nameless = Use(line=None, external_id=1, person_id=1, benefit_id=1, used_at=NOON)

    with pytest.raises(IntegrityError), importing.staging():
        list(importing.stage([nameless]))

    with transaction.atomic():
        BenefitFactory()
    assert Benefit.objects.count() == 1


@pytest.mark.parametrize("name", ["staged", "repeated"])
def test_a_table_of_somebody_else_is_left_alone(name):
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {name} (theirs INTEGER)")

    with importing.staging():
        importing.check()

    assert name in connection.introspection.table_names()

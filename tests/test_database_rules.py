"""The database itself refuses what no service would write: each named rule, one bad row."""

from datetime import date

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from bookings.models import LONGEST_WINDOW, Booking
from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory, BookingWindowFactory
from classes.models import LARGEST_CAPACITY, LONGEST_CUTOFF, LONGEST_DURATION
from classes.tests.factories import TUESDAY_18, ClassSessionFactory, ClassTypeFactory
from core.constraints import broken_rule
from customers.tests.factories import CustomerFactory, SegmentFactory

pytestmark = pytest.mark.django_db

OURS = ("bookings", "classes", "customers", "core")
MODELS = [model for app in OURS for model in apps.get_app_config(app).get_models()]
RULES = {rule.name for model in MODELS for rule in model._meta.constraints}
CANCELLED, LATE = BookingStatus.CANCELLED, BookingStatus.LATE_CANCELLED


def change(**values):
    """Write over a good booking, past everything that would mind."""
    status = values.pop("of", BookingStatus.BOOKED)
    Booking.objects.filter(pk=BookingFactory(status=status).pk).update(**values)


def book_two_sessions_of_one_day():
    customer = CustomerFactory()
    BookingFactory.create_batch(2, customer=customer)


def book_the_same_session_on_another_day():
    first = BookingFactory()
    BookingFactory(
        customer=first.customer, class_session=first.class_session, occupied_day=date(2030, 5, 20)
    )


def open_twice():
    segment = SegmentFactory()
    BookingWindowFactory(segment=segment)
    BookingWindowFactory(segment=segment)


def take_an_email_twice():
    CustomerFactory(email="anna@example.org")
    CustomerFactory(email="ANNA@example.org")


def bad(rule, words, write, /, **values):
    return pytest.param(rule, lambda: write(**values), id=words)


CASES = [
    bad(
        "booking_one_per_customer_and_day", "two sessions of one day", book_two_sessions_of_one_day
    ),
    bad(
        "booking_one_live_per_customer_and_session",
        "one session twice",
        book_the_same_session_on_another_day,
    ),
    bad(
        "booking_uses_its_day_while_live",
        "a live booking that uses no day",
        change,
        occupied_day=None,
    ),
    bad(
        "booking_uses_its_day_while_live",
        "a cancelled booking that uses a day",
        change,
        of=CANCELLED,
        occupied_day=date(2030, 5, 20),
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_cancelled",
        "a live booking with a time of cancellation",
        change,
        cancelled_at=TUESDAY_18,
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_cancelled",
        "a live booking cancelled by somebody",
        change,
        cancelled_by="gym",
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_cancelled",
        "a cancelled booking without its time",
        change,
        of=CANCELLED,
        cancelled_at=None,
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_cancelled",
        "a late cancellation by nobody",
        change,
        of=LATE,
        cancelled_by="",
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_cancelled",
        "a cancellation by a stranger",
        change,
        of=CANCELLED,
        cancelled_by="stranger",
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_forgiven",
        "forgiven by nobody",
        change,
        of=CANCELLED,
        forgiven_at=TUESDAY_18,
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_forgiven",
        "forgiven by somebody at no time",
        change,
        of=CANCELLED,
        forgiven_by="API",
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_forgiven",
        "a reason to forgive what nobody forgave",
        change,
        of=CANCELLED,
        forgiven_reason="ill",
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_forgiven",
        "forgiven and still late",
        change,
        of=LATE,
        forgiven_at=TUESDAY_18,
        forgiven_by="API",
    ),
    bad(
        "booking_window_one_per_segment_and_class_type",
        "two windows for a segment and every class",
        open_twice,
    ),
    bad("booking_window_one_per_segment_and_class_type", "a second default", BookingWindowFactory),
    bad("booking_window_unit_is_known", "an unknown unit", BookingWindowFactory, unit="weeks"),
    bad(
        "booking_window_length_is_possible",
        "a window that opens too early",
        BookingWindowFactory,
        opens_before=LONGEST_WINDOW + 1,
    ),
    bad(
        "class_type_duration_is_possible",
        "a class of no duration",
        ClassTypeFactory,
        duration_minutes=0,
    ),
    bad(
        "class_type_duration_is_possible",
        "a class of more than a week",
        ClassTypeFactory,
        duration_minutes=LONGEST_DURATION + 1,
    ),
    bad(
        "class_type_capacity_is_possible",
        "a class for too many",
        ClassTypeFactory,
        capacity=LARGEST_CAPACITY + 1,
    ),
    bad(
        "class_type_cutoff_is_possible",
        "a cutoff too long before",
        ClassTypeFactory,
        late_cancel_cutoff_minutes=LONGEST_CUTOFF + 1,
    ),
    bad(
        "class_session_status_is_known",
        "a session with an unknown status",
        ClassSessionFactory,
        status="moved",
    ),
    bad(
        "class_session_duration_is_possible",
        "a session of no duration",
        ClassSessionFactory,
        duration_minutes=0,
    ),
    bad(
        "class_session_duration_is_possible",
        "a session of more than a week",
        ClassSessionFactory,
        duration_minutes=LONGEST_DURATION + 1,
    ),
    bad(
        "class_session_capacity_is_possible",
        "a session for too many",
        ClassSessionFactory,
        capacity=LARGEST_CAPACITY + 1,
    ),
    bad(
        "class_session_is_never_overbooked",
        "one booking more than spots",
        ClassSessionFactory,
        capacity=2,
        booked_count=3,
    ),
    bad("segment_rule_is_known", "an unknown rule", SegmentFactory, rule="unheard_of"),
    bad(
        "segment_rule_days_iff_needed",
        "a rule without its days",
        SegmentFactory,
        rule="new_customers",
    ),
    bad(
        "segment_rule_days_iff_needed",
        "a rule of no days",
        SegmentFactory,
        rule="new_customers",
        rule_days=0,
    ),
    bad("segment_rule_days_iff_needed", "days for nothing", SegmentFactory, rule_days=1),
    bad(
        "segment_rule_min_visits_iff_needed",
        "a rule without its visits",
        SegmentFactory,
        rule="frequent_visitors",
        rule_days=1,
    ),
    bad(
        "segment_rule_min_visits_iff_needed",
        "visits for nothing",
        SegmentFactory,
        rule_min_visits=1,
    ),
    bad("customer_email_is_unique_in_any_case", "one e-mail twice", take_an_email_twice),
    bad("customer_origin_is_known", "an unknown origin", CustomerFactory, origin="moon"),
    bad(
        "customer_position_is_whole_and_on_earth", "a latitude alone", CustomerFactory, latitude=52
    ),
    bad(
        "customer_position_is_whole_and_on_earth",
        "a longitude alone",
        CustomerFactory,
        longitude=13,
    ),
    bad(
        "customer_position_is_whole_and_on_earth",
        "beyond the pole",
        CustomerFactory,
        latitude=91,
        longitude=0,
    ),
]
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


def test_every_named_rule_has_a_row_that_breaks_it():
    tried = {case.values[0] for case in CASES} | {"booking_status_is_known"}

    assert tried == RULES


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.verbose_name)
def test_every_named_rule_is_in_the_database(model):
    with connection.cursor() as cursor:
        there = connection.introspection.get_constraints(cursor, model._meta.db_table)

    assert {rule.name for rule in model._meta.constraints} <= set(there)

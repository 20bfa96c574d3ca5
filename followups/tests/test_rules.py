"""Each status by an example, and all of them against a plain reference, without a database."""

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from customers.states import Origin
from followups.rules import Visit, rule_of_agreement, status_of
from followups.states import FollowUpStatus
from followups.tests import reference
from followups.tests.reference import (
    EVERY_AGREEMENT,
    EVERY_BOOKING,
    ORDERS,
    ORIGINS,
    Booked,
    Bought,
)

NOW = datetime(2030, 5, 14, 12, tzinfo=UTC)
FIRST = date(2030, 5, 1)
OWED = Decimal("0.01")
SECOND = timedelta(seconds=1)


def visits_of(bookings):
    return [
        Visit(
            booking=number,
            session=100 + number,
            status=one.status,
            starts_at=NOW + timedelta(hours=one.starts),
            checked_in_at=(
                None if one.checked_in is None else NOW + timedelta(hours=one.checked_in)
            ),
            cancelled_at=None,
            created_at=NOW - timedelta(days=2),
        )
        for number, one in enumerate(bookings, start=1)
        # A visit is a booking that is not cancelled.
        if one.status != "cancelled"
    ]


def verdict(origin="other", agreements=(), bookings=(), at=NOW):
    return status_of(origin=origin, agreements=agreements, visits=visits_of(bookings), at=at)


@pytest.mark.parametrize(
    ("agreement", "status", "reason"),
    [
        pytest.param(
            Bought(id=7, status="collections", past_due_balance=Decimal("35.00")),
            "collections_customer",
            "Agreement 7 is in collections, with 35.00 past due.",
            id="in collections",
        ),
        pytest.param(
            Bought(id=7, status="inactive", alert="canceled", past_due_balance=OWED),
            "canceled_customer",
            "No agreement is left; the most recent one, 7 of 2030-05-01, was canceled.",
            id="inactive and canceled, whatever is owed",
        ),
        pytest.param(
            Bought(id=7, status="inactive", alert="expired"),
            "expired_customer",
            "No agreement is left; the most recent one, 7 of 2030-05-01, has expired.",
            id="inactive and expired",
        ),
        pytest.param(
            Bought(id=7, past_due_balance=OWED),
            "delinquent_customer",
            "0.01 is past due on agreement 7.",
            id="a cent past due",
        ),
        pytest.param(
            Bought(id=7, status="suspended", past_due_balance=OWED),
            "delinquent_customer",
            "0.01 is past due on agreement 7.",
            id="past due and suspended",
        ),
        pytest.param(
            Bought(id=7, status="suspended", session_quantity=1, sessions_remaining=0),
            "active_customer_suspended",
            "Agreement 7 is suspended.",
            id="suspended",
        ),
        pytest.param(
            Bought(id=7, session_quantity=1, sessions_remaining=0),
            "drop_in",
            "The one session of agreement 7 is used up.",
            id="one session, used up",
        ),
        pytest.param(
            Bought(id=7, session_quantity=1, sessions_remaining=1),
            "renewal_opportunity",
            "The one session of agreement 7 is still to be used.",
            id="one session, to be used",
        ),
        pytest.param(
            Bought(id=7),
            "active_customer",
            "Agreement 7 is active and nothing is past due.",
            id="active and unlimited",
        ),
        pytest.param(
            Bought(id=7, session_quantity=2, sessions_remaining=0),
            "active_customer",
            "Agreement 7 is active and nothing is past due.",
            id="active with two sessions, both used up",
        ),
    ],
)
def test_an_agreement_gives(agreement, status, reason):
    assert verdict(agreements=[agreement]) == (status, 7, reason)


@pytest.mark.parametrize(
    ("origin", "has_trial", "bookings", "status", "reason"),
    [
        pytest.param("other", False, [], "lead", "Has bought nothing yet.", id="a lead"),
        pytest.param(
            "web",
            False,
            [],
            "web_lead",
            "Came by the web; has bought nothing yet.",
            id="a web lead",
        ),
        pytest.param(
            "referral",
            False,
            [Booked("attended", -3)],
            "referral",
            "Was referred; has bought nothing yet.",
            id="a referral, who came without a trial",
        ),
        pytest.param(
            "phone", True, [], "lead", "Has a trial and no session yet.", id="a trial alone"
        ),
        pytest.param(
            "web",
            True,
            [Booked("cancelled", -3), Booked("cancelled", 3), Booked("late_cancelled", 3)],
            "web_lead",
            "Came by the web; has a trial and no session yet.",
            id="a trial, and what was cancelled",
        ),
        pytest.param(
            "web",
            True,
            [Booked("attended", -3), Booked("booked", 6), Booked("booked", 3)],
            "trial_booked",
            "Has a trial, and session 103 to come.",
            id="a session to come, whatever was before",
        ),
        pytest.param(
            "referral",
            True,
            [Booked("attended", -6), Booked("booked", -3)],
            "trial_no_show",
            "Has a trial, and did not come to session 102.",
            id="the last session begun and not checked in",
        ),
        pytest.param(
            "web",
            True,
            [Booked("attended", -6), Booked("late_cancelled", -3)],
            "trial_no_show",
            "Has a trial, and did not come to session 102.",
            id="the last session cancelled late",
        ),
        pytest.param(
            "web",
            True,
            [Booked("attended", -3), Booked("no_show", -6), Booked("cancelled", -1)],
            "trial_show_no_sale",
            "Has a trial and came to session 101, and has bought nothing since.",
            id="the last session attended",
        ),
        pytest.param(
            "other",
            True,
            [Booked("no_show", -3), Booked("attended", 1, checked_in=0)],
            "trial_show_no_sale",
            "Has a trial and came to session 102, and has bought nothing since.",
            id="checked in before the start",
        ),
    ],
)
def test_a_prospect_is(origin, has_trial, bookings, status, reason):
    agreements = [Bought(is_trial=True, past_due_balance=OWED)] if has_trial else []

    assert verdict(origin, agreements, bookings) == (status, None, reason)


@pytest.mark.parametrize(
    ("after_start", "status"),
    [
        pytest.param(-SECOND, "trial_booked", id="a second before the start"),
        pytest.param(0 * SECOND, "trial_no_show", id="exactly at the start"),
        pytest.param(SECOND, "trial_no_show", id="a second after the start"),
    ],
)
def test_a_session_is_past_from_its_start(after_start, status):
    trial = Bought(is_trial=True)

    given = verdict(agreements=[trial], bookings=[Booked("booked", 0)], at=NOW + after_start)

    assert given.status == status


BEST_FIRST = {
    "collections": Bought(status="collections"),
    "delinquent": Bought(past_due_balance=OWED),
    "active": Bought(),
    "suspended": Bought(status="suspended"),
    "renewal": Bought(session_quantity=1, sessions_remaining=1),
    "drop-in": Bought(session_quantity=1, sessions_remaining=0),
    "over": Bought(status="inactive", alert="expired"),
}


@pytest.mark.parametrize(
    ("better", "worse"),
    list(itertools.pairwise(BEST_FIRST)),
)
def test_of_two_agreements_money_goes_first_and_the_present_before_the_past(better, worse):
    older = BEST_FIRST[better]
    newer = BEST_FIRST[worse]._replace(id=2, purchased_on=FIRST + timedelta(days=1))

    for agreements in ([older, newer], [newer, older]):
        assert verdict(agreements=agreements)[:2] == (reference.of_agreement(older), 1)


@pytest.mark.parametrize(
    ("days", "decides"),
    [((0, 1), 2), ((1, 0), 1), ((0, 0), 2)],
    ids=["bought in this order", "bought in the other order", "of one day the higher id"],
)
def test_when_all_are_over_the_most_recent_purchase_decides(days, decides):
    agreements = [
        Bought(1, FIRST + timedelta(days=days[0]), status="inactive", alert="canceled"),
        Bought(2, FIRST + timedelta(days=days[1]), status="inactive", alert="expired"),
    ]

    status = ("canceled_customer", "expired_customer")[decides - 1]
    assert verdict(agreements=agreements)[:2] == (status, decides)


def test_a_trial_is_no_purchase():
    trial = Bought(2, FIRST + timedelta(days=1), status="collections", is_trial=True)
    over = Bought(1, status="inactive", alert="expired")

    assert verdict(agreements=[trial, over])[:2] == ("expired_customer", 1)
    assert verdict(agreements=[trial]).status == "lead"


def test_every_agreement_gives_what_the_reference_gives():
    given = {one: rule_of_agreement(one).status for one in EVERY_AGREEMENT}

    assert given == {one: reference.of_agreement(one) for one in EVERY_AGREEMENT}
    assert len(set(given.values())) == 8


@pytest.mark.slow
def test_every_two_agreements_with_and_without_trials_give_what_the_reference_gives():
    trials = [(False, False), (True, False), (True, True)]
    for pair in itertools.product(EVERY_AGREEMENT, repeat=2):
        for days, are_trials in itertools.product(ORDERS, trials):
            agreements = [
                Bought(
                    number,
                    FIRST + timedelta(days=days[number]),
                    *one[2:-1],
                    is_trial=are_trials[number],
                )
                for number, one in enumerate(pair)
            ]

            given = verdict("web", agreements)

            assert given.status == reference.of("web", agreements, []), agreements
            if given.agreement is not None:
                decided = reference.of_agreement(agreements[given.agreement])
                assert decided == given.status
                assert not agreements[given.agreement].is_trial


def test_every_origin_trial_and_two_bookings_give_what_the_reference_gives():
    assert set(ORIGINS) == set(Origin.values)
    given = set()
    bookings = [[], *([one] for one in EVERY_BOOKING), *itertools.product(EVERY_BOOKING, repeat=2)]
    for origin, has_trial, booked in itertools.product(ORIGINS, (False, True), bookings):
        agreements = [Bought(is_trial=True)] if has_trial else []

        status = verdict(origin, agreements, booked).status

        assert status == reference.of(origin, agreements, booked), (origin, has_trial, booked)
        given.add(status)
    assert len(given) == 6


def test_every_three_bookings_of_a_trial_give_what_the_reference_gives():
    trial = [Bought(is_trial=True)]
    for booked in itertools.product(EVERY_BOOKING, repeat=3):
        assert verdict("web", trial, booked).status == reference.of("web", trial, booked), booked


def test_to_whoever_bought_something_neither_origin_nor_bookings_matter():
    for one, origin, booked in itertools.product(EVERY_AGREEMENT, ORIGINS, EVERY_BOOKING):
        agreements = [one, Bought(id=2, is_trial=True)]

        assert verdict(origin, agreements, [booked]).status == reference.of_agreement(one)


def test_there_is_a_label_for_every_status():
    assert dict(FollowUpStatus.choices) == {
        "collections_customer": "Collections Customer",
        "canceled_customer": "Canceled Customer",
        "expired_customer": "Expired Customer",
        "delinquent_customer": "Delinquent Customer",
        "active_customer_suspended": "Active Customer - Suspended",
        "drop_in": "Drop-In",
        "renewal_opportunity": "Renewal Opportunity",
        "active_customer": "Active Customer",
        "lead": "Lead",
        "web_lead": "Web Lead",
        "referral": "Referral",
        "trial_booked": "Trial Booked",
        "trial_no_show": "Trial No Show",
        "trial_show_no_sale": "Trial Show - No Sale",
    }

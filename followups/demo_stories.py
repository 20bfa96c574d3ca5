"""What the demo's customers bought."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from followups.models import Agreement
from followups.states import AgreementStatus, Alert

# Before the demo's first session.
BEFORE_ALL = 24
PACKS = (5, 10, 20)
BALANCES = ("19.00", "49.00", "98.00", "147.50")


class Person(NamedTuple):
    number: int
    today: date
    since: date
    # The last day on which a booking was used up.
    used_on: date | None
    has_session_to_come: bool

    @property
    def is_new(self) -> bool:
        return self.number % 7 == 0

    @property
    def is_member(self) -> bool:
        """Give whether it is one of those to whom memberships are sold."""
        return self.number % 5 == 3

    def ago(self, days: int) -> date:
        return max(self.since, self.today - timedelta(days=days))


def agreements_of(person: Person, random: Random) -> Iterator[Agreement]:
    """Give what somebody has bought: two of three are customers, the others still prospects."""
    if person.is_new or (person.number % 5 == 1 and not person.is_member):
        yield from _prospect(person, random)
    elif person.is_member:
        yield from (_pack, _unlimited)[person.number % 2](person, random)
    else:
        yield from STORIES[person.number % len(STORIES)](person, random)


def _bought(purchased_on: date, quantity: int | None = None, **values: object) -> Agreement:
    return Agreement(
        purchased_on=purchased_on,
        session_quantity=quantity,
        **{"sessions_remaining": quantity, **values},
    )


def _long_ago(person: Person, random: Random) -> date:
    return person.ago(random.randint(30, 300))


def _expired_before(
    person: Person, random: Random, quantity: int, *, is_trial: bool = False
) -> Agreement:
    return _bought(
        person.ago(random.randint(310, 400)),
        quantity,
        sessions_remaining=0,
        status=AgreementStatus.INACTIVE,
        alert=Alert.EXPIRED,
        is_trial=is_trial,
    )


def _prospect(person: Person, random: Random) -> Iterator[Agreement]:
    """Sell a trial to whom it has shown the gym already, and to some others."""
    if not person.has_session_to_come or person.number % 3 == 0:
        yield _bought(person.ago(BEFORE_ALL), 3, is_trial=True)


def _unlimited(person: Person, random: Random) -> Iterator[Agreement]:
    yield _bought(_long_ago(person, random))


def _pack(person: Person, random: Random) -> Iterator[Agreement]:
    """Sell so many sessions, of which some were used up before the demo begins."""
    quantity = random.choice(PACKS)
    left = random.randint(quantity // 2, quantity)
    yield _bought(_long_ago(person, random), quantity, sessions_remaining=left)


def _ended(alert: Alert) -> "Story":
    def story(person: Person, random: Random) -> Iterator[Agreement]:
        left = 0 if alert == Alert.EXPIRED else random.randint(1, 9)
        yield _bought(
            _long_ago(person, random),
            10,
            sessions_remaining=left,
            status=AgreementStatus.INACTIVE,
            alert=alert,
        )

    return story


def _stays(person: Person, random: Random) -> Iterator[Agreement]:
    yield _expired_before(person, random, 10)
    yield from _pack(person, random)


def _tried_and_stays(person: Person, random: Random) -> Iterator[Agreement]:
    yield _expired_before(person, random, 3, is_trial=True)
    yield from _unlimited(person, random)


def _expired_and_then_canceled(person: Person, random: Random) -> Iterator[Agreement]:
    yield _expired_before(person, random, 10)
    yield from _ended(Alert.CANCELED)(person, random)


def _suspended(person: Person, random: Random) -> Iterator[Agreement]:
    yield _bought(_long_ago(person, random), status=AgreementStatus.SUSPENDED)


def _delinquent(person: Person, random: Random) -> Iterator[Agreement]:
    balance = Decimal(random.choice(BALANCES))
    yield _bought(_long_ago(person, random), past_due_balance=balance)


def _in_collections(person: Person, random: Random) -> Iterator[Agreement]:
    yield _bought(
        _long_ago(person, random),
        status=AgreementStatus.COLLECTIONS,
        past_due_balance=3 * Decimal(random.choice(BALANCES)),
    )


def _one_session(person: Person, random: Random) -> Iterator[Agreement]:
    """Sell the session of the last visit."""
    yield _bought(person.used_on or person.today, 1)


def _one_more_session(person: Person, random: Random) -> Iterator[Agreement]:
    """Sell the next session on the day after the last visit."""
    last = person.used_on or person.ago(BEFORE_ALL)
    yield _bought(min(last + timedelta(days=1), person.today), 1)


Story = Callable[[Person, Random], Iterator[Agreement]]

STORIES: tuple[Story, ...] = (
    _unlimited,
    _pack,
    _delinquent,
    _one_session,
    _ended(Alert.CANCELED),
    _stays,
    _one_more_session,
    _suspended,
    _pack,
    _ended(Alert.EXPIRED),
    _tried_and_stays,
    _in_collections,
    _one_session,
    _expired_and_then_canceled,
    _pack,
    _one_more_session,
    _delinquent,
)

"""
Which promotions are for a customer, and for whom is a promotion: as the application asks, its SQL
alone, and by haversine over all rows. And telling of what is due. A line comes in for each thing
to do, and one goes out.

    python -m benchmarks.promotion_questions < things-to-do > answers
"""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from benchmarks.asking import answer, rows_of, sent_by
from benchmarks.processor_time import seconds_of_family, stat_of
from benchmarks.promotion_filling import CITY

# So many customers or promotions are asked about, one after the other.
ASKED_ABOUT = 10
PROMOS_ASKED_ABOUT = 4
REACHES_KM = (2, 10, 500)
# Of each rival in each round, in steps of a hundredth: what is quick is asked again and again.
SECONDS_OF_CPU = 0.3

CUSTOMERS = """
SELECT id FROM customers_customer
WHERE id IN (SELECT customer_id FROM customers_in_segment) AND {place}
ORDER BY id %% 997, id LIMIT {number}
"""
PROMOS = """
SELECT promo.id FROM promotions_flashpromo promo
JOIN promotions_product product ON product.id = product_id
JOIN venues_venue venue ON venue.id = venue_id
WHERE is_active AND starts_at <= now() AND ends_at > now() AND {place} AND {is_by_visits} (
    SELECT FROM promotions_flashpromo_segments JOIN customers_segment segment
    ON segment.id = segment_id WHERE flashpromo_id = promo.id AND rule = 'frequent_visitors')
ORDER BY promo.id %% 997, promo.id LIMIT {number}
"""
IN_THE_CITY = "abs(latitude - {}) < 0.03 AND abs(longitude - {}) < 0.05".format(*CITY)
PLACES = {"anywhere": "true", "in the middle of the city": IN_THE_CITY}
KINDS = {"no rule about visits": "NOT EXISTS", "a rule about visits": "EXISTS"}


class Questions:
    """The application, on the database and with the settings of the environment."""

    def __init__(self) -> None:
        # Django asks for its settings when these are imported, and the benchmarks have none.
        from django.db import connection  # noqa: PLC0415
        from django.utils import timezone  # noqa: PLC0415

        from benchmarks import promotions_by_haversine  # noqa: PLC0415
        from promotions import reports  # noqa: PLC0415
        from promotions.models import FlashPromo  # noqa: PLC0415

        self._connection, self._reports = connection, reports
        self._haversine, self._now = promotions_by_haversine, timezone.now
        self._promos = FlashPromo.objects.select_related("product__venue")
        connection.ensure_connection()
        self._postmaster = stat_of(connection.connection.info.backend_pid).parent
        with connection.cursor() as cursor:
            # Compiling would add up to a second to what takes less.
            cursor.execute("SET jit = off")

    def compare_eligible(self) -> dict[str, list[int]]:
        """Make sure that both find the same; give how many promotions are for whom."""
        return {place: self._numbers(self._customers(place)) for place in PLACES}

    def eligible(self) -> dict[str, dict[str, float]]:
        return {place: self._eligible(self._customers(place)) for place in PLACES}

    def compare_audience(self) -> dict[str, list[int]]:
        """Make sure that both find the same; give how many customers are told."""
        return {
            f"{kind}, {reach} km": [self._alike(promo) for promo in self._reaching(kind, reach)]
            for kind in KINDS
            for reach in REACHES_KM
        }

    def audience(self) -> dict[str, dict[str, float]]:
        return {
            f"{kind}, {reach} km": self._audience(self._reaching(kind, reach))
            for kind in KINDS
            for reach in REACHES_KM
        }

    def announce(self) -> dict[str, float]:
        """Tell of all that is due."""
        from promotions.services.announcing import announce_due  # noqa: PLC0415

        begun, cpu = time.perf_counter(), time.process_time()
        announce_due(self._now, lambda: False)
        return {
            "seconds": time.perf_counter() - begun,
            "app": time.process_time() - cpu,
        }

    def _customers(self, place: str) -> list[int]:
        sql = CUSTOMERS.format(place=PLACES[place], number=ASKED_ABOUT)
        return [pk for (pk,) in rows_of([(sql, {})], self._connection)]

    def _reaching(self, kind: str, reach_km: float) -> list[Any]:
        sql = PROMOS.format(place=IN_THE_CITY, is_by_visits=KINDS[kind], number=PROMOS_ASKED_ABOUT)
        promos = []
        for (pk,) in rows_of([(sql, {})], self._connection):
            promo = self._promos.get(pk=pk)
            promo.max_distance_km = reach_km
            promos.append(promo)
        return promos

    def _numbers(self, customers: Iterable[int]) -> list[int]:
        numbers = []
        for customer in customers:
            at = self._now()
            own = self._reports.eligible_promos(customer_id=customer, at=at)
            its = self._haversine.eligible_promos(customer_id=customer, at=at)
            assert [one.promo_id for one in own] == [one.promo_id for one in its], customer
            numbers.append(len(own))
        return numbers

    def _alike(self, promo: Any) -> int:
        at = self._now()
        own = self._reports.audience_of(promo, day=at.date(), at=at)
        its = rows_of([self._haversine.customers_of(promo, at)], self._connection)
        assert own == [pk for (pk,) in its], promo.pk
        return len(own)

    def _eligible(self, customers: list[int]) -> dict[str, float]:
        at = self._now()
        asks = [
            partial(self._reports.eligible_promos, customer_id=customer, at=at)
            for customer in customers
        ]
        rival = [[self._haversine.promos_of(customer, at)] for customer in customers]
        return self._compared(asks, rival, lambda sql: "promotions_flashpromo" in sql)

    def _audience(self, promos: list[Any]) -> dict[str, float]:
        at = self._now()
        asks = [partial(self._reports.audience_of, promo, day=at.date(), at=at) for promo in promos]
        rival = [[self._haversine.customers_of(promo, at)] for promo in promos]
        return self._compared(asks, rival, lambda sql: "customers_customer" in sql)

    def _compared(
        self,
        asks: Sequence[Callable[[], Any]],
        rival: list[Any],
        is_compared: Callable[[str], bool],
    ) -> dict[str, float]:
        """
        Give the milliseconds of CPU that one question costs, here and in the database.

        Not those on the clock, most of which belong to whoever else uses the machine.
        """
        sent = [
            [each for each in sent_by(ask, self._connection) if is_compared(each[0])]
            for ask in asks
        ]

        def all_of(questions: list[Any]) -> float:
            return self._cpu_ms(lambda: [rows_of(each, self._connection) for each in questions])

        return {
            "own": self._cpu_ms(lambda: [ask() for ask in asks]) / len(asks),
            "sql": all_of(sent) / len(asks),
            "rival": all_of(rival) / len(asks),
        }

    def _cpu_ms(self, ask: Callable[[], Any]) -> float:
        times, begun, spent = 0, self._cpu_seconds(), 0.0
        while spent < SECONDS_OF_CPU:
            ask()
            times, spent = times + 1, self._cpu_seconds() - begun
        return 1000 * spent / times

    def _cpu_seconds(self) -> float:
        return time.process_time() + seconds_of_family(self._postmaster)


def main() -> None:
    questions = Questions()
    answer(
        {
            name: getattr(questions, name)
            for name in ("compare_eligible", "eligible", "compare_audience", "audience", "announce")
        }
    )


if __name__ == "__main__":
    assert os.environ["DJANGO_SETTINGS_MODULE"]
    main()

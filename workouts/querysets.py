from typing import TYPE_CHECKING, Self

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower

from workouts.states import SetType

if TYPE_CHECKING:
    from workouts.models import Exercise, Set

# The sets that can be a record or a best: warm-ups cannot.
COUNTED = ~Q(type=SetType.WARMUP)


class ExerciseQuerySet(QuerySet["Exercise"]):
    def with_name(self, name: str) -> Self:
        """Find by name in any case, through the index that keeps names unique."""
        return self.alias(name_in_any_case=Lower("name")).filter(
            name_in_any_case=Lower(Value(name))
        )


class SetQuerySet(QuerySet["Set"]):
    def of_customer(self, customer_id: int) -> Self:
        return self.filter(entry__customer=customer_id)

    def counted(self) -> Self:
        return self.filter(COUNTED)

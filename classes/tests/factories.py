from datetime import UTC, datetime

import factory

from classes.models import ClassSession, ClassType

# A Tuesday. The tests' other moments are told from here.
TUESDAY_18 = datetime(2030, 5, 14, 18, tzinfo=UTC)


class ClassTypeFactory(factory.django.DjangoModelFactory[ClassType]):
    class Meta:
        model = ClassType

    name = "Yoga"


class ClassSessionFactory(factory.django.DjangoModelFactory[ClassSession]):
    class Meta:
        model = ClassSession

    class_type = factory.SubFactory(ClassTypeFactory)
    starts_at = TUESDAY_18
    duration_minutes = factory.SelfAttribute("class_type.duration_minutes")
    capacity = factory.SelfAttribute("class_type.capacity")

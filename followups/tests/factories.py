from datetime import date

import factory

from customers.tests.factories import CustomerFactory
from followups.models import Agreement


class AgreementFactory(factory.django.DjangoModelFactory[Agreement]):
    """An agreement as an import leaves it: whose it is hears nothing of it."""

    class Meta:
        model = Agreement

    customer = factory.SubFactory(CustomerFactory)
    purchased_on = date(2030, 5, 1)
    session_quantity = 10
    sessions_remaining = factory.SelfAttribute("session_quantity")

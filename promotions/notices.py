"""What this app tells customers. Staff edit the words; these are the ones to begin with."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from core.globe import known_distance_km
from customers.models import Customer
from notifications.kinds import Kind, register
from notifications.services import Message, words_for
from promotions.models import FlashPromo

FLASH_PROMO = register(
    Kind(
        name="flash_promo",
        label="Flash promotion nearby",
        mails=True,
        variables={
            "customer.first_name": "Anna",
            "customer.last_name": "Schmidt",
            "product.name": "Cheeseburger",
            "product.regular_price": Decimal("9.90"),
            "venue.name": "Burger Bar",
            "promo.price": Decimal("4.90"),
            "promo.remaining": 20,
            "distance_km": 0.6,
            "promo.ends_at": datetime(2030, 5, 23, 18, 30, tzinfo=UTC),
        },
        subject="{{ product.name }} for {{ promo.price }} instead of {{ product.regular_price }}",
        body="""\
Hello {{ customer.first_name }},

{{ venue.name }}, {{ distance_km }} km from you, sells {{ product.name }} for {{ promo.price }} \
instead of {{ product.regular_price }}, until {{ promo.ends_at|date:"l, j F Y, H:i" }}.

First come, first served: {{ promo.remaining }} left. Reserve one in the app, and you have a \
minute to decide.

Enjoy!""",
    )
)


def about_promo(promo: FlashPromo, customers: Iterable[Customer]) -> list[Message]:
    """Write to each of the customers about a promotion whose product and venue are loaded."""
    words = words_for(FLASH_PROMO)
    product, there = promo.product, promo.product.venue.place
    values = {
        "product.name": product.name,
        "product.regular_price": product.regular_price,
        "venue.name": product.venue.name,
        "promo.price": promo.promo_price,
        "promo.remaining": promo.remaining,
        "promo.ends_at": promo.ends_at,
    }
    messages = []
    for customer in customers:
        distance = known_distance_km(there, customer.place)
        if distance is None:
            # Who moved away in this moment is told all the same.
            distance = promo.max_distance_km
        to = {
            "customer.first_name": customer.first_name,
            "customer.last_name": customer.last_name,
            "distance_km": round(distance, 1),
        }
        title, body = words.write(to | values)
        messages.append(
            Message(
                customer_id=customer.pk,
                kind=FLASH_PROMO,
                key=f"{FLASH_PROMO.name}:{promo.pk}:{customer.pk}",
                title=title,
                body=body,
                data={"promo": promo.pk, "product": product.pk},
            )
        )
    return messages

from datetime import datetime

from bookings.models import CalendarToken
from core.tokens import digest_of, new_token
from core.transactions import in_transaction
from customers.models import Customer


@in_transaction
def give_calendar_token(*, customer: Customer, at: datetime) -> str:
    """Make the secret of the customer's calendar feed; the one before stops working."""
    _hold(customer)
    token = new_token()
    CalendarToken.objects.update_or_create(
        customer=customer, defaults={"digest": digest_of(token), "created_at": at}
    )
    return token


@in_transaction
def revoke_calendar_token(*, customer: Customer) -> None:
    """Let the address of the customer's calendar feed stop working, if there is one."""
    _hold(customer)
    CalendarToken.objects.filter(customer=customer).delete()


def _hold(customer: Customer) -> None:
    # Making and revoking at once: one after the other.
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.errors import Invalid
from core.transactions import in_transaction
from customers.models import Customer
from followups.models import Agreement, AgreementChange
from followups.services.keeping import hold, refresh
from followups.states import AgreementStatus, Alert

SOLD = "agreement {id} sold"
EDITED = "agreement {id} edited"


@in_transaction
def sell_agreement(*, customer_id: int, values: dict[str, Any], at: datetime) -> Agreement:
    """
    Write a new agreement, with all of its sessions remaining unless `values` says otherwise.

    :raises Invalid: when there is no such customer, or the values contradict each other.
    """
    try:
        hold(customer_id, at=at)
    except Customer.DoesNotExist:
        raise Invalid(
            "customer", "does_not_exist", f"There is no customer {customer_id}."
        ) from None
    agreement = Agreement(customer_id=customer_id)
    _set(agreement, {"sessions_remaining": values.get("session_quantity"), **values})
    agreement.save(force_insert=True)
    refresh([customer_id], at=at, cause=SOLD.format(id=agreement.pk))
    return agreement


@in_transaction
def edit_agreement(
    *, agreement: Agreement, changes: dict[str, Any], by: str, at: datetime
) -> Agreement:
    """
    Write the changed fields of an agreement, and no other: two edits at once lose neither.

    Bounding an unlimited one gives it all of its sessions; an unlimited one has no number.

    :raises Invalid: when the values, with those that stand meanwhile, contradict each other.
    """
    hold(agreement.customer_id, at=at)
    agreement = Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
    if "session_quantity" in changes and "sessions_remaining" not in changes:
        quantity = changes["session_quantity"]
        if quantity is None or agreement.session_quantity is None:
            changes = {**changes, "sessions_remaining": quantity}
    before = {name: getattr(agreement, name) for name in changes}
    _set(agreement, changes)
    note(agreement, before, cause=f"edited by {by}" if by else "edited", at=at)
    refresh([agreement.customer_id], at=at, cause=EDITED.format(id=agreement.pk))
    return agreement


def note(agreement: Agreement, before: dict[str, Any], *, cause: str, at: datetime) -> None:
    """Save the fields that have another value than before, and keep the change."""
    changed = {
        name: [_plain(value), _plain(getattr(agreement, name))]
        for name, value in before.items()
        if value != getattr(agreement, name)
    }
    if changed:
        agreement.save(update_fields=list(changed))
        AgreementChange.objects.create(
            agreement=agreement, changed_at=at, cause=cause[:200], values=changed
        )


def _set(agreement: Agreement, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(agreement, name, value)
    for attr, code, detail in problems_of(agreement):
        raise Invalid(attr, code, detail)


def problems_of(agreement: Agreement) -> list[tuple[str, str, str]]:
    """Give what an agreement's fields contradict each other in: field, code, sentence."""
    problems = []
    is_inactive = agreement.status == AgreementStatus.INACTIVE
    if is_inactive and agreement.alert == Alert.NONE:
        sentence = "An inactive agreement was canceled or has expired: it needs that alert."
        problems.append(("alert", "required", sentence))
    if not is_inactive and agreement.alert != Alert.NONE:
        sentence = "Only an inactive agreement has an alert."
        problems.append(("alert", "invalid", sentence))
    quantity, remaining = agreement.session_quantity, agreement.sessions_remaining
    if (quantity is None) != (remaining is None):
        sentence = "Sessions remain of a number of sessions, and not of an unlimited agreement."
        problems.append(("sessions_remaining", "invalid", sentence))
    elif quantity is not None and remaining is not None and remaining > quantity:
        sentence = f"No more than the {quantity} that were bought can remain."
        problems.append(("sessions_remaining", "max_value", sentence))
    return problems


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | date) else value

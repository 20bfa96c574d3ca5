"""Everything that writes customers and segments."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from core.deleting import delete
from core.errors import Invalid
from core.transactions import in_transaction
from customers.errors import SegmentHasCustomers
from customers.models import Customer, Segment
from customers.segment_rules import segment_ids_by_customer
from customers.signals import customer_leaving, customer_saved
from customers.states import SegmentRuleName


@in_transaction
def create_customer(
    *, values: dict[str, Any], segments: Collection[Segment] | None, at: datetime
) -> Customer:
    """
    Write a new customer, put into the given segments.

    :raises Invalid: `segment_has_rule` when one of the segments has a rule.
    """
    customer = Customer.objects.create(**values, created_at=at)
    if segments is not None:
        put_into_segments(customer=customer, segments=segments, is_new=True, at=at)
    customer_saved.send(sender=Customer, customer=customer, changes={"origin", *values}, at=at)
    return customer


@in_transaction
def edit_customer(
    *,
    customer: Customer,
    changes: dict[str, Any],
    segments: Collection[Segment] | None,
    at: datetime,
) -> Customer:
    """
    Write the changed fields of a customer and, unless None, the segments.

    :raises Invalid: `segment_has_rule` when one with a rule would be added or removed.
    """
    # Two edits of the segments at once: the later one is what remains, not a mixture.
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    for name, value in changes.items():
        setattr(customer, name, value)
    customer.save(update_fields=list(changes))
    if segments is not None:
        put_into_segments(customer=customer, segments=segments, is_new=False, at=at)
    customer_saved.send(sender=Customer, customer=customer, changes=set(changes), at=at)
    return customer


@in_transaction
def delete_customer(customer: Customer) -> None:
    """
    Delete a customer who has no history.

    :raises Protected: when something with a history refers to the customer.
    """
    # The customer before what hangs on it, as everybody else locks them.
    list(Customer.objects.select_for_update(no_key=True).filter(pk=customer.pk))
    customer_leaving.send(sender=Customer, customer=customer)
    delete(customer)


@in_transaction
def put_into_segments(
    *, customer: Customer, segments: Collection[Segment], is_new: bool, at: datetime
) -> None:
    """
    Make these the customer's segments. Those with a rule must be the ones the rule gives.

    :raises Invalid: `segment_has_rule` when one with a rule would be added or removed.
    """
    # Locked, so that a segment does not get a rule while somebody is put into it by hand.
    chosen = Segment.objects.select_for_update(no_key=True).filter(
        pk__in=[segment.pk for segment in segments], rule=SegmentRuleName.MANUAL
    )
    by_hand = {segment.pk for segment in chosen.order_by("pk")}
    by_rule = {segment.pk for segment in segments} - by_hand
    if is_new:
        given = set()
    else:
        ruled = Segment.objects.exclude(rule=SegmentRuleName.MANUAL)
        given = segment_ids_by_customer([customer.pk], ruled, at=at)[customer.pk]
    if by_rule != given:
        raise Invalid(
            "segments",
            "segment_has_rule",
            "A segment with a rule finds its customers itself: nobody is added or removed by hand.",
        )
    customer.chosen_segments.set(by_hand)


@in_transaction
def edit_segment(*, segment: Segment, changes: dict[str, Any]) -> Segment:
    """
    Write the changed fields of a segment.

    :raises SegmentHasCustomers: when it would get a rule while customers were put into it by hand.
    """
    # The lock that `put_into_segments` takes too: nobody is added in between.
    segment = Segment.objects.select_for_update(no_key=True).get(pk=segment.pk)
    if changes.get("rule", SegmentRuleName.MANUAL) != SegmentRuleName.MANUAL:
        chosen = segment.chosen_customers.count()
        if chosen:
            raise SegmentHasCustomers(customers=chosen)
    for name, value in changes.items():
        setattr(segment, name, value)
    segment.save(update_fields=list(changes))
    return segment

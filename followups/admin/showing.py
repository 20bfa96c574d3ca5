"""How agreements and statuses are written on the admin's pages."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from unfold.utils import display_for_label

from core.admin.charts import Bar, BarChart
from core.instants import parse_day
from followups.models import Agreement
from followups.rules import AGREEMENT_RULES, PROSPECT_RULES
from followups.states import AgreementStatus, Alert, FollowUpStatus

AGREEMENT_COLOURS = {
    AgreementStatus.ACTIVE: "success",
    AgreementStatus.SUSPENDED: "warning",
    AgreementStatus.INACTIVE: None,
    AgreementStatus.COLLECTIONS: "danger",
}
ALERT_COLOURS = {Alert.NONE: None, Alert.CANCELED: "warning", Alert.EXPIRED: "warning"}
FOLLOW_UP_COLOURS = {
    FollowUpStatus.COLLECTIONS: "danger",
    FollowUpStatus.DELINQUENT: "danger",
    FollowUpStatus.CANCELED: "warning",
    FollowUpStatus.EXPIRED: "warning",
    FollowUpStatus.SUSPENDED: "warning",
    FollowUpStatus.DROP_IN: "warning",
    FollowUpStatus.RENEWAL: "warning",
    FollowUpStatus.ACTIVE: "success",
    FollowUpStatus.LEAD: None,
    FollowUpStatus.WEB_LEAD: None,
    FollowUpStatus.REFERRAL: None,
    FollowUpStatus.TRIAL_BOOKED: "info",
    FollowUpStatus.TRIAL_NO_SHOW: "info",
    FollowUpStatus.TRIAL_SHOW_NO_SALE: "info",
}


def coloured(status: FollowUpStatus | str) -> SafeString:
    one = FollowUpStatus(status)
    label: SafeString = display_for_label((one, one.label), "", FOLLOW_UP_COLOURS)
    return label


def sessions_left(agreement: Agreement) -> str:
    if agreement.session_quantity is None:
        return "Unlimited"
    return f"{agreement.sessions_remaining} of {agreement.session_quantity}"


def charts_of_people(people: Mapping[str, int], address: str) -> list[BarChart]:
    """Draw how many have each status, each linked to its list, customers beside prospects."""
    longest = max(people.values())
    return [
        BarChart(
            title=f"{title}: {sum(people[rule.status] for rule in rules):,}",
            empty="Nobody.",
            longest=longest,
            bars=[
                Bar(status.label, people[status], f"{address}?status__exact={status}")
                for status, *_ in rules
            ],
        )
        for title, rules in (("Customers", AGREEMENT_RULES), ("Prospects", PROSPECT_RULES))
    ]


def told_changes(values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Write what an edit changed: the field's name, its value before and the one after."""
    changes = []
    for name, (before, after) in values.items():
        field: Any = Agreement._meta.get_field(name)
        changes.append((field.verbose_name, _told(field, before), _told(field, after)))
    return changes


def _told(field: Any, value: Any) -> str:
    if value is None:
        return "unlimited"
    match field:
        case models.DateField():
            return date_format(parse_day(value))
        case models.DecimalField():
            return f"{Decimal(value):.2f}"
        case models.BooleanField():
            return "yes" if value else "no"
    return str(dict(field.flatchoices).get(value, value))

from collections.abc import Callable
from typing import Any

from unfold.decorators import display

from notifications.states import NO_MAIL, MailStatus

STATUS_COLOURS = {
    NO_MAIL: None,
    MailStatus.QUEUED: "info",
    MailStatus.SENT: "success",
    MailStatus.FAILED: "danger",
}
EMAIL_STATUSES = {NO_MAIL: "No e-mail", **dict(MailStatus.choices)}


def _email_status(page: Any, obj: Any) -> tuple[str, str]:
    return obj.email_status, EMAIL_STATUSES[obj.email_status]


# A column of whatever was asked for `with_email_status`.
email_status: Callable[[Any, Any], tuple[str, str]] = display(
    _email_status, description="E-mail", label=STATUS_COLOURS
)

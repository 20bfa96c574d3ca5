from notifications.admin.mails import MailAdmin
from notifications.admin.messages import NotificationAdmin
from notifications.admin.statuses import EMAIL_STATUSES, email_status
from notifications.admin.templates import MailTemplateAdmin
from notifications.admin.wording import Wording, WordingAdmin

__all__ = [
    "EMAIL_STATUSES",
    "MailAdmin",
    "MailTemplateAdmin",
    "NotificationAdmin",
    "Wording",
    "WordingAdmin",
    "email_status",
]

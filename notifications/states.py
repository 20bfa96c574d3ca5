from django.db import models


class MailStatus(models.TextChoices):
    QUEUED = "queued", "Queued"
    SENT = "sent", "Sent"
    FAILED = "failed", "Given up"


# What a message says of its e-mail: `none` where its kind asks for no e-mail.
NO_MAIL = "none"
EMAIL_STATUSES = (NO_MAIL, *MailStatus.values)

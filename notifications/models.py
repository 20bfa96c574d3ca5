from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from customers.models import Customer
from notifications.kinds import KINDS
from notifications.querysets import MailQuerySet, NotificationQuerySet
from notifications.states import MailStatus
from notifications.wording import LONGEST_BODY, LONGEST_SUBJECT, LONGEST_TITLE


class Notification(models.Model):
    """
    Something the gym told a customer: a message in the app's inbox.

    Its e-mail, where the kind asks for one, is a `Mail` of its own.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="notifications")
    # One of `notifications.kinds`; no constraint, because the apps above bring their own.
    kind = models.CharField(max_length=50)
    # Names the occasion, which is told once.
    key = models.CharField(max_length=200, unique=True, editable=False)
    title = models.CharField(max_length=LONGEST_TITLE)
    body = models.TextField()
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    # Set by `with_email_status`.
    email_status: str

    objects = NotificationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title

    @property
    def kind_label(self) -> str:
        return KINDS[self.kind].label if self.kind in KINDS else self.kind


class Mail(models.Model):
    """
    The outbox: one message's e-mail on its way. It goes to the address that the customer has
    when it is sent.

    A worker takes a mail by moving `due_at` ahead of itself and keeps moving it while it works.
    So what a killed worker leaves behind becomes due again by itself.
    """

    notification = models.OneToOneField(
        Notification, on_delete=models.PROTECT, related_name="mail", primary_key=True
    )
    status = models.CharField(max_length=10, choices=MailStatus, default=MailStatus.QUEUED)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    worker = models.CharField(max_length=32, blank=True, editable=False)
    # The first attempt that failed; the day after which a mail is given up begins with it.
    tried_since = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_to = models.CharField(max_length=254, blank=True)
    # What the mail server, or the network, said at the last attempt.
    problem = models.TextField(blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                name="mail_queued_by_due_at",
                fields=["due_at", "notification"],
                condition=Q(status=MailStatus.QUEUED),
            ),
            models.Index(
                name="mail_given_up", fields=["notification"], condition=Q(status=MailStatus.FAILED)
            ),
            models.Index(
                name="mail_sent_by_sent_at", fields=["sent_at"], condition=Q(status=MailStatus.SENT)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="mail_status_is_known", condition=Q(status__in=MailStatus.values)
            ),
            models.CheckConstraint(
                name="mail_says_when_and_where_it_was_sent",
                condition=(Q(status=MailStatus.SENT, sent_at__isnull=False) & ~Q(sent_to=""))
                | (~Q(status=MailStatus.SENT) & Q(sent_at__isnull=True, sent_to="")),
            ),
            models.CheckConstraint(
                name="mail_given_up_says_why",
                condition=~Q(status=MailStatus.FAILED) | ~Q(problem=""),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_status_display()}"


class MailTemplate(models.Model):
    """The words in which one kind of message is told. Staff edit them; each kind has its row."""

    kind = models.CharField(max_length=50, unique=True, editable=False)
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    body = models.TextField(validators=[MaxLengthValidator(LONGEST_BODY)])

    def __str__(self) -> str:
        return KINDS[self.kind].label if self.kind in KINDS else self.kind

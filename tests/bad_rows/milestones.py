"""Bad rows of milestones, awards and mails, each with the rule that it breaks."""

from datetime import timedelta

from classes.tests.factories import TUESDAY_18
from milestones.states import MOST_SESSIONS
from milestones.tests.factories import MilestoneAwardFactory, MilestoneFactory
from notifications.tests.factories import MONDAY_NOON, MailFactory
from tests.bad_rows.cases import bad


def give_one_number_twice():
    first = MilestoneAwardFactory()
    MilestoneAwardFactory(
        milestone=first.milestone,
        booking__customer=first.customer,
        booking__class_session__starts_at=TUESDAY_18 + timedelta(days=1),
    )


def award_one_stretch_twice():
    first = MilestoneAwardFactory()
    MilestoneAwardFactory(milestone=first.milestone, booking=first.booking, number=2)


CASES = [
    bad(
        "milestone_session_count_is_possible",
        "a milestone of no sessions",
        MilestoneFactory,
        session_count=0,
    ),
    bad(
        "milestone_session_count_is_possible",
        "a milestone of too many sessions",
        MilestoneFactory,
        session_count=MOST_SESSIONS + 1,
    ),
    bad(
        "milestone_interval_is_possible",
        "a milestone within no time",
        MilestoneFactory,
        interval_count=0,
    ),
    bad(
        "milestone_interval_is_possible",
        "a milestone with an unknown unit",
        MilestoneFactory,
        interval_unit="quarter",
    ),
    bad(
        "milestone_knows_what_it_counts",
        "a milestone that counts cancellations",
        MilestoneFactory,
        counts="cancelled",
    ),
    bad("milestone_award_number_is_given_once", "two first awards", give_one_number_twice),
    bad("milestone_award_one_per_stretch", "one stretch awarded twice", award_one_stretch_twice),
    bad(
        "milestone_award_numbers_begin_with_one",
        "an award with the number 0",
        MilestoneAwardFactory,
        number=0,
    ),
    bad(
        "milestone_award_window_has_a_length",
        "an award for a window of no length",
        MilestoneAwardFactory,
        window_start=TUESDAY_18,
    ),
    bad("mail_status_is_known", "a mail with an unknown status", MailFactory, status="bounced"),
    bad(
        "mail_says_when_and_where_it_was_sent",
        "a mail sent at no time",
        MailFactory,
        sent=True,
        sent_at=None,
    ),
    bad(
        "mail_says_when_and_where_it_was_sent",
        "a mail sent to nobody",
        MailFactory,
        sent=True,
        sent_to="",
    ),
    bad(
        "mail_says_when_and_where_it_was_sent",
        "a queued mail that was sent",
        MailFactory,
        sent_at=MONDAY_NOON,
    ),
    bad(
        "mail_given_up_says_why",
        "a mail given up for nothing",
        MailFactory,
        failed=True,
        problem="",
    ),
]

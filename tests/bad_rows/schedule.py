"""Bad rows of class types and sessions, each with the rule that it breaks."""

from classes.models import LARGEST_CAPACITY, LONGEST_CUTOFF, LONGEST_DURATION
from classes.tests.factories import ClassSessionFactory, ClassTypeFactory
from tests.bad_rows.cases import bad

CASES = [
    bad(
        "class_type_duration_is_possible",
        "a class of no duration",
        ClassTypeFactory,
        duration_minutes=0,
    ),
    bad(
        "class_type_duration_is_possible",
        "a class of more than a week",
        ClassTypeFactory,
        duration_minutes=LONGEST_DURATION + 1,
    ),
    bad(
        "class_type_capacity_is_possible",
        "a class for too many",
        ClassTypeFactory,
        capacity=LARGEST_CAPACITY + 1,
    ),
    bad(
        "class_type_cutoff_is_possible",
        "a cutoff too long before",
        ClassTypeFactory,
        late_cancel_cutoff_minutes=LONGEST_CUTOFF + 1,
    ),
    bad(
        "class_session_status_is_known",
        "a session with an unknown status",
        ClassSessionFactory,
        status="moved",
    ),
    bad(
        "class_session_duration_is_possible",
        "a session of no duration",
        ClassSessionFactory,
        duration_minutes=0,
    ),
    bad(
        "class_session_duration_is_possible",
        "a session of more than a week",
        ClassSessionFactory,
        duration_minutes=LONGEST_DURATION + 1,
    ),
    bad(
        "class_session_capacity_is_possible",
        "a session for too many",
        ClassSessionFactory,
        capacity=LARGEST_CAPACITY + 1,
    ),
    bad(
        "class_session_is_never_overbooked",
        "one booking more than spots",
        ClassSessionFactory,
        capacity=2,
        booked_count=3,
    ),
]

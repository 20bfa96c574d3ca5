from followups.admin.agreements import AgreementAdmin
from followups.admin.people import FollowUpAdmin

__all__ = ["AgreementAdmin", "FollowUpAdmin"]

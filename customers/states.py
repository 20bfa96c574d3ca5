from django.db import models


class Origin(models.TextChoices):
    WEB = "web", "Web"
    REFERRAL = "referral", "Referral"
    WALK_IN = "walk_in", "Walk-in"
    PHONE = "phone", "Phone"
    OTHER = "other", "Other"


class SegmentRuleName(models.TextChoices):
    MANUAL = "manual", "Chosen by hand"
    NEW_CUSTOMERS = "new_customers", "Customers created within the last days"
    FREQUENT_VISITORS = "frequent_visitors", "Attended at least so often within the last days"


# What each rule needs to be told; a number that it has no use for stays empty.
RULES_WITH_DAYS = (SegmentRuleName.NEW_CUSTOMERS, SegmentRuleName.FREQUENT_VISITORS)
RULES_WITH_VISITS = (SegmentRuleName.FREQUENT_VISITORS,)

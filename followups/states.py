from django.db import models


class AgreementStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"
    INACTIVE = "inactive", "Inactive"
    COLLECTIONS = "collections", "In collections"


class Alert(models.TextChoices):
    """Why an agreement is inactive; the others have none."""

    NONE = "none", "None"
    CANCELED = "canceled", "Canceled"
    EXPIRED = "expired", "Expired"


class FollowUpStatus(models.TextChoices):
    """Whom the manager follows up with, and how. `followups.rules` says who has which."""

    COLLECTIONS = "collections_customer", "Collections Customer"
    CANCELED = "canceled_customer", "Canceled Customer"
    EXPIRED = "expired_customer", "Expired Customer"
    DELINQUENT = "delinquent_customer", "Delinquent Customer"
    SUSPENDED = "active_customer_suspended", "Active Customer - Suspended"
    DROP_IN = "drop_in", "Drop-In"
    RENEWAL = "renewal_opportunity", "Renewal Opportunity"
    ACTIVE = "active_customer", "Active Customer"
    LEAD = "lead", "Lead"
    WEB_LEAD = "web_lead", "Web Lead"
    REFERRAL = "referral", "Referral"
    TRIAL_BOOKED = "trial_booked", "Trial Booked"
    TRIAL_NO_SHOW = "trial_no_show", "Trial No Show"
    TRIAL_SHOW_NO_SALE = "trial_show_no_sale", "Trial Show - No Sale"

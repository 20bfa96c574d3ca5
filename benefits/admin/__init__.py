from benefits.admin.benefits import BenefitAdmin
from benefits.admin.usages import BenefitUsageAdmin
from benefits.admin.venues import VenueAdmin

__all__ = ["BenefitAdmin", "BenefitUsageAdmin", "VenueAdmin"]

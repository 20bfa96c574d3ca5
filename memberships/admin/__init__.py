from memberships.admin.class_types import ClassTypeAdmin
from memberships.admin.plans import MembershipPlanAdmin

__all__ = ["ClassTypeAdmin", "MembershipPlanAdmin"]

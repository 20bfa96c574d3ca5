from milestones.admin.awards import MilestoneAwardAdmin
from milestones.admin.milestones import MilestoneAdmin

__all__ = ["MilestoneAdmin", "MilestoneAwardAdmin"]

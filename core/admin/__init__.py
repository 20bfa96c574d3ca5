"""
The admin: where staff work, with every rule that the API has.

`GymAdmin` is what each app's admin is built from. Whatever a service refuses becomes a
sentence on the page, nothing is written, and no page counts or loads a whole large table.
"""

from core.admin.accounts import RoleAdmin, StaffAdmin
from core.admin.api_keys import ApiKeyAdmin
from core.admin.base import GymAdmin
from core.admin.buttons import ButtonsAdmin
from core.admin.filters import DaysFilter
from core.admin.links import link, link_to
from core.admin.picking import PickedFilter
from core.admin.reading import ReadingAdmin

__all__ = [
    "ApiKeyAdmin",
    "ButtonsAdmin",
    "DaysFilter",
    "GymAdmin",
    "PickedFilter",
    "ReadingAdmin",
    "RoleAdmin",
    "StaffAdmin",
    "link",
    "link_to",
]

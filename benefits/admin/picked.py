from typing import Any

from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.contrib.filters.forms import AutocompleteDropdownForm

from core.admin.picking import Picker


class PickedForm(AutocompleteDropdownForm):
    widget = Picker

    def __init__(self, *, name: str, field: Any, model_admin: Any, **kwargs: Any) -> None:
        super().__init__(name=name, field=field, model_admin=model_admin, **kwargs)
        its_admin = model_admin.admin_site.get_model_admin(field.remote_field.model)
        self.fields[name].label_from_instance = its_admin.label_of


class PickedFilter(AutocompleteSelectFilter):
    """One of thousands, which is typed rather than listed."""

    form_class = PickedForm

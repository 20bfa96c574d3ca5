"""
A form that stood open while a colleague saved: only what was typed into it is written.

Each field sends along what it showed. What the colleague changed and this person did not stays
the colleague's; what both changed is refused once, with the colleague's value.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.utils import display_for_value
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

OVERTAKEN = "A colleague has changed this meanwhile, to {value}. Save again to have yours instead."


class RememberingField(BoundField):
    form: Any
    field: Any

    def as_hidden(self, attrs: Any = None, only_initial: bool = False, **kwargs: Any) -> Any:
        if not only_initial:
            return super().as_hidden(attrs, **kwargs)
        # What is there now, also in a form that is shown again: its reader has seen it.
        value = self.field.prepare_value(self.initial)
        widget, attrs = self.field.hidden_widget(), {"id": self.html_initial_id}
        return widget.render(self.html_initial_name, value, attrs, self.form.renderer)

    def build_widget_attrs(self, attrs: Any, widget: Any = None) -> dict[str, Any]:
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        if self.name in self.form.left_to_a_colleague:
            # It can be changed when the form is shown again.
            del built["disabled"]
        return built

    @property
    def shown(self) -> Any:
        """What the field showed when the form was opened, as it was sent."""
        return self.form._widget_data_value(self.field.hidden_widget(), self.html_initial_name)

    def _has_changed(self) -> bool:
        if not self.field.show_hidden_initial or self.field.disabled:
            return super()._has_changed()  # type: ignore[misc]
        shown = self.shown
        if not isinstance(self.field, forms.ModelChoiceField):
            try:
                shown = self.field.to_python(shown)
            except ValidationError:
                return True
        return self.field.has_changed(shown, self.data)

    def is_overtaken(self) -> bool:
        return self.field.has_changed(self.initial, self.shown)

    def is_contested(self) -> bool:
        """Say whether a colleague and this person changed it, each to something else."""
        differs = self.field.has_changed(self.initial, self.data)
        return differs and self.is_overtaken() and self._has_changed()

    def told(self) -> str:
        """Write the value that is there now."""
        value, field = self.initial, self.field
        if value in field.empty_values:
            return "nothing"
        if hasattr(field, "label_from_instance"):
            chosen = value if isinstance(value, list) else field.queryset.filter(pk=value)
            return ", ".join(field.label_from_instance(one) for one in chosen)
        if hasattr(field, "choices"):
            return str(dict(field.choices).get(value, value))
        if isinstance(value, bool):
            return "yes" if value else "no"
        return str(display_for_value(value, "nothing"))


class OvertakableForm(ModelForm):
    """What `remembering` adds to the form of an edit."""

    bound_field_class = RememberingField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left_to_a_colleague: set[str] = set()
        # Who posts without having been shown a form is taken at their word.
        has_shown = any(name.startswith(self.add_initial_prefix("")) for name in self.data)
        for name, field in self.fields.items():
            field.show_hidden_initial = not field.disabled and (has_shown or not self.is_bound)
            bound: Any = self[name]
            is_compared = self.is_bound and field.show_hidden_initial
            if is_compared and bound.is_overtaken() and not bound._has_changed():
                # What was sent of it counts for nothing.
                self.left_to_a_colleague.add(name)
                field.disabled = True

    def full_clean(self) -> None:
        super().full_clean()
        if not self.is_bound:
            return
        bound: Any
        for bound in self:
            if bound.field.show_hidden_initial and bound.is_contested() and not bound.errors:
                self.add_error(bound.name, OVERTAKEN.format(value=bound.told()))


def remembering(form: "type[ModelForm]") -> "type[ModelForm]":
    """Make a form that writes no value of a colleague's back."""
    return type(form.__name__, (OvertakableForm, form), {})

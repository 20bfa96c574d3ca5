from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone

from core.instants import NotADay, NotAnInstant, parse_day, parse_instant
from core.intervals import problems_of_interval


class InstantField(forms.SplitDateTimeField):
    """A date and a time on the gym's wall clock, read as the API reads them."""

    def compress(self, data_list: Any) -> datetime | None:
        if not data_list:
            return None
        if any(part in self.empty_values for part in data_list):
            raise forms.ValidationError("Both a date and a time are needed.", "incomplete")
        day, time = data_list
        text = datetime.combine(day, time).isoformat()
        try:
            return parse_instant(text, timezone.get_default_timezone())
        except NotAnInstant as error:
            raise forms.ValidationError(str(error), "invalid") from error


class DayField(forms.DateField):
    """A day of the gym's calendar, within the years that the API takes."""

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        try:
            return day if day is None else parse_day(day.isoformat())
        except NotADay as error:
            raise forms.ValidationError(str(error), "invalid") from error


class IntervalForm(forms.ModelForm):
    """A form of something with an `interval_count` and an `interval_unit`."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        names = ("interval_count", "interval_unit")
        # One that is wrong by itself has its own problem already.
        if all(name in cleaned for name in names):
            problems = problems_of_interval(*(cleaned[name] for name in names))
            for name, why in problems.items():
                self.add_error(name, forms.ValidationError(*why))
        return cleaned

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from core.instants import NotAnInstant, parse_instant


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

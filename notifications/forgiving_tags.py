"""
What takes the place of some of `mail_tags` when a text is sent: a fallback that the examples did
not reach must not keep the gym from its work.
"""

from typing import Any

from django.template import Library, defaultfilters

register = Library()


@register.filter(expects_localtime=True)
def date(value: Any, form: str | None = None) -> Any:
    try:
        return defaultfilters.date(value, form)
    except (TypeError, ValueError):
        return value

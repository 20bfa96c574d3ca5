"""All that a wording can do beside naming variables: nothing here reads files or runs long."""

from django.template import Library, defaultfilters
from django.template.defaulttags import do_if

register = Library()
register.tag("if", do_if)
for allowed in (
    defaultfilters.capfirst,
    defaultfilters.date,
    defaultfilters.default,
    defaultfilters.lower,
    defaultfilters.pluralize,
    defaultfilters.title,
    defaultfilters.upper,
):
    register.filter(allowed)

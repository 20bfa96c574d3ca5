"""
Texts that staff write, with variables such as `{{ customer.first_name }}`.

Django's template language, narrowed to variables, `{% if %}` and the filters of
`notifications.mail_tags`. The texts are plain, so nothing is escaped.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.template.base import FilterExpression, Lexer, TokenType, VariableNode
from django.template.defaulttags import IfNode

LONGEST_SUBJECT, LONGEST_BODY = 200, 10_000
LONGEST_TITLE = 300
# What nests or chains without end would overflow Python's stack.
LONGEST_TAG, MOST_TAGS = 200, 60
BRACES = ("{{", "}}", "{%", "%}", "{#", "#}")


class _Engine(Engine):
    default_builtins = ["notifications.mail_tags"]


CHECKING = _Engine(autoescape=False)
WRITING = _Engine(autoescape=False, builtins=["notifications.forgiving_tags"])


def check(text: str, variables: Mapping[str, Any]) -> None:
    """
    Prove that a text can be rendered with these variables, given by example.

    A text beyond LONGEST_BODY is not read, which could take minutes: its field refuses it.

    :raises ValidationError: `invalid_template` for what is no template, `unknown_variable`.
    """
    if len(text) > LONGEST_BODY:
        return
    try:
        _check_tokens(text)
        template = Template(text, engine=CHECKING)
        # Each part by itself: a rendering would leave out the branches that the examples do not
        # take, and another award does.
        for expression in _expressions_in(template):
            for name in _variables_of(expression):
                if name not in variables:
                    raise _unknown(name, variables)
            expression.resolve(_context(variables))
    except TemplateSyntaxError as error:
        raise ValidationError(f"{error}", "invalid_template") from error
    except (TypeError, ValueError, RecursionError) as error:
        # Such as a date that is to be written with its hours.
        raise ValidationError(f"This cannot be written: {error}", "invalid_template") from error


def subject_from(text: str, values: Mapping[str, Any]) -> str:
    """Write a checked subject: one line, at most `LONGEST_TITLE` characters."""
    line = " ".join(_render(text, values).split())
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"


def body_from(text: str, values: Mapping[str, Any]) -> str:
    return _render(text.replace("\r\n", "\n"), values).strip() + "\n"


def _render(text: str, values: Mapping[str, Any]) -> str:
    return str(_compiled(text).render(_context(values)))


@lru_cache(maxsize=100)
def _compiled(text: str) -> Template:
    # A message to a thousand customers is compiled once.
    return Template(text, engine=WRITING)


def _context(values: Mapping[str, Any]) -> Context:
    nested: dict[str, Any] = {}
    for name, value in values.items():
        *owners, last = name.split(".")
        place = nested
        for owner in owners:
            place = place.setdefault(owner, {})
        place[last] = value
    return Context(nested, autoescape=False)


def _check_tokens(text: str) -> None:
    tags = 0
    for token in Lexer(text).tokenize():
        if token.token_type == TokenType.TEXT:
            # Django takes half a tag for text, and the customer would read it.
            for brace in BRACES:
                if brace in token.contents:
                    raise TemplateSyntaxError(f"{brace} stands alone in line {token.lineno}.")
        elif token.token_type == TokenType.BLOCK:
            tags += 1
            if len(token.contents) > LONGEST_TAG:
                raise TemplateSyntaxError(f"A tag has at most {LONGEST_TAG} characters.")
    if tags > MOST_TAGS:
        raise TemplateSyntaxError(f"At most {MOST_TAGS} tags, please.")


def _expressions_in(template: Template) -> Iterator[FilterExpression]:
    nodes: Any = template.nodelist
    for node in nodes.get_nodes_by_type(VariableNode):
        yield node.filter_expression
    for node in nodes.get_nodes_by_type(IfNode):
        for condition, _ in node.conditions_nodelists:
            yield from _parts_of(condition)


def _parts_of(condition: Any) -> Iterator[FilterExpression]:
    if isinstance(condition, FilterExpression):
        yield condition
    elif condition is not None:
        for part in ("value", "first", "second"):
            yield from _parts_of(getattr(condition, part, None))


def _variables_of(expression: FilterExpression) -> Iterator[str]:
    arguments = [argument for _, given in expression.filters for _, argument in given]
    for one in (expression.var, *arguments):
        if getattr(one, "lookups", None):
            yield one.var


def _unknown(name: str, variables: Mapping[str, Any]) -> ValidationError:
    return ValidationError(
        f"There is no {name} here. There are: {', '.join(variables)}.", "unknown_variable"
    )

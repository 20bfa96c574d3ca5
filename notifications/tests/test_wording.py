from contextlib import suppress
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications import wording

VARIABLES = {
    "customer.first_name": "Anna",
    "customer.last_name": "Schmidt",
    "session_count": 10,
    "award_number": 1,
    "window_end": date(2030, 5, 20),
}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Well done!", "Well done!"),
        ("", ""),
        ("Hello {{ customer.first_name }}", "Hello Anna"),
        ("Hello {{customer.first_name|upper}}!", "Hello ANNA!"),
        ('{{ window_end|date:"l, j F Y" }}', "Monday, 20 May 2030"),
        ("{{ session_count }} session{{ session_count|pluralize }}", "10 sessions"),
        ("{% if award_number > 1 %}again{% else %}first{% endif %}", "first"),
        ("{% if award_number == 1 and session_count %}yes{% endif %}", "yes"),
        ("{# for staff only #}Hello", "Hello"),
        ("5 > 3 & {{ session_count }} % done", "5 > 3 & 10 % done"),
        ("{{ customer.last_name|default:customer.first_name }}", "Schmidt"),
    ],
)
def test_a_text_that_can_be_written_is_accepted(text, written):
    wording.check(text, VARIABLES)

    assert wording.subject_from(text, VARIABLES) == written


@pytest.mark.parametrize(
    "text",
    [
        "{{ customer.first_name",
        "customer.first_name }}",
        "{{ customer.first_name }",
        "{{ }}",
        "{% %}",
        "{{ {{ customer.first_name }} }}",
        "{% if %}x{% endif %}",
        "{% if award_number %}x",
        "{% endif %}",
        "{% else %}",
        "{% if award_number award_number %}x{% endif %}",
        "{% if award_number = 1 %}x{% endif %}",
        "{% load static %}",
        '{% include "admin/base.html" %}',
        '{% extends "admin/base.html" %}',
        "{% for x in customer %}{% endfor %}",
        "{% now 'Y' %}",
        "{% debug %}",
        "{% verbatim %}{{ x }}{% endverbatim %}",
        "{{ customer.first_name|shout }}",
        "{{ customer.first_name|safe }}",
        "{{ customer.first_name|default }}",
        "{{ customer.first_name|upper:1 }}",
        '{{ window_end|date:"H:i" }}',
        "{{ window_end|date:customer.first_name }}",
        '{% if window_end|date:"H:i" %}x{% endif %}',
    ],
)
def test_a_text_that_cannot_be_written_is_refused(text):
    with pytest.raises(ValidationError) as refused:
        wording.check(text, VARIABLES)

    assert refused.value.code == "invalid_template"


@pytest.mark.parametrize(
    "text",
    [
        '{% if award_number == 1 %}first{% else %}{{ window_end|date:"H:i" }}{% endif %}',
        '{% if award_number > 1 %}{{ window_end|date:"H:i" }}{% endif %}',
        '{% if award_number == 1 %}a{% elif window_end|date:"H:i" %}b{% endif %}',
        (
            "{% if award_number > 1 %}{% if award_number > 2 %}{{ window_end|date:'H' }}"
            "{% endif %}{% endif %}"
        ),
    ],
)
def test_a_text_is_refused_for_what_its_example_leaves_out(text):
    with pytest.raises(ValidationError) as refused:
        wording.check(text, VARIABLES)

    assert refused.value.code == "invalid_template"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{{ customer.password }}", "customer.password"),
        ("{{ customer }}", "customer"),
        ("{{ customer.first_name.upper }}", "customer.first_name.upper"),
        ("{{ frist_name }}", "frist_name"),
        ("{{ customer.last_name|default:nickname }}", "nickname"),
        ("{% if nickname %}x{% endif %}", "nickname"),
        ("{% if award_number and not nickname %}x{% endif %}", "nickname"),
        ("{% if award_number > 1 %}{{ nickname }}{% endif %}", "nickname"),
        ("{% if award_number > 1 %}x{% elif nickname %}y{% endif %}", "nickname"),
        ("{% if award_number|default:nickname %}x{% endif %}", "nickname"),
        ("{% if award_number > 1 %}{% if nickname %}{% endif %}{% endif %}", "nickname"),
    ],
)
def test_an_unknown_variable_is_named_wherever_it_stands(text, name):
    with pytest.raises(ValidationError) as refused:
        wording.check(text, VARIABLES)

    assert refused.value.code == "unknown_variable"
    assert refused.value.message == (
        f"There is no {name} here. There are: customer.first_name, customer.last_name,"
        " session_count, award_number, window_end."
    )


@pytest.mark.parametrize("text", ["{{ customer.__class__ }}", "{{ customer._meta.app_label }}"])
def test_private_attributes_are_out_of_reach(text):
    with pytest.raises(ValidationError) as refused:
        wording.check(text, VARIABLES)

    assert refused.value.code == "invalid_template"


@pytest.mark.parametrize(
    "text",
    [
        "{% if award_number %}" * 61 + "{% endif %}" * 61,
        "{% if award_number %}" * 400,
        "{% if " + "not " * 2000 + "award_number %}x{% endif %}",
        "{% if " + "award_number or " * 500 + "award_number %}x{% endif %}",
        "{{ " + "a." * 4000 + "b }}",
        "{{ " + "9" * 5000 + "|pluralize:nickname }}",
        "{{ " * 3000,
    ],
    ids=["nested", "never closed", "not not", "or or", "dots", "digits", "braces"],
)
def test_what_would_overflow_is_refused(text):
    with pytest.raises(ValidationError):
        wording.check(text, VARIABLES)


def test_the_deepest_nesting_that_is_accepted_can_be_written():
    text = "{% if award_number %}" * 30 + "x" + "{% endif %}" * 30

    wording.check(text, VARIABLES)

    assert wording.body_from(text, VARIABLES) == "x\n"


PIECES = st.sampled_from(
    [
        *("{{ ", " }}", "{% ", " %}", "{#", "#}", "if ", "else", "elif ", "endif", "not ", "|"),
        *("and ", "or ", "in ", "is ", "== ", "> ", "( ", ":", '"', "'", "\\", ".", "_", "_("),
        *("session_count", "window_end", "customer.first_name", "award_number", "nickname"),
        *("date", "default", "pluralize", "title", "capfirst", "lower", "upper", "safe"),
        *("1", "-1", "1e999", "None", "True", "\n", "\x00", "ü", "{", "}", "%"),
        *('{{ window_end|date:"', '{{ session_count|pluralize:"', "{% if window_end|date:"),
    ]
)
# Every letter that formats dates, some of which fit only times.
FORMATS = st.text("aAbBcdDeEfFgGhHiIjlLmMnNoOPrsStTuUwWyYzZ\\", max_size=5)


@settings(derandomize=True, database=None, deadline=None, max_examples=300)
@given(
    st.one_of(
        st.lists(PIECES, max_size=25).map("".join),
        st.text(max_size=60),
        FORMATS.map('{{{{ window_end|date:"{}" }}}}'.format),
    )
)
def test_a_text_is_refused_or_can_be_written(text):
    with suppress(ValidationError):
        wording.check(text, VARIABLES)

        others = {**VARIABLES, "customer.first_name": "", "session_count": 1, "award_number": 2}
        for values in (VARIABLES, others):
            wording.subject_from(text, values)
            wording.body_from(text, values)


@pytest.mark.parametrize("name", ["Zoë O'Neill", "Jürgen & Co.", "<b>Anna</b>", '"Anna"'])
def test_a_text_is_plain_so_nothing_is_escaped(name):
    values = {"customer.first_name": name}

    assert wording.subject_from("It's {{ customer.first_name }}", values) == f"It's {name}"
    assert wording.body_from("It's {{ customer.first_name }}", values) == f"It's {name}\n"


@pytest.mark.parametrize(
    "name", ["A\nBcc: x@y.org", "A\r\nBcc: x@y.org", "A\x0b\x85\u2028Bcc: x@y.org"]
)
def test_a_line_break_in_a_name_cannot_break_the_subject(name):
    subject = wording.subject_from("Hello {{ name }}", {"name": name})

    assert subject == "Hello A Bcc: x@y.org"


def test_what_staff_write_is_never_read_from_a_customers_name():
    values = {"customer.first_name": "{{ session_count }}{% if x %}"}

    written = wording.subject_from("{{ customer.first_name }}", values)

    assert written == "{{ session_count }}{% if x %}"


def test_a_body_has_the_line_ends_of_unix_and_ends_in_one():
    assert wording.body_from("\r\nHello\r\n\r\nBye\r\n\r\n", {}) == "Hello\n\nBye\n"


@pytest.mark.parametrize(
    ("length", "written"), [(300, "x" * 300), (301, "x" * 299 + "…")], ids=["longest", "too long"]
)
def test_a_subject_fits_its_column(length, written):
    assert wording.subject_from("{{ name }}", {"name": "x" * length}) == written


def test_a_fallback_that_the_examples_did_not_reach_keeps_nobody_from_telling():
    text = '{{ session_count|default:window_end|date:"H:i" }}'
    examples = {"session_count": 10, "window_end": date(2030, 5, 20)}
    wording.check(text, examples)

    assert wording.subject_from(text, examples | {"session_count": 0}) == "20 May 2030"

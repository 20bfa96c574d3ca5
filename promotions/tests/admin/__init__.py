"""Products, promotions and reservations in the admin: no way around a rule of the API's."""

from django.contrib.messages import get_messages
from django.utils.html import strip_tags

PRODUCTS = "/admin/promotions/product/"
PROMOS = "/admin/promotions/flashpromo/"
RESERVATIONS = "/admin/promotions/promoreservation/"
NOTICES = "/admin/promotions/promonotice/"


def change(url, obj):
    return f"{url}{obj.pk}/change/"


def found_in(answer):
    return list(answer.context["cl"].result_list)


def errors_on(answer):
    form = answer.context["adminform"].form
    return {name: list(problems) for name, problems in form.errors.items()}


def said_in(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def read_aloud(answer, section):
    """Give the words of a part of the page, by its id."""
    after = answer.content.decode().split(f'id="{section}"')[1].split(">", 1)[1]
    return " ".join(strip_tags(after.split("</section>")[0].split("</dl>")[0]).split())

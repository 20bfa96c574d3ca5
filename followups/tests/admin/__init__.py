"""Follow-ups and agreements in the admin: no way around a rule of the API's."""

from datetime import UTC, date, datetime, timedelta

from django.utils.html import strip_tags

from customers.models import Customer
from customers.services import create_customer
from followups.services import sell_agreement

PEOPLE = "/admin/followups/followup/"
AGREEMENTS = "/admin/followups/agreement/"
CUSTOMERS = "/admin/customers/customer/"
NOON = datetime(2030, 5, 14, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def somebody(name="Anna", origin="other"):
    values = {
        "first_name": name,
        "last_name": "Schmidt",
        "email": f"{name.lower()}.{Customer.objects.count()}@example.org",
        "origin": origin,
    }
    return create_customer(values=values, segments=None, at=NOON - 24 * HOUR)


def sold(customer=None, **values):
    return sell_agreement(
        customer_id=(customer or somebody()).pk,
        values={"purchased_on": date(2030, 5, 1), "session_quantity": 10, **values},
        at=NOON - HOUR,
    )


def change(url, obj):
    return f"{url}{obj.pk}/change/"


def found_in(answer):
    return list(answer.context["cl"].result_list)


def errors_on(answer):
    form = answer.context["adminform"].form
    return {name: list(problems) for name, problems in form.errors.items()}


def read_aloud(answer, section):
    page = answer.content.decode()
    return " ".join(strip_tags(page.split(f'id="{section}"')[1].split("</section>")[0]).split())

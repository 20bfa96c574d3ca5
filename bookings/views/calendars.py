from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework import status as http
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import services
from bookings.calendars import calendar_of, customer_of
from bookings.serializers.waiting import CalendarSerializer
from core.api.serializers import EmptySerializer
from core.api.views import StrictParameters
from customers.models import Customer


class CalendarToken(StrictParameters):
    """The address under which a phone subscribes to a customer's bookings."""

    @extend_schema(request=EmptySerializer, responses={201: CalendarSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """Make a new address; the one before stops working."""
        EmptySerializer(data=request.data).is_valid(raise_exception=True)
        token = services.give_calendar_token(customer=_customer(pk), at=self.at)
        url = request.build_absolute_uri(reverse("calendar", args=[token]))
        return Response({"url": url}, status=http.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: str) -> Response:
        """Let the address stop working."""
        services.revoke_calendar_token(customer=_customer(pk))
        return Response(status=http.HTTP_204_NO_CONTENT)


def _customer(pk: str) -> Customer:
    customer = Customer.objects.filter(pk=pk).first()
    if customer is None:
        raise NotFound
    return customer


# Else a POST would be told of a missing CSRF token, and not that there is nothing to post.
@csrf_exempt
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Answer with iCalendar for whoever knows the token, else 404."""
    customer_id = customer_of(token)
    if customer_id is None:
        return HttpResponse("There is no such calendar.", status=404, content_type="text/plain")
    return HttpResponse(
        calendar_of(customer_id),
        content_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "private, max-age=300"},
    )

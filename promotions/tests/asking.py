"""Asking the API as a phone does, and reading what it answers."""

PROMOS, RESERVATIONS = "/api/flash_promos", "/api/promo_reservations"


def errors_of(answer):
    errors = [(error["code"], error["attr"]) for error in answer.json()["errors"]]
    return answer.status_code, errors


def refusal(answer):
    [error] = answer.json()["errors"]
    assert answer.status_code == 409
    return error["code"], error["facts"]


def ids_in(answer):
    return [one["id"] for one in answer.json()["results"]]


def reserve(api, promo, customer):
    return api.post(RESERVATIONS, {"promo": promo.pk, "customer": customer.pk})

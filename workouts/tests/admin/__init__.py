"""Exercises, workouts and a customer's training in the admin: no way around a rule of the API's."""

from django.contrib.admin import site
from django.contrib.messages import get_messages
from django.test import RequestFactory

EXERCISES = "/admin/workouts/exercise/"
WORKOUTS = "/admin/workouts/workout/"
TRAINING = "/admin/workouts/workout/training/"


def change(url, obj):
    return f"{url}{obj.pk}/change/"


def errors_on(answer):
    form = answer.context["adminform"].form
    return {name: list(problems) for name, problems in form.errors.items()}


def said_in(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def found_in(answer):
    return list(answer.context["cl"].result_list)


def listed(model, user, query):
    """Give what a list has under a query, without drawing its page, which is most of the work."""
    request = RequestFactory().get(f"/?{query}")
    request.user = user
    return list(site.get_model_admin(model).get_changelist_instance(request).result_list)

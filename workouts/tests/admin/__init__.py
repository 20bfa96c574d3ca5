"""Exercises, workouts and a customer's training in the admin: no way around a rule of the API's."""

from django.contrib.messages import get_messages

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

"""The admin's lists, asked for without drawing their pages, which is most of the work."""

from django.contrib.admin import site
from django.test import RequestFactory


def listed(model, user, query=""):
    request = RequestFactory().get(f"/?{query}")
    request.user = user
    return list(site.get_model_admin(model).get_changelist_instance(request).result_list)

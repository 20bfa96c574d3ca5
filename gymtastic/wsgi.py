import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gymtastic.settings")


class Utf8Request(WSGIRequest):
    """
    Reads every address and form as UTF-8, whatever charset a request claims.

    Django believes the claim, and some of Python's codecs then fail before any view is
    reached, or yield half characters that no database stores.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        content_type = meta.get("CONTENT_TYPE", "").partition(";")[0]
        super()._set_content_type_params({**meta, "CONTENT_TYPE": content_type})  # type: ignore[misc]


class Utf8Handler(WSGIHandler):
    request_class = Utf8Request


django.setup(set_prefix=False)
application = Utf8Handler()

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class Utf8Only:
    """
    Reads every address and form as UTF-8, whatever charset a request claims.

    Django believes the claim, and some of Python's codecs then fail or yield half characters.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.encoding = "utf-8"
        return self.get_response(request)

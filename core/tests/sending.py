"""What a browser sends of a form that it was shown."""

from html.parser import HTMLParser


class Sent(HTMLParser):
    def __init__(self):
        super().__init__()
        self.body = {}
        self._select = None

    def handle_starttag(self, tag, attrs):
        its = dict(attrs)
        if tag == "input" and (its.get("type") != "checkbox" or "checked" in its):
            default = "on" if its.get("type") == "checkbox" else ""
            self._add(its["name"], its.get("value", default))
        elif tag == "select":
            self._select = its["name"]
        elif tag == "option" and "selected" in its:
            self._add(self._select, its["value"])

    def _add(self, name, value):
        self.body.setdefault(name, []).append(value)


def sent_by(form, **typed):
    """Give the fields with what they show, hidden ones included, and what was typed into them."""
    sent = Sent()
    sent.feed("".join(str(field) for field in form))
    return {**sent.body, **typed}

from django.http import QueryDict

# SQLite takes it in a text, PostgreSQL breaks off.
NULL = "\x00"


def has_null_characters(asked: QueryDict) -> bool:
    return any(NULL in text for name, values in asked.lists() for text in (name, *values))

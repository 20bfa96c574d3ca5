"""
Locks that belong to no row: by a name, until the transaction ends.

First come, first served. Rows' locks let whoever shares them past one who waits to be alone: with
twelve at it all the time that one waited for five seconds. SQLite has one writer, so there
nothing is needed.
"""

import zlib

from django.db import connection


def together(name: str) -> None:
    """Hold the lock together with others who do."""
    _lock("pg_advisory_xact_lock_shared", name)


def alone(name: str) -> None:
    """Hold the lock alone: wait for those who hold it, and let those who come later wait."""
    _lock("pg_advisory_xact_lock", name)


def _lock(function: str, name: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [zlib.crc32(name.encode())])

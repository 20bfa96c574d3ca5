"""
Settings are read from the environment, strictly.

What is missing gets its default; what is there and makes no sense ends the
process with one line that names the variable. An empty variable counts as missing.
"""

import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from environ import Env

T = TypeVar("T")

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
SCHEMES = ("sqlite:///", "postgres://", "postgresql://")


def stop(name: str, problem: str) -> NoReturn:
    """End the process before it serves anything, naming the variable that is wrong."""
    sys.exit(f"{name}: {problem}")


def read(name: str, parse: Callable[[str], T], default: T) -> T:
    """
    Give the parsed value of an environment variable, or the default where it is unset or empty.

    `parse` raises ValueError with a sentence for people, which ends the process.
    """
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        return parse(text)
    except ValueError as error:
        stop(name, str(error))


def boolean(text: str) -> bool:
    if text.lower() in TRUE | FALSE:
        return text.lower() in TRUE
    raise ValueError(f"say true or false, not {text!r}.")


def positive_integer(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise ValueError(f"a whole number above 0 is needed, not {text!r}.")


def names(text: str) -> list[str]:
    """Read a comma-separated list; blanks around the names do not matter."""
    found = [name.strip() for name in text.split(",")]
    if not all(found):
        raise ValueError(f"a comma-separated list without gaps is needed, not {text!r}.")
    return found


def zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{text!r} is not a time zone such as Europe/Berlin.") from error
    return text


def database(text: str) -> dict[str, Any]:
    """Read `sqlite:///path` or `postgres://user:password@host:port/name` into Django's shape."""
    example = "write sqlite:///file.sqlite3 or postgres://user:password@host:5432/name."
    if not text.startswith(SCHEMES):
        raise ValueError(example)
    try:
        found: dict[str, Any] = dict(Env.db_url_config(text))
    except Exception as error:
        raise ValueError(example) from error
    if not found.get("NAME"):
        raise ValueError(example)
    return found


def email(text: str) -> dict[str, Any]:
    """Read `smtp://user:password@host:port`, `smtp+tls://…` or `consolemail://`."""
    example = "write smtp://user:password@host:25, smtp+tls://… or consolemail://."
    try:
        found = dict(Env.email_url_config(text))
    except Exception as error:
        raise ValueError(example) from error
    if text.startswith("smtp") and not found["EMAIL_HOST"]:
        raise ValueError(example)
    return found


def redis(text: str) -> str:
    address = urlsplit(text)
    # Reading the port is what finds one that is no number.
    if address.scheme not in {"redis", "rediss"} or not address.hostname or address.port == 0:
        raise ValueError(f"write redis://host:6379/0, not {text!r}.")
    return text


def origins(text: str) -> list[str]:
    """Read a comma-separated list of origins, each with its scheme."""
    found = names(text)
    if not all(one.startswith(("https://", "http://")) for one in found):
        raise ValueError(f"each origin begins with https://, unlike {text!r}.")
    return found

"""
How a line of the logs looks: JSON in production, words in development.

Every record comes out in this one shape, whichever library wrote it and in whichever process.
"""

import re
import sys
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, WrappedLogger

# What a record's `extra` may add to its line.
FIELDS = ("method", "route", "status", "milliseconds")

# After its first line PostgreSQL quotes the row or the statement: names, addresses and all.
QUOTED = re.compile(
    r"\n(?:DETAIL|LINE \d+|HINT|QUERY|CONTEXT):.*?"
    r"(?=\n+The above exception|\n+During handling|\s*\Z)",
    re.DOTALL,
)
# The name and the password in a server's address, which may hold any sign but a slash, or a
# person's e-mail. Celery's processes are called celery@host.
WORD = r"[^\s/<>()\[\]\"=,;]"
ADDRESS = re.compile(rf"(?<=://)[^\s/]*@{WORD}*|(?<!{WORD})(?!celery@){WORD}+@{WORD}+")


def formatter(*, is_readable: bool) -> structlog.stdlib.ProcessorFormatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ExtraAdder(allow=FIELDS),
            _with_route_for_path,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            # A traceback is text, without the variables: they may hold anything.
            structlog.processors.format_exc_info,
            _without_people,
            _words() if is_readable else _json(),
        ],
    )


def _with_route_for_path(logger: WrappedLogger, name: str, line: EventDict) -> EventDict:
    """Tell the route where Django ends its message with the path that was asked for."""
    request = getattr(line["_record"], "request", None)
    if request is not None:
        # Imported late: the settings read this module, and routes need the settings.
        from core.routes import route_of  # noqa: PLC0415

        for path in (request.path, request.path.encode("unicode_escape").decode("ascii")):
            if line["event"].endswith(f": {path}"):
                line["event"] = line["event"].removesuffix(path) + route_of(request)
                break
    return line


def _without_people(logger: WrappedLogger, name: str, line: EventDict) -> EventDict:
    for key in ("event", "exception"):
        text = line.get(key)
        if text:
            # Names of files may hold what is no text, and no line can tell it as it is.
            text = str(text).encode(errors="backslashreplace").decode()
            text = QUOTED.sub("\n(what the database quotes is left out)", text)
            line[key] = ADDRESS.sub("…@…", text) if "@" in text else text
    return line


def _json() -> structlog.processors.JSONRenderer:
    def dumps(line: dict[str, Any], **options: Any) -> str:
        return orjson.dumps(line, default=str).decode()

    return structlog.processors.JSONRenderer(serializer=dumps)


def _words() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )

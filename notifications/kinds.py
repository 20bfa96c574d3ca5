"""
The kinds of messages. Each app that tells customers something registers its own.

A kind with a wording of its own gets a template that staff edit; one without (a milestone's)
is told in words that come with each message.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Kind:
    name: str
    label: str
    mails: bool
    # Every variable that its wording may use, with an example of what it stands for.
    variables: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""
    body: str = ""


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    KINDS[kind.name] = kind
    return kind


def choices() -> list[tuple[str, str]]:
    return sorted((kind.name, kind.label) for kind in KINDS.values())

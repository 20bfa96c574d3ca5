"""
A mail server on 127.0.0.1, in a thread of the test's process.

It takes every mail. Where a test sets `on`, that is asked with the step and the recipient, and
may wait, kill somebody, and give an answer to send instead of "250", or HANG_UP. The steps are
MAIL, RCPT, DATA (the whole text is there) and TAKEN (the mail has arrived for good).
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any, NamedTuple

from aiosmtpd.smtp import SMTP

HANG_UP = "hang up"
SECONDS_TO_WAIT = 30


class Received(NamedTuple):
    recipient: str
    source: bytes
    connection: int


class MailServer:
    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.received: list[Received] = []
        self.connections = 0
        self.on: Callable[[str, str], str | None] | None = None
        self._open: set[Any] = set()
        self._loop = asyncio.new_event_loop()

    def __enter__(self) -> "MailServer":
        listening = self._loop.create_server(lambda: _Session(self), "127.0.0.1", self.port)
        self._server = self._loop.run_until_complete(listening)
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(SECONDS_TO_WAIT)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    @property
    def recipients(self) -> list[str]:
        """Give where each mail went, in the order in which they arrived."""
        return [mail.recipient for mail in self.received]

    def wait_until_quiet(self) -> None:
        """Wait until nobody is connected: what a killed client had sent has arrived by then."""
        until = time.monotonic() + SECONDS_TO_WAIT
        while self._open and time.monotonic() < until:
            time.sleep(0.005)
        assert not self._open, "Somebody stays connected."

    async def _close(self) -> None:
        self._server.close()
        for session in list(self._open):
            session.transport.abort()
        await self._server.wait_closed()
        while self._open:
            await asyncio.sleep(0.005)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)

    async def _answer(self, session: Any, step: str, recipient: str) -> str | None:
        if self.on is None:
            return None
        # In a thread of its own: it may wait, and the other connections must not.
        answer = await asyncio.to_thread(self.on, step, recipient)
        if answer == HANG_UP:
            session.transport.abort()
        return answer

    async def handle_MAIL(  # noqa: N802 (aiosmtpd's name)
        self, session: Any, _state: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        answer = await self._answer(session, "MAIL", "")
        if answer is None:
            envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, session: Any, _state: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        answer = await self._answer(session, "RCPT", address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, session: Any, _state: Any, envelope: Any) -> str:  # noqa: N802
        [recipient] = envelope.rcpt_tos
        answer = await self._answer(session, "DATA", recipient)
        if answer is None:
            self.received.append(Received(recipient, envelope.content, session.number))
            answer = await self._answer(session, "TAKEN", recipient)
        return answer or "250 OK"


class _Session(SMTP):
    def __init__(self, mail_server: MailServer) -> None:
        super().__init__(mail_server, hostname="localhost", loop=mail_server._loop)
        self.mail_server = mail_server

    def connection_made(self, transport: Any) -> None:
        self.mail_server.connections += 1
        self.number = self.mail_server.connections
        self.mail_server._open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.mail_server._open.discard(self)


@contextmanager
def serving_mail(settings: Any, port: int = 0) -> Iterator[MailServer]:
    """Run a mail server, and let Django send its mail there."""
    with MailServer(port) as server:
        send_to(settings, server.port)
        yield server


def send_to(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port

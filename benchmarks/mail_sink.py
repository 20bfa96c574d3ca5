"""
A mail server that says yes to everything and remembers it: a process of its own, and quick enough
not to be what is measured.

    python -m benchmarks.mail_sink

prints its port. For each line on standard input it prints, as JSON, the messages that arrived
since the last one, and forgets them.
"""

import asyncio
import json
import sys
from typing import NamedTuple

YES = b"250 OK\r\n"
ANSWERS = {
    b"EHLO": b"250-sink\r\n250 8BITMIME\r\n",
    b"DATA": b"354 Go ahead\r\n",
    b"QUIT": b"221 Bye\r\n",
}
END_OF_LINE = b"\r\n"
END_OF_MESSAGE = b"\r\n.\r\n"


class Arrived(NamedTuple):
    recipient: str
    message: str


class Session(asyncio.Protocol):
    """One client, from its greeting to its QUIT. It waits for each answer, as smtplib does."""

    def __init__(self, arrived: list[Arrived]) -> None:
        self.arrived = arrived
        self.recipient = ""
        self.is_data = False
        self.unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport
        self.transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.unread += data
        while (end := END_OF_MESSAGE if self.is_data else END_OF_LINE) in self.unread:
            read, _, self.unread = self.unread.partition(end)
            if self.is_data:
                self.keep(read)
            else:
                self.obey(read)

    def obey(self, line: bytes) -> None:
        command = line[:4].upper()
        if command == b"RCPT":
            self.recipient = line.partition(b"<")[2].partition(b">")[0].decode()
        self.is_data = command == b"DATA"
        self.transport.write(ANSWERS.get(command, YES))
        if command == b"QUIT":
            self.transport.close()

    def keep(self, message: bytes) -> None:
        # A line that begins with a dot was sent with a second one.
        text = message.replace(b"\r\n..", b"\r\n.").decode("latin-1")
        self.arrived.append(Arrived(self.recipient, text))
        self.is_data = False
        self.transport.write(YES)


async def serve() -> None:
    arrived: list[Arrived] = []
    loop, over = asyncio.get_running_loop(), asyncio.Event()

    def tell() -> None:
        if not sys.stdin.readline():
            over.set()
            return
        print(json.dumps(arrived), flush=True)
        arrived.clear()

    server = await loop.create_server(lambda: Session(arrived), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    loop.add_reader(sys.stdin, tell)
    await over.wait()


if __name__ == "__main__":
    asyncio.run(serve())

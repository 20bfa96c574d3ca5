"""
The load generator: a process of its own, so that its CPU is not counted.

    python -m benchmarks.load PORT CONNECTIONS < requests.json > answers.json
"""

import json
import socket
import sys
import time
from collections import Counter, deque
from threading import Thread
from typing import IO, Any, NamedTuple

# Answers carry absolute links: one name for every server makes their bodies comparable.
HOST = "gym.example"
SECONDS_TO_ANSWER = 60


class Request(NamedTuple):
    method: str
    path: str
    body: dict[str, Any] | None = None

    def as_bytes(self) -> bytes:
        body = b"" if self.body is None else json.dumps(self.body).encode()
        head = (
            f"{self.method} {self.path} HTTP/1.1\r\nHost: {HOST}\r\nAccept: application/json\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


class Answer(NamedTuple):
    status: int
    body: bytes


class Connection:
    """One kept-alive connection. Only answers that state their length are understood."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), SECONDS_TO_ANSWER)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader: IO[bytes] = self._socket.makefile("rb")

    def ask(self, request: bytes) -> Answer:
        self._socket.sendall(request)
        first = self._reader.readline()
        if not first:
            raise ConnectionError("The server closed a connection that it should have kept.")
        length = 0
        while (line := self._reader.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return Answer(int(first.split()[1]), self._reader.read(length))

    def close(self) -> None:
        self._reader.close()
        self._socket.close()


def ask_once(port: int, request: Request) -> Answer:
    connection = Connection(port)
    try:
        return connection.ask(request.as_bytes())
    finally:
        connection.close()


def send(port: int, connections: int, requests: list[Request]) -> dict[str, Any]:
    """Send all requests over so many connections; give the seconds, latencies and statuses."""
    waiting = deque(request.as_bytes() for request in requests)
    latencies: list[float] = []
    statuses: list[int] = []

    def work() -> None:
        connection = Connection(port)
        while True:
            try:
                request = waiting.popleft()
            except IndexError:
                return connection.close()
            begun = time.perf_counter()
            answer = connection.ask(request)
            latencies.append(time.perf_counter() - begun)
            statuses.append(answer.status)

    threads = [Thread(target=work) for _ in range(connections)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "seconds": time.perf_counter() - begun,
        "latencies": latencies,
        "statuses": Counter(statuses),
    }


if __name__ == "__main__":
    asked = [Request(*each) for each in json.load(sys.stdin)]
    json.dump(send(int(sys.argv[1]), int(sys.argv[2]), asked), sys.stdout)

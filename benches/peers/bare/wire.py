"""HTTP/1.1 over a few kept connections: a request goes out on each before the first answer is awaited.

One thread is enough, since it only waits for the answer that is due first. Answers come in the order of the requests.
"""

import json
import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from io import BufferedReader
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

Key = TypeVar("Key")

CONNECTIONS = 8
SECONDS_TO_ANSWER = 60
# A connection that rested so long may be closed by now.
SECONDS_TO_REST = 5
# The server says: not now.
TO_BE_REPEATED = (429, 503)
MOST_REPEATS = 10
MOST_SECONDS_TO_WAIT = 120

encode = json.JSONEncoder(separators=(",", ":")).encode


class Request(NamedTuple):
    """A call that is still to be made. The target begins with a slash."""

    method: str
    target: str
    body: bytes = b""
    content_type: str = "application/json"


class Answer(NamedTuple):
    """What the server said."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        return json.loads(self.body)


class Refused(Exception):
    """An answer that says no. It tells the status and the target, and no value."""


class _Connection:
    """One connection, which is opened when it is needed."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._is_secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._is_secure else 80)
        self._socket: socket.socket | None = None
        self._reader: BufferedReader
        self._used = 0.0

    def send(self, data: bytes) -> None:
        now = time.monotonic()
        if self._socket is None or now - self._used > SECONDS_TO_REST:
            self.close()
            self._socket = self._opened()
            self._reader = self._socket.makefile("rb")
        self._used = now
        self._socket.sendall(data)

    def receive(self) -> Answer:
        status_line = self._reader.readline()
        if not status_line:
            raise ConnectionError("the server closed the connection before its answer")
        headers = {}
        while (line := self._reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            headers[name.lower()] = value.strip()
        status = int(status_line[9:12])
        if headers.get(b"transfer-encoding") == b"chunked":
            body = b"".join(self._chunks())
        elif status == 204:
            body = b""
        else:
            body = self._reader.read(int(headers[b"content-length"]))
        if headers.get(b"connection") == b"close":
            self.close()
        return Answer(status, headers, body)

    def close(self) -> None:
        if self._socket is not None:
            self._reader.close()
            self._socket.close()
            self._socket = None

    def _opened(self) -> socket.socket:
        opened = socket.create_connection((self._host, self._port))
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The kernel keeps the time: a timeout of Python's own costs one more system call each time.
        limit = struct.pack("ll", SECONDS_TO_ANSWER, 0)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        if not self._is_secure:
            return opened
        # Imported here, since it takes as long as a hundred calls.
        import ssl

        return ssl.create_default_context().wrap_socket(opened, server_hostname=self._host)

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._reader.readline().split(b";")[0], 16):
            yield self._reader.read(size)
            self._reader.readline()
        while self._reader.readline() not in (b"\r\n", b""):
            pass


class Server:
    """A server, and the headers that go with each request to it."""

    def __init__(self, url: str, headers: Callable[[], dict[str, str]]) -> None:
        """`headers` is asked at first, and again when the server no longer takes what it gave."""
        self._connections = [_Connection(url) for _ in range(CONNECTIONS)]
        self._host = urlsplit(url).netloc
        self._path = urlsplit(url).path.rstrip("/")
        self._headers = headers
        self._head = b""

    def each(self, requests: Iterable[tuple[Key, Request]]) -> Iterator[tuple[Key, Answer]]:
        """Makes many calls, and tells each answer with the key of its request, whatever the answer says."""
        free = list(self._connections)
        under_way: deque[tuple[Key, Request, _Connection]] = deque()
        for key, request in requests:
            if not free:
                yield self._settle(under_way, free)
            connection = free.pop()
            connection.send(self._written(request))
            under_way.append((key, request, connection))
        while under_way:
            yield self._settle(under_way, free)

    def call(self, request: Request) -> Answer:
        """Makes one call that must succeed."""
        ((_, answer),) = self.each([(None, request)])
        if not answer.is_success:
            raise Refused(f"{request.method} {request.target.partition('?')[0]}: {answer.status}")
        return answer

    def close(self) -> None:
        for connection in self._connections:
            connection.close()

    def _settle(
        self, under_way: deque[tuple[Key, Request, _Connection]], free: list[_Connection]
    ) -> tuple[Key, Answer]:
        """Awaits the answer that is due first. A call that comes too early, or after its token's time, is repeated."""
        key, request, connection = under_way.popleft()
        answer = connection.receive()
        for _ in range(MOST_REPEATS):
            if answer.status in TO_BE_REPEATED:
                wait = answer.headers.get(b"retry-after", b"")
                time.sleep(min(int(wait), MOST_SECONDS_TO_WAIT) if wait.isdigit() else SECONDS_TO_ANSWER)
            elif answer.status == 401:
                self._head = b""
            else:
                break
            connection.send(self._written(request))
            answer = connection.receive()
        free.append(connection)
        return key, answer

    def _written(self, request: Request) -> bytes:
        if not self._head:
            headers = {"Host": self._host, "Accept": "application/json", **self._headers()}
            self._head = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
        line = f"{request.method} {self._path}{request.target} HTTP/1.1\r\n"
        head = line.encode() + self._head
        if not request.body:
            return head + b"\r\n"
        about_body = f"Content-Type: {request.content_type}\r\nContent-Length: {len(request.body)}\r\n\r\n"
        return head + about_body.encode() + request.body

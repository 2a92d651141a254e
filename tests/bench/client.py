"""One HTTP/1.1 client connection: a request out, the whole answer in.

Just enough to check what a server says before its figures count. Bodies are framed by
Content-Length or absent; a server that frames them otherwise is not understood, and that is said.
"""

import socket
from typing import NamedTuple

BODILESS = (204, 304)


class Misunderstood(Exception):
    """The peer closed, or its answer is not HTTP with a Content-Length."""


class Answer(NamedTuple):
    status: int
    fields: dict  # names in lower case
    body: bytes
    size: int  # bytes on the wire, head and body


def connect(address, source=None):
    """A connection to (host, port), made within 10 s; every later wait is as long at most."""
    return socket.create_connection(address, timeout=10, source_address=source)


def request_head(address, path, fields=()):
    """A GET as wrk writes it; `fields` are (name, value) pairs."""
    host = f"{address[0]}:{address[1]}"
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", *(f"{name}: {text}" for name, text in fields)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def receive(connection, wanted, got):
    """Reads until wanted(got) is true; returns all that was read."""
    while not wanted(got):
        part = connection.recv(1 << 16)
        if not part:
            raise Misunderstood(f"the server closed after {len(got)} bytes of its answer")
        got += part
    return got


def parse_head(head):
    """Status and fields of a response head, given without its last empty line."""
    status_line, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = status_line.partition(" ")
    if not version.startswith("HTTP/1.") or not rest[:3].isdigit():
        raise Misunderstood(f"the answer begins with {status_line[:60]!r}")
    pairs = (line.partition(":") for line in lines)
    return int(rest[:3]), {name.strip().lower(): text.strip() for name, _, text in pairs}


def exchange(connection, request):
    """Sends the bytes of a request and returns the Answer."""
    connection.sendall(request)
    got = receive(connection, lambda so_far: b"\r\n\r\n" in so_far, b"")
    head, _, _ = got.partition(b"\r\n\r\n")
    status, fields = parse_head(head)
    length = "0" if status in BODILESS else fields.get("content-length", "")
    if not length.isdigit():
        raise Misunderstood(f"status {status} without Content-Length: ask for a plain file")
    begin = len(head) + 4
    size = begin + int(length)
    got = receive(connection, lambda so_far: len(so_far) >= size, got)
    return Answer(status, fields, got[begin:], len(got))

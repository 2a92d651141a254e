"""Connections that stay open and ask nothing more, and what they cost.

User memory is the proportional set size of the server's process tree; kernel memory is what the
whole machine's grew by, with both ends of each connection, for both stand here.
"""

import select
import socket
import struct
import time

from bench import client, machine, meters

PER_SOURCE = 20_000  # connections from one address; a port range holds some more
WARM = 100  # of the connections, before the first reading: what is allocated once is no cost
WATCHED_SECONDS = 5
SPARE_DESCRIPTORS = 100


class Idlers:
    """Open keep-alive connections to (host, port), each with one whole answer behind it."""

    def __init__(self, address, path):
        self._address, self._path, self._sockets = address, path, []

    def add(self, count):
        machine.need_descriptors(len(self._sockets) + count + SPARE_DESCRIPTORS)
        request = client.request_head(self._address, self._path)
        for _ in range(count):
            source = f"127.0.0.{2 + len(self._sockets) // PER_SOURCE}"
            connection = client.connect(self._address, (source, 0))
            self._sockets.append(connection)
            client.exchange(connection, request)

    def closed(self):
        """How many of them the server has closed meanwhile."""
        poll = select.poll()
        for connection in self._sockets:
            poll.register(connection, select.POLLIN)
        return len(poll.poll(0))

    def close(self):
        """By a reset each, so no port is left waiting for a minute."""
        for connection in self._sockets:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        self._sockets = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def memory(pid):
    """(user, kernel) bytes, once they hold still."""
    return meters.settled(lambda: meters.tree_memory(pid)), meters.kernel_memory()


def watch_cpu(pid):
    """Percent of a core that the process tree uses while nobody asks it anything."""
    begun, before = time.monotonic_ns(), meters.tree_cpu(pid)
    time.sleep(WATCHED_SECONDS)
    return 100 * (meters.tree_cpu(pid) - before) / (time.monotonic_ns() - begun)


def measure(pid, address, path, count):
    """What `count` idle connections cost the process tree of `pid`: a dict of figures."""
    warm = min(WARM, count // 2)
    with Idlers(address, path) as idlers:
        idlers.add(warm)
        user, kernel = memory(pid)
        idlers.add(count - warm)
        user_after, kernel_after = memory(pid)
        percent = watch_cpu(pid)
        closed = idlers.closed()
    if closed:
        raise OSError(f"the server closed {closed} of {count} idle connections")
    return {
        "user_bytes": (user_after - user) / (count - warm),
        "kernel_bytes": (kernel_after - kernel) / (count - warm),
        "cpu_percent": percent,
        "connections": count,
    }

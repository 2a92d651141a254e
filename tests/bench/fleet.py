"""The servers of one run: started, checked, ended.

Knows processes and ports; refuses to know what is measured. Nothing that a server answers counts
before `check` has seen the right bytes from it.
"""

import os
import random
import socket
import time

from bench import client, files, peers, process

READY_SECONDS = 10
SAMPLE = 100  # of the many files, looked at before they are served in anger


class Unfit(Exception):
    """A server did not start or does not answer right; the text says why."""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Instance:
    """One server, configured on a port of its own; started and stopped as often as needed."""

    def __init__(self, server, root, directory, file, cores):
        directory.mkdir()
        self.server, self.cores = server, cores
        self.spot = peers.Spot(root, directory, free_port(), file)
        self.address = ("127.0.0.1", self.spot.port)
        self._argv = [server.executable(), *server.command(self.spot)[1:]]
        self._process = None

    @property
    def pid(self):
        return self._process.pid

    def environment(self):
        """Nothing of the caller's, whose STATOR_* would be options; GOMAXPROCS is for Caddy."""
        home = str(self.spot.directory)
        own = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home, "TMPDIR": home}
        return {"PATH": peers.SEARCH, "LC_ALL": "C", "GOMAXPROCS": "1", **own}

    def start(self):
        """Starts it; `wait_ready` then says when it answers."""
        errors = self.spot.directory / "errors"
        self._process = process.Process(self._argv, self.cores, errors, self.environment())

    @property
    def began(self):
        return self._process.began

    def wait_connected(self, nap):
        """A connection as soon as it listens; tried every `nap` seconds."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self._process.has_ended():
                raise Unfit(f"it ended at once: {self._process.last_words()}")
            try:
                return client.connect(self.address)
            except ConnectionRefusedError:
                time.sleep(nap)
        raise Unfit(f"it did not listen within {READY_SECONDS} s: {self._process.last_words()}")

    def ask(self, path, fields=()):
        """One answer over a connection of its own."""
        with self.wait_connected(0.01) as connection:
            return client.exchange(connection, client.request_head(self.address, path, fields))

    def stop(self):
        if self._process is not None:
            self._process.stop()


def validator(instance, path):
    """The condition that makes a server answer 304: its own ETag, or its date if it gives none."""
    fields = instance.ask(path).fields
    if "etag" in fields:
        return ("If-None-Match", fields["etag"])
    if "last-modified" in fields:
        return ("If-Modified-Since", fields["last-modified"])
    raise Unfit("it gives neither ETag nor Last-Modified")


def check_answer(instance, path, status, fields=()):
    """Raises Unfit unless the answer is right to the byte; returns its size on the wire."""
    try:
        answer = instance.ask(path, fields)
    except (OSError, client.Misunderstood) as error:
        raise Unfit(f"{path}: {error}") from error
    expected = b"" if status == 304 else files.content(path)
    if answer.status != status:
        raise Unfit(f"{path}: status {answer.status} instead of {status}")
    if answer.body != expected:
        raise Unfit(f"{path}: {len(answer.body)} bytes, not the {len(expected)} of the file")
    return answer.size


def check_load(instance, load):
    """Checks what `load` will ask for, or a sample of it; returns the bytes of one answer."""
    if not load.draws:
        return check_answer(instance, load.path, load.status, load.fields)
    numbers = random.Random(load.seed).sample(range(files.MANY), SAMPLE)
    sizes = [check_answer(instance, files.many_path(number), load.status) for number in numbers]
    return sum(sizes) / len(sizes)


class Fleet:
    """Instances of servers beneath one scratch directory, all ended by `stop`."""

    def __init__(self, scratch, server_core):
        self.root = scratch / "root"
        self._scratch, self._server_core = scratch, server_core
        self._instances, self._shared = [], {}
        os.chmod(scratch, 0o755)  # Apache's children give up root
        files.lay_out(self.root)

    def add(self, server, path=files.sized_path("1k"), cores=None):
        """An instance of its own, not started."""
        directory = self._scratch / f"{len(self._instances):02d}-{server.name}"
        file = self.root / path[1:]
        instance = Instance(server, self.root, directory, file, cores or {self._server_core})
        self._instances.append(instance)
        return instance

    def shared(self, server, path=files.sized_path("1k")):
        """The running instance of a server for all works; the limit has one for each file."""
        key = (server.name, path if server.name == "limit" else "")
        if key not in self._shared:
            self._shared[key] = self.add(server, path)
            self._shared[key].start()
            check_answer(self._shared[key], path, 200)
        return self._shared[key]

    def stop(self):
        for instance in self._instances:
            instance.stop()

"""What one round does to one server. A trial is prepared once and then run once a round.

Preparing starts what is needed, checks its answers and warms it up (Unfit if that fails); running
returns the figures of one round as a dict (Invalid if they must not be used).
"""

import os
import random
import shutil
import statistics
import subprocess
import time
from typing import NamedTuple

from bench import client, fleet, idling, load, meters, peers
from bench.accesslog import AccessLog
from bench.works import IDLE_CONNECTIONS

WARM_SECONDS = 1
START_NAP = 0.0002
TAIL_RUNS = 7
SETTLE_SECONDS = 0.05  # a server's last work after wrk has hung up


class Bench(NamedTuple):
    """What all trials of a run share."""

    servers: fleet.Fleet
    seconds: int
    server_core: int
    client_core: int

    def drive(self, instance, wanted, answer_size, cores=None, seconds=None):
        cores = cores or {self.client_core}
        return load.run(wanted, instance.address, seconds or self.seconds, cores, answer_size)

    def ready(self, instance, wanted, cores=None):
        """Checks and warms up; returns the size of one answer in bytes."""
        size = fleet.check_load(instance, wanted)
        self.drive(instance, wanted, size, cores, WARM_SECONDS)
        return size


class Cpu:
    """Processor time of the server's process tree for each request."""

    def __init__(self, bench, work, server):
        self._bench, self._load = bench, work.load
        self._instance = bench.servers.shared(server, work.load.path)
        self._log = AccessLog(self._instance.spot.log) if server.logs else None
        self._whole = None  # (load, size of an answer) of a 200, where this one is its 304
        if work.load.status == 304:
            condition = fleet.validator(self._instance, work.load.path)
            self._load = work.load._replace(fields=(*work.load.fields, condition))
            whole = work.load._replace(status=200)
            self._whole = whole, fleet.check_load(self._instance, whole)
        checked = self._load
        if server.name == "limit":
            checked = checked._replace(draws="")  # it answers everything with its one file
        self._size = fleet.check_load(self._instance, checked)
        bench.drive(self._instance, self._load, self._size, seconds=WARM_SECONDS)

    def run(self):
        figures = self._measure(self._load, self._size)
        if self._whole:
            figures["whole_us"] = self._measure(*self._whole)["cpu_us"]
        return figures

    def _measure(self, wanted, size):
        figures = {}
        time.sleep(SETTLE_SECONDS)
        if self._log:
            self._log.begin()
        before = meters.tree_cpu(self._instance.pid)
        reply = self._bench.drive(self._instance, wanted, size)
        time.sleep(SETTLE_SECONDS)
        if self._log:
            figures["log_lines"] = self._log.settle(reply.requests, wanted.in_flight)
        spent = meters.tree_cpu(self._instance.pid) - before
        return {
            "cpu_us": spent / 1000 / reply.requests,
            "requests_per_second": reply.requests / reply.seconds,
            "requests": reply.requests,
            **figures,
        }


class Tail:
    """The 99th percentile of active clients' waiting, alone and among idle connections."""

    def __init__(self, bench, work, server):
        self._bench, self._load = bench, work.load
        # One of its own: a server's cache may hold the descriptors that idle connections need.
        self._instance = bench.servers.add(server)
        self._instance.start()
        self._size = bench.ready(self._instance, self._load)

    def _p99(self):
        """The median of some short runs: one hiccup of the machine is more than 1 % of a run."""
        drive = self._bench.drive
        runs = [drive(self._instance, self._load, self._size, seconds=1) for _ in range(TAIL_RUNS)]
        return statistics.median(run.p99_us for run in runs)

    def _p99_among(self):
        with idling.Idlers(self._instance.address, self._load.path) as idlers:
            idlers.add(IDLE_CONNECTIONS)
            p99 = self._p99()
            closed = idlers.closed()
        if closed:
            raise load.Invalid(f"the server closed {closed} of {IDLE_CONNECTIONS} idle connections")
        return p99

    def run(self):
        halves = [("alone_us", self._p99), ("among_us", self._p99_among)]
        random.shuffle(halves)
        figures = {name: measure() for name, measure in halves}
        return {"ratio": figures["among_us"] / figures["alone_us"], **figures}


class Workers:
    """Two workers against one, both sharing two cores with a client of two threads.

    A run's capacity is what it would serve if its busiest worker had a core to itself: requests a
    second of that worker's processor time. So the client's share of the cores does not count.
    """

    def __init__(self, bench, work, server):
        if bench.server_core == bench.client_core:
            raise fleet.Unfit("two cores are needed")
        self._bench, self._load = bench, work.load
        self._cores = {bench.server_core, bench.client_core}
        self._runs = {count: self._prepare(server.program, count) for count in (1, 2)}

    def _prepare(self, program, count):
        arguments = ("--arch", "event-threads", "--workers", str(count))
        server = peers.stator(program, arguments)
        instance = self._bench.servers.add(server, cores=self._cores)
        instance.start()
        return instance, self._bench.ready(instance, self._load, self._cores)

    def _capacity(self, count):
        """(requests a second of the busiest worker, the least busy one's share of that)"""
        instance, size = self._runs[count]
        before = meters.thread_cpu(instance.pid)
        reply = self._bench.drive(instance, self._load, size, self._cores)
        after = meters.thread_cpu(instance.pid)
        spent = sorted(after[thread] - before.get(thread, 0) for thread in after)[-count:]
        return reply.requests / (spent[-1] / 1e9), spent[0] / spent[-1]

    def run(self):
        one, _ = self._capacity(1)
        two, balance = self._capacity(2)
        return {
            "ratio": two / one,
            "balance": balance,
            "one_per_second": one,
            "two_per_second": two,
        }


class Idle:
    """Memory and processor time of idle connections, on a server that has done nothing else."""

    def __init__(self, bench, work, server):
        self._path = work.load.path
        self._instance = bench.servers.add(server)

    def run(self):
        self._instance.start()
        try:
            fleet.check_answer(self._instance, self._path, 200)
            address, pid = self._instance.address, self._instance.pid
            return idling.measure(pid, address, self._path, IDLE_CONNECTIONS)
        except (OSError, client.Misunderstood) as error:
            raise load.Invalid(str(error)) from error
        finally:
            self._instance.stop()


class Start:
    """From exec to the first byte of the first answer."""

    def __init__(self, bench, work, server):
        self._path = work.load.path
        self._instance = bench.servers.add(server)

    def run(self):
        request = client.request_head(self._instance.address, self._path)
        self._instance.start()
        try:
            with self._instance.wait_connected(START_NAP) as connection:
                connection.sendall(request)
                first = connection.recv(12)
            answered = time.monotonic_ns()
        except OSError as error:
            raise load.Invalid(f"no first answer: {error}") from error
        finally:
            self._instance.stop()
        if first[9:] != b"200":
            raise load.Invalid(f"its first answer began with {first!r}")
        return {"start_ms": (answered - self._instance.began) / 1e6}


class Size:
    """Bytes of the program as it is installed: stripped, without the libraries it links."""

    def __init__(self, bench, _work, server):
        self._scratch, self._program = bench.servers.root.parent, server.executable()

    def _stripped(self, path):
        copy = self._scratch / "stripped"
        if shutil.which("strip") is None:
            raise load.Invalid("strip is not installed: apt-get install binutils")
        subprocess.run(["strip", "-o", copy, path], check=True, capture_output=True)
        size = copy.stat().st_size
        copy.unlink()
        return size

    def run(self):
        program = os.path.realpath(self._program)
        library = os.path.join(os.path.dirname(program), "libstator.so")
        figures = {"bytes": self._stripped(program)}
        if os.path.exists(library):
            figures["library_bytes"] = self._stripped(os.path.realpath(library))
        return figures


KINDS = {"cpu": Cpu, "tail": Tail, "workers": Workers, "idle": Idle, "start": Start, "size": Size}

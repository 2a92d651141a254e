"""stator-lab load beside wrk on the same server: throughput, and what a request costs each.

usage: generators.py BUILD [ROUNDS]

BUILD is a directory in which stator and stator-lab were built. The rounds of both alternate, server
and client on a core each where there are two; medians are shown. On a noisy machine the processor
times hold, the throughput wanders.
"""

import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

CONNECTIONS = 64
SECONDS = 3
LENGTH = 1024
TICK = os.sysconf("SC_CLK_TCK")


def pinned(core):
    """What a new process does before its program."""
    cores = sorted(os.sched_getaffinity(0))
    return lambda: os.sched_setaffinity(0, {cores[core % len(cores)]})


def start_server(build, directory):
    """The fastest design on one core, and its URL."""
    argv = [build / "src/stator", "--arch=event", "-p", "0", directory]
    server = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, preexec_fn=pinned(0))
    return server, re.search(r"http://\S+", server.stdout.readline()).group()


def cpu_of(pid):
    """Seconds that a process used so far."""
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / TICK


def run(argv):
    """What it printed, and the processor time it used, in seconds."""
    client = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, preexec_fn=pinned(1))
    told = client.stdout.read()
    _, status, usage = os.wait4(client.pid, 0)
    client.returncode = os.waitstatus_to_exitcode(status)
    if client.returncode != 0:
        sys.exit(f"{argv[0]} failed")
    return told, usage.ru_utime + usage.ru_stime


def wrk(url):
    told, cpu = run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", url])
    requests, seconds = re.search(r"(\d+) requests in ([\d.]+)s", told).groups()
    return int(requests), float(seconds), cpu


def lab(build, url):
    # Without warm-up, as wrk, so that all it did is in its processor time.
    program = build / "src/lab/stator-lab"
    size = ["--connections", str(CONNECTIONS), "--duration", f"{SECONDS}s", "--warm-up", "0"]
    told, cpu = run([program, "load", url, "--json", *size])
    answer = json.loads(told)
    return answer["groups"][0]["responses"], answer["seconds"], cpu


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed")
    build = pathlib.Path(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) == 3 else 5
    rows = {"wrk": [], "stator-lab": []}
    with tempfile.TemporaryDirectory() as directory:
        pathlib.Path(directory, "f").write_bytes(os.urandom(LENGTH))
        server, url = start_server(build, directory)
        try:
            for _ in range(rounds):
                for name, ask in (("wrk", wrk), ("stator-lab", lambda u: lab(build, u))):
                    before = cpu_of(server.pid)
                    requests, seconds, cpu = ask(url + "f")
                    spent = cpu_of(server.pid) - before
                    rows[name].append((requests / seconds, cpu / requests, spent / requests))
        finally:
            server.terminate()
            server.wait()
    print(f"{'':12}{'requests/s':>12}{'client us':>12}{'server us':>12}   medians of {rounds}")
    for name, row in rows.items():
        rate, client, spent = (statistics.median(column) for column in zip(*row))
        print(f"{name:12}{rate:12.0f}{client * 1e6:12.2f}{spent * 1e6:12.2f}")


if __name__ == "__main__":
    main()

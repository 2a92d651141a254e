"""This machine: its network, cores and limits, and how to describe it.

Everything here acts on the calling process and is inherited by what it starts.
"""

import ctypes
import datetime
import fcntl
import os
import platform
import resource
import signal
import socket
import struct

CONGESTION = "/proc/sys/net/ipv4/tcp_congestion_control"
CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1
PR_SET_PDEATHSIG = 1

libc = ctypes.CDLL(None, use_errno=True)


def read_text(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def raise_loopback():
    """A new network namespace begins with its loopback interface down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        fcntl.ioctl(handle, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def isolate():
    """Moves this process into a network namespace of its own with reno; says what holds then.

    The namespace has no name: it ends with the last process in it, whatever that dies of, so there
    is nothing to remove. Pacing by the machine's own congestion control (bbr) makes loopback
    figures wander.
    """
    if libc.unshare(CLONE_NEWNET) != 0:
        why = os.strerror(ctypes.get_errno())
        congestion = read_text(CONGESTION).strip()
        return f"the machine's own network with {congestion} (no namespace: {why}; root gets one)"
    raise_loopback()
    with open(CONGESTION, "w", encoding="ascii") as file:
        file.write("reno")
    return "a network namespace with reno"


def cores():
    """The core of the server and the core of the client: the same one if there is only one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[min(1, len(usable) - 1)]


def need_descriptors(count):
    """Raises the limit of open files to the hard one; OSError if `count` are too many even so."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard < count:
        raise OSError(
            f"{count} open files are needed and this process may have {hard}: "
            f"as root, ulimit -Hn {count} first"
        )


def die_with_parent():
    """In a new process: SIGTERM as soon as the one that started it is gone."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def processor():
    for line in read_text("/proc/cpuinfo").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def describe():
    """What figures depend on, as a dict for bench.json."""
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "kernel": platform.release(),
        "cpu": processor(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "open_files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    }

"""Reading what a process tree has used: processor time and memory.

Times are nanoseconds, memory is bytes. Linux only: the figures come from /proc and CPU clocks.
"""

import os
import time

from bench.machine import read_text

TICK_NS = 10**9 // os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def stat_fields(pid):
    """/proc/PID/stat after the name, which may hold anything: [0] is the state, [1] the parent."""
    return read_text(f"/proc/{pid}/stat").rpartition(")")[2].split()


def process_tree(root):
    """The pid `root` and those of all its living descendants."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                children.setdefault(int(stat_fields(name)[1]), []).append(int(name))
            except (OSError, IndexError):
                pass  # it ended meanwhile
    tree = [root]
    for pid in tree:
        tree += children.get(pid, [])
    return tree


def process_cpu(pid):
    """User and system time of one process: its threads, living and dead, and reaped children.

    The process's CPU clock (clock_getcpuclockid(3)) counts the first two to the nanosecond.
    """
    own = time.clock_gettime_ns((~pid << 3) | 2)
    reaped_user, reaped_system = stat_fields(pid)[13:15]
    return own + (int(reaped_user) + int(reaped_system)) * TICK_NS


def tree_cpu(root):
    """User and system time of a process tree, all from one moment's list of its processes.

    A child that has ended stays counted, in its parent, where its time is known to a tick (10 ms).
    """
    while True:
        try:
            return sum(process_cpu(pid) for pid in process_tree(root))
        except OSError:
            process_cpu(root)  # fails if the tree is gone; else a child ended: count again


def thread_cpu(pid):
    """{thread id: time} of the living threads of one process."""
    times = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        times[int(thread)] = int(read_text(f"/proc/{pid}/task/{thread}/schedstat").split()[0])
    return times


def kilobytes(text, names):
    """The sum of the lines called `names` in a file of "Name:  123 kB", in bytes."""
    total = 0
    for line in text.splitlines():
        name, _, amount = line.partition(":")
        if name in names:
            total += int(amount.split()[0]) * 1024
    return total


def tree_memory(root):
    """Proportional set size of a process tree: shared pages count in parts."""
    return sum(
        kilobytes(read_text(f"/proc/{pid}/smaps_rollup"), {"Pss"}) for pid in process_tree(root)
    )


def kernel_memory():
    """Of the whole machine: slab (sockets, files, epoll), page tables, stacks, TCP's pages.

    Slab in full, for inodes and directory entries of sockets are counted as reclaimable there. So
    whatever else runs meanwhile shows in it: a build is worth several kilobytes a connection.
    """
    meminfo = read_text("/proc/meminfo")
    tcp = next(line for line in read_text("/proc/net/sockstat").splitlines() if "TCP:" in line)
    tcp_pages = int(tcp.rpartition(" mem ")[2])
    return kilobytes(meminfo, {"Slab", "PageTables", "KernelStack"}) + tcp_pages * PAGE


def settled(read, tolerance=64 * 1024, patience=5):
    """read() once it changes by at most `tolerance` in half a second, or after `patience` s."""
    deadline = time.monotonic() + patience
    before = read()
    while True:
        time.sleep(0.5)
        now = read()
        if abs(now - before) <= tolerance or time.monotonic() > deadline:
            return now
        before = now

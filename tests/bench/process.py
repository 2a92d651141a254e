"""A program that is started here, on certain cores, and ended by its own pid.

Refuses to know what it does. It leads a process group of its own, so Control-C reaches only the
bench, which then ends what it started; and it gets SIGTERM when the bench is killed outright.
"""

import mmap
import os
import signal
import struct
import subprocess
import time

from bench import machine

GRACE = 3  # seconds between SIGTERM and SIGKILL


def pin(cores):
    """What a new process does before its program: for subprocess's preexec_fn."""

    def become():
        os.sched_setaffinity(0, cores)
        machine.die_with_parent()

    return become


class Process:
    """argv running on `cores`; its output goes to the file `errors`."""

    def __init__(self, argv, cores, errors, environment):
        self.errors = errors
        become = pin(cores)

        def become_and_note():
            become()
            clock[:] = struct.pack("q", time.monotonic_ns())

        with mmap.mmap(-1, 8) as clock, open(errors, "wb") as output:
            self._child = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                start_new_session=True,
                preexec_fn=become_and_note,
            )
            self.began = struct.unpack("q", clock[:])[0]  # before exec, by time.monotonic_ns
        self.pid = self._child.pid

    def has_ended(self):
        """Without reaping it: until then its pid and its group are nobody else's."""
        ended = os.WEXITED | os.WNOWAIT | os.WNOHANG
        return os.waitid(os.P_PID, self.pid, ended) is not None

    def last_words(self):
        """The end of what it printed, for a message about why it failed."""
        lines = machine.read_text(self.errors).strip().splitlines()
        return " / ".join(lines[-3:]) or "it printed nothing"

    def stop(self):
        """Ends it and whatever is left in its group; harmless when repeated."""
        if self._child.returncode is not None:
            return
        deadline = time.monotonic() + GRACE
        os.kill(self.pid, signal.SIGTERM)
        while not self.has_ended() and time.monotonic() < deadline:
            time.sleep(0.002)
        os.killpg(self.pid, signal.SIGKILL)
        self._child.wait()

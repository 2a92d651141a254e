"""An access log as proof: it must hold a line for every answer."""

import os
import time

from bench.load import Invalid

PATIENCE = 3  # seconds until a batch of lines is surely written
QUIET = 0.6  # seconds without a line after which none is under way any more
CHUNK = 1 << 20


class AccessLog:
    """Counts the lines that a server appends to `path` from `begin` on."""

    def __init__(self, path):
        self._path, self._lines, self._at = path, 0, 0

    def begin(self):
        """Empties it once nothing comes any more; safe, for servers open it for appending."""
        self._wait_quiet()
        os.truncate(self._path, 0)
        self._lines, self._at = 0, 0

    def _wait_quiet(self):
        deadline = time.monotonic() + PATIENCE
        size, since = -1, 0
        while time.monotonic() < deadline:
            now = os.path.getsize(self._path)
            if now != size:
                size, since = now, time.monotonic()
            elif time.monotonic() - since >= QUIET:
                return
            time.sleep(0.05)

    def _count(self):
        with open(self._path, "rb", buffering=0) as file:
            file.seek(self._at)
            while part := file.read(CHUNK):
                self._lines += part.count(b"\n")
                self._at += len(part)

    def settle(self, answers, in_flight):
        """Waits for the lines of all answers and returns how many there are; Invalid if not so."""
        deadline = time.monotonic() + PATIENCE
        self._count()
        while self._lines < answers and time.monotonic() < deadline:
            time.sleep(0.05)
            self._count()
        if not answers <= self._lines <= answers + in_flight:
            raise Invalid(f"{self._lines} lines in its access log for {answers} answers")
        return self._lines

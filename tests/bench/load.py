"""wrk against one server: what it asks for, and its figures once they can be believed."""

import json
import pathlib
import shutil
import subprocess
from typing import NamedTuple

from bench import files, process

SCRIPT = pathlib.Path(__file__).with_name("load.lua")
SLACK = 0.02  # of the bytes: heads may differ by a digit between files


class Invalid(Exception):
    """A run whose figures must not be used; the text says why."""


class Load(NamedTuple):
    path: str = files.sized_path("1k")
    fields: tuple = ()  # (name, value) pairs
    status: int = 200
    draws: str = ""  # zipf or uniform: draws from the many files instead of `path`
    depth: int = 1  # requests in one write
    connections: int = 64
    threads: int = 1
    seed: int = 1

    @property
    def in_flight(self):
        """Answers that may be under way when wrk stops, and that it does not count."""
        return self.connections * self.depth

    def script_arguments(self):
        if self.draws:
            return [self.draws, str(files.MANY), str(self.seed)]
        return ["batch", str(self.depth)] if self.depth > 1 else ["plain"]


class Reply(NamedTuple):
    requests: int
    seconds: float
    p99_us: int


def is_installed():
    return shutil.which("wrk") is not None


def told_by_wrk(load, address, seconds, cores):
    """Runs wrk; the figures that load.lua prints, as a dict."""
    head = [part for name, text in load.fields for part in ("-H", f"{name}: {text}")]
    size = [f"-t{load.threads}", f"-c{load.connections}", f"-d{seconds}s"]
    url = f"http://{address[0]}:{address[1]}{load.path}"
    told = subprocess.run(
        ["wrk", *size, "-s", str(SCRIPT), *head, url, "--", *load.script_arguments()],
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + 30,
        start_new_session=True,
        preexec_fn=process.pin(cores),
    )
    lines = told.stdout.strip().splitlines()
    if told.returncode != 0 or not lines or not lines[-1].startswith("{"):
        raise Invalid(f"wrk failed: {(told.stderr or told.stdout).strip()[-200:]}")
    return json.loads(lines[-1])


def believe(figures, load, answer_size):
    """Raises Invalid unless all answers came, were good, and had the size that was checked."""
    errors = ("connect", "read", "write", "status", "timeout")
    failed = [f"{figures[name]} {name} errors" for name in errors if figures[name]]
    if failed or figures["requests"] == 0:
        raise Invalid(", ".join(failed) or "no answers")
    minimum = figures["requests"] * answer_size * (1 - SLACK)
    maximum = (figures["requests"] + load.in_flight) * answer_size * (1 + SLACK)
    if not minimum <= figures["bytes"] <= maximum:
        mean = figures["bytes"] / figures["requests"]
        raise Invalid(f"answers of {mean:.0f} bytes on average, {answer_size:.0f} expected")


def run(load, address, seconds, cores, answer_size):
    """Loads `address` from `cores` for `seconds`; `answer_size` is in bytes, with the head."""
    try:
        figures = told_by_wrk(load, address, seconds, cores)
    except subprocess.TimeoutExpired as error:
        raise Invalid("wrk did not end") from error
    believe(figures, load, answer_size)
    return Reply(figures["requests"], figures["duration_us"] / 1e6, figures["p99_us"])

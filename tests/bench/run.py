"""One comparison: prepares each work, runs its rounds in random order, keeps the document.

Says on standard error what it is doing; prints nothing else.
"""

import json
import os
import random
import sys
import time

from bench import report
from bench.fleet import Unfit
from bench.load import Invalid
from bench.trials import KINDS

# Seconds that a round of one server takes besides the seconds of load, and that preparing it does.
COSTS = {"cpu": (0.4, 1.5), "tail": (19, 1.5), "workers": (0.5, 3), "idle": (13, 0), "size": (0, 0)}
LOADS = {"cpu": 1, "workers": 2}  # runs of wrk in a round
START_SECONDS = 0.2


def say(text):
    print(text, file=sys.stderr, flush=True)


def rounds_of(work, options):
    """How often a work is measured; --quick is content with a few starts."""
    return min(work.rounds, 3 if options.quick else work.rounds) or options.rounds


def takers(work, servers):
    """The servers that take part in a work, in the order of the table's columns."""
    taking = []
    for server in servers:
        if work.takes(server, {other.program for other in taking}):
            taking.append(server)
    return taking


def expected_seconds(work, servers, options):
    each, once = COSTS.get(work.kind, (START_SECONDS, 0))
    each += LOADS.get(work.kind, 0) * (options.seconds + 0.1)
    return len(takers(work, servers)) * (once + each * rounds_of(work, options))


def plan(works, servers, options):
    total = 0
    for work in works:
        seconds = expected_seconds(work, servers, options)
        total += seconds
        taking = ", ".join(server.name for server in takers(work, servers))
        say(f"  {work.name:13} {rounds_of(work, options):2} rounds, {seconds:4.0f} s: {taking}")
    say(f"  about {total / 60:.0f} minutes" if total > 90 else f"  about {total:.0f} seconds")


class Run:
    """The state of a comparison: which trials there are, and what they have said so far."""

    def __init__(self, bench, servers, works, options, document):
        self._bench, self._servers, self._works = bench, servers, works
        self._options, self.document = options, document
        self._summaries = {}

    def start_all(self):
        """Starts what the works share before anything is measured."""
        for work in self._works:
            for server in takers(work, self._servers):
                if work.kind == "cpu":
                    self._attempt(server, self._share, work, server)

    def _share(self, work, server):
        self._bench.servers.shared(server, work.load.path)

    def _attempt(self, server, what, *arguments):
        """what(*arguments), or {"failed": why} of a server that is not as it should be."""
        try:
            return what(*arguments)
        except (Unfit, Invalid, OSError) as error:
            say(f"  {server.name} failed: {error}")
            return {"failed": str(error)}

    def _round(self, number, trials, rounds):
        """Each trial once, in random order."""
        told = []
        for server in random.sample(list(trials), len(trials)):
            trial = trials[server]
            failed = isinstance(trial, dict)
            figures = trial if failed else self._attempt(server, trial.run)
            rounds[server.name].append({"round": number, **figures})
            if "failed" not in figures:
                told.append(f"{server.name} {next(iter(figures.values())):,.4g}")
        say(f"    round {number}: {', '.join(told) or 'nothing'}")

    def _measure(self, work):
        taking = takers(work, self._servers)
        say(f"  {work.name}: {work.what}")
        kind = KINDS[work.kind]
        trials = {
            server: self._attempt(server, kind, self._bench, work, server)
            for server in taking
        }
        rounds = {server.name: [] for server in taking}
        try:
            for number in range(1, rounds_of(work, self._options) + 1):
                self._round(number, trials, rounds)
        finally:
            self._keep(work, {name: told for name, told in rounds.items() if told})

    def _keep(self, work, rounds):
        summaries = {name: report.summarize(told) for name, told in rounds.items()}
        report.compare(work.kind, summaries)
        self._summaries[work.name] = summaries
        self.document["works"][work.name] = {
            "what": work.what,
            "kind": work.kind,
            "servers": summaries,
            "goals": [goal.verdict(self._summaries, work.name) for goal in work.goals],
        }

    def go(self):
        begun = time.monotonic()
        self.start_all()
        for work in self._works:
            self._measure(work)
            save(self.document, self._options.output)
        self.document["partial"] = False
        self.document["environment"]["seconds"] = round(time.monotonic() - begun)


def has_failed(document):
    works = document["works"].values()
    return document["partial"] or any(
        "failed" in figures
        for work in works
        for summary in work["servers"].values()
        for figures in summary["rounds"]
    )


def save(document, path):
    """Writes bench.json whole or not at all."""
    temporary = f"{path}.new"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
        file.write("\n")
    os.replace(temporary, path)

"""scripts/bench: its options, and what has to stand before anything is measured."""

import argparse
import contextlib
import json
import os
import pathlib
import random
import re
import shlex
import signal
import sys
import tempfile

from bench import fleet, load, machine, peers, program, publish, report, trials
from bench.run import Run, has_failed, plan, save, say
from bench.works import IDLE_CONNECTIONS, WORKS

EXIT_FAILED, EXIT_USAGE, EXIT_UNAVAILABLE, EXIT_INTERRUPTED = 1, 2, 69, 130
SERVERS = ("stator", "limit", *(peer.name for peer in peers.PEERS))


class NotFigures(Exception):
    """The text says which file, and what is wrong with it."""


def a_list_of(known):
    def parse(text):
        names = text.split(",")
        unknown = [name for name in names if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(
                f"there is no {unknown[0]!r}; there are {', '.join(known)}"
            )
        return names

    return parse


def positive(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def parse_options(arguments):
    works = [work.name for work in WORKS]
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Compares stator with the static file servers that are installed: prints a "
        "table in Markdown and writes bench.json.",
    )
    parser.add_argument("--servers", type=a_list_of(SERVERS), metavar="A,B", default=SERVERS)
    parser.add_argument("--work", type=a_list_of(works), metavar="X,Y", default=works)
    parser.add_argument("--rounds", type=positive, metavar="N", help="of each workload [5]")
    parser.add_argument("--seconds", type=positive, metavar="S", help="of each run [2]")
    parser.add_argument("--stator", type=pathlib.Path, metavar="BINARY", help="do not build")
    parser.add_argument("--output", metavar="FILE", default="bench.json")
    parser.add_argument("--seed", type=int, metavar="N", default=random.randrange(10**6))
    parser.add_argument("--quick", action="store_true", help="one round of a second, to try it")
    parser.add_argument("--list", action="store_true", help="the servers and workloads")
    parser.add_argument("--table", metavar="FILE", help="print the table of a bench.json again")
    parser.add_argument(
        "--publish",
        metavar="FILE",
        nargs="+",
        help="put it into README and the manual; works of a later file replace an earlier one's",
    )
    parser.add_argument("--published", action="store_true", help="check that they are up to date")
    options = parser.parse_args(arguments)
    rounds, seconds = (1, 1) if options.quick else (5, 2)
    options.rounds = options.rounds or rounds
    options.seconds = options.seconds or seconds
    return options


def print_list():
    for peer in peers.PEERS:
        state = peer.version_text() if peer.executable() else "not installed"
        print(f"{peer.name:13} {state:13} {peer.what}")
    print()
    for work in WORKS:
        goals = "; ".join(goal.text for goal in work.goals)
        print(f"{work.name:13} {work.what}" + (f" (goal: {goals})" if goals else ""))


def show(text):
    """Prints it for a reader who may leave early."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    print(text)


def read_document(path):
    """A bench.json as it was written. Raises NotFigures for anything else."""
    try:
        document = json.loads(machine.read_text(path))
        report.table(document)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotFigures(f"{path} is not a bench.json: {error}") from error
    return document


def keep_published(options):
    """Writes figures into the pages, or says which pages do not hold them."""
    if options.publish:
        publish.publish(report.merge([read_document(path) for path in options.publish]))
    stale = publish.stale()
    for page in stale:
        say(f"bench: {page} does not say what tests/bench/bench.json does: run --publish on it")
    return EXIT_FAILED if stale else 0


def read_only(options):
    """What can be done with figures that are there already."""
    try:
        if options.table:
            show(report.table(read_document(options.table)))
            return 0
        return keep_published(options)
    except (NotFigures, publish.Unmarked, OSError) as error:
        say(f"bench: {error}")
        return EXIT_FAILED


def installed_peers(names):
    """The chosen peers that are there; names the packages of the others."""
    chosen = [peer for peer in peers.PEERS if peer.name in names]
    missing = [peer for peer in chosen if peer.executable() is None]
    if missing:
        say(f"not installed, so left out: {', '.join(peer.name for peer in missing)}")
        packages = sorted({peer.package for peer in missing})
        say(f"  apt-get install --no-install-recommends {' '.join(packages)}")
    return [peer for peer in chosen if peer not in missing]


def unready(options):
    """Why nothing can be measured here, in words; None if it can."""
    if sys.platform != "linux":
        return "it reads Linux's /proc: there is no other way yet"
    if any(name in options.work for name in CLIENT_WORKS) and not load.is_installed():
        return "wrk is not installed: apt-get install --no-install-recommends wrk"
    directory = os.path.dirname(os.path.abspath(options.output))
    if not os.access(directory, os.W_OK):
        return f"{directory} cannot be written: choose another --output"
    return None


CLIENT_WORKS = [work.name for work in WORKS if work.kind in ("cpu", "tail", "workers")]


def command_line(arguments):
    """What was typed, but for where the figures went: that says nothing about them."""
    said = shlex.join(["scripts/bench", *arguments])
    return re.sub(r" --output[= ]('[^']*'|\S+)", "", said)


def new_document(options, servers, network, build_options):
    # A program that was given may come from anywhere, so this tree's commit says nothing about it.
    source = {"given": str(options.stator)} if options.stator else program.commit()
    environment = {
        **machine.describe(),
        **source,
        "network": network,
        "build": build_options,
        "command": command_line(sys.argv[1:]),
        "seed": options.seed,
        "rounds": options.rounds,
        "seconds_each": options.seconds,
        "method": report.METHOD,
    }
    about = {
        server.name: {"version": server.version_text(), "what": server.what} for server in servers
    }
    return {"environment": environment, "partial": True, "servers": about, "works": {}}


def need_descriptors(works):
    """For our ends of idle connections; servers inherit the limit for theirs."""
    crowded = [work.name for work in works if work.connections]
    try:
        machine.need_descriptors(1000 + (IDLE_CONNECTIONS if crowded else 0))
    except OSError as error:
        raise program.Refused(f"{error}; or leave out {', '.join(crowded)} (--work)") from error


def our_servers(options, scratch):
    """The chosen ones of stator and the limit, and how stator is built (None: unknown)."""
    servers, build_options = [], None
    if "stator" in options.servers:
        binary = (options.stator or program.build()).resolve()
        build_options = program.need_release(binary)
        servers.append(peers.stator(binary))
    if "limit" in options.servers:
        servers.append(peers.limit(program.build_limit(scratch)))
    return servers, build_options


def compare(options, scratch, ended):
    """The whole comparison; what `ended` holds is done when it is over, however it ends."""
    servers, build_options = our_servers(options, scratch)
    servers += installed_peers(options.servers)
    works = [work for work in WORKS if work.name in options.work]
    need_descriptors(works)
    network = machine.isolate()
    server_core, client_core = machine.cores()
    os.sched_setaffinity(0, {client_core})

    say(f"in {network}, server on core {server_core}, client on {client_core}, seed {options.seed}")
    plan(works, servers, options)
    fleet_ = fleet.Fleet(scratch, server_core)
    ended.callback(fleet_.stop)
    bench = trials.Bench(fleet_, options.seconds, server_core, client_core)
    document = new_document(options, servers, network, build_options)
    with contextlib.suppress(KeyboardInterrupt):
        Run(bench, servers, works, options, document).go()
    return document


def interrupt(*_):
    raise KeyboardInterrupt


def ignore_interrupts():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def measure(options):
    """Runs it with a scratch directory and servers that are gone afterwards; the document."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    random.seed(options.seed)
    with contextlib.ExitStack() as ended:
        scratch = ended.enter_context(tempfile.TemporaryDirectory(prefix="stator-bench-"))
        document = compare(options, pathlib.Path(scratch), ended)
        ignore_interrupts()  # nothing is left but to clean up and to report
    return document


def main():
    options = parse_options(sys.argv[1:])
    if options.list:
        print_list()
        return 0
    if options.table or options.publish or options.published:
        return read_only(options)
    why = unready(options)
    if why:
        say(f"bench: {why}")
        return EXIT_UNAVAILABLE
    try:
        document = measure(options)
    except (program.Refused, OSError) as error:
        say(f"bench: {error}")
        return EXIT_USAGE if isinstance(error, program.Refused) else EXIT_FAILED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    save(document, options.output)
    show(report.table(document))
    if document["partial"]:
        return EXIT_INTERRUPTED
    return EXIT_FAILED if has_failed(document) else 0

"""Figures of rounds into medians, and the document of bench.json into a table in Markdown.

The document: {"environment": {...}, "partial": bool, "servers": {name: {"version", "what"}},
"works": {name: {"what", "kind", "servers": {name: summary}, "goals": [verdict]}}}.
"""

import statistics

from bench.goals import OURS, YARDSTICK

# What a kind's servers are compared by, where smaller is better.
HEADLINES = {"cpu": "cpu_us", "idle": "user_bytes", "start": "start_ms", "size": "bytes"}
METHOD = (
    "Server CPU (user and system time of the whole process tree) for each request; the server "
    "on one core and wrk with 64 connections on another, rounds interleaved in random order, "
    "medians."
)
NOTES = {
    "cpu": f"us: {METHOD} x is the ratio to limit, a bare epoll loop without HTTP in it.",
    "tail": "p99: wrk asks again as soon as it is answered, so the server is saturated and the p99 "
    "is mostly queueing; what says something is the ratio.",
    "workers": "workers: capacity is requests for each second of processor time of the busiest "
    "worker; balance is the least busy one's share of that.",
    "idle": "idle: proportional set size of the process tree, after 100 warming connections.",
}


def summarize(rounds):
    """Rounds are dicts of figures, or {"failed": why}; medians are of those that did not fail."""
    good = [figures for figures in rounds if "failed" not in figures]
    names = [name for name in good[0] if name != "round"] if good else []
    columns = {name: [figures[name] for figures in good] for name in names}
    return {
        "rounds": rounds,
        "median": {name: statistics.median(column) for name, column in columns.items()},
        "min": {name: min(column) for name, column in columns.items()},
    }


def compare(kind, summaries):
    """Adds to each summary its ratio to the limit and to the best peer, where there are such."""
    headline = HEADLINES.get(kind)
    costs = {
        name: summary["median"][headline]
        for name, summary in summaries.items()
        if headline in summary["median"]
    }
    peers = [cost for name, cost in costs.items() if name not in (OURS, YARDSTICK)]
    for name, cost in costs.items():
        if costs.get(YARDSTICK) and name != YARDSTICK:
            summaries[name]["of_limit"] = cost / costs[YARDSTICK]
        if peers and min(peers) > 0:
            summaries[name]["of_best_peer"] = cost / min(peers)


def cpu_cell(median, summary):
    ratio = f" x{summary['of_limit']:.2f}" if "of_limit" in summary else ""
    return f"{median['cpu_us']:.2f}{ratio}"


def size_cell(median, _summary):
    size = f"{median['bytes'] / 1000:,.0f} kB"
    if "library_bytes" in median:
        size += f", library {median['library_bytes'] / 1000:,.0f} kB"
    return size


CELLS = {
    "cpu": cpu_cell,
    "size": size_cell,
    "idle": lambda median, _: f"{median['user_bytes']:,.0f} B, {median['cpu_percent']:.2f} %",
    "tail": lambda median, _: f"{median['alone_us'] / 1000:.1f} to "
    f"{median['among_us'] / 1000:.1f} ms x{median['ratio']:.2f}",
    "start": lambda median, _: f"{median['start_ms']:.1f} ms",
    "workers": lambda median, _: f"x{median['ratio']:.2f}, balance {median['balance']:.2f}",
}


def cell(work, server):
    summary = work["servers"].get(server)
    if summary is None:
        return "-"
    failed = sum("failed" in figures for figures in summary["rounds"])
    if not summary["median"]:
        return "failed"
    text = CELLS[work["kind"]](summary["median"], summary)
    return text + (f" ({failed} failed)" if failed else "")


def row(cells):
    return f"| {' | '.join(cells)} |"


def table_lines(document):
    servers = document["servers"]
    heads = [f"{name} {about['version']}".strip() for name, about in servers.items()]
    yield row(["", *heads])
    yield row(["---"] * (len(heads) + 1))
    for name, work in document["works"].items():
        unit = ", us" if work["kind"] == "cpu" else ""
        label = f"**{name}**: {work['what']}{unit}"
        yield row([label, *(cell(work, server) for server in servers)])


def verdicts(document):
    """What became of each goal, and of each round that failed."""
    words = {True: "met", False: "missed", None: "not judged"}
    for name, work in document["works"].items():
        for goal in work["goals"]:
            yield f"{name}: {goal['goal']}: {words[goal['met']]} ({goal['says']})"
    for name, work in document["works"].items():
        for server, summary in work["servers"].items():
            for number, figures in enumerate(summary["rounds"], 1):
                if "failed" in figures:
                    yield f"failed: {name}, {server}, round {number}: {figures['failed']}"


def note_texts(document):
    kinds = {work["kind"] for work in document["works"].values()}
    yield from (note for kind, note in NOTES.items() if kind in kinds)
    settings = [f"{name}: {about['what']}" for name, about in document["servers"].items()]
    yield f"Settings: {'; '.join(settings)}."
    for work in document["works"].values():
        kernel = work["servers"].get(OURS, {}).get("median", {}).get("kernel_bytes")
        if kernel is not None:
            yield f"The kernel's part of an idle connection, both ends: {kernel:,.0f} bytes."


def items(texts):
    return [f"* {text}" for text in texts]


def merge(documents):
    """One document with the works of all; a work that is in several comes from the last of them."""
    merged, *later = documents
    for document in later:
        told = origin(document["environment"])
        for name, work in document["works"].items():
            merged["works"][name] = {**work, "origin": told}
        merged["partial"] = merged["partial"] or document["partial"]
    return merged


def origins(document):
    """Where the figures come from: a line for the document, and one for each work with its own."""
    yield origin(document["environment"])
    yield from (
        f"{name}: {work['origin']}"
        for name, work in document["works"].items()
        if "origin" in work
    )


def origin(environment):
    """Where the figures come from, in a line."""
    revision = environment.get("commit", "")[:12]
    state = "" if environment.get("clean", True) else " with changes"
    return (
        f"`{environment['command']}` on {environment['cpu']}, {environment['cores']} cores, "
        f"Linux {environment['kernel']}, {environment['network']}, {environment['date'][:10]}"
        + (f", commit {revision}{state}." if revision else ".")
    )


def table(document):
    """The whole report as Markdown."""
    parts = [
        ["**Partial: it was interrupted.**"] if document["partial"] else [],
        list(table_lines(document)),
        items(verdicts(document)),
        items(note_texts(document)),
        ["  \n".join(origins(document))],
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)

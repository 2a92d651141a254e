"""Puts the figures of a bench.json where people read them: README and the manual.

Both hold them between two marks, so that whatever stands there can be checked against the file.
"""

import json
import pathlib

from bench import page, report

TOP = pathlib.Path(__file__).resolve().parents[2]
FIGURES = TOP / "tests" / "bench" / "bench.json"
BEGIN, END = "<!-- figures: scripts/bench --publish -->", "<!-- end of figures -->"
README_SERVERS = ("stator", "limit", "lighttpd", "h2o", "nginx")


class Unmarked(Exception):
    """A page has lost its marks; the text says which and what to do."""


def readme(document):
    servers = {name: document["servers"][name] for name in README_SERVERS}
    lines = [*report.table_lines({**document, "servers": servers})]
    return "\n".join([*lines, "", "  \n".join(report.origins(document))])


PAGES = {TOP / "README.md": readme, TOP / "htdocs" / "speed.html": page.page}


def with_figures(path, figures):
    """The page's text with `figures` between its marks."""
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise Unmarked(f"{path} has no place for figures: put {BEGIN} and {END} into it")
    indent = before[before.rfind("\n") + 1 :]
    return f"{before}{BEGIN}\n{figures}\n{indent}{END}{after}"


def publish(document):
    for path, write in PAGES.items():
        path.write_text(with_figures(path, write(document)), encoding="utf-8")
    FIGURES.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def stale():
    """The pages that do not say what tests/bench/bench.json does."""
    document = json.loads(FIGURES.read_text(encoding="utf-8"))
    return [
        str(path.relative_to(TOP))
        for path, write in PAGES.items()
        if path.read_text(encoding="utf-8") != with_figures(path, write(document))
    ]

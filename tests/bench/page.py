"""The table and the verdicts of a bench.json as HTML, for the manual's page on speed."""

from html import escape

from bench.report import cell, note_texts, origins, verdicts


def table_lines(document):
    servers = document["servers"]
    heads = [f"{name} {about['version']}".strip() for name, about in servers.items()]
    yield '<table class="figures">'
    yield "  <thead><tr>"
    yield '    <th scope="col">Workload</th>'
    yield from (f'    <th scope="col">{escape(head)}</th>' for head in heads)
    yield "  </tr></thead>"
    yield "  <tbody>"
    for name, work in document["works"].items():
        label = f"<strong>{escape(name)}</strong>: {escape(work['what'])}"
        cells = "".join(f"<td>{escape(cell(work, server))}</td>" for server in servers)
        yield f'    <tr><th scope="row">{label}</th>{cells}</tr>'
    yield "  </tbody>"
    yield "</table>"


def list_lines(texts):
    yield "<ul>"
    yield from (f"  <li>{escape(text)}</li>" for text in texts)
    yield "</ul>"


def page(document):
    """What stands between the marks in htdocs/speed.html, indented as there."""
    lines = [
        '<div class="wide">',
        *table_lines(document),
        "</div>",
        "<h3>What it was held to</h3>",
        *list_lines(verdicts(document)),
        "<h3>How to read it</h3>",
        *list_lines(note_texts(document)),
        *(f"<p>{escape(text.replace('`', ''))}</p>" for text in origins(document)),
    ]
    return "\n".join(f"    {line}" for line in lines)

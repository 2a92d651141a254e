"""What all servers serve: one file of each size, and many small ones.

Every file differs from every other from its first line on, so an answer of the wrong one shows.
"""

SIZES = {"1k": 1024, "10k": 10 * 1024, "100k": 100 * 1024, "1m": 1024 * 1024}
MANY = 10_000


def body(name, size):
    """The `size` bytes of the file called `name`."""
    line = f"<p>{name}</p>\n".encode()
    return (line * (size // len(line) + 1))[:size]


def sized_path(name):
    return f"/{name}.html"


def many_path(number):
    return f"/many/{number:04d}.html"


def content(path):
    """The bytes that a right answer to `path` has."""
    name = path.rpartition("/")[2].removesuffix(".html")
    return body(name, SIZES.get(name, 1024))


def lay_out(root):
    """Writes all of them beneath `root`."""
    (root / "many").mkdir(parents=True)
    paths = [sized_path(name) for name in SIZES] + [many_path(number) for number in range(MANY)]
    for path in paths:
        (root / path[1:]).write_bytes(content(path))

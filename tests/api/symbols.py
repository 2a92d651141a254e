#!/usr/bin/env python3
"""Checks that a shared library exports what its header declares, no more and no less.

usage: symbols.py NM LIBRARY HEADER
"""

import re
import subprocess
import sys


def exported(nm, library):
    """The names that a program can link to, without the compiler's own."""
    listing = subprocess.run(
        [nm, "-D", "--defined-only", "--format=posix", library],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = {line.split()[0].split("@")[0] for line in listing.splitlines() if line}
    return {name for name in names if not name.startswith("_")}


def declared(header):
    """The functions of a header: a name and a parenthesis outside of comments."""
    with open(header, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.DOTALL)
    functions = re.findall(r"^[a-z].*?[ *](\w+)\([^*]", text, flags=re.MULTILINE)
    return {name for name in functions if not name.endswith("_fn")}


def main():
    nm, library, header = sys.argv[1:]
    found, wanted = exported(nm, library), declared(header)
    if not wanted:
        sys.exit(f"{header}: no declarations were found")
    for name in sorted(found - wanted):
        print(f"exported, but not declared: {name}")
    for name in sorted(wanted - found):
        print(f"declared, but not exported: {name}")
    print(f"{len(wanted & found)} functions")
    sys.exit(found != wanted)


main()

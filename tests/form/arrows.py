"""Arrows between rooms go down, and no two modules of a room call each other.

The order of rooms is the one that they are linked in: the tables of src/meson.build and
src/lab/meson.build, where each room knows only those above it.
"""
import re

from layout import CODE, modules_of
from names import DEFINED, without_directives

QUOTED = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.M)
CALLED = re.compile(r'\bstator_\w+')
ROW = re.compile(r"^  \['([\w/]+)', \[", re.M)
TABLES = (('src/meson.build', ''), ('src/lab/meson.build', 'lab/'))


def rows_of(tree, path, prefix):
    """The rooms of one table, lowest first."""
    text = ''.join(file.text for file in tree.files if file.path == path)
    return [prefix + room for room in ROW.findall(text)]


def order_of(tree):
    """Room -> the rooms that it may include. The programs' rooms are on top: bin of the server's
    table, the laboratory's main of its own."""
    levels, lab = (rows_of(tree, *table) for table in TABLES)
    below = {room: set(levels[:i]) for i, room in enumerate(levels)}
    below['bin'] = set(levels)
    for i, room in enumerate(lab):
        below[room] = set(levels + lab[:i])
    return below


def includes_of(file):
    """(offset, path) of the quoted includes. The code has no strings, the text has comments."""
    return [(match.start(), match.group(1)) for match in QUOTED.finditer(file.text)
            if not file.code[match.start():match.end()].isspace()]


def rooms_are_in_a_table(tree):
    known = order_of(tree)
    for folder, files in tree.folders('src', suffixes=CODE).items():
        if folder.removeprefix('src/') not in known:
            yield (files[0].path, 1, f'{folder} is in no table of rooms',
                   'a row in ' + ' or '.join(path for path, _ in TABLES))


def includes_go_down(tree):
    known = order_of(tree)
    headers = {file.path for file in tree.below('src', suffixes=('.h',))}
    for file in tree.below('src', suffixes=CODE):
        room = file.folder.removeprefix('src/')
        for offset, path in includes_of(file):
            target = path.rpartition('/')[0]
            if 'src/' + path in headers and room in known and target not in {room, *known[room]}:
                yield (file.path, file.line_of(offset),
                       f'{room} includes {path}, which is above it',
                       f'a call-back, or move it below {room}')
    for file in tree.below('include', suffixes=('.h',)):
        for offset, path in includes_of(file):
            if not path.startswith('stator/'):
                yield (file.path, file.line_of(offset), f'a public header includes {path}',
                       'a declaration of its own')


def arrows_between(modules):
    """Module -> {module whose functions it names: (file, offset)}, within one folder."""
    owner = {match.group(1): name
             for name, files in modules.items() for file in files if file.suffix == '.c'
             for match in DEFINED.finditer(without_directives(file.code))}
    arrows = {name: {} for name in modules}
    for name, files in modules.items():
        for file in files:
            for match in CALLED.finditer(file.code) if file.suffix == '.c' else ():
                other = owner.get(match.group(), name)
                if other != name:
                    arrows[name].setdefault(other, (file, match.start(), match.group()))
    return arrows


def reachable(arrows, start):
    found, waiting = set(), [start]
    while waiting:
        for name in arrows[waiting.pop()]:
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found


def describe(arrows, circle):
    """(file, offset, words) of a circle: two modules that call each other, if there are such."""
    inner = [(name, other) for name in sorted(circle) for other in arrows[name] if other in circle]
    name, other = next((pair for pair in inner if pair[0] in arrows[pair[1]]), inner[0])
    file, offset, called = arrows[name][other]
    words = f'{name} calls {called} of {other}'
    if name in arrows[other]:
        words += f', which calls {arrows[other][name][2]} of {name}'
    more = sorted(circle - {name, other})
    return file, offset, words + (f' (also in the circle: {", ".join(more)})' if more else '')


def modules_have_no_circles(tree):
    """Each circle of a folder's modules once."""
    for folder, files in tree.folders('src', suffixes=CODE).items():
        arrows = arrows_between(modules_of(files))
        reach = {name: reachable(arrows, name) for name in arrows}
        told = set()
        for name in sorted(arrows):
            circle = {other for other in reach[name] if name in reach[other]}
            if circle and name not in told:
                told |= circle
                file, offset, words = describe(arrows, circle)
                yield (file.path, file.line_of(offset), words,
                       'a module below both for what they share')

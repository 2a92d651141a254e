"""The tree as rules see it: its files, and each file's code apart from its comments and strings.

A file is read once. `code` has the length and the lines of the text, with comments and the insides
of strings blank, so that an offset in it is an offset in the text.
"""
import functools
import os
import pathlib
import re

ROOMS = ('include', 'src', 'tests', 'scripts', 'htdocs', 'subprojects', '.ci')
LANGUAGES = {'.c': 'c', '.h': 'c', '.def': 'c', '.py': 'python', '.sh': 'shell', '.md': 'prose',
             '.html': 'prose', '.css': 'css', '.lua': 'lua', '.wire': 'wire', '.txt': 'prose'}
NAMES = {'meson.build': 'meson', 'meson_options.txt': 'meson'}

# Each matches one comment or one string; a comment has no group.
TOKENS = {
    'c': re.compile(r'/\*.*?\*/|//[^\n]*|("(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')', re.S),
    'python': re.compile(r'#[^\n]*|([rbfuRBFU]*(?:\'\'\'(?:\\.|[^\\])*?\'\'\'|'
                         r'"""(?:\\.|[^\\])*?"""|'
                         r'\'(?:\\.|[^\'\\\n])*\'|"(?:\\.|[^"\\\n])*"))', re.S),
    'meson': re.compile(r'#[^\n]*|(\'\'\'.*?\'\'\'|\'(?:\\.|[^\'\\\n])*\')', re.S),
    'css': re.compile(r'/\*.*?\*/|("[^"\n]*")', re.S),
    'lua': re.compile(r'--[^\n]*|("(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')'),
    'wire': re.compile(r'^#[^\n]*', re.M),
}


class File:
    """One file of the tree. `path` is relative to the tree, with slashes."""

    def __init__(self, top, path):
        self.path = path
        self.name = path.rsplit('/', 1)[-1]
        self.folder = path.rpartition('/')[0]
        self.suffix = pathlib.PurePosixPath(path).suffix
        self.stem = self.name.removesuffix(self.suffix)
        self.full = pathlib.Path(top, path)

    @functools.cached_property
    def text(self):
        return self.full.read_text(encoding='utf-8', errors='replace')

    @functools.cached_property
    def language(self):
        """'' for what no rule reads: pictures, data."""
        if self.name in NAMES or self.suffix:
            return NAMES.get(self.name) or LANGUAGES.get(self.suffix, '')
        first = self.text.partition('\n')[0]
        if not first.startswith('#!'):
            return ''
        return 'python' if 'python' in first else 'shell' if 'sh' in first else ''

    @functools.cached_property
    def pieces(self):
        """Comments and strings, in their order: (offset, text, is a comment)."""
        pattern = TOKENS.get(self.language)
        return [(match.start(), match.group(), match.lastindex is None)
                for match in (pattern.finditer(self.text) if pattern else ())]

    @functools.cached_property
    def code(self):
        parts, end = [], 0
        for start, text, _ in self.pieces:
            parts += [self.text[end:start], re.sub(r'[^\n]', ' ', text)]
            end = start + len(text)
        return ''.join(parts) + self.text[end:]

    @functools.cached_property
    def prose(self):
        """What a person reads: (offset, text). Neighbouring comments are one text."""
        if self.language in ('prose', 'shell'):
            return [(0, self.text)]
        joined = []
        for start, text, comment in self.pieces:
            if comment and joined and joined[-1][2] and not self.text[
                    joined[-1][0] + len(joined[-1][1]):start].strip():
                first = joined.pop()[0]
                text, start = self.text[first:start + len(text)], first
            joined.append((start, text, comment))
        return [(start, text) for start, text, _ in joined]

    def line_of(self, offset):
        return self.text.count('\n', 0, offset) + 1


class Tree:
    """All files that rules look at. Builds and other people's sources are none."""

    def __init__(self, top):
        self.top = pathlib.Path(top)

    @functools.cached_property
    def files(self):
        found = [path.name for path in self.top.iterdir() if path.is_file()]
        for room in ROOMS:
            for folder, folders, names in os.walk(self.top / room):
                at = pathlib.Path(folder).relative_to(self.top).as_posix()
                folders[:] = [] if at == 'subprojects' else [
                    name for name in folders if name != '__pycache__']
                found += [f'{at}/{name}' for name in names]
        return [File(self.top, path) for path in sorted(found)]

    def below(self, *folders, suffixes=None, languages=None):
        """The files below any of the folders, of the suffixes and languages given."""
        return [file for file in self.files
                if any(file.path.startswith(folder + '/') for folder in folders)
                and (suffixes is None or file.suffix in suffixes)
                and (languages is None or file.language in languages)]

    def folders(self, *below, suffixes):
        """Folder -> its files of the suffixes."""
        found = {}
        for file in self.below(*below, suffixes=suffixes):
            found.setdefault(file.folder, []).append(file)
        return found

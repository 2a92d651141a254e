"""Words that the tree does not use: in identifiers and file names, and in prose."""
import dataclasses
import re

IDENTIFIER = re.compile(r'[A-Za-z_]\w*')
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[^\n]*', re.M)
SHELL_NAME = re.compile(r'^([A-Za-z_][\w-]*)\(\)|'
                        r'^\s*(?:local |export |readonly )?([A-Za-z_]\w*)=', re.M)
HUMPS = re.compile(r'(?<=[a-z0-9])(?=[A-Z])')
# The name of a test is a sentence: Test(suite, NAME, ...), ParameterizedTest(type *p, suite, NAME).
SENTENCE = re.compile(r'\b(?:ParameterizedTest\([^,()]*,|(?:ParameterizedTestParameters|Test)\()'
                      r'\s*\w+,\s*(\w+)')
ENTRY = re.compile(r'(?P<words>\S.*?)\s+->\s+(?P<instead>.*?)(?P<ordinary>\s+\[ordinary\])?'
                   r'(?:\s+\[except:\s+(?P<exempt>.*)\])?$')


@dataclasses.dataclass
class Banned:
    words: list
    instead: str
    ordinary: bool
    exempt: list


def read_list(path, split):
    """The entries of a list. A line that cannot be read ends the program."""
    entries = []
    for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
        if not line.strip() or line.startswith('#'):
            continue
        match = ENTRY.match(line)
        if match is None:
            raise SystemExit(f'{path}:{number}: write "word -> what to write instead"')
        words = re.split(r',\s*', match['words']) if split else [match['words']]
        entries.append(Banned(words, match['instead'], bool(match['ordinary']),
                              (match['exempt'] or '').split()))
    return entries


def components(identifier):
    return [part.lower() for part in re.split(r'[_\-.]+', HUMPS.sub('_', identifier)) if part]


def find_row(parts, row):
    """Where the row stands in the parts, or -1."""
    return next((i for i in range(len(parts) - len(row) + 1) if parts[i:i + len(row)] == row), -1)


class Identifiers:
    """The banned words, and what each of them lets pass."""

    def __init__(self, entries):
        self.rows = [(components(word), word, entry) for entry in entries for word in entry.words]
        self.first = {row[0] for row, _, _ in self.rows}
        self.known = {}

    @staticmethod
    def is_exempt(entry, identifier, parts, row):
        for term in entry.exempt:
            term_row = components(term)
            if term == identifier or (len(term_row) > 1 and find_row(term_row, row) >= 0
                                      and find_row(parts, term_row) >= 0):
                return True
        return False

    def match(self, identifier):
        """The (word, entry) pairs that stand in the identifier."""
        if identifier not in self.known:
            parts = components(identifier)
            self.known[identifier] = [
                (word, entry) for row, word, entry in self.rows
                if find_row(parts, row) >= 0
                and not self.is_exempt(entry, identifier, parts, row)
            ] if self.first.intersection(parts) else []
        return self.known[identifier]

    def look_at(self, path, identifier, sentence=False):
        return [(word, entry) for word, entry in self.match(identifier)
                if not (sentence and entry.ordinary) and not any(
                    path.startswith(place) for place in entry.exempt if place.endswith('/'))]


def identifiers_of(file):
    """(offset, identifier) of what the file's code names."""
    if file.language == 'shell':
        return [(match.start(match.lastindex), match.group(match.lastindex))
                for match in SHELL_NAME.finditer(file.text)]
    code = file.code
    if file.language == 'c':
        code = INCLUDE.sub(lambda match: ' ' * len(match.group()), code)
    return [(match.start(), match.group()) for match in IDENTIFIER.finditer(code)]


def banned_identifiers(tree, lists):
    """Each identifier once a file, where it stands first; each folder and file name once."""
    banned = Identifiers(read_list(lists / 'banned-identifiers.txt', split=True))
    told = set()
    for file in tree.files:
        path = ''
        for name in file.path.split('/'):
            path = f'{path}/{name}'.lstrip('/')
            for word, entry in () if path in told else banned.look_at(path, name):
                yield file.path, 1, f'the name {path} has the word "{word}"', entry.instead
            told.add(path)
    for file in tree.below('include', 'src', 'tests', 'scripts',
                           languages=('c', 'python', 'meson', 'shell')):
        seen = set()
        sentences = {match.start(1) for match in SENTENCE.finditer(file.code)}
        for offset, identifier in identifiers_of(file):
            if identifier in seen:
                continue
            seen.add(identifier)
            for word, entry in banned.look_at(file.path, identifier, offset in sentences):
                yield (file.path, file.line_of(offset), f'{identifier} has the word "{word}"',
                       entry.instead)


def banned_prose(tree, lists):
    entries = [(re.compile(entry.words[0].replace(' ', r'[\s*#]+'), re.I), entry.instead)
               for entry in read_list(lists / 'banned-prose.txt', split=False)]
    for file in tree.files:
        if not file.language or file.path.startswith('tests/form/'):
            continue
        sentences = [(match.start(1), match.group(1).replace('_', ' '))
                     for match in SENTENCE.finditer(file.code)] if file.language == 'c' else []
        for start, text in file.prose + sentences:
            for pattern, instead in entries:
                for match in pattern.finditer(text):
                    said = re.sub(r'[\s*#]+', ' ', match.group())
                    yield file.path, file.line_of(start + match.start()), f'says "{said}"', instead

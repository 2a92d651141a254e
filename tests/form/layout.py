"""Where things stand: the top level, rooms and their READMEs, file names that can be told apart."""
import fnmatch
import itertools
import re

AT_TOP = ('meson.build', 'meson_options.txt',
          'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'LICENSE',
          'src', 'include', 'tests', 'subprojects', 'htdocs', 'scripts',
          'build', 'build-*', 'compile_commands.json', '.*')
README_LINES = range(3, 16)
MODULES_MAX = 22
CODE = ('.c', '.h')
# A file's name as prose has it; <stdio.h> and parts of patterns are none.
NAMED = re.compile(r'(?<![\w/<.*-])[a-z][a-z_]*(?:/[a-z_]+)*\.[ch]\b')
TWIN = re.compile(r'_(linux|posix)$')


def top_level_holds_what_it_should(tree):
    for path in sorted(tree.top.iterdir()):
        if not any(fnmatch.fnmatchcase(path.name, allowed) for allowed in AT_TOP):
            yield path.name, 1, 'does not belong at the top level', 'put it in a room, or remove it'


def check_readmes(tree, folders):
    readmes = {file.folder: file for file in tree.below('src') if file.name == 'README.md'}
    for folder in sorted(folders):
        if folder not in readmes:
            yield (f'{folder}/README.md', 1, 'is missing',
                   'what the room holds, what it leaves to others, where to start reading')
            continue
        count = len(readmes[folder].text.splitlines())
        if count not in README_LINES:
            yield (f'{folder}/README.md', 1, f'has {count} lines',
                   f'{README_LINES[0]} to {README_LINES[-1]}: a map, no manual')


def levels_have_short_readmes(tree):
    """A level may hold rooms alone."""
    return check_readmes(tree, {'/'.join(folder.split('/')[:2])
                                for folder in tree.folders('src', suffixes=CODE)})


def rooms_have_short_readmes(tree):
    return check_readmes(tree, {folder for folder in tree.folders('src', suffixes=CODE)
                                if folder.count('/') > 1})


def is_near(one, other):
    """True if the names differ by one letter: put in, left out, or another; or by `es`. Versions
    (h1 and h2) are told apart by their number."""
    if one + 'es' == other or other + 'es' == one:
        return True
    if len(one) == len(other):
        return [a.isalpha() and b.isalpha() for a, b in zip(one, other) if a != b] == [True]
    short, long = sorted((one, other), key=len)
    return len(long) - len(short) == 1 and any(
        long[:i] + long[i + 1:] == short for i in range(len(long)))


def file_names_differ(tree):
    """Two modules of one folder, which people open by their names."""
    folders = tree.folders('include', 'src', 'tests', 'scripts', suffixes=(*CODE, '.py', '.sh'))
    for folder, files in folders.items():
        stems = {}
        for file in files:
            stems.setdefault(file.stem, file)
        for one, other in itertools.combinations(sorted(stems), 2):
            if is_near(one, other):
                yield (stems[other].path, 1, f'is easily taken for {stems[one].name}',
                       'a name that differs by more than a letter')


def modules_of(files):
    """Module -> its files: a header, its source, and the twins of the source."""
    modules = {}
    for file in files:
        modules.setdefault(TWIN.sub('', file.stem), []).append(file)
    return modules


def folders_are_small(tree):
    for folder, files in tree.folders('src', suffixes=CODE).items():
        count = len(modules_of(files))
        if count > MODULES_MAX:
            yield f'{folder}/', 1, f'has {count} modules', f'two rooms of at most {MODULES_MAX}'


def named_files_exist(tree):
    """Comments and READMEs of src name files of the tree; what a build makes is not named so."""
    names = {file.name for file in tree.files}
    for file in tree.below('src', 'include', suffixes=CODE + ('.md',)):
        comments = [(0, file.text)] if file.suffix == '.md' else [
            (start, text) for start, text, comment in file.pieces if comment]
        for start, text in comments:
            for match in NAMED.finditer(text):
                if match[0].rsplit('/', 1)[-1] not in names:
                    yield (file.path, file.line_of(start + match.start()),
                           f'there is no file {match[0]}', 'the name that the file has now')

"""What compilers and formatters say of the tree's form. They run on all processors."""
import concurrent.futures
import os
import re
import subprocess

SAYS = re.compile(r'^(?P<path>[^:\n]+):(?P<line>\d+)(?::\d+)?: (?:fatal )?(?:error|warning): '
                  r'(?P<what>.*)$', re.M)
LIBRARIES = ('libevent_core', 'libmagic', 'jansson', 'criterion')


def run_all(commands, top):
    """The (command, what it printed) of all commands, in their order. LC_ALL keeps them English."""
    def run(command):
        done = subprocess.run(command, cwd=top, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors='replace', check=False)
        return command, done.stdout if done.returncode or done.stdout else ''
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(run, commands)


def in_chunks(paths):
    """As many lists as there are processors."""
    count = os.cpu_count() or 1
    return [paths[i::count] for i in range(count) if paths[i::count]]


def is_formatted(tree):
    """Each file once, where clang-format would change it first."""
    paths = [file.path for file in tree.below('include', 'src', 'tests', suffixes=('.c', '.h'))]
    commands = [['clang-format', '--dry-run', '-Werror', *chunk] for chunk in in_chunks(paths)]
    for _, output in run_all(commands, tree.top):
        told = set()
        for match in SAYS.finditer(output):
            if match['path'] not in told:
                told.add(match['path'])
                yield (match['path'], int(match['line']), 'is not formatted',
                       f'what clang-format -i {match["path"]} writes')
        if output and not told:
            said = output.strip().splitlines()[0]
            yield '.clang-format', 1, f'clang-format fails: {said}', 'what clang-format reads'


def library_flags():
    """Where the libraries' headers are; a library that is missing has none."""
    flags = []
    for library in LIBRARIES:
        done = subprocess.run(['pkg-config', '--cflags', library], capture_output=True, text=True,
                              check=False)
        flags += done.stdout.split() if done.returncode == 0 else []
    return flags


def own_folder(tree, file):
    """Where the header's target is built, which is on its path: the nearest folder with a
    meson.build."""
    built = {other.folder for other in tree.files if other.name == 'meson.build'}
    parts = file.folder.split('/')
    return next((folder for count in range(len(parts), 0, -1)
                 if (folder := '/'.join(parts[:count])) in built), file.folder)


def headers_compile_alone(tree):
    """A header needs no other before it; the public ones are C++ too."""
    flags = ['-fsyntax-only', '-Wall', '-D_GNU_SOURCE', '-DSTATOR_VERSION="0"',
             '-DSTATOR_TWIN="Linux"', '-Iinclude', '-Isrc', '-Itests', *library_flags()]
    commands = [['gcc', '-std=gnu11', *flags, '-I' + own_folder(tree, file), '-x', 'c', file.path]
                for file in tree.below('include', 'src', 'tests', suffixes=('.h',))]
    # clang, since that is here anyway, and C headers need no C++ library.
    commands += [['clang', '-std=c++11', *flags, '-Wextra', '-x', 'c++', file.path]
                 for file in tree.below('include', suffixes=('.h',))]
    for command, output in run_all(commands, tree.top):
        match = SAYS.search(output)
        if output:
            yield (match['path'] if match else command[-1], int(match['line']) if match else 1,
                   f'{command[-1]} does not compile alone: {match["what"] if match else output}',
                   'the #include that it needs')

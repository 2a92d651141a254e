"""Does the checker find what it should, and only that? Small trees, and what a rule finds there.

Each rule has a tree where it finds something and one where it finds nothing.
"""
import dataclasses
import pathlib
import tempfile

from rules import RULES
from tree import Tree


@dataclasses.dataclass
class Case:
    rule: str
    files: dict  # path -> text
    found: list  # of (path, line), in this order; empty for a tree that keeps the rule
    says: str = ''  # in what is found


A_C, A_H, PUBLIC = 'src/base/a.c', 'src/base/a.h', 'include/stator/a.h'
LLVM = {'.clang-format': 'BasedOnStyle: LLVM\n'}
TABLES = {
    'src/meson.build': "rooms = [\n  ['base', [\n    'a.c'],\n    []],\n  ['http', [\n    'b.c'],\n"
                       "    []],\n]\n",
    'src/lab/meson.build': "lab_rooms = [\n  ['stats', [\n    'c.c'],\n    []],\n]\n",
}


def guarded(text):
    return f'#ifndef A_H\n#define A_H\n{text}\n#endif\n'


def function(*lines, head='int f(void)'):
    return head + '\n{\n' + ''.join(f'    {line}\n' for line in lines) + '}\n'


def calls(name, *others):
    return {f'src/base/{name}.c': function(*(f'stator_{other}();' for other in others),
                                           head=f'void stator_{name}(void)')}


CASES = [
    Case('format', {**LLVM, A_C: 'int  a;\n'}, [(A_C, 1)], 'clang-format -i ' + A_C),
    Case('format', {**LLVM, A_C: 'int a;\n'}, []),

    Case('headers', {A_H: guarded('size_t a(void);')}, [(A_H, 3)], 'size_t'),
    Case('headers', {PUBLIC: guarded('int a(int class);')}, [(PUBLIC, 3)]),
    Case('headers', {A_H: guarded('#include <stddef.h>\nsize_t a(void);'),
                     PUBLIC: guarded('int a(int b);')}, []),

    Case('top', {'notes.txt': ''}, [('notes.txt', 1)]),
    Case('top', {'README.md': '', 'CHANGELOG.md': '', '.gitignore': '', 'build-x/a': '', A_C: ''},
         []),

    Case('named-files', {A_C: '/* See b.c. */\n'}, [(A_C, 1)], 'b.c'),
    Case('named-files', {A_C: '', 'src/base/README.md': 'Start with\nb.h.\n'},
         [('src/base/README.md', 2)]),
    Case('named-files', {A_C: '/* See base/a.h and <stdio.h>. */\nint b_c = 1;\n', A_H: ''}, []),

    Case('levels', {'src/arch/event/loop.c': ''}, [('src/arch/README.md', 1)], 'missing'),
    Case('levels', {A_C: '', 'src/base/README.md': 'x\n' * 16}, [('src/base/README.md', 1)], '16'),
    Case('levels', {A_C: '', 'src/base/README.md': 'x\n' * 2}, [('src/base/README.md', 1)]),
    Case('levels', {A_C: '', 'src/base/README.md': 'x\n' * 15}, []),

    Case('readmes', {'src/arch/event/loop.c': '', 'src/arch/README.md': 'x\n' * 3},
         [('src/arch/event/README.md', 1)]),
    Case('readmes', {'src/arch/event/loop.c': '', 'src/arch/event/README.md': 'x\n' * 3}, []),

    Case('near-names', {'src/base/client.c': '', 'src/base/clients.h': ''},
         [('src/base/clients.h', 1)], 'client.c'),
    Case('near-names', {'src/base/match.c': '', 'src/base/matches.c': ''},
         [('src/base/matches.c', 1)]),
    Case('near-names', {'tests/bench/cell.py': '', 'tests/bench/call.py': ''},
         [('tests/bench/cell.py', 1)]),
    Case('near-names', {'src/base/client.c': '', 'src/base/client.h': '', 'src/http/clients.c': '',
                        'src/base/client_set.c': '', 'src/base/h1.c': '', 'src/base/h2.c': ''}, []),

    Case('folders', {f'src/base/m{i}.c': '' for i in range(23)}, [('src/base/', 1)], '23'),
    Case('folders', {f'src/base/m{i}{end}': '' for i in range(22)
                     for end in ('.c', '.h', '_linux.c', '_posix.c')}, []),

    Case('rooms', {**TABLES, 'src/attic/a.c': ''}, [('src/attic/a.c', 1)]),
    Case('rooms', {**TABLES, 'src/http/b.c': '', 'src/lab/stats/c.c': '', 'src/bin/d.c': ''}, []),

    Case('arrows', {**TABLES, A_C: '\n#include "http/b.h"\n', 'src/http/b.h': ''}, [(A_C, 2)],
         'above'),
    Case('arrows', {**TABLES, 'src/bin/a.c': '#include "lab/stats/c.h"\n', 'src/lab/stats/c.h': ''},
         [('src/bin/a.c', 1)]),
    Case('arrows', {PUBLIC: '#include "base/a.h"\n'}, [(PUBLIC, 1)]),
    Case('arrows', {**TABLES, A_H: '', 'src/http/b.c': '#include "base/a.h"\n', 'src/http/b.h': '',
                    'src/lab/stats/c.c': '#include "http/b.h"\n',
                    A_C: '/*\n#include "http/b.h"\n*/\n'}, []),

    Case('circles', {**calls('a', 'b'), **calls('b', 'a')}, [(A_C, 3)],
         'a calls stator_b of b, which calls stator_a of a'),
    Case('circles', {**calls('a', 'b'), **calls('b', 'c'), **calls('c', 'a')}, [(A_C, 3)], ': c)'),
    Case('circles', {**calls('a', 'b'), **calls('b'), **calls('c', 'a', 'b')}, []),

    Case('identifiers', {A_C: '/* lobby */\nint lobby_size;\nint a = lobby_size;\n'}, [(A_C, 2)],
         'idle_set'),
    Case('identifiers', {A_C: 'Test(a, the_crew_is_hired)\n'}, [(A_C, 1)], 'crew'),
    Case('identifiers', {'src/base/desk.c': ''}, [('src/base/desk.c', 1)], 'name src/base/desk.c'),
    Case('identifiers', {'htdocs/designs/a.html': '', 'htdocs/designs/b.html': ''},
         [('htdocs/designs/a.html', 1)]),
    Case('identifiers', {'tests/bench/a.py': 'class IdleGuests:\n    naive = 1\n'},
         [('tests/bench/a.py', 1), ('tests/bench/a.py', 2)]),
    Case('identifiers', {'tests/meson.build': "# knobs\nknobs = ['knob']\n"},
         [('tests/meson.build', 2)]),
    Case('identifiers', {'scripts/lib.sh': 'look_at()\n{\n    local knob=1\n}\n'},
         [('scripts/lib.sh', 3)]),
    Case('identifiers', {A_C: 'int stator_visit(int at_most_ms);\n'}, [(A_C, 1)] * 3,
         'stator_visit'),
    Case('identifiers', {A_C: 'struct l { int linger_ms; };\n'}, [(A_C, 1)]),
    Case('identifiers', {A_C: '#include "lobby.h"\nint timestamp, revisit = sizeof("crew");\n'
                              'struct linger a = {.l_linger = SO_LINGER};\n'
                              'int open_standard_output;\nTest(a, at_least_one_is_inside)\n',
                         'src/conn/a.c': 'int linger_ms;\n'}, []),

    Case('prose', {A_C: 'int a; /* It refuses to\n        * know it. */\n'}, [(A_C, 1)], 'README'),
    Case('prose', {A_C: 'int a;\nchar b[] = "Nobody waits";\n'}, [(A_C, 2)]),
    Case('prose', {A_C: 'Test(a, nobody_waits)\n'}, [(A_C, 1)]),
    Case('prose', {'htdocs/a.html': '<p>\nthreads who wait\n'}, [('htdocs/a.html', 2)], 'which'),
    Case('prose', {'CHANGELOG.md': 'Every design is faster.\n'}, [('CHANGELOG.md', 1)], 'arch'),
    Case('prose', {'scripts/run': '#!/bin/sh\n# somebody\n'}, [('scripts/run', 2)]),
    Case('prose', {A_C: 'int nobody; /* People who wait, and "nobody:nogroup". */\n',
                   'tests/data.json': 'somebody'}, []),

    Case('sizeof', {A_C: 'int a = sizeof *b;\nint c = sizeof b.x;\n'}, [(A_C, 1), (A_C, 2)],
         'sizeof(*b)'),
    Case('sizeof', {A_C: 'int a = sizeof(*b); /* sizeof *b */\nchar c[] = "sizeof x";\n'}, []),

    Case('container-of', {A_C: 'a = STATOR_LIST_ENTRY(b, struct c, d);\n'}, [(A_C, 1)]),
    Case('container-of', {A_C: 'a = container_of(b, struct c, d); /* STATOR_LIST_ENTRY */\n'}, []),

    Case('errno', {A_C: function('int result = g();', 'return result == -EAGAIN;')}, [(A_C, 3)]),
    Case('errno', {A_C: function('return code < 0;', head='static int f(int code)')}, [(A_C, 1)],
         'error'),
    Case('errno', {A_C: function('int error = g();', 'int result = h();',
                                 'return error < 0 ? error : result;')}, []),

    Case('first-use', {A_C: function('int a, *b;', '', 'g();', 'a = h(&b);')}, [(A_C, 3)],
         'line 6'),
    Case('first-use', {A_C: function('size_t i;', 'for (i = 0; i < 3; i++) {', '    g(i);', '}')},
         [(A_C, 3)], 'line 4'),
    Case('first-use', {A_C: function('int a, b, i;', 'struct c d;', 'h(&a, &d);', 'if (a) {',
                                     '    b = 1;', '}', 'for (i = 0; i < b; i++) {', '    g();',
                                     '}', 'return i;') + function('a = 1;')}, []),

    Case('prefix', {A_C: function(head='int open_it(void)')}, [(A_C, 1)], 'static'),
    Case('prefix', {A_H: 'void open_it(int a,\n             int b);\n'}, [(A_H, 1)]),
    Case('prefix', {A_C: function(head='int main(void)') + function(head='static int f(void)')
                    + function(head='struct b *stator_b_open(int a)'),
                    A_H: '#define MIN(a) f(a)\nint stator_a(void);\n'
                         + function(head='static inline int f(void)')}, []),

    Case('nouns', {A_H: 'int stator_span_of(int a);\n'}, [(A_H, 1)], 'stator_a_'),
    Case('nouns', {A_H: 'struct stator_span {\n    int a;\n};\nint stator_span_of(int a);\n'
                        'int stator_a(void);\nint stator_base_a_end(void);\n'}, []),

    Case('enumerators', {A_H: 'enum stator_log_kind {\n    STATOR_LOG_KIND_A,\n'
                              '    STATOR_LOG_B = 2,\n};\n'}, [(A_H, 3)], 'STATOR_LOG_KIND_'),
    Case('enumerators', {A_H: 'enum stator_log {\n    STATOR_LOG_A = 1, /* B */\n'
                              '    STATOR_LOG_C,\n};\nenum { STATOR_MAX = 5 };\n'}, []),

    Case('contracts', {PUBLIC: '/* Makes it. */\nint stator_a(void);\n\nint stator_b(void);\n'},
         [(PUBLIC, 4)], 'stator_b'),
    Case('contracts', {PUBLIC: '/* Makes it,\n * and unmakes it. */\nint stator_a(void);\n'
                               'int stator_b(void);\n'}, []),
]


def plant(files, folder):
    for path, text in files.items():
        full = pathlib.Path(folder, path)
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text, encoding='utf-8')


def is_right(case, number):
    """Plays one case; says what was found where that was not expected."""
    rule = next(rule for rule in RULES if rule.name == case.rule)
    with tempfile.TemporaryDirectory() as folder:
        plant(case.files, folder)
        findings = list(rule.find(Tree(folder)))
    places = [finding[:2] for finding in findings]
    words = '\n'.join(f'{what}; {instead}' for _, _, what, instead in findings)
    if places == case.found and case.says in words:
        return True
    print(f'    not so: the rule {case.rule} finds {case.found} in the tree of case {number}')
    for path, line, what, instead in findings:
        print(f'      {path}:{line}: {what}; write: {instead}')
    return False


def run_selftest():
    """How many cases are right, and how many are not. Each rule has cases of both kinds."""
    results = [is_right(case, number) for number, case in enumerate(CASES, 1)]
    for rule in RULES:
        kinds = {bool(case.found) for case in CASES if case.rule == rule.name}
        results.append(kinds == {True, False})
        if not results[-1]:
            print(f'    not so: {rule.name} has a tree that breaks it and one that keeps it')
    return results.count(True), results.count(False)

"""The rules of the tree's form: what holds, by which function, and whether it is asked for.

A function is given the tree and yields (path, line, what is wrong, what to write instead). A rule
that is off is shown by `check --rule NAME` and `check --all`, and is no part of the test.
"""
import dataclasses
import functools
import pathlib
import typing

import arrows
import dialect
import layout
import names
import tools
import words

LISTS = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass
class Rule:
    on: bool
    name: str
    holds: str
    find: typing.Callable


RULES = [Rule(*row) for row in (
    # on, name, what holds, where the others are found
    (True, 'format', 'clang-format has nothing to change', tools.is_formatted),
    (True, 'headers', 'every header compiles alone', tools.headers_compile_alone),
    (True, 'top', 'the top level holds what it should', layout.top_level_holds_what_it_should),
    (True, 'levels', 'every level has its short README', layout.levels_have_short_readmes),
    (True, 'readmes', 'every room has its short README', layout.rooms_have_short_readmes),
    (True, 'near-names', 'file names of a folder differ by more than a letter',
     layout.file_names_differ),
    (True, 'named-files', 'files that comments of src name exist', layout.named_files_exist),
    (False, 'folders', 'no folder of src is a warehouse', layout.folders_are_small),
    (True, 'rooms', 'every room is in the table that it is linked by', arrows.rooms_are_in_a_table),
    (True, 'arrows', 'includes between rooms go down', arrows.includes_go_down),
    (False, 'circles', 'no modules of a room call each other', arrows.modules_have_no_circles),
    (True, 'identifiers', 'identifiers and file names have no private words',
     functools.partial(words.banned_identifiers, lists=LISTS)),
    (False, 'prose', 'comments and pages are plain English',
     functools.partial(words.banned_prose, lists=LISTS)),
    (False, 'sizeof', 'sizeof has parentheses', dialect.sizeof_has_parentheses),
    (False, 'container-of', 'container_of has its name', dialect.container_of_has_its_name),
    (False, 'errno', 'a -errno is called error', dialect.errno_is_called_error),
    (False, 'first-use', 'variables are declared where they are first used',
     dialect.declarations_at_first_use),
    (True, 'prefix', 'external functions begin with stator_', names.functions_have_the_prefix),
    (False, 'nouns', 'functions begin with the noun of their header', names.functions_have_a_noun),
    (True, 'enumerators', 'enumerators repeat the name of their enum',
     names.enumerators_repeat_their_enum),
    (True, 'contracts', 'every public function has its contract',
     names.public_functions_have_contracts),
)]

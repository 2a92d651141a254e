"""Names that code is found by: functions, enumerators, and what the public header says of each."""
import re

# A declaration at the left margin: its name, and where its parameters begin.
DECLARED = re.compile(r'^(?!typedef\b|return\b|else\b|static\b)[A-Za-z_][\w \t*\n]*?[ *\n](\w+)\(',
                      re.M)
DEFINED = re.compile(r'^(?!static\b|typedef\b)[A-Za-z_][\w \t*\n]*?[ *\n](\w+)\([^;{}]*\)\n\{',
                     re.M)
TYPE = re.compile(r'\b(?:struct|enum|union)\s+stator_(\w+)\s*\{')
FUNCTION_TYPE = re.compile(r'^typedef [^;]*?\bstator_(\w+?)_fn\b', re.M)
ENUM = re.compile(r'\benum\s+(\w+)\s*\{([^}]*)\}')
ENUMERATOR = re.compile(r'(?:^|,)\s*(\w+)')
DIRECTIVE = re.compile(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', re.M)


def without_directives(code):
    return DIRECTIVE.sub(lambda match: re.sub(r'[^\n]', ' ', match.group()), code)


def functions_have_the_prefix(tree):
    """What is visible outside its file begins with stator_; main is the programs'."""
    for file in tree.below('include', 'src', suffixes=('.c', '.h')):
        pattern = DECLARED if file.suffix == '.h' else DEFINED
        for match in pattern.finditer(without_directives(file.code)):
            name = match.group(1)
            if not name.startswith('stator_') and name != 'main':
                yield (file.path, file.line_of(match.start(1)), f'{name} has no prefix',
                       f'stator_{name}, or static')


def functions_have_a_noun(tree):
    """A function begins with its header's noun: the file's name, or a type that it declares."""
    for file in tree.below('src', suffixes=('.h',)):
        code = without_directives(file.code)
        nouns = {file.stem, *TYPE.findall(code), *FUNCTION_TYPE.findall(code)}
        for match in DECLARED.finditer(code):
            name = match.group(1).removeprefix('stator_')
            rooms = file.folder.split('/')[1:]
            names = [name] + [name.removeprefix(room + '_') for room in rooms]
            if not any(known == noun or known.startswith(noun + '_')
                       for known in names for noun in nouns):
                yield (file.path, file.line_of(match.start(1)),
                       f'stator_{name} is declared where its noun is not',
                       f'stator_{file.stem}_..., or the header of its noun')


def enumerators_repeat_their_enum(tree):
    for file in tree.below('include', 'src', 'tests', suffixes=('.h',)):
        for match in ENUM.finditer(without_directives(file.code)):
            prefix = match.group(1).upper() + '_'
            for enumerator in ENUMERATOR.finditer(match.group(2)):
                name = enumerator.group(1)
                if not name.startswith(prefix):
                    yield (file.path, file.line_of(match.start(2) + enumerator.start(1)),
                           f'{name} of enum {match.group(1)}', f'{prefix}...')


def public_functions_have_contracts(tree):
    """A group of declarations, which ends at an empty line, begins with a comment."""
    for file in tree.below('include', suffixes=('.h',)):
        for match in DECLARED.finditer(without_directives(file.code)):
            group = file.text[:match.start(1)].rpartition('\n\n')[2]
            if not group.startswith('/*'):
                yield (file.path, file.line_of(match.start(1)), f'{match.group(1)} has no contract',
                       'a comment that says what it does, who owns, what fails')

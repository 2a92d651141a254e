"""The one dialect of C that the tree is written in, as far as clang-format does not see it."""
import re

SIZEOF = re.compile(r'\bsizeof\b(?!\s*\()')
LIST_ENTRY = re.compile(r'\bSTATOR_LIST_ENTRY\b')
FUNCTION = re.compile(r'^[^\s#}][^;{}]*\)\n\{\n.*?^\}', re.M | re.S)

# Names for a -errno that are not `error`, where the function treats them as one.
OTHER_ERROR = re.compile(r'\bint (?P<name>code|result|rc|ret|err|res)\b(?=\s*[=;,)])')
AS_ERRNO = r'\b{0}\b (?:==?|!=) -E[A-Z]|\b{0} < 0\b|-{0}\b|\b{0}\b = [^;]* -E[A-Z]'

# A declaration of plain variables, none of which has a value.
BARE = re.compile(r'^(?P<indent> +)(?!return\b|goto\b|typedef\b|extern\b|static\b|case\b|else\b)'
                  r'(?:(?:const|volatile|unsigned|signed|long|short|struct|enum|union) )*\w+ '
                  r'(?P<names>\**\w+(?:, \**\w+)*);$', re.M)


def sources(tree):
    return tree.below('include', 'src', 'tests', suffixes=('.c', '.h'))


def sizeof_has_parentheses(tree):
    for file in sources(tree):
        for match in SIZEOF.finditer(file.code):
            operand = re.match(r'[\s*&]*[\w.\[\]>-]*', file.code[match.end():]).group().strip()
            yield (file.path, file.line_of(match.start()), f'sizeof {operand}',
                   f'sizeof({operand})')


def container_of_has_its_name(tree):
    for file in sources(tree):
        for match in LIST_ENTRY.finditer(file.code):
            yield file.path, file.line_of(match.start()), 'STATOR_LIST_ENTRY', 'container_of'


def errno_is_called_error(tree):
    for file in sources(tree):
        for function in FUNCTION.finditer(file.code):
            for match in OTHER_ERROR.finditer(function.group()):
                name = match['name']
                if re.search(AS_ERRNO.format(name), function.group()):
                    yield (file.path, file.line_of(function.start() + match.start()),
                           f'a -errno is called {name}', 'error')


def block_after(code, start, indent):
    """The rest of the block that begins at `start`, which is indented by `indent`."""
    end = re.compile(rf'^ {{0,{max(indent - 1, 0)}}}[^\s#]', re.M).search(code, start)
    return code[start:end.start() if end else len(code)]


def declared_later(block, indent, name):
    """The offset where `name` could be declared with its value, or -1: where it first stands is an
    assignment of the same block, or the head of a loop after which it is not used."""
    first = re.search(rf'\b{name}\b', block)
    if first is None:
        return -1
    line = block.rfind('\n', 0, first.start()) + 1
    before = block[line:first.start()]
    after = block[first.end():]
    if before == indent and re.match(r' = [^=]', after):
        return first.start()
    if before == indent + 'for (' and re.match(r' = [^=,;]*;', after):
        loop_end = re.search(rf'^{indent}\}}', after, re.M)
        if loop_end and not re.search(rf'\b{name}\b', after[loop_end.end():]):
            return first.start()
    return -1


def declarations_at_first_use(tree):
    for file in sources(tree):
        for match in BARE.finditer(file.code):
            if not match['names'].strip() or match['indent'] == '':
                continue
            indent = match['indent']
            block = block_after(file.code, match.end(), len(indent))
            for name in re.findall(r'\w+', match['names']):
                offset = declared_later(block, indent, name)
                if offset >= 0:
                    line = file.line_of(match.end() + offset)
                    yield (file.path, file.line_of(match.start()),
                           f'{name} is declared before its use',
                           f'declare it in line {line}, with its value')

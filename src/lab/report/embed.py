"""Writes a text file as a C string: embed.py NAME INPUT OUTPUT."""
import json
import sys

name, source, target = sys.argv[1:]
with open(source, encoding='ascii') as lines, open(target, 'w', encoding='ascii') as out:
    out.write(f'static const char {name}[] =\n')
    for line in lines:
        out.write(f'    {json.dumps(line)}\n')
    out.write('    ;\n')

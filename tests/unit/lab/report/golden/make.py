"""Writes results.json with figures that nobody measured: plausible, and the same every time."""
import json
import math
import random
import sys

ARCHS = ['iterative', 'thread', 'pool:workers=8', 'select', 'event', 'amped']
REPETITIONS = 5
CPU = {'iterative': 9, 'thread': 12, 'pool:workers=8': 10, 'select': 8, 'event': 6.5, 'amped': 6.8}
MEMORY = {'iterative': 3, 'thread': 24, 'pool:workers=8': 9, 'select': 3.2, 'event': 3.4, 'amped': 4}
dice = random.Random(20261121)


def near(value, spread=0.02):
    return float(f'{value * (1 + spread * (2 * dice.random() - 1)):.6g}')


def buckets(median, count):
    """A histogram's counts around a median of us, a bucket each time twice as far."""
    shares = [(0.5, .05), (0.75, .25), (1, .35), (1.5, .2), (2, .1), (4, .04), (8, .01)]
    out = {}
    for factor, share in shares:
        us = max(1, int(median * factor))
        low = us if us < 128 else us >> (us.bit_length() - 7) << (us.bit_length() - 7)
        out[low] = out.get(low, 0) + int(count * share)
    return {'sum': sum(low * n for low, n in out.items()), 'max': max(out),
            'counts': [[low, n] for low, n in sorted(out.items())]}


def load(rate, us, cpu, memory, **more):
    return {'rate': near(rate), 'body': near(rate * 8192 / 1e6), 'p50': near(us), 'p90': near(us * 1.8),
            'p99': near(us * 4), 'p999': near(us * 8), 'max': near(us * 20), 'cores': near(rate * cpu / 1e6),
            'cpu': near(cpu), 'cpu_user': near(cpu * .3), 'cpu_system': near(cpu * .7),
            'memory': near(memory * 2**20), 'pss': near(memory * .8 * 2**20),
            'switches': near(.4), 'errors': 0.0, 'naive_p99': near(us * 4), **more}


def hot(arch, level):
    cpu = CPU[arch]
    rate = min(level * 9000, 1e6 / cpu) if arch != 'iterative' else 9000
    return load(rate, 1e6 * level / rate, cpu, MEMORY[arch])


def conn(arch, level):
    cpu = CPU[arch] + {'thread': 30, 'iterative': 8, 'pool:workers=8': 9}.get(arch, 10) / level
    return load(1e6 / cpu, 64e6 / (1e6 / cpu), cpu, MEMORY[arch])


def disk(arch, level):
    cpu = CPU[arch]
    at_once = {'iterative': 1, 'select': 1, 'event': 1}.get(arch, 8)
    rate = 1e6 / cpu if level == 0 else min(1e6 / cpu, at_once / (level / 100 * .008))
    return load(rate, 64e6 / rate, cpu, MEMORY[arch])


def idle(arch, level):
    if arch == 'select' and level > 0:
        return 'at most 1000 connections, FD_SETSIZE'
    if arch == 'iterative' and level > 0:
        return 'one connection at a time'
    cpu = CPU[arch]
    each = {'thread': 30, 'pool:workers=8': 28}.get(arch, 4)
    return load(1e6 / cpu, 100e6 / (1e6 / cpu), cpu, MEMORY[arch] + level * each / 1024,
                held=float(level + 100), per_connection=near(each * 1024))


def convoy(arch, level):
    if arch == 'iterative':
        return load(3, 1.2e6, 12, 3, errors=near(.83), naive_p99=near(9e5))
    return load(2000, 400, CPU[arch], MEMORY[arch])


WORKLOADS = {
    'hot': (hot, [(1, '1 client'), (16, '16 clients'), (256, '256 clients')]),
    'conn': (conn, [(1, '1 request a connection'), (100, '100 requests a connection')]),
    'disk': (disk, [(0, 'no misses'), (10, '10 % misses'), (50, '50 % misses')]),
    'idle': (idle, [(0, 'no idle'), (1000, '1,000 idle'), (5000, '5,000 idle')]),
    'convoy': (convoy, [(4, '4 downloads')]),
}


def flags(arch, workload, level, repetition, errors):
    out = ['errors'] if errors > .001 else []
    if arch == 'event' and workload == 'hot' and level == 256 and repetition == 2:
        out.append('client-limited')
    if arch == 'select' and workload == 'conn' and level == 100:
        out.append('drift')
    return out


def trial(arch, workload, figures, level, label, repetition, position):
    refused = isinstance(figures, str)
    out = {'design': arch, 'workload': workload, 'level': level, 'label': label,
           'repetition': repetition, 'position': position, 'reference': False,
           'refusal': figures if refused else None,
           'flags': [] if refused else flags(arch, workload, level, repetition, figures['errors']),
           'values': {} if refused else figures}
    if not refused:
        out['honest'] = buckets(figures['p50'], 20000)
        if workload == 'convoy':
            out['naive'] = buckets(figures['p50'] * figures['naive_p99'] / figures['p99'], 20000)
    return out


trials = []
for repetition in range(REPETITIONS):
    order = ARCHS[:]
    dice.shuffle(order)
    for workload, (figures, levels) in WORKLOADS.items():
        for position, arch in enumerate(order):
            for level, label in levels:
                trials.append(trial(arch, workload, figures(arch, level), level, label, repetition,
                                    position))

head = {
    'schema': 'stator-lab results', 'version': 1, 'date': '2026-11-21T10:00:00Z',
    'command': 'stator-lab run --designs ' + ','.join(ARCHS) + ' --reps 5', 'seed': '42',
    'seconds': 295.5, 'repetitions': REPETITIONS, 'partial': False, 'publishable': True,
    'reference': 'event',
}
facts = [('kernel', 'Linux 6.1.0 <x86_64>'), ('processor', 'a machine & 2 cores'), ('build', 'release')]
checks = [("Little's law", 'event, hot, 256 clients', True, '255.8 inside, 256.1 by rate and time'),
          ('utilisation law', 'amped, disk, 50 % misses', True, '0.998 and 1.000'),
          ('bytes', 'thread, conn, 1 request a connection', False, '1,000 and 1,024')]
lines = [json.dumps(head)[:-1], '"facts": ' + json.dumps([{'name': n, 'value': v} for n, v in facts]),
         '"checks": ' + json.dumps([dict(zip(('name', 'where', 'passed', 'detail'), c)) for c in checks]),
         '"trials": [\n' + ',\n'.join(json.dumps(t, separators=(',', ':')) for t in trials) + ']}']
assert not any(math.isnan(v) for t in trials for v in t['values'].values())
sys.stdout.write(',\n'.join(lines) + '\n')

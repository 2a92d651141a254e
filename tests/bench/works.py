"""The workloads: a row each, with the goals of ours."""

from typing import NamedTuple

from bench import files
from bench.goals import no_more_than, no_more_than_limit, below, cheaper_than, cheaper_than_peers
from bench.goals import no_less_than, cheaper_than_whole
from bench.load import Load

IDLE_CONNECTIONS = 10_000

BROWSER = (
    ("Connection", "keep-alive"),
    ("Cache-Control", "max-age=0"),
    ("sec-ch-ua", '"Chromium";v="130", "Google Chrome";v="130", "Not?A_Brand";v="99"'),
    ("sec-ch-ua-mobile", "?0"),
    ("sec-ch-ua-platform", '"Linux"'),
    ("DNT", "1"),
    ("Upgrade-Insecure-Requests", "1"),
    (
        "User-Agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/130.0.0.0 Safari/537.36",
    ),
    (
        "Accept",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
        "image/apng,*/*;q=0.8",
    ),
    ("Sec-Fetch-Mode", "navigate"),
    ("Referer", "https://www.example.org/articles/2026/a-page-that-links-here.html"),
    ("Accept-Encoding", "gzip, deflate, br"),
    ("Accept-Language", "en-GB,en-US;q=0.9,en;q=0.8,de;q=0.7"),
    ("Cookie", "session=5f2b7c1e9a0d4c3b8e6f; theme=dark; consent=necessary"),
)


class Work(NamedTuple):
    name: str
    what: str
    kind: str = "cpu"  # of trials.KINDS
    load: Load = Load()
    goals: tuple = ()
    limited: bool = False  # the limit takes part
    rounds: int = 0  # of its own number; 0: as told
    connections: int = 0  # that a server must be able to hold for it

    def takes(self, server, seen):
        """Whether a server takes part; `seen` has the programs that do already.

        Where it is the program that counts and not its settings, it is met once.
        """
        if server.holds < self.connections:
            return False
        if server.name == "limit":
            return self.limited
        if self.kind == "workers":
            return server.name == "stator"
        return self.kind == "cpu" or server.program not in seen


def sized(name, ratio):
    return Work(
        name,
        f"{name[:-1]} {'MiB' if name[-1] == 'm' else 'KiB'}, keep-alive",
        load=Load(path=files.sized_path(name)),
        goals=(no_more_than_limit(ratio),),
        limited=True,
    )


WORKS = (
    sized("1k", 1.12),
    sized("10k", 1.12),
    sized("100k", 1.10),
    sized("1m", 1.06),
    Work(
        "not-modified",
        "304 to a condition that holds",
        load=Load(status=304),
        goals=(cheaper_than_whole(),),
    ),
    Work(
        "close",
        "1 KiB, a connection each",
        load=Load(fields=(("Connection", "close"),)),
        goals=(cheaper_than("h2o"), cheaper_than_peers()),
    ),
    Work(
        "zipf",
        "10,000 files of 1 KiB, Zipf s = 1",
        load=Load(draws="zipf"),
        goals=(cheaper_than_peers(),),
        limited=True,
    ),
    Work(
        "uniform",
        "10,000 files of 1 KiB, uniform",
        load=Load(draws="uniform"),
        goals=(cheaper_than_peers(),),
        limited=True,
    ),
    Work(
        "browser",
        "1 KiB, a browser's request head",
        load=Load(fields=BROWSER),
        goals=(cheaper_than_peers(),),
        limited=True,
    ),
    Work(
        "pipelined",
        "1 KiB, 64 requests a write",
        load=Load(depth=64),
        goals=(cheaper_than_peers(),),
    ),
    Work(
        "workers",
        "capacity of two workers against one",
        "workers",
        load=Load(connections=128, threads=2),
        goals=(no_less_than("ratio", 1.8, "{:.2f} x one worker"),),
    ),
    Work(
        "idle",
        "user memory of an idle connection, of 10,000",
        "idle",
        connections=IDLE_CONNECTIONS,
        goals=(
            no_more_than("user_bytes", 1024, "{:.0f} bytes"),
            below("cpu_percent", 0.5, "{:.2f} % of a core"),
        ),
        rounds=1,
    ),
    Work(
        "p99",
        "100 clients alone, and among 10,000 idle ones",
        "tail",
        connections=IDLE_CONNECTIONS + 100,
        load=Load(connections=100),
        goals=(no_more_than("ratio", 1.2, "{:.2f} x alone"),),
    ),
    Work(
        "start",
        "exec to the first byte",
        "start",
        goals=(below("start_ms", 20, "{:.1f} ms"),),
        rounds=20,
    ),
    Work("size", "the stripped program", "size", rounds=1),
)

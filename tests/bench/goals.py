"""What ours is held to, and whether it is so.

A goal is a sentence and a judge: a function of all summaries and a work's name that returns
(figure, met, figure in words), or None where what it compares with was not measured.
"""

from typing import NamedTuple

OURS = "stator"
YARDSTICK = "limit"


class Goal(NamedTuple):
    text: str
    judge: object

    def verdict(self, summaries, work):
        """The goal as it stands in bench.json; `met` is None where it could not be judged."""
        found = self.judge(summaries, work)
        if found is None:
            return {"goal": self.text, "figure": None, "met": None, "says": "not measured"}
        figure, met, says = found
        return {"goal": self.text, "figure": figure, "met": met, "says": says}


def median(summaries, work, server, figure):
    return summaries.get(work, {}).get(server, {}).get("median", {}).get(figure)


def compared(ours, other, maximum, name):
    """The verdict on a ratio of two costs."""
    if ours is None or other is None:
        return None
    return ours / other, maximum(ours / other), f"{ours / other:.2f} x {name}"


def no_more_than_limit(ratio):
    def judge(summaries, work):
        ours, limit = (median(summaries, work, name, "cpu_us") for name in (OURS, YARDSTICK))
        return compared(ours, limit, lambda figure: figure <= ratio, "the limit")

    return Goal(f"at most {ratio:.2f} x the limit", judge)


def cheaper_than(peer):
    def judge(summaries, work):
        ours, theirs = (median(summaries, work, name, "cpu_us") for name in (OURS, peer))
        return compared(ours, theirs, lambda figure: figure < 1, peer)

    return Goal(f"cheaper than {peer}", judge)


def cheaper_than_peers():
    def judge(summaries, work):
        costs = {name: median(summaries, work, name, "cpu_us") for name in summaries.get(work, {})}
        theirs = {
            name: cost
            for name, cost in costs.items()
            if cost is not None and name not in (OURS, YARDSTICK)
        }
        if not theirs:
            return None
        best = min(theirs, key=theirs.get)
        return compared(costs.get(OURS), theirs[best], lambda figure: figure < 1, best)

    return Goal("cheaper than every peer", judge)


def cheaper_than_whole():
    """That a 304 costs less than the whole file, asked for in turn with it."""

    def judge(summaries, work):
        ours, whole = (median(summaries, work, OURS, name) for name in ("cpu_us", "whole_us"))
        return compared(ours, whole, lambda figure: figure < 1, "the 200")

    return Goal("cheaper than its 200", judge)


def held(figure, form, text, holds):
    """A goal that is about one figure of ours alone; `form` formats it with its unit."""

    def judge(summaries, work):
        ours = median(summaries, work, OURS, figure)
        return None if ours is None else (ours, holds(ours), form.format(ours))

    return Goal(text, judge)


def no_more_than(figure, maximum, form):
    return held(figure, form, f"at most {form.format(maximum)}", lambda ours: ours <= maximum)


def below(figure, bound, form):
    return held(figure, form, f"below {form.format(bound)}", lambda ours: ours < bound)


def no_less_than(figure, minimum, form):
    return held(figure, form, f"at least {form.format(minimum)}", lambda ours: ours >= minimum)

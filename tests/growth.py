"""How the work of a pure function grows with its input: measured over doubling sizes, in CPU time, as ratios.

A measurement that looks too steep is taken again, with more runs and after longer and longer pauses, before it counts: the least
time of several runs is what the work takes; whatever is above it, others on the machine took.
"""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

DOUBLINGS = 3
SHORTEST = 0.002  # seconds: a shorter call is repeated until it takes as long
RUNS, MORE_RUNS, ROUNDS = 2, 3, 12
PAUSE = 0.05  # seconds before the second round, twice as long before the third, …: whoever else is busy may be done by then


@dataclass(frozen=True, slots=True)
class Work:
    """A function, and what it is given at each size: `make(size)` returns its arguments.

    `start` is the smallest size. For a function with a budget it lies where the worst input has spent that.
    """

    call: Callable[..., object]
    make: Callable[[int], tuple[Any, ...]]
    start: int


class _Timer:
    """The least CPU time of one call with these arguments, of all runs so far."""

    def __init__(self, work: Work, size: int) -> None:
        self.call, self.arguments = work.call, work.make(size)
        self.repeats, self.least = 1, float("inf")
        while self._time() * self.repeats < SHORTEST:
            self.repeats *= 2
            self.least = float("inf")

    def _time(self) -> float:
        started = time.process_time()
        for _repeat in range(self.repeats):
            self.call(*self.arguments)
        taken = (time.process_time() - started) / self.repeats
        self.least = min(self.least, taken)
        return taken

    def run(self, times: int) -> None:
        for _run in range(times):
            self._time()


def steepest(work: Work, limit: float, *, rounds: int = ROUNDS) -> float:
    """The largest ratio of the times at two sizes of which one is the double of the other.

    What is above the limit is measured again, `rounds` times at most. Of two ratios the smaller counts: that of the least times of
    all rounds, and that of a round by itself, since a machine may be several times as fast at one time as at another, and one
    size at its best would be compared with another at its worst.
    """
    gc.disable()  # and nothing is collected before: among all that the tests hold that takes longer than the work
    try:
        timers = [_Timer(work, work.start << doubling) for doubling in range(DOUBLINGS + 1)]
        for timer in timers[:-1]:  # one run of the largest will do: what disturbs it makes the ratio larger, and is measured again
            timer.run(RUNS - 1)
        least = _steepest(timers)
        for number in range(rounds):
            if least <= limit:
                break
            time.sleep(number * PAUSE)
            of_all = [timer.least for timer in timers]
            for timer in timers:
                timer.least = float("inf")
            for _run in range(MORE_RUNS):
                for timer in timers:
                    timer.run(1)
            least = min(least, _steepest(timers))
            for timer, before in zip(timers, of_all, strict=True):
                timer.least = min(timer.least, before)
            least = min(least, _steepest(timers))
        return least
    finally:
        gc.enable()


def _steepest(timers: list[_Timer]) -> float:
    return max(larger.least / smaller.least for smaller, larger in pairwise(timers))

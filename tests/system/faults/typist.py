"""A typist, who records when each key was typed, and accidents that happen meanwhile."""

import random
import string
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from playwright.sync_api import Error, Page

from tests.system.faults.report import THOROUGH, Loss

LONGEST = 120.0  # seconds of typing while waiting for something to happen
PACE = 1.0 if THOROUGH else 0.5  # of the seconds that a test asks for, how many are typed
SIGNS = ("é", "ß", "—", "’", "✓", "å", "日")


def always() -> bool:
    return True


class Typist:
    """Types random words key by key, at a quick pace, and pauses now and then."""

    def __init__(self, page: Page, chance: random.Random) -> None:
        self.page, self.chance = page, chance
        page.locator("#text").focus()
        page.keyboard.press("Control+End")
        self.initial_text: str = page.locator("#text").input_value()  # before the first key
        self.keys: list[tuple[float, str]] = []  # when each key was in the page

    @property
    def text(self) -> str:
        return self.initial_text + "".join(key for _moment, key in self.keys)

    def typed_by(self, moment: float) -> str:
        """The text as it was at this moment."""
        return self.initial_text + "".join(key for at, key in self.keys if at <= moment)

    def type(self, *, seconds: float = 0, until: Callable[[], bool] = always) -> None:
        """Type for so many seconds and until the condition is true, or until the browser is gone."""
        begun = time.monotonic()
        try:
            while time.monotonic() - begun < seconds * PACE or not until():
                assert time.monotonic() - begun < LONGEST, "it has not happened"
                self.type_word()
                if self.chance.random() < 0.15:
                    self._rest(self.chance.uniform(1.0, 1.4))
        except Error as error:
            if "closed" not in str(error) and "crash" not in str(error).lower():
                raise

    def type_word(self) -> None:
        letters = "".join(self.chance.choices(string.ascii_lowercase, k=self.chance.randint(2, 8)))
        sign = self.chance.choice(SIGNS) if self.chance.random() < 0.1 else ""
        end = "\n" if self.chance.random() < 0.05 else " "
        for key in letters + sign + end:
            if key == "\n":
                self.page.keyboard.press("Enter")
            else:
                self.page.keyboard.type(key)
            self.keys.append((time.monotonic(), key))
            self._rest(self.chance.uniform(0.02, 0.09))

    def _rest(self, seconds: float) -> None:
        self.page.wait_for_timeout(seconds * 1000)

    def loss(self, came_back: str, fault: float) -> Loss:
        """What was lost of all that was typed, where this text came back: it must be the beginning of what was typed."""
        assert self.text.startswith(came_back), f"{came_back!r} is not the beginning of {self.text!r}"
        lost = self.keys[max(0, len(came_back) - len(self.initial_text)) :]
        assert len(came_back) >= len(self.initial_text), f"{self.initial_text!r} had been there"
        return Loss(
            typed=len(self.keys),
            kept=len(self.keys) - len(lost),
            seconds=max(0.0, fault - lost[0][0]) if lost else 0.0,
        )


def take_turns(typists: list[Typist], *, seconds: float) -> None:
    """Type in turns, one to three words each."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds * PACE:
        for typist in typists:
            for _ in range(typist.chance.randint(1, 3)):
                typist.type_word()


class Accident:
    """An action in a thread of its own, `after` so many seconds, counted from when `when` returns where that is given.

    with Accident(server.kill, after=0.7) as accident:
        typist.type(until=accident.has_happened)
    """

    def __init__(self, action: Callable[[], object], *, after: float = 0, when: Callable[[], object] | None = None) -> None:
        self.action, self.after, self.when = action, after, when
        self.moment = 0.0
        self.error: BaseException | None = None
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, name="accident")

    def _run(self) -> None:
        try:
            if self.when is not None:
                self.when()
            time.sleep(self.after)
            self.moment = time.monotonic()
            self.action()
        except BaseException as error:  # raised again in the test's own thread
            self.error = error
        finally:
            self.over.set()

    def has_happened(self) -> bool:
        return self.over.is_set()

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None) -> None:
        self.thread.join(LONGEST)
        if self.error is not None and error is None:
            raise self.error

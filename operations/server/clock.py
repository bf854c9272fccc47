"""The clock of `manage.py start`: a process that begins when a task is due, does what is due, and ends."""

import signal
from types import FrameType
from typing import NoReturn

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    """Signal handler: stop at once, rolling back what a task had under way; a second signal does not interrupt that."""
    for stop_signal in STOP_SIGNALS:
        signal.signal(stop_signal, signal.SIG_IGN)
    raise KeyboardInterrupt


def stop_at_once() -> None:
    """From now on SIGTERM and SIGINT raise `KeyboardInterrupt`."""
    for stop_signal in STOP_SIGNALS:
        signal.signal(stop_signal, _stop)


def run() -> float:
    """Do what is due. Returns when to run again, as `time.time()`."""
    stop_at_once()
    import django

    django.setup()
    from operations import scheduler

    try:
        return scheduler.run_due_and_plan().timestamp()
    except KeyboardInterrupt:
        raise SystemExit from None

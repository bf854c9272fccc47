"""The worker of `manage.py start`: a process that waits for work, and ends when it has done some; another one begins at once."""

import time


def run() -> float:
    """Do what waits. Returns when to run again, as `time.time()`."""
    import django

    django.setup()
    from operations import worker

    worker.run_forever(ends_after_work=True)
    return time.time()

"""One process of `manage.py start`: runs a module as `python -m` would, and ends when whoever started it is gone.

    python -m operations.server.child granian --interface wsgi …

Its standard input is a pipe that nobody ever writes to. The pipe closes when the process at its other end has ended, by
whatever cause, and then this one ends as on SIGTERM; with its whole process group, which it leads, if that takes too long.
"""

import os
import runpy
import signal
import sys
import threading
import time

PATIENCE = 8.0  # seconds from SIGTERM to SIGKILL


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
    time.sleep(PATIENCE)
    os.killpg(os.getpid(), signal.SIGKILL)


def main() -> None:
    threading.Thread(target=_end_with_parent, name="lifeline", daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

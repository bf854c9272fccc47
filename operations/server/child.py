"""One process of `manage.py start`: runs a module as `python -m` does, and ends when its parent has ended.

    python -m operations.server.child granian --interface rsgi …

Its standard input is a pipe that nobody writes to. However the parent ends, the pipe closes; this process then ends as on
SIGTERM or, after `STOP_TIMEOUT`, is killed with its whole process group, of which it is the leader.
"""

import os
import runpy
import signal
import sys
import threading
import time

STOP_TIMEOUT = 8.0  # seconds from SIGTERM to SIGKILL


def _stop_with_parent() -> None:
    while os.read(0, 1):
        pass
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
    time.sleep(STOP_TIMEOUT)
    os.killpg(os.getpid(), signal.SIGKILL)


def main() -> None:
    threading.Thread(target=_stop_with_parent, name="lifeline", daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

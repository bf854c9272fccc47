"""The web server as `manage.py start` runs it, for an application that a test names: `python -m tests.web_server PORT WORKERS APPLICATION`.

It leads a process group of its own, and ends when its standard input is closed.
"""

import sys

from operations.server import child, web

if __name__ == "__main__":
    port, workers, application = sys.argv[1:]
    child.end_with(sys.stdin.fileno())
    web.serve("127.0.0.1", int(port), int(workers), application)

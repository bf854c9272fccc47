"""The web server: granian, whose workers are forked from a process that has loaded the site, and share its memory.

Why granian, and why these settings: docs/decisions/0028-slow-clients.md; why forked: 0050-one-process-loads-the-site.md.
"""

import gc
import importlib
import multiprocessing
import resource
import signal
from collections.abc import Callable, Sequence

from operations.server.child import CONTEXT, FORKS

APPLICATION = "config.rsgi:application"
REQUEST_TIMEOUT = 5  # seconds that a request still has when the server is stopped
HEADERS_TIMEOUT = 15  # seconds for a request's headers, from the end of the one before
HEADERS_SIZE = 64 * 1024  # bytes
CONNECTIONS = 4096  # at once in each process, idle ones included
OTHER_FILES = 200  # that a process may have open besides its connections

type Application = Callable[..., object]


def load(application: str) -> Application:
    """The application, named as `module:variable`."""
    module, _colon, variable = application.partition(":")
    loaded: Application = getattr(importlib.import_module(module), variable)
    return loaded


def preload(application: str = APPLICATION, *, modules: Sequence[str] = ()) -> None:
    """Load the site, and these modules, for all processes that are forked from this one. Idempotent.

    Where none are forked, each loads them for itself.
    """
    if not FORKS:
        return
    # What is loaded stays. Looking for garbage in it costs a tenth of the loading; and the collector writes into every object
    # that it looks at, which would give each process a copy of its own.
    gc.disable()
    load(application)
    for module in modules:
        importlib.import_module(module)
    gc.freeze()
    gc.enable()


def _in_worker(application: str) -> Application:
    """What a worker serves."""
    # It inherits the handlers of the process it was forked from, which do not end it: SIGTERM would be lost until it has its own.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return load(application)


def serve(host: str, port: int, workers: int, application: str = APPLICATION) -> None:
    """Serve on this address until SIGTERM or SIGINT. A worker that ends is replaced."""
    preload(application)
    from granian import Granian  # here: the supervisor, where nothing is forked from it, does without
    from granian.constants import HTTPModes, Interfaces, Loops, RuntimeModes
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    multiprocessing.set_start_method(CONTEXT.get_start_method(), force=True)  # granian forks where that is the default
    _soft, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    connections = CONNECTIONS if files == resource.RLIM_INFINITY else max(min(CONNECTIONS, files - OTHER_FILES), OTHER_FILES)
    server = Granian(
        application,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        runtime_mode=RuntimeModes.st,
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        websockets=False,
        backlog=CONNECTIONS,
        backpressure=connections,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_TIMEOUT * 1000, max_buffer_size=HEADERS_SIZE),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=REQUEST_TIMEOUT,
    )
    server.serve(target_loader=_in_worker)

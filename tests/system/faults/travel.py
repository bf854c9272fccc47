"""The site on a clock that a test sets: `python -m tests.web_server PORT 1 tests.system.faults.travel:application`.

NIGHTLIGHT_TEST_CLOCK names a file with the seconds that this clock is ahead. It is read for every request.
"""

import datetime as dt
import os
from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import time_machine

from config.rsgi import application as gateway
from config.wsgi import application as site
from operations.server.gateway import Gateway

CLOCK = Path(os.environ["NIGHTLIGHT_TEST_CLOCK"])


def travelling(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    ahead = dt.timedelta(seconds=float(CLOCK.read_text()))
    with time_machine.travel(dt.datetime.now(dt.UTC) + ahead, tick=True):
        response: Iterable[bytes] = site(environ, start_response)
        return response


application = Gateway(travelling, gateway.bodies)

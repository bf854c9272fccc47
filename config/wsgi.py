"""The application that the server runs: `granian --interface wsgi config.wsgi:application`."""

import multiprocessing
import os
import signal

from django.core.wsgi import get_wsgi_application

if multiprocessing.parent_process():
    # granian's worker begins with its parent's handlers, which do not end it: told to stop while it loads, it would stay.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

"""The WSGI application, which config/rsgi.py serves."""

import multiprocessing
import os
import signal

from django.core.wsgi import get_wsgi_application

from config import env

if multiprocessing.parent_process():
    # A worker inherits granian's signal handlers, which do not end it: without this, SIGTERM while it loads would be ignored.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.umask(0o077)  # also where no `manage.py` came before: what is written in the data folder is its owner's alone
application = get_wsgi_application()
env.forget()

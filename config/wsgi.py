"""The WSGI application, which config/rsgi.py serves."""

import os

from django.core.wsgi import get_wsgi_application

from config import env

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.umask(0o077)  # also where no `manage.py` came before: what is written in the data folder is its owner's alone
application = get_wsgi_application()
env.forget()

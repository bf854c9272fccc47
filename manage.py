#!/usr/bin/env python
"""Django's command line for Nightlight; `make help` lists the usual tasks.

`start` and `web` run as long as the site does: operations/server/serve.py handles them, and loads Django once it has to.
"""

import os
import sys

from operations.server import serve

# What these write belongs to the checkout, not to the data folder: others who run it have to read it.
FOR_THE_CHECKOUT = {"collectstatic", "compilemessages", "makemessages", "makemigrations"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if not FOR_THE_CHECKOUT & set(sys.argv[1:2]):
        os.umask(0o077)
    from django.core.exceptions import ImproperlyConfigured

    try:
        if sys.argv[1:2] and sys.argv[1] in serve.COMMANDS:
            from config import settings

            sys.exit(serve.main(settings, sys.argv[1:], print))
        if sys.argv[1:2] and sys.argv[1] in {"clock", "worker"}:  # run as long as the site does, as config/wsgi.py
            from config import env, settings

            env.forget()
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, serve.CannotStart) as error:
        sys.exit(f"Nightlight cannot start: {error}")


if __name__ == "__main__":
    main()

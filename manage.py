#!/usr/bin/env python
"""Django's command line for Nightlight; `make help` lists the usual tasks.

`start` and `web` run as long as the site does: operations/server/serve.py handles them without loading Django.
"""

import os
import sys

from operations.server import serve


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured

    try:
        if sys.argv[1:2] and sys.argv[1] in serve.COMMANDS:
            from config import settings

            sys.exit(serve.main(settings, sys.argv[1:], print))
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, serve.CannotStart) as error:
        sys.exit(f"Nightlight cannot start: {error}")


if __name__ == "__main__":
    main()

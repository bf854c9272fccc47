#!/usr/bin/env python
"""Django's command line for Nightlight; `make help` lists what people usually want.

`start` and `web` are of operations/server/serve.py, which stay for as long as the site runs and load no Django.
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
    except (ImproperlyConfigured, serve.CannotServe) as error:
        sys.exit(f"Nightlight cannot start: {error}")


if __name__ == "__main__":
    main()

"""Which Chromium tests use, and how."""

import os
import shutil

from playwright.sync_api import ViewportSize

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MISSING = "no Chromium was found: install it (Debian: apt install chromium), or name it with CHROMIUM="

# Without these a browser looks for its maker's servers; tests meet nobody but the page.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1280, "height": 860}

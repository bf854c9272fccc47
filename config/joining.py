"""Style sheets and scripts that pages ask for as one file: what each is joined of, in the order in which it counts.

The sources in static/ stay small, one for each thing. A page asks for `joined/site.css` and for the one script of its kind, so its first
visit does not cost a request for each source. The same files are served while developing and in tests, so nothing works in one place only.

Scripts are ES modules. Each becomes a function that is run once, in the order in which a browser would run them; what it exports is
what the function returns. Where one fails, those that import it fail with it, and no others. Only what can be joined without
understanding JavaScript is allowed: see `script`.
"""

import atexit
import re
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Literal, overload

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage, Storage

STYLES = {
    "joined/site.css": (
        "css/tokens.css",
        "css/base.css",
        "css/layout.css",
        "css/components.css",
        "css/forms.css",
        "css/leave.css",
        "css/tonight.css",
        "css/windows.css",
        "css/writing.css",
        "css/tight.css",
        "css/welcome.css",
        "css/journal.css",
        "css/prompts.css",
        "css/guides.css",
        "css/paths.css",
        "css/care.css",
        "css/sets.css",
        "css/assigning.css",
        "css/builder.css",
        "css/set-library.css",
        "css/shares.css",
        "css/session.css",
        "css/pages.css",
        "css/accounts.css",
        "css/print.css",
    ),
    # Besides that, for the pages that lead back into a journal: a first visit does without.
    "joined/finding.css": (
        "css/search.css",
        "css/calendar.css",
        "css/calendar-year.css",
        "css/memories.css",
        "css/insights.css",
        "css/repairs.css",
        "css/children.css",
    ),
    # Besides that, for what is taken in and away, and for work in the background.
    "joined/exchange.css": (
        "css/jobs.css",
        "css/export.css",
        "css/import.css",
        "css/reminders.css",
    ),
}

_EVERY_PAGE = ("js/leave.js", "js/history.js")
_SIGNED_IN = (*_EVERY_PAGE, "js/device.js", "js/lock.js")
_SIGNED_OUT = (*_EVERY_PAGE, "js/signed-out.js")
_ACCOUNT = ("js/time-zone.js", "js/passkey.js", "js/show-password.js")
_WRITING = ("js/grow.js", "js/room.js", "js/lists.js", "js/formatting.js", "js/finish.js", "vendor/markdown-toolbar-element/index.js")

# A page has one of these: two would each have their own of what they share. Modules that these import come along.
SCRIPTS = {
    "joined/page.js": _EVERY_PAGE,  # pages of errors, which do not know who asks
    "joined/signed-in.js": (*_SIGNED_IN, *_ACCOUNT, "js/copy.js", "js/neighbours.js", "js/narrow.js"),
    "joined/forms.js": (*_SIGNED_IN, "js/neighbours.js", "js/saved-form.js"),  # small forms that are saved as they are written
    "joined/signed-out.js": (*_SIGNED_OUT, *_ACCOUNT),
    # A guide's answers are put together before saving begins.
    "joined/writing.js": (*_SIGNED_IN, "js/guide.js", "js/write.js", *_WRITING),
    "joined/search.js": (*_SIGNED_IN, "js/neighbours.js", "js/search.js"),
    "joined/set.js": (*_SIGNED_IN, "js/neighbours.js", "js/set.js"),
    "joined/calendar.js": (*_SIGNED_IN, "js/neighbours.js", "js/calendar.js"),
    "joined/exchange.js": (*_SIGNED_IN, "js/neighbours.js", "js/progress.js", "js/upload.js", "js/push.js"),
    "joined/offline.js": (*_EVERY_PAGE, "js/offline.js", *_WRITING),
    "joined/sign-out.js": (*_SIGNED_IN, "js/sign-out.js"),
    # Where nobody is signed in, or the session is locked.
    "joined/forget.js": (*_SIGNED_OUT, "js/sign-out.js"),
    # Before the page is drawn, besides the page's own and as a classic script.
    "joined/first.js": ("js/double-click.js", "js/formatting-wanted.js"),
    # For the service worker, as a classic script: these import and export nothing.
    "joined/worker.js": ("js/device-store.js", "js/device-key.js", "js/answers.js", "js/outbox.js"),
}


class CannotJoin(Exception):
    """A source cannot be a part of a joined file. The message names it, and says why."""


def _read(source: str) -> str:
    return (settings.BASE_DIR / "static" / source).read_text(encoding="utf-8")


def _refuse(source: str, text: str, pattern: str, why: str) -> None:
    found = re.search(pattern, text, re.MULTILINE)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise CannotJoin(f"static/{source}, line {line}: {why}")


def style_sheet(sources: Iterable[str]) -> str:
    """The rules of these style sheets, one after the other, without comments and indentation."""
    parts = []
    for source in sources:
        text = _read(source)
        _refuse(source, text, r"@import|@charset", "a style sheet that is joined has neither @import nor @charset.")
        _refuse(source, text, r"""(["'])[^"'\n]*(/\*|\\$)""", "a string that is joined has neither /* nor a line break.")
        rules = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        parts.append(re.sub(r"\n\s*", "\n", rules).strip())
    return "\n".join(parts) + "\n"


_IMPORT = re.compile(r'^import (?:\{\s*(\w+(?:,\s*\w+)*),?\s*\} from )?"(\./[\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|class|function|async function) (\w+))", re.MULTILINE)
_DEFAULT = re.compile(r"^export default \w+;\n", re.MULTILINE)  # which nobody can import: `_IMPORT` has no form for it
_STRING = re.compile(r"""'[^'\n]*'|"[^"\n]*"|//[^\n]*""")
_COMMENT_LINE = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:[^*]|\*(?!/))*\*/[ \t]*)\n", re.MULTILINE)

# A module that fails is reported like any error, and gives nothing: an import from it fails as well. The others are run.
_RUN = "function $run(module) {\ntry {\nreturn module();\n} catch (error) {\nqueueMicrotask(() => { throw error; });\n}\n}\n"


def _function(source: str) -> str:
    """The name of the function that a module becomes. No source names anything with a $."""
    return "$" + re.sub(r"\W", "_", source.removesuffix(".js"))


def _imports(source: str, text: str) -> list[tuple[str, str]]:
    """What a module imports: the source, and the names as they are written there."""
    folder = str(Path(source).parent)
    return [(f"{folder}/{address.removeprefix('./')}", names) for names, address in _IMPORT.findall(text)]


def _module(source: str, text: str) -> str:
    imports = [f"const {{ {names} }} = {_function(other)};\n" for other, names in _imports(source, text)]
    exports = _EXPORT.findall(text)
    body = _DEFAULT.sub("\n", _EXPORT.sub("", _IMPORT.sub(lambda found: "\n" * found[0].count("\n"), text)))
    _refuse(
        source,
        body,
        r"^[ \t]*(import|export)\b|\bimport\s*\(|\bimport\.meta\b",
        'a module that is joined has only `import { name } from "./other.js";`, `import "./other.js";` and '
        "`export` before const, class or function.",
    )
    _refuse(source, _STRING.sub("", body), r"^[^`\n]*(?:`[^`\n]*`[^`\n]*)*`[^`\n]*$", "a template literal that is joined ends on its line.")
    _refuse(source, body, r"^(?:\w.*)?\bawait\b", "a module that is joined awaits nothing outside its functions.")
    body = re.sub(r"\n\s*", "\n", _COMMENT_LINE.sub("", body)).strip()
    result = f"return {{ {', '.join(exports)} }};\n"
    return f"const {_function(source)} = $run(() => {{\n{''.join(imports)}{body}\n{result}}});\n"


def script(entries: Iterable[str]) -> str:
    """These modules and all that they import, each once, those that are imported first: as a browser runs them. It exports what they do.

    Raises `CannotJoin` for a module that uses more of JavaScript's modules than can be joined, and for a circle of imports.
    """
    done: dict[str, str] = {}
    begun: set[str] = set()

    def add(source: str) -> None:
        if source in done:
            return
        if source in begun:
            raise CannotJoin(f"static/{source}: it imports itself, by way of another.")
        begun.add(source)
        text = _read(source)
        for other, _names in _imports(source, text):
            add(other)
        done[source] = _module(source, text)

    exports: list[str] = []
    for entry in entries:
        add(entry)
        if names := _EXPORT.findall(_read(entry)):
            exports.append(f"export const {{ {', '.join(names)} }} = {_function(entry)};\n")
    return "".join([_RUN, *done.values(), *exports])


def joined(name: str) -> str:
    """The content of a joined file. Raises KeyError where there is none of that name."""
    return style_sheet(STYLES[name]) if name in STYLES else script(SCRIPTS[name])


_making = threading.Lock()  # requests come in several threads while developing, and in tests


@cache
def _folder() -> str:
    """Where the joined files are made, until the process ends: one folder for all finders, of which Django makes and drops a second one
    where the first two files are asked for at the same moment.
    """
    folder = tempfile.mkdtemp(prefix="nightlight-static-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class JoinedFilesFinder(BaseFinder):
    """Makes the joined files when they are asked for, in a folder that ends with the process. `collectstatic` copies them from there."""

    def check(self, **kwargs: object) -> list[CheckMessage]:
        """Nothing can be wrong: there are no settings."""
        return []

    def _make(self, name: str) -> str:
        content = joined(name)
        with _making:
            path = Path(_folder(), name)
            path.parent.mkdir(exist_ok=True)
            if not path.exists() or path.read_text(encoding="utf-8") != content:
                unfinished = path.with_suffix(".unfinished")  # another thread may be reading the former one
                unfinished.write_text(content, encoding="utf-8")
                unfinished.replace(path)
        return str(path)

    @overload
    def find(self, path: str, find_all: Literal[False] = False) -> str | None: ...

    @overload
    def find(self, path: str, find_all: Literal[True]) -> list[str]: ...

    def find(self, path: str, find_all: bool = False) -> str | list[str] | None:
        """The path of a joined file, made anew where a source has changed; or none."""
        if path not in STYLES and path not in SCRIPTS:
            return []
        made = self._make(path)
        return [made] if find_all else made

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Every joined file, and where it lies."""
        storage = FileSystemStorage(location=_folder())
        for name in (*STYLES, *SCRIPTS):
            if not matches_patterns(name, ignore_patterns or ()):
                self._make(name)
                yield name, storage

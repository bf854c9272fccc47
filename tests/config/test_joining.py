"""config.joining: the few files that pages ask for hold all of the many in static/, in the order that counts."""

import gc
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from pytest_django import Settings

from config import joining
from config.joining import SCRIPTS, STYLES, CannotJoin

# Asked for by themselves: before a page is drawn, on a few pages, by the browser, or by Django's admin.
APART = {"css/admin.css", "js/assigning.js", "js/locked.js", "js/service-worker.js"}
STATIC = Path(settings.BASE_DIR, "static")


def parts(name: str) -> list[str]:
    """The sources of a joined script, in their order."""
    names = {joining._function(source): source for source in sources("*.js")}
    return [names[found] for found in re.findall(r"^const (\$\w+) = ", joining.joined(name), re.MULTILINE)]


def sources(pattern: str) -> set[str]:
    return {str(path.relative_to(STATIC)) for path in STATIC.rglob(pattern)}


def test_every_source_is_in_a_joined_file_or_asked_for_by_itself() -> None:
    in_scripts = {source for name in SCRIPTS for source in parts(name)}
    in_styles = {source for names in STYLES.values() for source in names}

    assert in_scripts | in_styles | APART == sources("*.js") | sources("*.css")
    assert not (in_scripts | in_styles) & APART


def test_rules_keep_their_order_and_none_is_lost() -> None:
    joined = joining.joined("joined/site.css")

    def bare(text: str) -> str:
        return re.sub(r"\s", "", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))

    assert bare(joined) == "".join(bare((STATIC / source).read_text()) for source in STYLES["joined/site.css"])
    assert joined.startswith("@layer reset, tokens, base, layout, components, pages, print;")


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_has_each_module_once_after_those_it_imports(name: str) -> None:
    modules = parts(name)

    assert len(modules) == len(set(modules))
    for place, source in enumerate(modules):
        imported = re.findall(r'^import .*"\./([\w-]+\.js)";', (STATIC / source).read_text(), re.MULTILINE)
        assert {f"js/{other}" for other in imported} <= set(modules[:place])
    declared = [source for source in modules if source in SCRIPTS[name]]
    in_order = [source for source in SCRIPTS[name] if source in declared]
    assert set(in_order) == set(SCRIPTS[name])


def test_a_page_has_one_script_with_what_all_share() -> None:
    """Two would each have a memory of their own of what is kept and sent."""
    for path in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        assert not re.search(r'<script[^>]* src="\{% static "joined/(?!first\.js)', path.read_text()), path


@pytest.fixture
def written(tmp_path: Path, settings: Settings) -> Path:
    """The folder of sources, which a test writes itself."""
    settings.BASE_DIR = tmp_path
    folder = tmp_path / "static" / "js"
    folder.mkdir(parents=True)
    return folder


def test_a_module_becomes_a_function_that_gives_what_it_exports(written: Path) -> None:
    (written / "a.js").write_text(
        '/* What\n * it is. */\n\nimport {\n  one,\n  two,\n} from "./b-c.js";\nimport "./d.js";\n\n  use(one, two); // here\n'
    )
    (written / "b-c.js").write_text(
        'export const one = "// no comment"; // a comment\n// another\nexport async function two() {\n  await 1;\n}\n'
    )
    (written / "d.js").write_text("export class D {}\nexport default D;\n")

    assert joining.script(["js/a.js"]).partition("\n}\n}\n")[2] == (
        'const $js_b_c = $run(() => {\nconst one = "// no comment"; // a comment\nasync function two() {\nawait 1;\n}\nreturn { one, two };\n});\n'
        "const $js_d = $run(() => {\nclass D {}\nreturn { D };\n});\n"
        "const $js_a = $run(() => {\nconst { one,\n  two } = $js_b_c;\nconst {  } = $js_d;\nuse(one, two); // here\nreturn {  };\n});\n"
    )


def test_a_script_exports_what_its_modules_do() -> None:
    assert joining.joined("joined/writing.js").endswith("\nexport const { drained } = $js_device;\n")
    for name in ("joined/worker.js", "joined/first.js"):  # classic scripts
        assert "export" not in joining.joined(name)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('import one from "./b.js";', "has only"),
        ('import * as b from "./b.js";', "has only"),
        ('import { one as two } from "./b.js";', "has only"),
        ('import { one } from "../b.js";', "has only"),
        ('import { one } from "https://example.org/b.js";', "has only"),
        ('export { one } from "./b.js";', "has only"),
        ("export let one = 1;", "has only"),
        ("export const { one } = two;", "has only"),
        ('const b = import("./b.js");', "has only"),
        ("const here = import.meta.url;", "has only"),
        ("const one = await two;", "awaits nothing"),
        ("await two;", "awaits nothing"),
        ("for await (const one of two) three();", "awaits nothing"),
        ("const text = `one", "template literal"),
        ("const text = `one`, other = `two", "template literal"),
    ],
)
def test_what_cannot_be_joined_is_refused_with_its_place(written: Path, line: str, why: str) -> None:
    (written / "a.js").write_text(f"/* A script. */\n\n{line}\n")
    (written / "b.js").write_text("export const one = 1;\n")

    with pytest.raises(CannotJoin, match=rf"static/js/a\.js, line 3: .*{why}"):
        joining.script(["js/a.js"])


def test_a_circle_of_imports_is_refused(written: Path) -> None:
    (written / "a.js").write_text('import "./b.js";\n')
    (written / "b.js").write_text('import "./a.js";\n')

    with pytest.raises(CannotJoin, match="imports itself"):
        joining.script(["js/a.js"])


@pytest.mark.parametrize("rule", ['@import "other.css";', '@charset "utf-8";', 'p::before { content: "/*"; }'])
def test_a_style_sheet_that_cannot_be_joined_is_refused(written: Path, rule: str) -> None:
    (written / "a.css").write_text(f"p {{}}\n{rule}\n")

    with pytest.raises(CannotJoin, match=r"static/js/a\.css, line 2"):
        joining.style_sheet(["js/a.css"])


def test_a_joined_file_is_found_and_follows_its_sources(written: Path) -> None:
    for source in STYLES["joined/site.css"]:
        path = written.parent / source
        path.parent.mkdir(exist_ok=True)
        path.write_text(f".a {{ content: '{source}'; }}\n")
    finder = joining.JoinedFilesFinder()
    first = Path(finder.find("joined/site.css") or "")
    assert "css/print.css" in first.read_text()
    (written.parent / "css/print.css").write_text(".another {}\n")

    assert finder.find("joined/site.css") == str(first)
    assert first.read_text().endswith(".another {}\n")
    assert finder.find("joined/site.css", find_all=True) == [str(first)]
    assert not finder.find("css/site.css")


def test_a_joined_file_stays_when_the_finder_that_made_it_is_dropped() -> None:
    # As when two threads ask for the first files at once: Django then makes two finders, and keeps one.
    found = joining.JoinedFilesFinder().find("joined/first.js")
    gc.collect()

    assert Path(found or "").is_file()


def test_collectstatic_is_given_all_of_them() -> None:
    [finder] = [finder for finder in finders.get_finders() if isinstance(finder, joining.JoinedFilesFinder)]

    listed = {name: Path(storage.path(name)).read_text() for name, storage in finder.list([])}

    assert listed.keys() == {*STYLES, *SCRIPTS}
    assert all(listed.values())
    assert [name for name, _storage in finder.list(["*.js"])] == [*STYLES]

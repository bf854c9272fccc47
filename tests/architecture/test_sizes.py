"""Files and packages stay small enough to be read at a sitting."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APPS = ("accounts", "common", "config", "counselor", "journal", "operations", "prompts")
MAX_LINES = 300
MAX_MODULES = 15


def code(folder: Path, pattern: str) -> list[Path]:
    return [file for file in folder.rglob(pattern) if not {"migrations", "vendor"} & set(file.parts)]


@pytest.mark.parametrize("app", APPS)
def test_no_module_is_longer_than_three_hundred_lines(app: str) -> None:
    files = code(ROOT / app, "*.py")

    assert files
    assert {file.name: lines for file in files if (lines := len(file.read_text(encoding="utf-8").splitlines())) > MAX_LINES} == {}


@pytest.mark.parametrize("pattern", ["*.js", "*.css"])
def test_no_script_or_stylesheet_is_longer(pattern: str) -> None:
    files = code(ROOT / "static", pattern)

    assert files
    assert {file.name: lines for file in files if (lines := len(file.read_text(encoding="utf-8").splitlines())) > MAX_LINES} == {}


@pytest.mark.parametrize("app", APPS)
def test_no_package_has_more_than_fifteen_modules(app: str) -> None:
    packages = {file.parent for file in code(ROOT / app, "*.py")}
    modules = {package: [file.stem for file in package.glob("*.py") if file.stem != "__init__"] for package in packages}

    assert {str(package): sorted(names) for package, names in modules.items() if len(names) > MAX_MODULES} == {}

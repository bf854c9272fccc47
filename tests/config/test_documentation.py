"""docs/configuration.md and env.example explain every variable that the code reads, and no other."""

import re
from pathlib import Path

import pytest
from django.conf import settings

READ = re.compile(r"""\benv\.(\w+)\(\s*"([A-Z_]+)\"""")
FOLDERS = ("config", "accounts", "common", "counselor", "journal", "operations", "prompts")


def variables() -> set[str]:
    """The names that settings and commands read through config.env."""
    sources = [path.read_text() for folder in FOLDERS for path in Path(settings.BASE_DIR, folder).rglob("*.py")]
    reads = {(helper, name) for source in sources for helper, name in READ.findall(source)}
    return {name for _helper, name in reads} | {f"{name}_FILE" for helper, name in reads if helper == "secret"}


def test_variables_are_found_at_all() -> None:
    assert variables() >= {"NIGHTLIGHT_ENV", "NIGHTLIGHT_URL", "NIGHTLIGHT_SECRET_KEY_FILE", "NIGHTLIGHT_WORKERS", "PORT", "DATABASE_URL"}


def test_nothing_reads_the_environment_past_the_helpers() -> None:
    for folder in FOLDERS:
        for path in Path(settings.BASE_DIR, folder).rglob("*.py"):
            if path.name not in {"env.py", "wsgi.py"}:
                assert "os.environ" not in path.read_text(), path


@pytest.mark.parametrize("document", ["docs/configuration.md", "env.example"])
def test_each_variable_is_explained(document: str) -> None:
    documented = set(re.findall(r"\b[A-Z][A-Z_]+\b", Path(settings.BASE_DIR, document).read_text()))

    assert variables() - documented == set()


@pytest.mark.parametrize("document", ["docs/configuration.md", "env.example"])
def test_nothing_is_explained_that_nothing_reads(document: str) -> None:
    documented = set(re.findall(r"\bNIGHTLIGHT_[A-Z_]+\b", Path(settings.BASE_DIR, document).read_text()))

    assert documented - variables() == set()

"""deploy/install.sh in a bare tree: the files of the repository, a Python, and nothing else; then the site that it installed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.installation import CLEAN, ROOT, started

SCRIPT = ROOT / "deploy" / "install.sh"
VERSION = f"python3.{sys.version_info.minor}"


def environment(folder: Path) -> dict[str, str]:
    """Without uv and pyenv: of programs there are the system's, and what lies in the folder."""
    return {**CLEAN, "PATH": f"{folder}:/usr/bin:/bin", "PYENV_ROOT": str(folder / "none")}


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """What a clone holds."""
    tree = tmp_path / "nightlight"
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if name.startswith(("docs/screenshots/", "tests/")) or not (ROOT / name).is_file():
            continue
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tree / name)
    return tree


@pytest.mark.processes
@pytest.mark.skipif(not shutil.which("git") or not (ROOT / ".git").exists(), reason="this is no checkout of git")
def test_what_it_installs_in_a_bare_tree_serves(bare: Path, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / VERSION).symlink_to(Path(sys.base_prefix) / "bin" / VERSION)

    result = subprocess.run(["deploy/install.sh"], cwd=bare, env=environment(programs), capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stderr
    assert "Installed with Python 3." in result.stdout
    with started(tmp_path / "data", "start", root=bare, python=str(bare / ".venv/bin/python")) as (_server, visitor, _log):
        page = visitor.get("/accounts/signup/")
        [style, *_] = re.findall(r'href="(/static/[^"]+\.css)"', page)
        assert visitor.get(style)


def stand_in(folder: Path, name: str, version: str) -> None:
    """A Python that says it has this version, and makes an environment by writing down that it was asked to."""
    path = folder / name
    path.write_text(
        "#!/bin/sh\n"
        "case $1 in\n"
        f'  -c) exec {sys.executable} -c "import sys; sys.version_info = ({version}); $2";;\n'
        f"  -m) mkdir -p .venv; echo {name} > .venv/made-by;;\n"
        "esac\n"
    )
    path.chmod(0o700)


def made_by(folder: Path, *pythons: tuple[str, str]) -> str:
    """Which of these Pythons, by name and version, the script takes; "" for none."""
    tree = folder / "tree"
    (tree / "deploy").mkdir(parents=True)
    shutil.copy(SCRIPT, tree / "deploy")
    for name, version in pythons:
        stand_in(folder, name, version)
    # No other Python is found: of the system's programs there are those that the script needs.
    for program in ("sh", "dirname", "mkdir", "sed", "rm"):
        (folder / program).symlink_to(str(shutil.which(program)))
    env = {**environment(folder), "PATH": str(folder), "HOME": str(folder)}
    result = subprocess.run(["deploy/install.sh", "venv"], cwd=tree, env=env, capture_output=True, text=True, check=False)
    made = tree / ".venv" / "made-by"
    if not made.exists():
        assert result.returncode == 1
        assert "Nightlight needs Python 3.12, 3.13 or 3.14, and found none" in result.stderr
        return ""
    assert result.returncode == 0, result.stderr
    return made.read_text().strip()


@pytest.mark.parametrize(
    ("pythons", "taken"),
    [
        ([("python3.12", "3, 12")], "python3.12"),
        ([("python3.14", "3, 14"), ("python3.12", "3, 12")], "python3.14"),
        ([("python3", "3, 13")], "python3"),
        ([("python3", "3, 11"), ("python", "3, 12")], "python"),
        ([("python3", "3, 11")], ""),
        ([], ""),
    ],
)
def test_takes_a_python_from_3_12_on(tmp_path: Path, pythons: list[tuple[str, str]], taken: str) -> None:
    assert made_by(tmp_path, *pythons) == taken


def test_the_image_and_the_page_install_with_the_script() -> None:
    image = (ROOT / "deploy" / "Dockerfile").read_text()

    assert "RUN deploy/install.sh system" in image
    assert re.search(r"^RUN BOOK=1 deploy/install\.sh$", image, re.MULTILINE)
    assert not re.search(r"\bpip install|apt-get install", image), "written in the script alone"
    page = (ROOT / "docs" / "install.md").read_text()
    assert "deploy/install.sh system" in page
    assert "\nBOOK=1 deploy/install.sh " in page


def test_compose_runs_each_part_once_it_is_prepared() -> None:
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]

    assert set(services) == {"database", "prepare", "web", "worker", "clock", "caddy"}
    for part in ("web", "worker", "clock"):
        assert services[part]["command"] == [part]
        assert services[part]["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}
        assert services[part]["volumes"] == ["data:/data"], "keys and backups"
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"], "nothing else can be reached from outside"


@pytest.mark.parametrize("part", ["", "-web", "-worker", "-clock", "-prepare"])
def test_each_unit_runs_its_part_and_keeps_what_it_holds_to_itself(part: str) -> None:
    text = (ROOT / "deploy" / "systemd" / f"nightlight{part}.service").read_text()

    assert f"ExecStart=/opt/nightlight/.venv/bin/python manage.py {part.removeprefix('-') or 'start'}\n" in text
    for line in ("User=nightlight", "UMask=0077", "LimitCORE=0", "NoNewPrivileges=true", "ProtectSystem=strict"):
        assert line in text
    assert os.access(SCRIPT, os.X_OK)

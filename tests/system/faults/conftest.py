"""Fixtures of the faults: an installation and a Chromium for a whole test process, and a parent for each run."""

import random
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType

from tests.chromium import CHROMIUM, QUIET
from tests.system.faults.network import Network
from tests.system.faults.report import RUNS
from tests.system.faults.scene import Scene
from tests.system.faults.world import Site


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/system/faults/test_" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.processes)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "run" in metafunc.fixturenames:
        metafunc.parametrize("run", range(max(1, RUNS)))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with closing(Site(tmp_path_factory.mktemp("faults"))) as site:
        yield site


@pytest.fixture
def run() -> int:
    """The number of this run of the fault, which `pytest_generate_tests` gives."""
    raise NotImplementedError


@pytest.fixture
def scene(
    request: pytest.FixtureRequest, run: int, site: Site, browser: Browser, browser_type: BrowserType, tmp_path: Path
) -> Iterator[Scene]:
    """A parent who can write: on the server, or where the fault is about time, on the one whose clock can be set."""
    server = site.traveller if request.node.get_closest_marker("faults").kwargs.get("travels") else site.server
    site.set_clock(0)
    server.ensure_running()
    with ExitStack() as stack:
        network = stack.enter_context(closing(Network(server.port)))
        chance = random.Random(f"{request.node.originalname} {run}")  # noqa: S311  not a secret
        scene = Scene(site, server, network, browser_type, browser, chance, tmp_path, request)
        stack.callback(scene.end)
        yield scene

"""deploy/: the examples hold what the site relies on, and programs that are installed here take them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from operations.server.web import CONNECTIONS, HEADERS_TIMEOUT
from tests.installation import ROOT

NGINX, CADDY, SYSTEMD = (ROOT / "deploy" / name for name in ("nginx.conf", "Caddyfile", "systemd/nightlight.service"))


@pytest.mark.parametrize("line", ["proxy_request_buffering on;", "proxy_buffering on;", "client_max_body_size  12m;", "access_log off;"])
def test_nginx_buffers_limits_and_logs_no_address(line: str) -> None:
    assert line in NGINX.read_text()


def test_nginx_holds_what_was_typed_in_memory() -> None:
    text = NGINX.read_text()

    assert "client_body_buffer_size 12m;" in text, "a longer body would go into a temporary file"
    assert "proxy_max_temp_file_size 0;" in text


def test_nginx_passes_on_nothing_that_a_visitor_says_of_itself() -> None:
    assert set(re.findall(r"proxy_set_header (X-\S+) (\S+);", NGINX.read_text())) == {
        ("X-Forwarded-Proto", "$scheme"),
        ("X-Forwarded-For", "$remote_addr"),
    }


def test_caddy_buffers_limits_and_lets_go_of_idle_connections_first() -> None:
    text = CADDY.read_text()

    assert all(line in text for line in ("request_buffers 12MB", "response_buffers 12MB", "max_size 12MB"))
    keepalive = re.search(r"keepalive (\d+)s", text)
    assert keepalive
    assert int(keepalive[1]) < HEADERS_TIMEOUT


def test_systemd_allows_as_many_connections_as_the_site_takes() -> None:
    text = SYSTEMD.read_text()
    limit = re.search(r"LimitNOFILE=(\d+)", text)

    assert limit
    assert int(limit[1]) > CONNECTIONS
    assert "LimitCORE=0" in text, "a core dump would hold keys and texts"


@pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="nginx and openssl are not both installed")
def test_nginx_takes_its_file(tmp_path: Path) -> None:
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-subj",
            "/CN=localhost",
            "-keyout",
            "privkey.pem",
            "-out",
            "fullchain.pem",
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    (tmp_path / "site.conf").write_text(NGINX.read_text().replace("/etc/ssl/nightlight", str(tmp_path)))
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ include {tmp_path}/site.conf; }}")

    checked = subprocess.run(
        ["nginx", "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")], check=False, capture_output=True, text=True
    )

    assert checked.returncode == 0, checked.stderr

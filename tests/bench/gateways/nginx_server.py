"""nginx as its package sets it up, but for the address that it passes requests on to."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.gateways.processes import free_port, running

COMMAND = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")

_CONFIG = """
daemon off;
{user}
pid {folder}/pid;
error_log {folder}/errors;
events {{}}
http {{
    access_log {folder}/access;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        {more}
        location /v1/ {{ proxy_pass {behind}/v1/; }}
    }}
}}
"""


@contextmanager
def nginx(folder: Path, behind: str, more: str = "") -> Iterator[str]:
    """Run it in front of the server at `behind` (which ends in /v1); its own address. `more`: other directives."""
    assert COMMAND is not None
    folder.mkdir()
    port = free_port()
    config = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""  # else its workers, as nobody, cannot write into our folder
    behind = behind.removesuffix("/v1")
    config.write_text(_CONFIG.format(folder=folder, port=port, more=more, behind=behind, user=user))
    command = [COMMAND, "-p", str(folder), "-e", str(folder / "errors"), "-c", str(config)]
    with running(command, f"http://127.0.0.1:{port}/", folder / "log"):
        yield f"http://127.0.0.1:{port}/v1"


def statuses(folder: Path) -> list[int]:
    """What nginx answered so far, request by request."""
    lines = (folder / "access").read_text().splitlines()
    return [int(line.split('"')[2].split()[0]) for line in lines if "POST" in line]

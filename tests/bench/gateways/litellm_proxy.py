"""LiteLLM's proxy, installed into a virtual environment of its own outside the tree, and started.

Its packages would fight with ours over versions, so it never shares an environment with them; the version is named
because what a refusal looks like changes from one to the next.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.offline.model import MODEL_NAME
from tests.bench.gateways.processes import free_port, running

VERSION = "1.106.12"
KEY = "sk-master-0123456789"
POOR_KEY = "sk-spent-0123456789"
"""One whose own budget is used up."""

_AUTH = f'''
from litellm import BudgetExceededError
from litellm.proxy._types import ProxyException, UserAPIKeyAuth


async def keys(request, api_key):
    if api_key == "{KEY}":
        return UserAPIKeyAuth(api_key=api_key)
    if api_key == "{POOR_KEY}":
        raise BudgetExceededError(current_cost=0.2, max_budget=0.1)
    raise ProxyException("Invalid proxy server token passed", "token_not_found_in_db", "key", 401)
'''


@dataclass(frozen=True)
class Proxy:
    """Where it listens, and the port that its model `troubled` is behind, at which a test serves what it likes."""

    url: str
    troubled_port: int


class NotInstalledError(Exception):
    """Why the proxy cannot be had here."""


def installed() -> Path:
    """The proxy's command, installed on first use. Raises NotInstalledError."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "feelprint" / f"litellm-{VERSION}"
    done = home / "installed"
    if not done.exists():
        _run(sys.executable, "-m", "venv", "--clear", str(home))
        python = str(home / "bin" / "python")
        _run(python, "-m", "pip", "install", "-q", "--only-binary", ":all:", f"litellm[proxy]=={VERSION}")
        done.touch()
    return home / "bin" / "litellm"


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=900)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        raise NotInstalledError(said.strip().splitlines()[-1]) from error


@contextmanager
def proxy(folder: Path, offline_url: str, *, with_keys: bool = False) -> Iterator[Proxy]:
    """Run it in front of the offline model: `some-model` is it, `dear-model` too with a budget of nearly nothing.

    `with_keys`: it refuses keys as it does over a database of them, one for its budget; else it has none but its
    master key.
    """
    command, port, troubled = installed(), free_port(), free_port()
    offline = {"model": f"openai/{MODEL_NAME}", "api_base": offline_url, "api_key": "none"}
    dear = {**offline, "input_cost_per_token": 1.0, "max_budget": 0.01, "budget_duration": "1d"}
    trouble = {**offline, "api_base": f"http://127.0.0.1:{troubled}/v1"}
    models = {"some-model": offline, "dear-model": dear, "troubled": trouble, "troubled-too": trouble}
    general: dict[str, object] = {"master_key": KEY}
    if with_keys:
        (folder / "auth.py").write_text(_AUTH)
        general |= {"custom_auth": "auth.keys"}
    listed = [{"model_name": name, "litellm_params": params} for name, params in models.items()]
    config = folder / "config.yaml"
    config.write_text(json.dumps({"model_list": listed, "general_settings": general}))  # JSON is YAML
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    arguments = ("--config", str(config), "--host", "127.0.0.1", "--port", str(port), "--telemetry", "False")
    address = f"http://127.0.0.1:{port}"
    with running([str(command), *arguments], f"{address}/health/liveliness", folder / "log", environment, 180.0):
        yield Proxy(f"{address}/v1", troubled)

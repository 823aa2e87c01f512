"""One LiteLLM for all tests of it: it takes twenty seconds to start."""

from collections.abc import Iterator

import pytest

from tests.bench.gateways import nginx_server
from tests.bench.gateways.litellm_proxy import NotInstalledError, Proxy, proxy


@pytest.fixture(scope="session")
def litellm(model_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """LiteLLM's proxy in front of the offline model, with a master key and no database."""
    try:
        with proxy(tmp_path_factory.mktemp("litellm"), model_url) as running:
            yield running
    except NotInstalledError as why:
        pytest.skip(f"LiteLLM's proxy cannot be installed here: {why}")


@pytest.fixture(scope="session")
def litellm_with_keys(model_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The same with keys of its own, one of which has used up its budget."""
    try:
        with proxy(tmp_path_factory.mktemp("keys"), model_url, with_keys=True) as running:
            yield running
    except NotInstalledError as why:
        pytest.skip(f"LiteLLM's proxy cannot be installed here: {why}")


@pytest.fixture
def needs_nginx() -> None:
    """Skips where there is none."""
    if nginx_server.COMMAND is None:
        pytest.skip("there is no nginx here (Debian: apt-get install nginx)")

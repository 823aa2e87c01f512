"""Which model answers, and what may be asked of its server."""

import pytest

from bot.host.model import model_settings
from bot.host.settings import Settings


def test_openai_knows_low_detail_and_a_server_at_home_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings(_env_file=None)
    assert model_settings(settings).send_detail
    elsewhere = settings.model_copy(update={"openai_base_url": "http://localhost:11434/v1"})
    assert not model_settings(elsewhere).send_detail

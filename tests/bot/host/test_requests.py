"""What a gateway wants beside the common dialect is set in two settings."""

import pytest

from bot.errors import SettingsError
from bot.host.model import model_settings
from bot.host.settings import load_settings
from bot.words.problems import sentence


def test_headers_and_fields_are_read_and_a_key_among_them_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEELPRINT_REQUEST_HEADERS", '{"x-provider": "openai", "x-key": "pk-0123456789abcdef"}')
    monkeypatch.setenv("FEELPRINT_REQUEST_FIELDS", '{"reasoning_effort": "low"}')
    settings = load_settings(None)
    model = model_settings(settings)
    assert model.headers == {"x-provider": "openai", "x-key": "pk-0123456789abcdef"}
    assert model.fields == {"reasoning_effort": "low"}
    assert "pk-0123456789abcdef" in settings.secrets
    assert "openai" not in settings.secrets
    assert "pk-0123" not in repr(settings) + repr(model)


@pytest.mark.parametrize("value", ["x", "[1]", '{"a": 1}'])
def test_headers_that_are_no_headers_are_a_problem_that_tells_no_key(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("FEELPRINT_REQUEST_HEADERS", value)
    with pytest.raises(SettingsError) as refused:
        load_settings(None)
    assert "FEELPRINT_REQUEST_HEADERS: it takes headers" in sentence(refused.value)

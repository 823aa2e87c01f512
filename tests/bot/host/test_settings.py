"""Settings: usual names, blank is unset, every problem at once."""

import os
import re
from pathlib import Path

import pytest

from bot.errors import SettingsError, SettingsProblem
from bot.host.model import model_settings
from bot.host.settings import Settings, load_settings, misspelt, name_of, renamed
from bot.words.problems import sentence
from bot.words.setting_values import TAKES
from core.asking.problems import problem_of
from core.model.answering import NOT_AN_API
from core.model.replies import Fault
from core.vocabulary.calls import Failure
from tests.settings_page import PAGE, page


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in list(os.environ):
        if name.startswith(("FEELPRINT_", "OPENAI_", "DISCORD_")):
            monkeypatch.delenv(name)


def test_nothing_set_is_a_working_offline_bot():
    settings = load_settings(None)
    assert settings.offline
    assert settings.discord_token is None
    assert settings.database == "data/feelprint.db"


def test_the_usual_names_are_read(monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "token-canary")
    monkeypatch.setenv("OPENAI_API_KEY", "key-canary")
    settings = load_settings(None)
    assert settings.secrets == ("token-canary", "key-canary")
    assert not settings.offline
    assert "canary" not in repr(settings)


def test_an_address_without_a_key_is_a_real_model(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:11434/v1")
    assert not load_settings(None).offline


def test_the_environment_wins_over_the_file(monkeypatch, tmp_path):
    file = tmp_path / ".env"
    file.write_text("FEELPRINT_MODEL=from-file\nFEELPRINT_CONCURRENCY=2\n")
    monkeypatch.setenv("FEELPRINT_MODEL", "from-environment")
    settings = load_settings(file)
    assert (settings.model, settings.concurrency) == ("from-environment", 2)


def test_blank_means_unset(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "")
    monkeypatch.setenv("FEELPRINT_CONCURRENCY", "")
    assert load_settings(None) == load_settings(None)
    assert load_settings(None).concurrency == 4


def test_all_problems_are_told_at_once_and_without_secrets(monkeypatch):
    monkeypatch.setenv("FEELPRINT_CONCURRENCY", "many")
    monkeypatch.setenv("FEELPRINT_USD_PER_DAY", "-1")
    monkeypatch.setenv("FEELPRINT_USD_PER_DAI", "1")
    monkeypatch.setenv("OPENAI_BASE_URL", "localhost")
    with pytest.raises(SettingsError) as caught:
        load_settings(None)
    lines = sentence(caught.value).splitlines()
    assert sorted(line.split()[0].rstrip(":") for line in lines) == [
        "FEELPRINT_CONCURRENCY",
        "FEELPRINT_USD_PER_DAI",
        "FEELPRINT_USD_PER_DAY",
        "OPENAI_BASE_URL",
    ]
    assert "did you mean FEELPRINT_USD_PER_DAY?" in sentence(caught.value)


def test_a_line_that_is_no_setting_is_told_by_its_number_and_not_passed_over(tmp_path):
    file = tmp_path / ".env"
    file.write_text("# money\nFEELPRINT_USD_PER_DAY 5\n\nDISCORD_TOKEN: canary\nFEELPRINT_MODE=rules\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    assert [line.split(":")[0] for line in sentence(caught.value).splitlines()] == [
        f"{file}, line 2",
        f"{file}, line 4",
    ]
    assert "canary" not in sentence(caught.value)


def test_a_file_that_was_named_must_be_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings().offline
    for named in (tmp_path / "other.env", tmp_path):
        with pytest.raises(SettingsError, match=SettingsProblem.UNREADABLE):
            load_settings(named)


def test_a_name_much_like_one_that_everybody_uses_is_asked_about_where_that_is_not_set(monkeypatch, tmp_path):
    file = tmp_path / ".env"
    file.write_text("DISCORD_BOT_TOKEN=x\nOPENAI_BASEURL=http://x/v1\nOPENAI_API_KEY=y\nOPENAI_API_KEY_2=z\n")
    assert [(one.name, one.meant) for one in misspelt(file)] == [
        ("DISCORD_BOT_TOKEN", "DISCORD_TOKEN"),
        ("OPENAI_BASEURL", "OPENAI_BASE_URL"),
    ]
    monkeypatch.setenv("DISCORD_TOKEN", "mine")
    assert [one.name for one in misspelt(file)] == ["OPENAI_BASEURL"]


@pytest.mark.parametrize(("former", "now"), [("strict", "careful"), ("eco", "normal"), ("thorough", "normal")])
def test_how_sure_a_run_must_be_is_read_under_its_former_name(monkeypatch, tmp_path, former, now):
    file = tmp_path / ".env"
    file.write_text(f"FEELPRINT_PRESET={former}\n")
    assert (load_settings(file).caution, renamed(file)) == (now, True)
    monkeypatch.setenv("FEELPRINT_CAUTION", "bold")
    assert load_settings(file).caution == "bold"
    assert not renamed(None)


def test_a_value_that_neither_name_takes_is_told_under_the_name_of_today(monkeypatch):
    monkeypatch.setenv("FEELPRINT_PRESET", "huge")
    with pytest.raises(SettingsError) as caught:
        load_settings(None)
    assert "FEELPRINT_CAUTION is “huge”" in sentence(caught.value)
    assert "careful, normal or bold" in sentence(caught.value)


def test_a_file_that_is_not_text_has_its_reason(tmp_path):
    file = tmp_path / ".env"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match=SettingsProblem.NOT_TEXT):
        load_settings(file)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FEELPRINT_QUIET_SECONDS", "inf"),
        ("FEELPRINT_QUIET_SECONDS", "1e300"),
        ("FEELPRINT_HEALTH", "99999"),
        ("FEELPRINT_HEALTH", "0.0.0.0:65536"),
        ("FEELPRINT_HEALTH", "here"),
    ],
)
def test_a_number_that_nothing_could_be_done_with_is_told_before_anything_is(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings(None)
    assert f"{name} is “{value}”, which does not work" in sentence(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_API_KEY", "sk-“canary”"),
        ("DISCORD_TOKEN", "canär.y"),
        ("FEELPRINT_REQUEST_HEADERS", '{"x-canary": "ü"}'),
        ("OPENAI_BASE_URL", "http://[bad/v1"),
        ("OPENAI_BASE_URL", "http:///v1"),
        ("OPENAI_BASE_URL", "http://host:99999/v1"),
        ("OPENAI_BASE_URL", "ftp://host/v1"),
        ("OPENAI_BASE_URL", "ftp://ann:canary@host/v1"),
    ],
)
def test_what_no_request_can_carry_is_not_taken_for_a_server_that_is_away(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings(None)
    assert sentence(caught.value).startswith(name)
    assert ("curly quote" in sentence(caught.value)) == (not value.isascii())
    assert "canary" not in sentence(caught.value)


@pytest.mark.parametrize("address", ["http://ann:canary@host:1/v1?key=canary", "http://canary@host:1/v1"])
def test_what_is_secret_in_the_address_of_a_model_is_in_no_sentence_and_no_log(monkeypatch, address):
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    settings = load_settings(None)
    for fault in (Fault(Failure.UNAVAILABLE), Fault(Failure.UNAVAILABLE, NOT_AN_API)):
        error = problem_of(fault, model_settings(settings), "FEELPRINT_MODEL")
        assert "canary" not in sentence(error) + error.host
        assert "host:1" in sentence(error)
    assert "canary" not in repr(settings)
    assert ("canary" in settings.secrets) == (":canary" in address)


@pytest.mark.parametrize("value", ["0", "9464", "59999", "65535", "0.0.0.0:9464", "[::1]:9464", "localhost:1"])
def test_every_port_may_be_the_one_where_health_is_told(monkeypatch, value):
    monkeypatch.setenv("FEELPRINT_HEALTH", value)
    assert load_settings(None).health == value


def test_the_example_file_names_every_setting_and_nothing_else():
    text = Path(__file__).parents[3].joinpath(".env.example").read_text()
    named = set(re.findall(r"^([A-Z_]+)=", text, flags=re.MULTILINE))
    assert named == {name_of(field) for field in Settings.model_fields}


def test_the_page_of_settings_is_what_the_code_says():
    assert PAGE.read_text() == page(), "run `python -m tests.settings_page`"


def test_of_every_setting_it_is_said_what_it_takes():
    assert set(TAKES) == {name_of(field) for field in Settings.model_fields}


def test_the_example_file_as_it_stands_is_valid(tmp_path):
    load_settings(Path(__file__).parents[3] / ".env.example")

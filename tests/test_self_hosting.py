"""What a self-hoster copies from here is true: the compose file, and the page of model servers."""

import re
from pathlib import Path

from bot.errors import DiscordRefused, SettingsError
from bot.host.settings import Settings, name_of
from tests.core.model.dialects import DIALECTS

ROOT = Path(__file__).parents[1]
COMPOSE = (ROOT / "compose.yaml").read_text()
HOSTING = (ROOT / "docs" / "hosting.md").read_text()
SERVICES = dict(re.findall(r"^  (\w+):\n((?:    .*\n|\n)+)", COMPOSE.partition("services:")[2], re.MULTILINE))


def test_nothing_in_the_compose_file_overrides_what_stands_in_env():
    assert "env_file: .env" in SERVICES["feelprint"]
    assert "environment:" not in SERVICES["feelprint"]


def test_the_bot_alone_starts_where_no_profile_is_named():
    assert [name for name, service in SERVICES.items() if "profiles:" not in service] == ["feelprint"]


def test_whatever_the_compose_file_fills_in_is_a_setting_or_said_in_it():
    known = {name_of(field) for field in Settings.model_fields} | {"POSTGRES_PASSWORD"}
    assert set(re.findall(r"\$\{(\w+)", COMPOSE)) <= known
    assert set(re.findall(r"# .*?((?:FEELPRINT|OPENAI)_\w+)=", COMPOSE)) <= known


def test_a_model_that_is_there_is_not_fetched_again_so_that_no_start_needs_a_network():
    assert re.search(r'ollama show "\$\$0" .*\|\| exec ollama pull "\$\$0"', SERVICES["model"])


def test_postgresql_is_not_taken_for_ready_while_its_database_is_made():
    assert "pg_isready --host" in SERVICES["postgres"]


def test_what_only_a_person_can_mend_is_not_started_again():
    kept = re.search(r"^RestartPreventExitStatus=(.+)$", HOSTING, re.MULTILINE)
    assert kept is not None
    assert kept[1].split() == [str(one.exit_code) for one in (SettingsError, DiscordRefused)]


def test_every_file_beside_the_database_is_named():
    code = "".join(
        (ROOT / "storage" / "database" / f"{name}.py").read_text() for name in ("backup", "damage", "files")
    )
    code += (ROOT / "storage" / "copying.py").read_text()
    made = set(re.findall(r'beside\(\w+, f?"([a-z-]+?)(?:-?\{.*?)?"\)', code))
    assert {"lock", "reserve", "checked", "saved", "backup", "before-restore"} <= made
    named = set(re.findall(r"`\.([a-z-]+?)(?:-…)?`", HOSTING))
    assert made - {"restoring"} <= named


def test_no_service_fills_the_disk_with_its_log():
    assert all("logging: *logging" in service for service in SERVICES.values())


def test_the_page_of_model_servers_names_those_whose_dialects_are_tried():
    rows = re.findall(
        r"^\| ([^|]+?) \| [^|]*\| [^|]*\| [^|]*\|", (ROOT / "docs" / "models.md").read_text(), re.MULTILINE
    )
    assert rows[0] == "server"
    assert rows[1:] == [dialect.name for dialect in DIALECTS]


def test_the_image_asks_the_bot_itself_for_its_health_where_it_tells_it():
    image = (ROOT / "Dockerfile").read_text()
    asked = re.search(r'CMD \["/opt/feelprint/bin/feelprint", "healthy", "--health", "(\d+)"\]', image)
    told = re.search(r'^CMD \["run", "--health", "(\d+)"\]$', image, re.MULTILINE)
    assert asked is not None
    assert told is not None
    assert asked[1] == told[1]
    assert "healthcheck:" not in SERVICES["feelprint"]


def test_the_page_of_watching_names_every_metric():
    page = (ROOT / "docs" / "watching.md").read_text()
    code = (ROOT / "bot" / "operations" / "metrics.py").read_text()
    named = set(re.findall(r'_(?:counter|gauge)\(\s*"(\w+)"|"feelprint_(\w+)"', code))
    names = {one or other for one, other in named}
    assert len(names) > 8
    assert {re.sub(r"_total$", "", name) for name in re.findall(r"`feelprint_(\w+)`", page)} == names

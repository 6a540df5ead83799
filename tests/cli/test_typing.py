"""What can be typed, and what can be set."""

import re
from pathlib import Path

import pytest

from support_graph.cli import console
from support_graph.settings import Settings
from tests.cli.conftest import CommandLine

COMMANDS = (
    "demo serve worker migrate ingest ask inbox answer resolutions keys workspaces index doctor "
    "evaluate documents intents proposals members stats"
)
EXAMPLE = Path(__file__).parents[2] / ".env.example"


def test_every_command_is_listed(command_line: CommandLine) -> None:
    listed = command_line.succeeds("--help").words
    assert all(f"│ {command} " in listed for command in COMMANDS.split())


def test_a_mistyped_command_or_setting_is_a_sentence(command_line: CommandLine) -> None:
    mistyped = command_line("ask")
    assert mistyped.code == 2
    assert mistyped.err == "Error: Missing argument 'question'. Try `support-graph ask --help`.\n"
    (command_line.place / ".env").write_text("SUPPORT_GRAPH_PORT=many\n", encoding="utf-8")
    wrong = command_line("serve")
    (command_line.place / ".env").unlink()
    assert wrong.code == 1
    assert wrong.err.startswith("Error: SUPPORT_GRAPH_PORT: Input should be a valid integer")
    assert wrong.err.count("\n") == 1


def test_what_customers_write_cannot_steer_the_terminal() -> None:
    assert console.words("[red]\x1b[2J\x9b31mHello\r\n\tthere").plain == "[red][2J31mHello\n\tthere"


def test_the_example_names_every_setting_with_its_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    described = re.findall(r"^# ([A-Z_]+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    plain = {"DATABASE_URL", "CHROMA_URL"}
    fields = {name.upper() for name in Settings.model_fields}
    named = {f if f in plain else f"SUPPORT_GRAPH_{f}" for f in fields}
    assert {name for name, _ in described} == named
    monkeypatch.chdir(tmp_path)  # where no .env is
    for name in named:
        monkeypatch.delenv(name, raising=False)
    defaults = Settings()
    for name, value in described:
        if value:
            monkeypatch.setenv(name, value)
    assert Settings() == defaults

"""Every command is listed by its own first line, and stands in the documentation."""

from importlib import import_module

import click
import pytest

from paths import ROOT
from recommender.cli import COMMANDS

REFERENCE = ROOT / "docs" / "commands.md"


def commands() -> list[tuple[str, click.Command]]:
    """All commands and sub-commands by the words that call them."""
    found: list[tuple[str, click.Command]] = []
    for name in COMMANDS:
        command = import_module(f"recommender.cli.{name}").command
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {sub}", inner) for sub, inner in command.commands.items()]
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_tells_what_the_command_says_of_itself(name: str) -> None:
    command = import_module(f"recommender.cli.{name}").command
    assert command.help.partition("\n")[0] == COMMANDS[name]


@pytest.mark.parametrize(("name", "command"), commands())
def test_every_command_and_option_is_documented(name: str, command: click.Command) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    assert f"recommender {name}" in text
    section = text.partition(f"## recommender {name.split(maxsplit=1)[0]}")[2].partition("\n## ")[0]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert any(option in section for option in parameter.opts), f"{name} {parameter.opts}"

"""Every command and option is documented in docs/commands.md, and has a help text."""

import re
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
        command = import_module(f"recommender.cli.commands.{name}").command
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {sub}", inner) for sub, inner in command.commands.items()]
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_has_the_first_line_of_the_help_text(name: str) -> None:
    command = import_module(f"recommender.cli.commands.{name}").command
    assert command.help.partition("\n")[0] == COMMANDS[name]


@pytest.mark.parametrize("name", COMMANDS)
def test_summaries_of_sub_commands_are_whole(name: str) -> None:
    command = import_module(f"recommender.cli.commands.{name}").command
    printed = command.get_help(click.Context(command, info_name=name, terminal_width=80))
    assert "..." not in printed.partition("\nCommands:")[2]


@pytest.mark.parametrize(("name", "command"), commands())
def test_every_command_and_option_is_documented(name: str, command: click.Command) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    assert f"recommender {name}" in text
    section = text.partition(f"## recommender {name.split(maxsplit=1)[0]}")[2].partition("\n## ")[0]
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert parameter.help, f"{name} {parameter.opts}"
            named = [option for option in parameter.opts if f"`{option}`" in section]
            assert named, f"{name} {parameter.opts}"


@pytest.mark.parametrize(
    ("name", "command"), [one for one in commands() if not isinstance(one[1], click.Group)]
)
def test_every_documented_option_exists(name: str, command: click.Command) -> None:
    """In the usage lines of a command, as ``recommender index [--full]``."""
    text = REFERENCE.read_text(encoding="utf-8")
    options = {option for parameter in command.params for option in parameter.opts}
    for usage in re.findall(rf"(?m)^    recommender {name} .*$", text):
        assert set(re.findall(r"--[a-z-]+", usage)) <= options | {"--help"}

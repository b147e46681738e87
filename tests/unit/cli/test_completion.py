"""Shell completion, as docs/commands.md sets it up: in a real bash; other shells get a script."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from paths import ROOT

PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Variables with the command on the PATH, as after an installation."""
    command = tmp_path / "recommender"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m recommender "$@"\n')
    command.chmod(0o755)
    return {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}


def test_bash_completes_commands_and_options(environment: dict[str, str]) -> None:
    line = re.findall(r"`(eval .*bash_source recommender.*)`", PAGE)[0]
    script = f"""{line}
    complete -p recommender
    COMP_WORDS=(recommender override un) COMP_CWORD=2
    _recommender_completion recommender; echo "${{COMPREPLY[@]}}"
    COMPREPLY=() COMP_WORDS=(recommender serve --po) COMP_CWORD=2
    _recommender_completion recommender; echo "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    registered, commands, options = done.stdout.splitlines()
    assert registered.endswith("_recommender_completion recommender")
    assert (commands, options) == ("undo", "--port")


@pytest.mark.parametrize(
    ("shell", "sign"), [("zsh", "#compdef recommender"), ("fish", "complete ")]
)
def test_other_shells_get_their_script(environment: dict[str, str], shell: str, sign: str) -> None:
    variable = f"{shell}_source"
    assert f"_RECOMMENDER_COMPLETE={variable} recommender" in PAGE
    done = subprocess.run(
        ["recommender"],
        env=environment | {"_RECOMMENDER_COMPLETE": variable},
        capture_output=True,
        text=True,
        check=True,
    )
    assert sign in done.stdout


def test_help_names_environment_variables(environment: dict[str, str]) -> None:
    shown = subprocess.run(
        ["recommender", "serve", "--help"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "RECOMMENDER_HOME" in shown

"""The command line: parse, call one function of the floor, translate our errors.

Commands are imported when they are called, so that ``recommender --help`` costs next to nothing.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import click

from recommender import __version__
from recommender.errors import RecommenderError

COMMANDS = {
    "index": "Read, embed, relate and publish articles.",
    "related": "Show the cards of an article.",
    "evaluate": "Measure how well editors' links are found, beside its peers.",
    "articles": "List and show articles, withdraw and restore them.",
    "override": "Pin, block, boost and hold by hand, and undo it.",
    "editors": "Add, list, change and remove editors; the desk is off until there is one.",
    "snapshots": "List, compare, put in force and prune snapshots.",
    "serve": "Serve cards over HTTP until interrupted.",
}
"""Each is the function ``command`` of the module of its name; the help text is kept here so
that listing the commands imports none of them, and a test holds it against theirs."""


class LazyGroup(click.Group):
    """A group whose commands are imported one by one, when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of a newsroom's day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"recommender.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="recommender")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def recommender(debug: bool) -> None:
    """Related-post cards for a news site: index its articles, look at the picks, serve them."""
    click.get_current_context().obj = debug


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command: exit status 0 when done, 1 with one line for an error, 2 for usage.

    An error that was not foreseen is one line as well; ``--debug`` adds its traceback.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in arguments
    try:
        recommender.main(list(arguments), prog_name="recommender", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except RecommenderError as error:
        _fail(str(error), debug=debug)
    except (KeyboardInterrupt, click.Abort):
        _fail("interrupted; what was done is kept, the last snapshot still serves", debug=debug)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has gone; nothing is left to say
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - a traceback is for those who ask for it
        kind = type(error).__name__
        hint = "" if debug else "; repeat with --debug for the traceback, and report it"
        _fail(f"unexpected error, {kind}: {error}{hint}", debug=debug)


def _fail(message: str, *, debug: bool) -> None:
    if debug:
        traceback.print_exc()
    click.echo(f"recommender: {' '.join(message.split())}", err=True)
    sys.exit(1)

"""The command line: parse the arguments, call one library function, format errors.

Commands are imported when they are called, so that ``recommender --help`` stays fast.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import click

from recommender import __version__
from recommender.errors import RecommenderError

COMMANDS = {
    "index": "Import articles, compute embeddings and candidates, and publish a snapshot.",
    "related": "Show the related articles of an article.",
    "evaluate": "Evaluate the ranking on editorial links and compare it with baselines.",
    "articles": "List, show, withdraw and restore articles.",
    "override": "Pin, block, boost or suppress recommendations, and undo it.",
    "editors": "Manage the accounts and tokens of editors.",
    "snapshots": "List, compare, activate and prune snapshots.",
    "about": "Print the algorithm card: how the related posts are chosen.",
    "serve": "Serve cards over HTTP until interrupted.",
    "settings": "List the settings: value, where it was set, and meaning.",
    "report": "Write a report about the published snapshots: one HTML file.",
    "doctor": "Check settings, database, snapshots, overrides and disk.",
}
"""The first line of each command's help. Each is ``command`` in a module of ``cli/commands``.

The texts are repeated here so that listing them imports no command; a test compares them."""

PRIVATE = 0o007
"""Permissions that new files never have: the data directory holds password hashes and drafts."""


class LazyGroup(click.Group):
    """A group that imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order of their use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"recommender.cli.commands.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; of an unknown one suggest the closest."""
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            from difflib import get_close_matches  # noqa: PLC0415 - only for this error

            close = get_close_matches(args[0], COMMANDS, n=1)
            ctx.fail(
                f"No such command {args[0]!r}." + (f" Did you mean {close[0]!r}?" if close else "")
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


EPILOG = (
    "Every setting can also be an environment variable, such as RECOMMENDER_HOME for the data "
    "directory: `recommender settings` lists them."
)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.version_option(__version__, prog_name="recommender")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def recommender(debug: bool) -> None:
    """Related-posts recommendations for a news site: index, inspect, override and serve."""
    click.get_current_context().obj = debug


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 done, 1 an error in one line on stderr, 2 wrong usage.

    An unexpected error is one line as well. ``--debug`` adds the traceback.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in arguments
    os.umask(os.umask(PRIVATE) | PRIVATE)
    try:
        recommender.main(list(arguments), prog_name="recommender", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _fail(_usage(error), status=error.exit_code)
    except RecommenderError as error:
        _fail(str(error), debug=debug)
    except (KeyboardInterrupt, click.Abort):
        _fail("interrupted; finished steps are kept, the last snapshot stays active", debug=debug)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has exited
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - users see one line; --debug shows the traceback
        _fail(_unexpected(error, arguments, debug=debug), debug=debug)


def _unexpected(error: Exception, arguments: Sequence[str], *, debug: bool) -> str:
    """Return an unexpected error in one line; on a machine that only serves, what it lacks."""
    if isinstance(error, ModuleNotFoundError):
        from recommender.cli.light_install import is_light_install, light_install_message  # noqa: PLC0415 - only for this error

        command = next((one for one in arguments if one in COMMANDS), "index")
        if is_light_install() and command != "serve":
            return light_install_message(command)
    hint = "" if debug else "; run again with --debug for the traceback, and report it"
    return f"unexpected error, {type(error).__name__}: {error}{hint}"


def _usage(error: click.ClickException) -> str:
    """Return a usage error in one line: what is wrong, and the help that has the fix."""
    message = error.format_message().removesuffix(".")
    context = getattr(error, "ctx", None)
    if context is None:
        return message
    path = context.command_path
    place = path.removeprefix("recommender").strip()
    end = "" if message.endswith("?") else ";"
    return f"{place}{': ' if place else ''}{message}{end} see `{path} --help`"


def _fail(message: str, *, debug: bool = False, status: int = 1) -> None:
    if debug:
        traceback.print_exc()
    click.echo(f"recommender: {' '.join(message.split())}", err=True)
    sys.exit(status)

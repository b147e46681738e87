"""``recommender editors``: accounts and tokens of the editors' desk."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.cli.options import home_option
from recommender.errors import CatalogueError
from recommender.settings import load_settings

if TYPE_CHECKING:
    from recommender.catalogue.accounts import Accounts

ROLES = click.Choice(["viewer", "editor", "admin"])

password_option = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input."
)


@click.group()
def command() -> None:
    """Manage the accounts and tokens of editors.

    The desk is closed until there is an account.
    """


@command.command("add", short_help="Create an account for NAME.")
@click.argument("name")
@click.option("--role", type=ROLES, default="editor", show_default=True, help="Permissions.")
@password_option
@home_option
def add_command(name: str, role: str, password_stdin: bool, home: Path | None) -> None:
    """Create an account for NAME, with a password of at least 12 characters."""
    from recommender.catalogue.accounts import Role  # noqa: PLC0415 - argon2 and SQLAlchemy only when used

    with _editors(home) as editors:
        editors.add(name, Role(role), _password(password_stdin), time.time())
    click.echo(f"added: {name} ({role})")


@command.command("list")
@home_option
def list_command(home: Path | None) -> None:
    """List the editors and their roles."""
    with _editors(home) as editors:
        for editor in editors.all():
            click.echo(f"{editor.role:8} {editor.name}")


@command.command("change", short_help="Change the role or password of NAME.")
@click.argument("name")
@click.option("--role", type=ROLES, help="New permissions.")
@click.option("--password", "new_password", is_flag=True, help="Ask for a new password.")
@password_option
@home_option
def change_command(
    name: str, role: str | None, new_password: bool, password_stdin: bool, home: Path | None
) -> None:
    """Change the role or password of NAME, and sign out all of their sessions."""
    from recommender.catalogue.accounts import Role  # noqa: PLC0415

    sets_password = new_password or password_stdin
    if role is None and not sets_password:
        raise click.UsageError("expected --role or --password, got neither")
    with _editors(home) as editors:
        editors.change(
            name,
            role=Role(role) if role else None,
            password=_password(password_stdin) if sets_password else None,
        )
    click.echo(f"changed: {name}")


@command.command("remove")
@click.argument("name")
@home_option
def remove_command(name: str, home: Path | None) -> None:
    """Delete the account and tokens of NAME; their overrides stay."""
    with _editors(home) as editors:
        editors.remove(name)
    click.echo(f"removed: {name}")


@command.command("token", short_help="Create a token for NAME, or revoke all.")
@click.argument("name")
@click.option("--label", default="", help="Purpose of the token, for your records.")
@click.option("--articles", is_flag=True, help="Token for PUT and DELETE of articles only.")
@click.option("--revoke", is_flag=True, help="Revoke all tokens of NAME instead.")
@home_option
def token_command(name: str, label: str, articles: bool, revoke: bool, home: Path | None) -> None:
    """Create a token for /v1/overrides in the name of NAME, and print it once."""
    purpose = "articles" if articles else "token"
    with _editors(home) as editors:
        if revoke:
            click.echo(f"revoked: {editors.revoke_tokens(name)} tokens of {name}")
        else:
            click.echo(editors.new_key(name, purpose, label, time.time()))


@contextmanager
def _editors(home: Path | None) -> Iterator[Accounts]:
    from recommender.catalogue.accounts import Accounts  # noqa: PLC0415
    from recommender.catalogue.database import open_database  # noqa: PLC0415

    url = load_settings(home).catalogue_url
    _check_folder(url)
    engine = open_database(url)
    try:
        yield Accounts(engine)
    finally:
        engine.dispose()


def _check_folder(url: str) -> None:
    """Raise a CatalogueError if the folder of a SQLite database is missing, perhaps mistyped."""
    from recommender.catalogue.sqlite import file_of  # noqa: PLC0415 - SQLAlchemy when it is used

    file = file_of(url)
    if file is not None and not file.parent.is_dir():
        raise CatalogueError(
            f"{file.parent}: expected a data directory, got no such folder; `recommender index` "
            "creates it, or give another one with --home"
        )


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return str(sys.stdin.readline()).rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError(
            "expected a terminal that asks for the password; send it to --password-stdin"
        )
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))

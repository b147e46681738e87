"""``recommender settings``: every setting with its value, origin and meaning."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable
from pathlib import Path

import click
import msgspec

from recommender.cli.formatting import count
from recommender.cli.options import home_option
from recommender.cli.unknown import did_you_mean
from recommender.errors import CatalogueError, SettingsError
from recommender.settings import Settings
from recommender.settings.desk import SettingChange
from recommender.settings.listing import Setting, list_settings

WIDTH = 96

DATABASE_TIMEOUT = 2.0
"""Seconds to wait for the database, which only the settings of the desk need."""


@click.command
@click.argument("names", nargs=-1, metavar="[NAME ...]")
@home_option
@click.option("--set", "only_set", is_flag=True, help="Leave out settings with their default.")
@click.option("--check", is_flag=True, help="Print only what is wrong; exit status 1 if anything.")
@click.option("--json", "as_json", is_flag=True, help="Print the settings as JSON.")
def command(
    names: tuple[str, ...], home: Path | None, only_set: bool, check: bool, as_json: bool
) -> None:
    """List the settings: value, where it was set, and meaning.

    NAME is a setting or a table, such as `ranking`. Without it all are listed. Secrets are not
    printed.
    """
    found, problems = list_settings(home, changes=_changes)
    if not check:
        _check_names(names, found)
        chosen = [one for one in found if not names or any(_is_in(one, name) for name in names)]
        shown = [one for one in chosen if not only_set or one.origin != "default"]
        _print(shown, as_json=as_json)
    if problems:
        for problem in problems:
            click.echo(problem, err=True)
        raise SettingsError(f"{count(len(problems), 'setting')} cannot be used, see above")
    if check:
        click.echo("all settings are valid")


def _changes(settings: Settings) -> Iterable[SettingChange]:
    """Read the settings of the desk; without the database the others are listed with a note."""
    if not settings.database_url and not settings.sqlite_file.exists():
        return ()  # nothing was ever indexed
    from recommender.catalogue.database import connect  # noqa: PLC0415 - SQLAlchemy when it is used
    from recommender.catalogue.setting_changes import load_setting_changes  # noqa: PLC0415

    url = settings.catalogue_url
    try:
        engine = connect(url, create=False, timeout=DATABASE_TIMEOUT)
        try:
            return load_setting_changes(engine)
        finally:
            engine.dispose()
    except CatalogueError as error:
        click.echo(f"settings of the desk are not listed: {error}", err=True)
        return ()


def _check_names(names: tuple[str, ...], found: list[Setting]) -> None:
    unknown = [name for name in names if not any(_is_in(one, name) for one in found)]
    if unknown and found:
        known = _names(found)
        part = next((f"did you mean {one!r}?" for one in sorted(known) if unknown[0] in one), "")
        hint = part or did_you_mean(unknown[0], known) or "`recommender settings` lists all"
        raise SettingsError(
            f"expected the name of a setting or table, got {', '.join(unknown)}; {hint}"
        )


def _names(found: list[Setting]) -> set[str]:
    """Return the names of settings and tables."""
    names = {one.name for one in found}
    return names | {name.rpartition(".")[0] for name in names if "." in name}


def _is_in(setting: Setting, name: str) -> bool:
    return f"{setting.name}.".startswith(f"{name}.")


def _print(settings: list[Setting], *, as_json: bool) -> None:
    if as_json:
        rows = [msgspec.to_builtins(one) for one in settings]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for one in settings:
        value = json.dumps(one.value, ensure_ascii=False)
        click.echo(f"{one.name} = {value}  ({one.origin})")
        for line in textwrap.wrap(one.meaning, WIDTH - 4):
            click.echo(f"    {line}")

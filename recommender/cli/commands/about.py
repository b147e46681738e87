"""``recommender about``: the algorithm card of a snapshot."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from recommender.cli.options import home_option
from recommender.settings import load_settings

if TYPE_CHECKING:
    from recommender.about.section import Item, Section

WIDTH = 96


@click.command
@click.argument("snapshot_id", required=False)
@home_option
@click.option("--language", type=click.Choice(["en", "pl"]), help="[default: that of the site]")
@click.option("--json", "as_json", is_flag=True, help="Print the facts as JSON.")
def command(
    snapshot_id: str | None, home: Path | None, language: str | None, as_json: bool
) -> None:
    """Print the algorithm card: how the related posts are chosen.

    It tells readers and authorities the main parameters of the ranking in plain language. A running
    service has it at /v1/about.html. SNAPSHOT_ID is a stored snapshot, the active one if missing.
    """
    from recommender.about.card import algorithm_card  # noqa: PLC0415 - numpy only when it is used
    from recommender.about.sections import sections, title  # noqa: PLC0415
    from recommender.about.translator import Translator, site_language  # noqa: PLC0415
    from recommender.snapshots.manifest import read_manifest  # noqa: PLC0415
    from recommender.snapshots.store import current_id, kept_folder  # noqa: PLC0415

    settings = load_settings(home)
    data_dir = settings.data_dir
    folder = kept_folder(data_dir, snapshot_id or current_id(data_dir))
    card = algorithm_card(read_manifest(folder))
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(card), ensure_ascii=False, indent=2))
        return
    translator = Translator(language or site_language(card.languages), settings.zone)
    click.echo(title(translator))
    for section in sections(card, translator):
        click.echo("")
        for line in _lines(section):
            click.echo(line)


def _lines(section: Section) -> Iterator[str]:
    yield section.heading.upper()
    for sentence in section.sentences:
        yield from textwrap.wrap(sentence, WIDTH)
    for item in section.items:
        yield from textwrap.wrap(_item(item), WIDTH, initial_indent="- ", subsequent_indent="  ")
    for note in section.notes:
        yield from textwrap.wrap(note, WIDTH)


def _item(item: Item) -> str:
    value = f" ({item.value})" if item.value else ""
    return f"{item.label}{value}: {item.text}" if item.text else f"{item.label}{value}"

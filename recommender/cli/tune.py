"""``recommender tune``: freshness proposed from links."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.cli.options import home_option
from recommender.cli.progress import Progress
from recommender.settings import load_settings

if TYPE_CHECKING:
    from recommender.settings import Freshness
    from recommender.tuning import Proposal


@click.command
@click.argument("source")
@click.option(
    "--links",
    "links_file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Tab-separated file with the header from, to: the links to find.",
)
@click.option("--write", is_flag=True, help="Write what wins into recommender.toml.")
@click.option("--json", "as_json", is_flag=True, help="Print the proposals as JSON.")
@home_option
def command(source: str, links_file: Path, write: bool, as_json: bool, home: Path | None) -> None:
    """Propose freshness by section from the links that editors made."""
    from recommender.judged_site import judged_site  # noqa: PLC0415 - scikit-learn
    from recommender.tuning import tune  # noqa: PLC0415

    settings = load_settings(home)
    with Progress() as progress:
        judged = judged_site(source, links_file, settings, None, progress)
        proposals = tune(judged, settings.ranking, progress)
    if as_json:
        click.echo(json.dumps([one.figures() for one in proposals], indent=2))
    else:
        for one in proposals:
            click.echo(_line(one))
    winning = {one.section: one.proposed for one in proposals if one.wins}
    _write(settings.home, winning, write=write)


def _write(home: Path, winning: dict[str, Freshness], *, write: bool) -> None:
    """Write what wins, if that was asked for; what is said here goes to stderr."""
    from recommender.settings_file import write_freshness  # noqa: PLC0415

    if not winning:
        click.echo("nothing wins by more than chance; the settings stay", err=True)
    elif write:
        path = write_freshness(home, winning)
        click.echo(f"wrote {len(winning)} to {path}; in force after recommender index", err=True)
    else:
        click.echo("nothing was written; --write writes what wins", err=True)


def _line(one: Proposal) -> str:
    low, high = one.interval
    verdict = "wins" if one.wins else "no better than chance"
    if one.proposed == one.current:
        verdict = "as it is"
    return (
        f"{one.section or 'all sections'} ({one.questions} articles that link): "
        f"{_setting(one.current)} -> {_setting(one.proposed)}, nDCG@6 on the newer half "
        f"{one.before:.3f} -> {one.after:.3f}, difference {one.after - one.before:+.4f} "
        f"[{low:+.4f}, {high:+.4f}]: {verdict}"
    )


def _setting(setting: Freshness) -> str:
    if setting.gain == 0:
        return "none"
    return f"{setting.gain:g} halving in {setting.half_life:g} days"

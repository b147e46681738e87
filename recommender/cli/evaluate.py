"""``recommender evaluate``: how well editors' links are found."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
import msgspec

from recommender.cli.options import Timestamp, home_option
from recommender.cli.progress import Progress
from recommender.cli.verdict import as_table
from recommender.settings import load_settings


@click.command
@click.argument("source")
@click.option(
    "--links",
    "links_file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Tab-separated file with the header from, to: the links to find.",
)
@click.option("--since", type=Timestamp(), help="Ask only for articles published from then on.")
@click.option("--limit", type=click.IntRange(6, 1000), default=6, show_default=True)
@click.option(
    "--picks",
    "picks_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the picks of each article there, one JSON object a line.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@home_option
def command(
    source: str,
    links_file: Path,
    since: datetime | None,
    limit: int,
    picks_file: Path | None,
    as_json: bool,
    home: Path | None,
) -> None:
    """Measure how well editors' links are found, beside its peers."""
    from recommender.evaluation.evaluate import evaluate  # noqa: PLC0415 - scikit-learn only when it is used

    with Progress() as progress:
        evaluation = evaluate(source, links_file, load_settings(home), since, limit, progress)
    if picks_file is not None:
        picks_file.write_bytes(msgspec.json.Encoder().encode_lines(evaluation.picks))
    text = msgspec.json.format(msgspec.json.encode(evaluation.report), indent=2).decode()
    click.echo(text if as_json else as_table(evaluation.report))

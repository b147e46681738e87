"""``recommender evaluate``: measure the ranking on editorial links."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

import click
import msgspec

from recommender.cli.evaluation_table import evaluation_table
from recommender.cli.light_install import check_full_install
from recommender.cli.options import Timestamp, WholeNumber, home_option
from recommender.cli.progress import Progress, RejectedRecords
from recommender.errors import RecommenderError
from recommender.settings import load_settings


@click.command
@click.argument("source")
@click.option(
    "--links",
    "links_file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Tab-separated file of links with the header: from, to.",
)
@click.option("--since", type=Timestamp(), help="Evaluate articles published from this time on.")
@click.option(
    "--limit",
    type=WholeNumber(6, 1000),
    default=6,
    show_default=True,
    help="Recommendations per article.",
)
@click.option(
    "--picks",
    "picks_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the recommendations to this file, one JSON object a line.",
)
@click.option("--json", "as_json", is_flag=True, help="Print all metrics as JSON.")
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
    """Evaluate the ranking on editorial links and compare it with baselines.

    SOURCE has the articles, --links the links that editors made between them. Each article is
    ranked as of its publication: its own links and later articles are not visible.
    """
    check_full_install("evaluate")
    from recommender.evaluation.evaluate import evaluate  # noqa: PLC0415 - scikit-learn only when it is used

    settings = load_settings(home)
    if picks_file is not None:
        _write(picks_file, b"", "ab")  # fails now and not after minutes of ranking
    rejected = RejectedRecords()
    with Progress() as progress:
        evaluation = evaluate(source, links_file, settings, since, limit, progress, rejected)
    rejected.print_rest()
    if picks_file is not None:
        _write(picks_file, msgspec.json.Encoder().encode_lines(evaluation.picks))
    if as_json:
        report = msgspec.json.encode(evaluation.report)
        click.echo(msgspec.json.format(report, indent=2))
    else:
        click.echo(evaluation_table(evaluation.report))


def _write(path: Path, content: bytes, mode: Literal["ab", "wb"] = "wb") -> None:
    """Write the file of --picks; a path that cannot be written is an error in one line."""
    try:
        with path.open(mode) as file:
            file.write(content)
    except OSError as error:
        raise RecommenderError(
            f"--picks: expected a file that can be written, got {path} ({error.strerror})"
        ) from error

"""Records what happens from the push of an article until readers see it, second by second.

    python -m benchmarks.publish_to_card [--times 5]

The site is the example newsroom. ``recommender serve`` and ``recommender index --watch 1`` run as
on a site. Each new article continues a story of the newsroom. It comes through the push API, and
two lists are requested until they have it: its own cards, and those of the story it continues.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from urllib.parse import quote

import click

from benchmarks import machine
from benchmarks.growth import ROOT, environment, watching
from benchmarks.load.servers import OURS, running
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.store import Catalogue
from recommender.home import DataDir
from recommender.settings import load_settings
from recommender.snapshots.store import current_id

ARTICLES = ROOT / "examples" / "newsroom" / "articles.jsonl"
PASSWORD = "correct horse battery"
TIMEOUT_SECONDS = 60.0
PAUSE_SECONDS = 0.02
"""Between two looks at what has happened."""

STEPS = ("accepted", "published", "has cards", "is a card")


class NewArticle(NamedTuple):
    """An invented article, and the ID of the one in the newsroom that it continues."""

    follows: str
    id: str
    title: str
    body: str


NEW = (
    NewArticle(
        "world/2026/vilnius-accord-initialled",
        "world/2026/vilnius-accord-annex",
        "Vilnius accord gains an annex on the barges of the Sel",
        "Tarsenia and Kolvia have added nine pages to the accord initialled in Vilnius. They name "
        "the moorings at Brenhava and who dredges them.\nRasa Jonutytė said that both delegations "
        "had brought the same map for the first time.",
    ),
    NewArticle(
        "economy/2026/wydmowo-water-permit-court",
        "economy/2026/wydmowo-cooling-tower",
        "Wydmowo reactors may get a cooling tower after the ruling on warm water",
        "Kashubia Nuclear studies a cooling tower for the Wydmowo plant. The court's limit on "
        "warm discharge into the Baltic would then bind on fewer summer days.\nBogumił Sarnecki "
        "puts the cost at 900 million zlotys.",
    ),
    NewArticle(
        "economy/2026/fast-trains-order",
        "economy/2026/fast-trains-seats",
        "Passengers try three seats for the fast trains from Bydgoszcz",
        "Fast Line Poland invites passengers to sit in mock-ups of its 38 trains. The Brda-Rail "
        "works in Bydgoszcz built three, with different seats.\nCelestyna Ruta wants a decision "
        "on the high-speed sets by March.",
    ),
    NewArticle(
        "science/2026/motlavin-phase-two-tartu",
        "science/2026/motlavin-krakow",
        "Kraków hospital treats its first patient with motlavin",
        "The phase two trial of the antibiotic motlavin has reached Kraków. A woman with a "
        "resistant Klebsiella received the first dose on Monday.\nLiis Tammaru, who treats "
        "patients in Tartu, shares the kidney readings every evening.",
    ),
    NewArticle(
        "world/2026/latvia-bruveris-nominated",
        "world/2026/latvia-bruveris-cabinet",
        "Brūveris names a cabinet with the Rye List in three ministries",
        "Edgars Brūveris has presented his government to the Saeima. The Rye List takes "
        "agriculture, transport and the interior.\nIn Latvia's new coalition the Greens of Vidzeme "
        "get the environment and education.",
    ),
)


@click.command
@click.option("--times", default=len(NEW), type=click.IntRange(1, len(NEW)), show_default=True)
@click.option("--articles", default=ARTICLES, type=click.Path(path_type=Path), help="Of the site.")
@click.option("--embedding-model", default="minilm", show_default=True)
@click.option("--results", type=click.Path(path_type=Path), default=machine.RESULTS)
def main(times: int, articles: Path, embedding_model: str, results: Path) -> None:
    """Publish some articles one after the other, print each step, and write the times."""
    pauses = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        token = prepare(home, articles, embedding_model)
        runs = []
        with running(OURS, home) as server, watching(home):
            for number, article in enumerate(NEW[:times], start=1):
                click.echo(f"{number}. {article.title}")
                runs.append(publish(home, server.port, token, article))
                time.sleep(2 + pauses.random())  # so that the next look is as near as far
    click.echo(f"median: {median(run['is a card'] for run in runs):.2f} s")
    figures = {
        "machine": machine.describe("numpy", "flask", "granian"),
        "median_s": {step: median(run[step] for run in runs) for step in STEPS},
        "runs": runs,
    }
    machine.write("publish_to_card", figures, results)


def prepare(home: Path, articles: Path, embedding_model: str) -> str:
    """Index a file in a new data directory; returns a token of the push API."""
    home.mkdir(parents=True)
    settings = f'embedding_model = "{embedding_model}"\n[incremental]\nmin_articles = 0\n'
    (home / "recommender.toml").write_text(settings, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "recommender", "index", str(articles.absolute())],
        env=environment(home), cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    url = load_settings(home, environ={}).catalogue_url
    catalogue = Catalogue(url)
    accounts = Accounts(catalogue.engine)
    accounts.add("cms", Role.EDITOR, PASSWORD, time.time())
    token = accounts.new_key("cms", "articles", "benchmark", time.time())
    catalogue.close()
    return token


def publish(home: Path, port: int, token: str, article: NewArticle) -> dict[str, float]:
    """Push an article; prints each step when it is seen, and returns its second."""
    before, started = current_id(DataDir(home)), time.perf_counter()
    status = _push(port, token, article)
    found = {"accepted": _say(started, f"accepted, status {status}")}
    looks: dict[str, Callable[[], str]] = {
        "published": lambda: _new_snapshot(home, before),
        "has cards": lambda: _own_cards(port, article),
        "is a card": lambda: _place(port, article),
    }
    while looks:
        for step, look in list(looks.items()):
            if text := look():
                found[step] = _say(started, text)
                del looks[step]
        if time.perf_counter() - started > TIMEOUT_SECONDS:
            raise SystemExit(f"{article.id}: not {', '.join(looks)} in {TIMEOUT_SECONDS:.0f} s")
        time.sleep(PAUSE_SECONDS)
    return found


def _say(started: float, text: str) -> float:
    seconds = round(time.perf_counter() - started, 3)
    click.echo(f"{seconds:7.2f} s  {text}")
    return seconds


def _push(port: int, token: str, article: NewArticle) -> int:
    body = {
        "id": article.id,
        "title": article.title,
        "body": article.body,
        "published": datetime.now(UTC).isoformat(timespec="seconds"),
        "section": article.id.partition("/")[0],
        "language": "en",
    }
    request = urllib.request.Request(
        _url(port, article.id),
        data=json.dumps(body).encode(),
        method="PUT",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
        return int(response.status)


def _new_snapshot(home: Path, before: str) -> str:
    data_dir = DataDir(home)
    current = current_id(data_dir)
    if current == before:
        return ""
    manifest = json.loads((data_dir.snapshots / current / "manifest.json").read_bytes())
    return f"{'delta' if manifest.get('base') else 'whole snapshot'} {current} published"


def _own_cards(port: int, article: NewArticle) -> str:
    cards = _cards(port, article.id)
    return f'{len(cards)} cards of it, first "{cards[0]["title"]}"' if cards else ""


def _place(port: int, article: NewArticle) -> str:
    ids = [card["id"] for card in _cards(port, article.follows)]
    return f"card {ids.index(article.id) + 1} of {article.follows}" if article.id in ids else ""


def _cards(port: int, identifier: str) -> list[dict[str, Any]]:
    try:
        with urllib.request.urlopen(_url(port, identifier) + "/related", timeout=10) as response:
            found: list[dict[str, Any]] = json.load(response)["cards"]
            return found
    except urllib.error.HTTPError as error:  # unknown until the snapshot that has it is served
        error.close()
        return []


def _url(port: int, identifier: str) -> str:
    return f"http://127.0.0.1:{port}/v1/articles/{quote(identifier, safe='')}"


if __name__ == "__main__":
    main()

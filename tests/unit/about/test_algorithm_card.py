"""The algorithm card: its facts are those of the manifest, its sentences those of the settings."""

import json
from datetime import UTC
from pathlib import Path
from typing import Any

import msgspec
import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from click.testing import CliRunner
from flask.testing import FlaskClient

import recommender.about
from models.features.feature_names import THEMES
from recommender import __version__
from recommender.about.card import AlgorithmCard, HeldOutDefault, Weights, algorithm_card
from recommender.about.sections import SIGNALS, sections
from recommender.about.translator import FOLDER, LANGUAGES, Translator, site_language
from recommender.cli import recommender as command
from recommender.home import DataDir
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.settings import Ranking, Recency, Settings
from recommender.snapshots.manifest import Manifest, read_manifest
from sample_site import NOW

PACKAGE = Path(recommender.about.__file__).parent
KEYWORDS = {**dict.fromkeys(["gettext", "gettext_noop"]), "ngettext": (1, 2)}


@pytest.fixture
def manifest(settings: Settings, snapshot_id: str) -> Manifest:
    return read_manifest(DataDir(settings.home).snapshots / snapshot_id)


def text_of(card: AlgorithmCard, language: str = "en") -> str:
    lines: list[str] = []
    for one in sections(card, Translator(language, UTC)):
        lines += [one.heading, *one.sentences, *one.notes]
        lines += [f"{item.label} {item.value}: {item.text}" for item in one.items]
    return "\n".join(lines)


def test_the_facts_are_those_of_the_manifest(manifest: Manifest) -> None:
    card = algorithm_card(manifest)
    assert manifest.stats is not None
    means = [one.mean_contribution for one in card.signals]
    assert means == sorted(means, reverse=True)
    assert {one.name for one in card.signals} == {*THEMES, "freshness"}
    assert sum(one.share for one in card.signals) == pytest.approx(1, abs=0.001)
    assert (card.program, card.checksum) == (__version__, manifest.checksum)
    assert card.reader_data == []
    assert card.weights.default_held_out is not None
    assert card.weights.default_held_out.sites == 10
    assert card.overrides == dict.fromkeys(["pin", "block", "boost", "hold", "withdraw"], 0)
    text = text_of(card)
    assert manifest.checksum in text
    assert "10 other sites" in text
    assert "so far they do not suffice for a test: 0 examples" in text


def test_every_signal_has_a_text() -> None:
    assert SIGNALS.keys() == {*THEMES, "freshness"}


def test_a_manifest_without_figures_still_has_a_card(manifest: Manifest) -> None:
    """Such as one of a version before the card."""
    bare = msgspec.structs.replace(manifest, figures={}, stats=None, program="")
    for language in LANGUAGES:
        assert bare.checksum in text_of(algorithm_card(bare), language)


SETTINGS: list[tuple[dict[str, Any], str, str]] = [
    (
        {"recency": Recency(0.7, 3)},
        "2.01 times as likely to be linked. The preference halves every 3 days",
        "co 3 dni",
    ),
    (
        {"recency": Recency(0.7, 1)},
        "halves every 1 day",
        "2,01-krotnie. Premia maleje",
    ),
    ({"recency": Recency(0, 3)}, "no preference", "nie dostają premii"),
    (
        {"recency_by_section": {"Sport": Recency(0.1, 2)}},
        "In the section Sport : There is a preference for new articles",
        "W dziale Sport",
    ),
    ({"recency_from": "updated"}, "its last update", "ostatniej aktualizacji"),
    ({"diversity_penalty": 0}, "in the order of their scores", "ułożone według wyniku"),
    ({"minimum_relevance": 0.8}, "common topic below 80%", "mniej niż 80%"),
    ({"language": "prefer"}, "come last", "są na końcu"),
    ({"fallback": "none"}, "the list is shorter", "lista jest krótsza"),
    ({"minimum_cards": 2}, "at least 2 related or pinned articles", "2 artykuły powiązane"),
    ({"minimum_cards": 5}, "at least 5 related or pinned articles", "5 artykułów powiązanych"),
    ({"newest_only_sections": ["Tides", "Sky"]}, "sections: Tides, Sky", "działach: Tides, Sky"),
]


@pytest.mark.parametrize(("changed", "english", "polish"), SETTINGS)
def test_sentences_follow_the_settings(
    manifest: Manifest, changed: dict[str, Any], english: str, polish: str
) -> None:
    before = algorithm_card(manifest)
    card = algorithm_card(manifest, ranking=msgspec.structs.replace(Ranking(), **changed))
    assert english in text_of(card)
    assert english not in text_of(before)
    assert polish in text_of(card, "pl")


def test_what_is_off_is_not_claimed(manifest: Manifest) -> None:
    off = Ranking(
        language="any", minimum_relevance=0, exclude_linked=False, exclude_translations=False
    )
    text = text_of(algorithm_card(manifest, ranking=off))
    for claim in ("another language", "common topic below", "links to already", "translations"):
        assert claim in text_of(algorithm_card(manifest))
        assert claim not in text


MEASURED = {
    "examples": 80,
    "holdout_size": 16,
    "default_ndcg": 0.5,
    "site_ndcg": 0.6,
    "default_held_out": HeldOutDefault(sites=4, queries=2000, ndcg=0.61, tfidf_ndcg=0.45),
}


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        (Weights(), "learned from links that editors of other sites set"),
        (Weights(**MEASURED), "which is no reliable gain"),
        (Weights(adopted=True, **MEASURED), "the adjusted weights reached 0.6, the others 0.5"),
        (Weights(adopted=True, **MEASURED), "0.61 on average, the comparison of words alone 0.45"),
    ],
)
def test_weights_and_their_test_are_described(
    manifest: Manifest, weights: Weights, sentence: str
) -> None:
    figures = {"weights": msgspec.to_builtins(weights)}
    assert sentence in text_of(algorithm_card(msgspec.structs.replace(manifest, figures=figures)))


@pytest.mark.parametrize(
    ("languages", "expected"),
    [({"pl": 9, "en": 3}, "pl"), ({"de": 9, "pl": 3}, "en"), ({"en-GB": 1}, "en"), ({}, "en")],
)
def test_its_language_is_that_of_most_articles(languages: dict[str, int], expected: str) -> None:
    assert site_language(languages) == expected


def test_every_text_is_translated() -> None:
    with (FOLDER / "pl.po").open("rb") as file:
        read = read_po(file, locale="pl", abort_invalid=True)
    polish = {m.id if isinstance(m.id, str) else m.id[0]: m for m in read if m.id}
    written = set()
    for path in PACKAGE.glob("*.py"):
        with path.open("rb") as file:
            for _, text, _, _ in extract("python", file, keywords=KEYWORDS):
                written.add(text if isinstance(text, str) else text[0])
    assert sorted(written) == sorted(polish)
    for text, message in polish.items():
        forms = [message.string] if isinstance(message.string, str) else message.string
        assert len(forms) == (1 if isinstance(message.id, str) else 3), text
        assert all(sorted(_places(form)) == sorted(_places(text)) for form in forms), text


def _places(text: str) -> list[str]:
    return [part.partition(")")[0] for part in text.split("%(")[1:]]


def test_the_page_counts_the_overrides_that_are_active_now(
    client: FlaskClient, settings: Settings
) -> None:
    assert "No such decision is active now" in client.get("/v1/about.html").text
    log = Log(settings.catalogue_url)
    pin = Override(kind=Kind.PIN, article="talks/0", pick="talks/3", place=1, author="ann")
    ended = Override(kind=Kind.BLOCK, pick="talks/4", author="ann", ends=int(NOW.timestamp()) + 9)
    log.add([pin, ended], NOW.timestamp())
    log.close()
    updater = client.application.extensions["state_updater"]
    updater.poll_overrides()
    updater.refresh()
    page = client.get("/v1/about.html").text
    assert "1 article put at a fixed place" in page
    assert "kept out of a list" not in page


def test_the_page_is_for_readers(client: FlaskClient, snapshot_id: str) -> None:
    page = client.get("/v1/about.html")
    assert page.status_code == 200
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert '<html lang="en">' in page.text
    assert snapshot_id in page.text
    assert "<script" not in page.text
    again = client.get("/v1/about.html", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304
    polish = client.get("/v1/about.html?language=pl").text
    assert '<html lang="pl">' in polish
    assert "Jak wybierane są powiązane artykuły" in polish
    for wrong in ("language=de", "lang=pl", "language=en&language=pl"):
        assert client.get(f"/v1/about.html?{wrong}").status_code == 400, wrong


def test_the_command_prints_the_card_of_any_snapshot(settings: Settings, snapshot_id: str) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        environment = {"RECOMMENDER_HOME": str(settings.home)}
        done = CliRunner().invoke(command, ["about", *arguments], env=environment)
        return done.exit_code, done.output or str(done.exception)

    assert run()[1].startswith("How the related posts are chosen\n\nIN SHORT\n")
    assert run(snapshot_id, "--language", "pl")[1].startswith("Jak wybierane są")
    facts = json.loads(run("--json")[1])
    assert (facts["snapshot"], facts["reader_data"]) == (snapshot_id, [])
    assert run("20200101T000000Z-abcdef")[0] == 1

"""Reasons are true: terms are in the articles, numbers are in the score."""

import json
import math
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.features.evidence_weights import SEMANTIC_WEIGHT
from models.lexical.tokenizer import tokenize
from placements import placements_of
from recommender.articles.article import Article
from recommender.articles.keywords import keywords_of
from recommender.overrides.active import NO_OVERRIDES
from recommender.serving.filters import Query
from recommender.serving.list_context import ListContext
from recommender.serving.overlap import shared_beginning
from recommender.serving.reasons import LITTLE_IN_COMMON, ReasonBuilder
from recommender.serving.responses import related_answer
from recommender.serving.scoring import versions_among
from recommender.serving.signals import SIGNALS
from recommender.snapshots.parts import MAX_CANDIDATES
from recommender.snapshots.snapshot import Snapshot
from sample_site import NOW, records
from sample_snapshot import NOW_SECONDS, site
from service.desk.presenters.article.reason_summary import summarize
from term_counts import count_named_terms

COMMON = {"authors": ["Jan Nowak"], "tags": ["Vilnius talks", "truce"]}
ANYTHING = {"minimum_relevance": 0.0}
"""Every candidate counts as related."""

ASKING = COMMON | {
    "id": "talks/0",
    "title": "Morning letter: who blinked",
    "body": "The envoy Rasa Jonutytė told Vilnius that negotiators want a ceasefire soon.",
}
LIKE = COMMON | {
    "id": "talks/5",
    "title": "Morning letter: who waits",
    "body": "Snow fell while negotiators heard Rasa Jonutytė in Vilnius defend every ceasefire.",
}


def explained(snapshot: Snapshot, article: str = "talks/0", **query: Any) -> dict[str, Any]:
    options = Query(**query)
    answer = related_answer(snapshot, article, options, NOW_SECONDS, NO_OVERRIDES, explain=True)
    read: dict[str, Any] = json.loads(answer.body)
    return read


def words(snapshot: Snapshot, card: str, **query: Any) -> str:
    cards = explained(snapshot, **query)["cards"]
    return "\n".join(next(c for c in cards if c["id"] == card)["why"]["reasons"])


def row_of(snapshot: Snapshot, article: str) -> int:
    row = snapshot.row(article)
    assert row is not None
    return row


def reasons_of(snapshot: Snapshot, article: str, other: str) -> list[str]:
    return [str(one) for one in builder(snapshot, article).reasons(row_of(snapshot, other))]


def test_shared_terms_are_named(tmp_path: Path) -> None:
    snapshot = site(tmp_path, ASKING, LIKE)
    said = words(snapshot, "talks/5")
    assert re.search(r"both texts have: .*(Rasa Jonutytė|Vilnius)", said)
    assert "same tags: Vilnius talks, truce" in said
    assert "same section: politics" in said
    assert "same author: Jan Nowak" in said
    assert "both titles begin with “Morning letter:”" in said


def test_contributions_sum_to_the_score(tmp_path: Path) -> None:
    for card in explained(site(tmp_path, ASKING, LIKE))["cards"]:
        why = card["why"]
        if card["origin"] == "related":
            assert why["score"] == pytest.approx(why["relevance"] + why["freshness"], abs=1e-3)
            total = sum(why["contributions"].values())
            assert why["relevance"] == pytest.approx(total, abs=1e-2)


def test_semantic_similarity_is_given_with_that_of_random_articles(tmp_path: Path) -> None:
    text = "The envoy asked for a truce and the negotiators went home without one. " * 5
    alike = [{"id": f"talks/{n}", "body": f"{text} Day {n}."} for n in (0, 5)]
    snapshot = site(tmp_path, *alike)
    (text,) = (one for one in reasons_of(snapshot, "talks/0", "talks/5") if "meaning" in one)
    evidence = builder(snapshot).evidence(snapshot.row("talks/5") or 0)
    similarity = evidence["semantic"] / SEMANTIC_WEIGHT
    random = snapshot.manifest.figures["random_similarity"]
    assert similarity > random
    assert text == (f"close in meaning: similarity {similarity:.2f}, random articles {random:.2f}")


def builder(snapshot: Snapshot, article: str = "talks/0") -> ReasonBuilder:
    return ReasonBuilder(
        ListContext(snapshot, row_of(snapshot, article), NOW_SECONDS, NO_OVERRIDES)
    )


@pytest.fixture
def newer_version(tmp_path: Path) -> Snapshot:
    """A candidate, "talks/5", whose newest version, "again", is no candidate itself."""
    newer = LIKE | {
        "id": "again",
        "title": "Bridges shut in heavy snow",
        "section": "weather",
        "tags": [],
        "published": NOW.isoformat(),
    }
    older = LIKE | {"title": "Vilnius ceasefire: negotiators wait"}
    (tmp_path / "open").mkdir()
    open_site = builder(site(tmp_path / "open", ASKING, older, newer, ranking=ANYTHING))
    odds = [open_site.log_odds(row_of(open_site.context.snapshot, i)) for i in ("again", "talks/5")]
    assert odds[0] < odds[1]
    between = 1 / (1 + math.exp(-sum(odds) / 2))
    snapshot = site(tmp_path, ASKING, older, newer, ranking={"minimum_relevance": between})
    assert row_of(snapshot, "again") not in snapshot.candidates.of(row_of(snapshot, "talks/0"))[0]
    return snapshot


def test_reasons_of_a_newer_version_describe_the_version_that_is_shown(
    newer_version: Snapshot,
) -> None:
    said = words(newer_version, "again")
    assert "the newest of several versions, one of which was chosen" in said
    assert "both texts have: " in said
    assert "same author" in said
    for of_the_other in ("its headline matches", "published", "old", "same tags", "same section"):
        assert of_the_other not in said
    assert set(reasons_of(newer_version, "talks/0", "again")) <= set(said.splitlines())


def test_no_version_is_found_in_the_padding_of_a_list(tmp_path: Path) -> None:
    last = records()[-1]
    copy = {"id": "copy", "url": "https://site.example/copy", "published": NOW.isoformat()}
    snapshot = site(tmp_path, last | copy)
    assert row_of(snapshot, last["id"]) == len(snapshot) - 1  # the row that -1 would be
    assert row_of(snapshot, "copy") in snapshot.duplicates_of(len(snapshot) - 1)
    padding = np.full(3, -1, dtype=np.int32)
    assert versions_among(snapshot, row_of(snapshot, "copy"), padding).tolist() == []


def test_a_newer_version_has_the_place_of_the_candidate_that_it_replaces(
    newer_version: Snapshot,
) -> None:
    row, again = row_of(newer_version, "talks/0"), row_of(newer_version, "again")
    placements = placements_of(newer_version, row, NOW_SECONDS)
    assert again in placements.shown
    others = [card for card in placements.shown if card != again]
    hidden = replace(placements, shown=others[:1]).of(again).text
    assert hidden.text in {"only number %(n)s by score", "too similar to card %(n)s"}


def test_the_desk_skips_a_signal_without_texts(tmp_path: Path) -> None:
    snapshot = site(tmp_path, ASKING, LIKE)
    other = snapshot.row("talks/5")
    assert other is not None
    parts = [("length", -2.0), ("newest on topic", -1.0), ("tags", 0.5), ("text", -0.01)]
    summary = summarize(parts, builder(snapshot), other)
    assert [str(one) for one in summary.favour] == reasons_of(snapshot, "talks/0", "talks/5")[:3]
    assert [str(one) for one in summary.against] == ["superseded by newer articles on this topic"]


def test_articles_of_other_topics_have_little_in_common(tmp_path: Path) -> None:
    """Whatever their scores are, and even if the threshold of the site accepts them."""
    for threshold in (0.0, 0.5):
        snapshot = site(tmp_path, ranking={"minimum_relevance": threshold})
        same, other = [], []
        for row in records():
            for candidate in records():
                found = reasons_of(snapshot, row["id"], candidate["id"])
                alike = row["id"].partition("/")[0] == candidate["id"].partition("/")[0]
                if row["id"] != candidate["id"]:
                    (same if alike else other).append(found)
        assert all(found == [str(LITTLE_IN_COMMON)] for found in other)
        assert all(found != [str(LITTLE_IN_COMMON)] for found in same)


def test_a_latest_card_has_little_in_common(tmp_path: Path) -> None:
    cards = explained(site(tmp_path), limit=12)["cards"]
    latest = [card["why"]["reasons"] for card in cards if card["origin"] == "latest"]
    assert latest
    assert all(reasons[1] == str(LITTLE_IN_COMMON) for reasons in latest)


def test_an_article_in_another_language_was_not_compared(tmp_path: Path) -> None:
    snapshot = site(tmp_path, ASKING, LIKE | {"language": "pl"})
    assert reasons_of(snapshot, "talks/0", "talks/5") == []


def test_an_article_beyond_a_full_list_may_be_on_topic(tmp_path: Path) -> None:
    one = next(row for row in records() if row["id"] == "talks/1")
    names = [f"{one}{two}" for one in "bcdfghjklmnp" for two in ("arn", "elt", "ond")]
    more = [
        one | {"id": f"{place}/{day}", "url": "", "body": f"Snow fell in {place} on {day} roads."}
        for place in names
        for day in ("icy", "old", "new", "wet")
    ]
    snapshot = site(tmp_path, *more, ranking=ANYTHING)
    row = row_of(snapshot, "talks/0")
    beyond = set(range(len(snapshot))) - {row, *snapshot.candidates.of(row)[0].tolist()}
    placements = placements_of(snapshot, row, NOW_SECONDS)
    found = {str(placements.of(article).text): article for article in beyond}
    text = f"not among the best {MAX_CANDIDATES} candidates"
    assert text in found
    assert placements.reasons.reasons(found[text]) == []


def test_linking_articles_are_named_unless_embargoed(tmp_path: Path) -> None:
    target = ["talks/5"]
    coming = {"id": "talks/1", "title": "Secret", "published": tomorrow(), "links": target}
    linking = [{"id": f"talks/{n}", "links": target} for n in (0, 2, 3)]
    shown = {"exclude_linked": False}
    said = words(site(tmp_path, coming, *linking, ranking=shown), "talks/5", limit=20)
    assert "similar articles link to it: “Talks report 2”, “Talks report 3”" in said
    assert "Secret" not in said


def tomorrow() -> str:
    return (NOW + timedelta(days=1)).isoformat()


def test_runners_up_are_compared_with_the_last_card(tmp_path: Path) -> None:
    snapshot = site(tmp_path)
    answer = explained(snapshot, limit=3)
    assert len(answer["runners_up"]) == 3
    shown = {card["id"] for card in answer["cards"]}
    last = answer["cards"][-1]["why"]
    everything = {card["id"]: card["why"] for card in explained(snapshot, limit=20)["cards"]}
    compared = 0
    for one in answer["runners_up"]:
        assert one["id"] not in shown
        why = everything[one["id"]]
        assert one["score"] == why["score"]
        parts, others = (w["contributions"] | {"freshness": w["freshness"]} for w in (why, last))
        for told, gap in (reason.rsplit(" ", 1) for reason in one["missing"]):
            name = next(name for name, texts in SIGNALS.items() if texts.comparative == told)
            assert float(gap) == pytest.approx(parts[name] - others[name], abs=0.011)
            compared += 1
    assert compared


def test_a_candidate_that_outscores_a_card_is_too_similar_and_not_lower(tmp_path: Path) -> None:
    """Also where the lowest-scoring card is not the last one."""
    snapshot = site(tmp_path, ranking=ANYTHING | {"diversity_penalty": 30.0})
    displaced = 0
    for row in records():
        for limit in (4, 5, 6):
            answer = explained(snapshot, row["id"], limit=limit)
            lowest = min(card["why"]["score"] for card in answer["cards"])
            for one in answer["runners_up"]:
                if one["score"] > lowest:
                    displaced += 1
                    assert one["missing"][0].startswith("too similar to card")
    assert displaced


def test_a_duplicate_and_a_candidate_too_similar_are_named_as_such(tmp_path: Path) -> None:
    text = " ".join(f"Word{n} went {n} times to the talks in Vilnius." for n in range(40))
    twins = [{"id": f"talks/{n}", "title": "Walkout in Vilnius", "body": text} for n in (3, 4)]
    snapshot = site(tmp_path, *twins, ranking=ANYTHING)
    answer = explained(snapshot, limit=20)
    place = [card["id"] for card in answer["cards"]].index("talks/3") + 1
    told = {one["id"]: one["missing"] for one in answer["runners_up"]}
    assert told["talks/4"] == [f"duplicate of card {place}"]
    told = {one["id"]: one["missing"] for one in explained(snapshot, "talks/4")["runners_up"]}
    assert told["talks/3"] == ["duplicate of this article"]
    alike = site(tmp_path, ranking=ANYTHING | {"diversity_penalty": 30.0})
    asked = [(row["id"], limit) for row in records() for limit in range(2, 7)]
    answers = [explained(alike, article, limit=limit) for article, limit in asked]
    lacked = [one["missing"][0] for answer in answers for one in answer["runners_up"]]
    like = [one for one in lacked if one.startswith("too similar")]
    with_cost = r"too similar to card \d \(diversity -\d+\.\d\d\)"
    assert any(re.fullmatch(with_cost, one) for one in like)
    assert all("diversity" not in one or re.fullmatch(with_cost, one) for one in like)


def test_terms_keep_the_spelling_of_the_text() -> None:
    text = "WARSAW – Rasa Jonutytė of Vilnius met Ona. Growers and 240 envoys met in Vilnius. Ok."
    texts = [text, text.replace("Growers", "Heavy growers")]
    articles = [Article(id="", title=".", published=NOW, body=body) for body in texts]
    first, second = (
        dict(terms) for terms in keywords_of(articles, *count_named_terms(tokenize(texts)))
    )
    assert {"Vilnius", "Rasa Jonutytė", "WARSAW", "envoys", "Growers", "Ona"} <= set(first)
    assert not {"240", "ok", "Ok", "vilnius met", "Vilnius met"} & set(first)
    assert first["Vilnius"] > first["Ona"] > first["Growers"] > 0
    assert "growers" in second


def test_another_language_is_a_reason_if_one_is_preferred(tmp_path: Path) -> None:
    polish = {"id": "talks/1", "language": "pl"}
    snapshot = site(tmp_path, polish, ranking=ANYTHING | {"language": "prefer"})
    told = {one["id"]: one["missing"] for one in explained(snapshot, limit=20)["runners_up"]}
    assert told["talks/1"] == ["in another language than this article"]


def test_explanations_are_opt_in(tmp_path: Path) -> None:
    snapshot = site(tmp_path)
    plain = json.loads(related_answer(snapshot, "talks/0", Query(), NOW_SECONDS).body)
    assert set(plain) == {"article", "snapshot", "cards"}
    assert all("why" not in card for card in plain["cards"])
    answer = explained(snapshot)
    for card in answer["cards"]:
        del card["why"]
    del answer["runners_up"]
    assert answer == plain


def test_nothing_hidden_is_among_the_runners_up(tmp_path: Path) -> None:
    coming = [row | {"published": tomorrow()} for row in records() if row["id"] > "talks/2"]
    answer = explained(site(tmp_path, *coming), limit=1)
    assert {one["id"] for one in answer["runners_up"]} & {row["id"] for row in coming} == set()


def test_series_are_found_by_a_colon_or_shared_first_words() -> None:
    assert shared_beginning("Today: rain", "Today: snow") == "Today:"
    assert shared_beginning("A day in Warsaw", "A day in Gdynia") == "A day in"
    assert shared_beginning("The rain", "The snow") == ""
    assert shared_beginning("", "") == ""

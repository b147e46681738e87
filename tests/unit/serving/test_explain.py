"""Reasons are true: terms are in the articles, numbers are in the score."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.lexical.tfidf import count_named_terms
from models.lexical.tokenizer import tokenize
from recommender.articles.article import Article
from recommender.articles.keywords import keywords_of
from recommender.overrides.active import ActiveOverrides
from recommender.serving.filters import Query
from recommender.serving.reasons import REASONS, ReasonBuilder, shared_beginning
from recommender.serving.responses import related_answer
from recommender.snapshots.snapshot import Snapshot
from sample_site import NOW, records
from sample_snapshot import NOW_SECONDS, site
from service.desk.presenters.reason_summary import ReasonSummary, summarize

COMMON = {"authors": ["Jan Nowak"], "tags": ["Vilnius talks", "truce"]}
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
    answer = related_answer(
        snapshot, article, options, NOW_SECONDS, ActiveOverrides(), explain=True
    )
    read: dict[str, Any] = json.loads(answer.body)
    return read


def words(snapshot: Snapshot, card: str, **query: Any) -> str:
    cards = explained(snapshot, **query)["cards"]
    return "\n".join(next(c for c in cards if c["id"] == card)["why"]["reasons"])


def test_shared_terms_are_named(tmp_path: Path) -> None:
    snapshot = site(tmp_path, ASKING, LIKE)
    message = words(snapshot, "talks/5")
    assert re.search(r"shares the names .*(Rasa Jonutytė|Vilnius).* and the words .*\(\+", message)
    assert "same tags: Vilnius talks, truce" in message
    assert "same section: politics" in message
    assert "same author: Jan Nowak" in message
    assert "both titles begin with “Morning letter:”" in message
    (why,) = (c["why"] for c in explained(snapshot)["cards"] if c["id"] == "talks/5")
    of_note = abs(why["contributions"]["date distance"]) >= 0.05
    assert ("published 15 days before this one (" in message) is of_note


def test_every_number_is_the_contribution_of_its_signal(tmp_path: Path) -> None:
    for card in explained(site(tmp_path, ASKING, LIKE))["cards"]:
        why = card["why"]
        assert why["score"] == pytest.approx(why["relevance"] + why["freshness"], abs=1e-3)
        text = "\n".join(why["reasons"])
        numbers = [float(n) for n in re.findall(r" \(([+-]\d+\.\d\d)\)$", text, re.MULTILINE)]
        values = [*why["contributions"].values(), why["freshness"]]
        expected = [value for value in values if abs(value) >= 0.05]
        assert numbers == pytest.approx(expected, abs=0.0051)


def test_semantic_similarity_has_its_cosine(tmp_path: Path) -> None:
    snapshot = site(tmp_path)
    why = next(c["why"] for c in explained(snapshot, limit=20)["cards"] if c["id"] == "talks/5")
    (text,) = (line for line in why["reasons"] if line.startswith("semantic similarity"))
    row, other = snapshot.row("talks/0"), snapshot.row("talks/5")
    assert row is not None
    assert other is not None
    cosine = ReasonBuilder(snapshot, row, NOW_SECONDS, ActiveOverrides()).cosine(other)
    assert text == f"semantic similarity {cosine:.2f} ({why['contributions']['semantic']:+.2f})"


def builder(snapshot: Snapshot, article: str = "talks/0") -> ReasonBuilder:
    row = snapshot.row(article)
    assert row is not None
    return ReasonBuilder(snapshot, row, NOW_SECONDS, ActiveOverrides())


def test_the_desk_skips_a_signal_without_texts(tmp_path: Path) -> None:
    snapshot = site(tmp_path, ASKING, LIKE)
    other = snapshot.row("talks/5")
    assert other is not None
    parts = [("length", 2.0), ("newest on topic", -1.0), ("tags", 0.5), ("text", 0.01)]
    assert summarize(parts, builder(snapshot), other) == ReasonSummary(
        ["tags in common"], ["superseded by newer articles on this topic"]
    )


def test_no_positive_text_is_given_for_a_value_below_zero(tmp_path: Path) -> None:
    snapshot = site(tmp_path, ASKING, LIKE)
    reasons = builder(snapshot)
    for other in range(len(snapshot)):
        for signal, texts in REASONS.items():
            assert reasons.text(signal, -0.3, other) == texts.negative
            assert reasons.text(signal, 0.3, other) in {texts.positive, texts.relative}


def test_a_positive_text_claims_only_what_the_articles_confirm(tmp_path: Path) -> None:
    """A contribution above 0 alone says that a candidate is better than others."""
    text = " ".join(f"Word{n} went {n} times to the talks in Vilnius." for n in range(40))
    duplicates = [{"id": f"talks/{n}", "title": "Walkout in Vilnius", "body": text} for n in (3, 6)]
    linking = {"id": "talks/2", "links": ["talks/1"]}
    snapshot = site(tmp_path, ASKING, *duplicates, linking)
    reasons = builder(snapshot)
    old, newest, target, source = (
        row for n in (6, 3, 1, 2) if (row := snapshot.row(f"talks/{n}")) is not None
    )
    assert not reasons.confirms("newest on topic", 0.5, old)
    assert reasons.text("newest on topic", 0.5, old) == REASONS["newest on topic"].relative
    assert not reasons.confirms("tags", 0.5, newest)
    assert "same tags" not in reasons.sentence("tags", 0.5, newest)
    assert reasons.confirms("links", 0.5, source)
    assert not reasons.confirms("links", 0.5, target)
    assert not reasons.confirms("links", 0.5, newest)
    assert reasons.sentence("links", 0.5, newest) == REASONS["links"].relative
    assert reasons.sentence("links", 0.5, target).startswith("linked from 1 other article")


def test_linking_articles_are_named_unless_embargoed(tmp_path: Path) -> None:
    target = ["talks/5"]
    coming = {"id": "talks/1", "title": "Secret", "published": tomorrow(), "links": target}
    linking = [{"id": f"talks/{n}", "links": target} for n in (0, 2, 3)]
    message = words(site(tmp_path, coming, *linking), "talks/5", limit=20)
    assert "linked from 2 other articles, similar to this one: “Talks report 2”, “Talks" in message
    assert "Secret" not in message


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
        for result, gap in (reason.rsplit(" ", 1) for reason in one["missing"]):
            name = next(name for name, texts in REASONS.items() if texts.comparative == result)
            assert float(gap) == pytest.approx(parts[name] - others[name], abs=0.011)
            compared += 1
    assert compared


def test_a_duplicate_and_a_candidate_too_similar_are_named_as_such(tmp_path: Path) -> None:
    text = " ".join(f"Word{n} went {n} times to the talks in Vilnius." for n in range(40))
    duplicates = [{"id": f"talks/{n}", "title": "Walkout in Vilnius", "body": text} for n in (3, 4)]
    snapshot = site(tmp_path, *duplicates)
    answer = explained(snapshot, limit=20)
    place = [card["id"] for card in answer["cards"]].index("talks/3") + 1
    result = {one["id"]: one["missing"] for one in answer["runners_up"]}
    assert result["talks/4"] == [f"duplicate of card {place}"]
    result = {one["id"]: one["missing"] for one in explained(snapshot, "talks/4")["runners_up"]}
    assert result["talks/3"] == ["duplicate of this article"]
    alike = site(tmp_path, ranking={"diversity_penalty": 30.0})
    options = [(row["id"], limit) for row in records() for limit in range(2, 7)]
    answers = [explained(alike, article, limit=limit) for article, limit in options]
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
    snapshot = site(tmp_path, polish, ranking={"language": "prefer"})
    result = {one["id"]: one["missing"] for one in explained(snapshot, limit=20)["runners_up"]}
    assert result["talks/1"] == ["in another language than this article"]


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

"""Rules of the site: linked articles, translations, updates, and series of template posts."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from placements import placements_of
from recommender.overrides.active import ActiveOverrides, ArticleOverride
from recommender.overrides.override import Kind
from recommender.serving.filters import Query
from recommender.serving.overlap import Overlap
from recommender.serving.recommend import latest, related
from recommender.serving.responses import related_answer
from recommender.snapshots.snapshot import NEVER, Snapshot
from sample_site import NOW, records
from sample_snapshot import NOW_SECONDS, recommended_ids, site
from service.desk.presenters.article.candidates import list_candidates

TALKS = {row["id"]: row for row in records() if row["id"].startswith("talks")}


def folder(parent: Path, name: str) -> Path:
    made = parent / name
    made.mkdir()
    return made


def answer(snapshot: Snapshot, article: str, **query: Any) -> Any:
    served = related_answer(snapshot, article, Query(**query), NOW_SECONDS, explain=True)
    return msgspec.json.decode(served.body)


def linking(**settings: Any) -> dict[str, Any]:
    links = ["talks/0", "talks/1", "https://www.site.example/talks/2/?utm_source=x", "nowhere"]
    return {"id": "talks/0", "links": links} | settings


def test_what_the_text_links_to_is_no_card(tmp_path: Path) -> None:
    again = TALKS["talks/1"] | {"id": "again", "url": "", "published": NOW.isoformat()}
    snapshot = site(tmp_path, linking(), again)
    shown = answer(snapshot, "talks/0", limit=20)
    ids = {card["id"] for card in shown["cards"]}
    assert len(ids) == 20
    assert not ids & {"talks/1", "again", "talks/2"}
    reasons = {one["id"]: one["missing"] for one in shown["runners_up"]}
    assert reasons["talks/1"] == ["already linked in the text"]
    assert reasons["again"] == ["duplicate of an article that the text links to"]
    # The other article does not link back.
    assert "talks/0" in recommended_ids(snapshot, "talks/1")


def test_a_pin_of_a_linked_article_is_shown(tmp_path: Path) -> None:
    snapshot = site(tmp_path, linking())
    row, pick = (snapshot.row(one) for one in ("talks/0", "talks/2"))
    assert row is not None
    assert pick is not None
    pin = ArticleOverride(Kind.PIN, pick, 2, 1, 0, NEVER)
    active = ActiveOverrides(articles={row: (pin,)})
    picks = related(snapshot, row, Query(), NOW_SECONDS, active)
    assert (picks[1].row, picks[1].origin) == (pick, "editor")


def test_linked_articles_are_cards_if_the_setting_says_so(tmp_path: Path) -> None:
    snapshot = site(tmp_path, linking(), ranking={"exclude_linked": False})
    assert {"talks/1", "talks/2"} <= set(recommended_ids(snapshot, "talks/0"))


def in_polish(number: int, **fields: Any) -> dict[str, Any]:
    row = TALKS[f"talks/{number}"]
    body = row["body"].replace(" w", " v")  # the topic, but no duplicate
    return row | {"id": f"pl/{number}", "url": "", "language": "pl", "body": body} | fields


def test_a_list_has_one_article_of_its_translations(tmp_path: Path) -> None:
    site_rows = [
        in_polish(0, translations=["talks/0"]),
        in_polish(1, translations=["https://site.example/talks/1?utm_medium=x"]),
        in_polish(2, translations=[77]),
        {"id": "talks/2", "translations": ["77"]},
    ]
    anything = {"language": "any", "minimum_relevance": 0.0}  # also a candidate of little evidence
    snapshot = site(tmp_path, *site_rows, ranking=anything)
    for article in ("talks/0", "pl/0"):
        cards = recommended_ids(snapshot, article, limit=20)
        assert not {"talks/0", "pl/0"} & set(cards)
        for number in (1, 2):
            assert len({f"talks/{number}", f"pl/{number}"} & set(cards)) == 1
    shown = answer(snapshot, "pl/0")
    reasons = {one["id"]: one["missing"] for one in shown["runners_up"]}
    assert reasons["talks/0"] == ["translation of this article"]
    both = site(
        folder(tmp_path, "b"),
        *site_rows,
        ranking={"language": "any", "exclude_translations": False},
    )
    assert "pl/0" in recommended_ids(both, "talks/0", limit=20)


def test_a_card_stays_in_its_language(tmp_path: Path) -> None:
    newer = in_polish(1, translations=["talks/1"], published=NOW.isoformat())
    snapshot = site(tmp_path, newer, ranking={"language": "prefer"})
    assert "talks/1" in recommended_ids(snapshot, "talks/0", limit=4)


def live(number: int = 7) -> dict[str, Any]:
    updated = NOW - timedelta(hours=1)
    return {"id": f"talks/{number}", "updated": updated.isoformat()}


def test_an_update_counts_as_fresh_if_the_setting_says_so(tmp_path: Path) -> None:
    recency = {"boost": 3.0, "half_life_days": 2.0}
    old = site(folder(tmp_path, "a"), live(), ranking={"recency": recency})
    new = site(
        folder(tmp_path, "b"), live(), ranking={"recency": recency, "recency_from": "updated"}
    )
    before, after = (answer(one, "talks/1", limit=20)["cards"] for one in (old, new))
    card_before, card = (
        next(c for c in cards if c["id"] == "talks/7") for cards in (before, after)
    )
    assert card_before["why"]["freshness"] < 0.1
    assert card["why"]["freshness"] > 2.9
    assert "updated 1 hour ago" in card["why"]["reasons"]
    assert [c["id"] for c in after].index("talks/7") < [c["id"] for c in before].index("talks/7")
    # The contract of a card stays as it is without the setting.
    assert "updated" not in card_before
    assert card["updated"] == "2026-10-31T11:00:00Z"
    assert "talks/7" in recommended_ids(new, "talks/1", max_age_days=1.0)
    assert "talks/7" not in recommended_ids(old, "talks/1", max_age_days=1.0)


def test_an_update_in_the_future_is_no_fresher_than_now(tmp_path: Path) -> None:
    late = {"id": "talks/7", "updated": (NOW + timedelta(days=300)).isoformat()}
    snapshot = site(tmp_path, late, ranking={"recency_from": "updated"})
    row = snapshot.row("talks/7")
    assert row is not None
    assert snapshot.recency_from[row] == NOW_SECONDS


def forecasts() -> list[dict[str, Any]]:
    made = []
    for day in range(10):
        published = NOW - timedelta(days=day, hours=2)
        for hours, region in ((0, "Coast"), (1, "Hills")):
            made.append(
                {
                    "id": f"{region}/{day}",
                    "title": f"{region}: weather for {31 - day} October",
                    "body": " ".join(f"wind {region}{day}x{n}" for n in range(20)) + " talks.",
                    "published": (published - timedelta(hours=hours)).isoformat(),
                    "section": "Weather",
                    "language": "en",
                }
            )
    return made


def test_of_template_posts_only_the_newest_are_cards(tmp_path: Path) -> None:
    snapshot = site(tmp_path, *forecasts(), ranking={"newest_only_sections": ["WEATHER"]})
    for article in ("Coast/5", "talks/0", "Hills/0"):
        cards = recommended_ids(snapshot, article, limit=20)
        assert len(cards) == 20
        shown = {card for card in cards if card.startswith(("Coast", "Hills"))}
        assert shown <= {"Coast/0", "Hills/0"}
    newest = latest(snapshot, Query(limit=20), NOW_SECONDS)
    assert sum(snapshot.identifier(pick.row).startswith("Coast") for pick in newest) == 1
    # Whoever asks for the section gets all of it.
    of_section = latest(snapshot, Query(limit=20, section="weather"), NOW_SECONDS)
    assert len(of_section) == 20
    withdrawn = snapshot.row("Coast/0")
    assert withdrawn is not None
    excluded = snapshot.published == snapshot.published[withdrawn]
    row = snapshot.row("talks/0")
    assert row is not None
    picks = related(snapshot, row, Query(limit=20), NOW_SECONDS, ActiveOverrides(excluded=excluded))
    assert {snapshot.identifier(p.row) for p in picks} & {"Coast/0", "Coast/1"} == set()
    earlier = NOW_SECONDS - 3 * 86_400
    assert "Coast/0" not in recommended_ids(snapshot, "talks/5", now=earlier, limit=20)
    newest_then = latest(snapshot, Query(limit=20), earlier)
    assert "Coast/3" in {snapshot.identifier(pick.row) for pick in newest_then}


def test_older_template_posts_take_no_candidate_slots(tmp_path: Path) -> None:
    forecast = {"id": "Coast/soon", "published": (NOW + timedelta(hours=5)).isoformat()}
    soon = forecasts()[0] | forecast
    ranking = {"newest_only_sections": ["Weather"], "minimum_relevance": 0}
    snapshot = site(tmp_path, *forecasts(), soon, ranking=ranking)
    row = snapshot.row("Coast/5")
    assert row is not None
    listed = {snapshot.identifier(one) for one in snapshot.candidates.of(row)[0] if one >= 0}
    weather = {one for one in listed if one.startswith(("Coast", "Hills"))}
    assert weather == {"Coast/0", "Hills/0", "Coast/soon"}
    # Once the forecast under embargo is published, the present ones are older posts.
    later = NOW_SECONDS + 20 * 3600
    found = list_candidates(placements_of(snapshot, row, later)).items
    texts = {one.card["id"]: str(one.placement.text) for one in found if one.card["id"] in weather}
    older = {name for name, text in texts.items() if text == "older post of a series"}
    assert (set(texts), older) == (weather, {"Coast/0"})


def test_a_section_is_found_however_it_is_written(tmp_path: Path) -> None:
    mixed = [
        {"id": "talks/1", "section": "Arts & Culture"},
        {"id": "talks/2", "section": "ARTS &  culture"},
    ]
    snapshot = site(tmp_path, *mixed)
    filters = {"section": "arts & CULTURE", "fill": "none"}
    assert set(recommended_ids(snapshot, "talks/0", **filters)) == {"talks/1", "talks/2"}
    without = recommended_ids(snapshot, "talks/0", exclude_section="arts & culture", limit=20)
    assert not {"talks/1", "talks/2"} & set(without)
    assert snapshot.sections == ["Arts & Culture", "politics", "sport"], "the newest is the label"
    row, other = snapshot.row("talks/1"), snapshot.row("talks/2")
    assert row is not None
    assert other is not None
    assert snapshot.latest_of(snapshot.section.item(other)).tolist() == [row, other]
    assert "same section: Arts & Culture" in map(str, Overlap(snapshot, row).facts(other))

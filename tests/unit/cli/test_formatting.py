"""What the command line prints about weights and statistics."""

from collections import Counter

import pytest
from msgspec.structs import replace

from recommender.catalogue.languages import LanguageProblems
from recommender.cli.formatting import (
    encoder_line,
    hidden_since_line,
    language_lines,
    states_line,
    stats_lines,
    still_withdrawn_line,
    weights_line,
)
from recommender.learning.adapt import AdoptionDecision
from recommender.runs.article_states import BY_CMS, BY_EDITORS, PUBLIC
from recommender.settings import Ranking
from recommender.snapshots.manifest import SnapshotStats, TopArticle

TRIED = AdoptionDecision(
    adopted=False, reason="", examples=89, holdout_size=17, default_ndcg=0.704, site_ndcg=0.792
)
STATS = SnapshotStats(
    articles=132,
    lists=132,
    sampled=False,
    catalog_coverage=0.9848,
    top_article=TopArticle(id="a", lists=16, share=0.1212),
    top_1_percent_share=0.02,
    same_section=None,
    median_age_days=387.0,
    fallback_rate=0.0,
    short_list_rate=0.0,
    candidate_recall=0.722,
)


@pytest.mark.parametrize(
    ("decision", "line"),
    [
        (
            AdoptionDecision(adopted=False, reason="", examples=16),
            "default (16 training examples; site-specific weights need 60)",
        ),
        (
            replace(TRIED, adopted=True),
            "site-specific (nDCG@6 0.792 vs 0.704 default; hold-out 17 of 89 examples)",
        ),
        (
            TRIED,
            (
                "default (the gain of site-specific weights is within its standard error: "
                "nDCG@6 0.792 vs 0.704 default; hold-out 17 of 89 examples)"
            ),
        ),
        (
            replace(TRIED, site_ndcg=0.7),
            (
                "default (site-specific weights are not better: "
                "nDCG@6 0.700 vs 0.704 default; hold-out 17 of 89 examples)"
            ),
        ),
    ],
)
def test_the_line_of_weights_gives_the_reason(decision: AdoptionDecision, line: str) -> None:
    assert weights_line(decision) == f"Ranking weights: {line}"


def test_statistics_are_three_lines() -> None:
    assert list(stats_lines(STATS)) == [
        "130 of 132 articles are recommended somewhere; the most frequent one in 16 lists (12%)",
        "fallback rate 0.0%; candidate recall of editorial links 72.2%",
        "median age of the cards 387 days; 2.0% of the cards from the top 1% of articles",
    ]


def test_articles_are_counted_by_state_unless_all_are_public() -> None:
    assert states_line(Counter(public=8)) == ""
    assert states_line(Counter({BY_EDITORS: 8, PUBLIC: 0})) == (
        "8 in the catalogue = 8 withdrawn by editors"
    )
    first = next(stats_lines(STATS, Counter({BY_EDITORS: 2, BY_CMS: 1})))
    assert first.startswith("130 of 132 articles, including 3 withdrawn or hidden, are recommended")


def test_hidden_articles_are_counted_in_singular_and_plural() -> None:
    assert still_withdrawn_line(["a"]).startswith(
        "1 article remains withdrawn by the CMS although a source lists it as published (a); "
    )
    assert still_withdrawn_line(["a", "b", "c", "d"]).startswith(
        "4 articles remain withdrawn by the CMS although a source lists them as published "
        "(a, b, c, ...); "
    )
    assert hidden_since_line(3) == "3 articles withdrawn after this snapshot was built stay hidden"


NO_PROBLEMS = LanguageProblems(Counter(), {})


def test_declared_languages_that_seem_wrong_are_named() -> None:
    problems = LanguageProblems(Counter(), {("pl", "en"): ["a", "b"], ("de", "fr"): ["c"]})
    first, second = language_lines({"pl": 90}, problems, Ranking())
    assert "declared language pl, but the text is in en: 2 articles (a, b)" in first
    assert "declared language de, but the text is in fr: 1 article (c)" in second


def test_languages_that_cannot_fill_a_list_are_named() -> None:
    languages = {"en": 90, "sv": 7, "he": 6, "zh-Hant": 1}
    assert list(language_lines(languages, NO_PROBLEMS, Ranking())) == [
        "language he: 6 articles, so fewer than 6 cards",
        "language zh-Hant: 1 article, so fewer than 6 cards",
    ]
    assert list(language_lines(languages, NO_PROBLEMS, Ranking(language="prefer"))) == []


@pytest.mark.parametrize(
    ("languages", "model", "line"),
    [
        (
            {"pl": 90, "en": 10},
            "minilm",
            "'minilm' was trained on the language of 10% of",
        ),
        ({"zh-Hant": 90, "hi": 10}, "minilm", "'multilingual' on that of 90%"),
        ({"pl": 90, "en": 10}, "multilingual", ""),
        ({"pl": 40, "en": 60}, "minilm", ""),
        ({"cs": 90, "en": 10}, "minilm", ""),
        ({"pl": 90}, "house.models:encoder", ""),
        ({"pl": 90, "en": 10}, "auto", "'multilingual', trained on the language of 100% of"),
        ({"pl": 40, "en": 60}, "auto", ""),
        ({"cs": 90, "en": 10}, "auto", ""),
    ],
)
def test_a_model_that_knows_more_of_the_languages_is_named(
    languages: dict[str, int], model: str, line: str
) -> None:
    told = encoder_line(languages, model)
    assert line in told
    assert bool(line) == bool(told)

"""Baselines: archives of any size, all scripts, and the language of the articles."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from evaluation_run import evaluate_links
from recommender.articles.article import Article
from recommender.evaluation.baselines import RankFunction, bm25, tfidf
from recommender.settings import Settings
from sample_site import NOW, records

TEXT_BASELINES = pytest.mark.parametrize("baseline", [tfidf, bm25])
Baseline = Callable[[list[Article]], RankFunction]

ON_TOPIC = {
    "zh": ("北京经济增长超过预期", "上海港口扩建工程开工", "专家上调北京的经济预测"),
    "ja": (
        "東京の経済成長が予想を上回る",
        "大阪港の拡張工事が始まる",
        "専門家が東京の経済予測を上げた",
    ),
    "th": ("เศรษฐกิจไทยเติบโตเกินคาด", "ท่าเรือภูเก็ตขยายใหญ่ขึ้น", "ผู้เชี่ยวชาญปรับเศรษฐกิจไทย"),
}
"""Titles in scripts without spaces: the first and the last share words inside a clause."""


def articles(titles: tuple[str, ...], language: str = "en") -> list[Article]:
    return [
        Article(id=str(n), title=title, published=NOW - timedelta(days=n), language=language)
        for n, title in enumerate(titles)
    ]


def ranked(baseline: Baseline, made: list[Article]) -> list[int]:
    """The other articles, as a baseline ranks them under the first."""
    return baseline(made)(0, np.arange(1, len(made), dtype=np.int32)).tolist()


@TEXT_BASELINES
@pytest.mark.parametrize("size", range(1, 7))
def test_a_small_archive_is_ranked(baseline: Baseline, size: int) -> None:
    titles = [f"The council voted on bridge {n} and the budget" for n in range(size)]
    assert ranked(baseline, articles(tuple(titles))) == list(range(1, size))


@TEXT_BASELINES
@pytest.mark.parametrize("title", ["!", "a", "the and of"])
def test_texts_without_words_keep_the_order_of_time(baseline: Baseline, title: str) -> None:
    assert ranked(baseline, articles((title,) * 3)) == [1, 2]


@TEXT_BASELINES
def test_texts_without_a_shared_word_keep_the_order_of_time(baseline: Baseline) -> None:
    titles = tuple(f"bridge{n} harbour{n}" for n in range(30))
    assert ranked(baseline, articles(titles)) == list(range(1, 30))


@TEXT_BASELINES
@pytest.mark.parametrize("language", ON_TOPIC)
def test_scripts_without_spaces_have_words(baseline: Baseline, language: str) -> None:
    assert ranked(baseline, articles(ON_TOPIC[language], language)) == [2, 1]


def test_english_texts_are_weighted_as_scikit_learn_does() -> None:
    """On a text of plain words the baseline is the usual one."""
    random = np.random.default_rng(1)
    words = ["bridge", "cargo", "council", "exam", "ferry", "harbour", "school", "vote"]
    titles = tuple(f"The {' of '.join(random.choice(words, 5))} 2{n}" for n in range(30))
    made = articles(titles)
    usual = TfidfVectorizer(sublinear_tf=True, min_df=2, max_df=0.5, stop_words="english")
    vectors = usual.fit_transform([f"{title} {title}  " for title in titles])
    cosines = (vectors @ vectors[0].T).toarray().ravel()[1:]
    found = cosines[np.array(ranked(tfidf, made)) - 1]
    assert len(set(cosines.round(6))) > 5
    np.testing.assert_allclose(found, np.sort(cosines)[::-1], atol=1e-12)


@TEXT_BASELINES
def test_english_has_stop_words_in_every_region(baseline: Baseline) -> None:
    """The second article shares only stop words with the first, and more of them."""
    fillers = "there is these but into with such that their"
    titles = (f"harbour {fillers}", f"school {fillers} {fillers}", "harbour crane")
    titles += tuple(f"exam{n} teacher{n}" for n in range(30))
    for language in ("en", "en-US", "en-GB"):
        assert ranked(baseline, articles(titles, language))[0] == 2


@pytest.mark.parametrize("tag", ["en-US", "EN_us", "", "xx-invalid"])
def test_the_spelling_of_the_language_changes_no_figure(
    settings: Settings, tmp_path: Path, tag: str
) -> None:
    filler = " There is more about it because they should have been there before us."
    links = "".join(f"talks/{n}\ttalks/{n + 2}\n" for n in range(5))
    rows = [row | {"body": row["body"] + filler * (n % 4)} for n, row in enumerate(records())]
    tagged = [row | {"language": tag} for row in rows]
    english = evaluate_links(settings, tmp_path, rows, links).report
    found = evaluate_links(settings, tmp_path, tagged, links).report
    assert found.rankings == english.rankings

"""Names of sections and tags are compared without case, normal form and spaces."""

import pytest

from recommender.names import name_key, one_spelling
from recommender.settings import Ranking, Recency


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SPONSORED", "sponsored"),
        ("ÉLECTIONS", "e\u0301lections"),
        ("Arts  &\u00a0Culture ", "arts & culture"),
        ("STRASSE", "Straße"),
        ("TRAFİK", "trafik"),
        ("TARIM", "tarım"),
        ("ΤΈΧΝΕΣ", "τέχνες"),
    ],
)
def test_the_same_name_is_written_in_several_ways(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_other_names_are_others() -> None:
    assert len({name_key(one) for one in ("résumé", "resume", "news", "new s", "")}) == 5


def test_names_are_written_as_the_known_one_or_as_the_first() -> None:
    names = ["Opinion", "NEWS", "news", "opinion ", ""]
    assert one_spelling(names) == ["Opinion", "NEWS", "NEWS", "Opinion", ""]
    assert one_spelling(names, ["News"]) == ["Opinion", "News", "News", "Opinion", ""]


def test_recency_by_section_does_not_depend_on_case() -> None:
    ranking = Ranking(recency_by_section={"news": Recency(boost=2.0)})
    assert ranking.recency_of("News").boost == 2.0
    assert ranking.recency_of("Sport") == ranking.recency

"""Keywords that two articles share."""

from recommender.snapshots.keyword_blob import ArticleKeywords


def keywords(*terms: str) -> ArticleKeywords:
    return ArticleKeywords([(term, 1.0) for term in terms], [])


def test_only_a_word_that_both_articles_capitalise_is_a_name() -> None:
    one = keywords("Pilots", "strike", "Oslo", "Oda Reem", "NATO")
    other = keywords("pilots", "Strike", "Oslo", "Oda Reem", "nato")
    shared = {"pilots", "strike", "Oslo", "Oda Reem", "nato"}
    assert set(one.shared(other)) == set(other.shared(one)) == shared


def test_of_two_forms_of_a_word_the_shorter_one_is_shared() -> None:
    one, other = keywords("চাঁদপুরের", "খুলনা"), keywords("চাঁদপুরে", "খুলনা")
    assert set(one.shared(other)) == set(other.shared(one)) == {"চাঁদপুরে", "খুলনা"}
    several = ArticleKeywords([("চাঁদপুরে", 1.0), ("খুলনা", 0.5), ("চাঁদপুরকে", 0.01)], [])
    assert one.shared(several) == several.shared(one) == ["চাঁদপুরে", "খুলনা"]


def test_no_word_occurs_twice() -> None:
    one = keywords("Pilots", "Oslo Pilots", "Oslo")
    assert one.shared(keywords("pilots", "Oslo Pilots", "Oslo")) == ["Oslo Pilots"]
    one = keywords("Kilingi", "Kilingi-Nõmme", "Nõmme")
    assert one.shared(one) == ["Kilingi-Nõmme"]
    joined = keywords("کوه", "زرین\u200cکوه", "زرین")
    assert joined.shared(joined) == ["زرین\u200cکوه"]

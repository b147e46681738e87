"""The articles with a tag or an author, however its name is written."""

from recommender.articles.article import Article
from recommender.catalogue.store import Catalogue
from recommender.overrides.facets import counted_names, members
from recommender.overrides.override import Scope
from sample_site import NOW


def test_names_are_compared_without_case_and_spaces(database: str) -> None:
    tags = {"a": ("SPONSORED", "x"), "b": ("sponsored",), "c": ("Sponsored  ",), "d": ("sponsor",)}
    articles = [Article(id=i, title=i, published=NOW, tags=named) for i, named in tags.items()]
    articles.append(Article(id="e", title="e", published=NOW, authors=("É. Dupont",)))
    catalogue = Catalogue(database)
    catalogue.add(articles, "here", NOW)
    engine = catalogue.engine
    assert sorted(members(engine, Scope.TAG, "Sponsored")) == ["a", "b", "c"]
    assert members(engine, Scope.AUTHOR, "é. DUPONT") == ["e"]
    assert members(engine, Scope.TAG, "missing") == []
    assert counted_names(engine, Scope.TAG)[0] == ("SPONSORED", 3)
    assert len(counted_names(engine, Scope.TAG)) == 3
    catalogue.close()

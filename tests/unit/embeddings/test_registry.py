"""The encoder registry: installed encoders are loaded, missing ones are errors."""

from pathlib import Path

import numpy as np
import pytest

from recommender.embeddings.registry import MINILM_SHA256, _check_weights, load_encoder
from recommender.errors import EncoderError


@pytest.mark.slow
def test_minilm_is_loaded_from_its_package() -> None:
    encoder = load_encoder("minilm")
    assert encoder.dimensions == 384
    talks, truce, football = encoder.encode(
        ["peace talks in Vilnius", "negotiators agree on a ceasefire", "the striker scored twice"]
    )
    assert np.linalg.norm(talks) == pytest.approx(1, abs=1e-5)
    assert talks @ truce > talks @ football + 0.2


@pytest.mark.slow
def test_the_multilingual_encoder_aligns_two_languages() -> None:
    encoder = load_encoder("multilingual")
    english, polish, other = encoder.encode(
        [
            "The peace talks in Vilnius have resumed.",
            "Rozmowy pokojowe w Wilnie zostały wznowione.",
            "Napastnik strzelił dwa gole.",
        ]
    )
    assert english @ polish > english @ other + 0.2


@pytest.mark.parametrize(
    "setting", ["no-such-model", "owner/no-such-model", "/no/such/folder", "no_such_module:Encoder"]
)
def test_a_missing_encoder_is_an_error(setting: str) -> None:
    with pytest.raises(EncoderError, match='expected "auto"'):
        load_encoder(setting)


def test_changed_model_files_are_refused(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"other weights")
    with pytest.raises(EncoderError, match=r"expected sha256 53aa51172d14\.\.\., got \w+"):
        _check_weights(weights, MINILM_SHA256)


@pytest.mark.slow
def test_a_folder_without_a_model_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[]")
    with pytest.raises(EncoderError, match="cannot be loaded"):
        load_encoder(str(tmp_path))

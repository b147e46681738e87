"""Encoders that return something other than they promise."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from small_encoder import SmallEncoder


class NaN(SmallEncoder):
    """Gives one value that is no number, for the third text."""

    name = "nan"

    def encode(self, texts: Sequence[str]) -> Any:
        vectors = super().encode(texts)
        vectors[2, 5] = np.nan
        return vectors


class Narrow(SmallEncoder):
    """Promises 64 dimensions and gives 32."""

    name = "narrow"

    def encode(self, texts: Sequence[str]) -> Any:
        return super().encode(texts)[:, :32]


class Short(SmallEncoder):
    """Forgets the last text."""

    name = "short"

    def encode(self, texts: Sequence[str]) -> Any:
        return super().encode(texts)[:-1]


class Lists(SmallEncoder):
    """Gives lists of numbers where an array was promised: as good, once it is made one."""

    name = "lists"

    def encode(self, texts: Sequence[str]) -> Any:
        return super().encode(texts).tolist()


class Nothing(SmallEncoder):
    """Gives nothing at all."""

    name = "nothing"

    def encode(self, texts: Sequence[str]) -> Any:
        return None


class Wider(SmallEncoder):
    """Goes by the small encoder's name and gives vectors of twice its length."""

    dimensions = 128


class Crashing(SmallEncoder):
    """Raises an error that its caller does not expect."""

    name = "crashing"

    def encode(self, texts: Sequence[str]) -> Any:
        return len(texts) / 0

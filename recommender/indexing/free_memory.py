"""Returns freed memory to the operating system."""

from __future__ import annotations

import ctypes
import gc


def free_memory() -> None:
    """Return what large temporary objects have left behind, where the C library can (glibc).

    The allocator keeps freed memory between objects that live on: 5 KB an article after the corpus
    is built, a tenth of the peak of a full run.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)

"""Compare the processor time of our reader of web pages with that of trafilatura."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.reader_accuracy.corpora import TestPage
from benchmarks.reader_accuracy.extractors import ours

ROUNDS = 2
"""Times that a page is read by each; the faster one counts."""


def speed_figures(pages: list[TestPage]) -> dict[str, Any]:
    """Return the time of our reader, divided by that of trafilatura with its defaults.

    Trafilatura is measured twice: for the text alone, and for the text with the metadata, which our
    reader always extracts. The contestants take turns on every page.
    """
    from trafilatura import bare_extraction, extract  # noqa: PLC0415 - as in the reader

    contestants: dict[str, Callable[[TestPage], Any]] = {
        "ours": ours,
        "text": lambda page: extract(page.data),
        "text and metadata": lambda page: bare_extraction(page.data, with_metadata=True),
    }
    seconds = dict.fromkeys(contestants, 0.0)
    for page in pages:
        for name, read in contestants.items():
            seconds[name] += min(_seconds(partial(read, page)) for _ in range(ROUNDS))
    ratios = {
        f"times trafilatura, {name}": round(seconds["ours"] / seconds[name], 2)
        for name in ("text", "text and metadata")
    }
    return {
        "pages": len(pages),
        "ms_per_page": round(1000 * seconds["ours"] / len(pages)),
        **ratios,
    }


def _seconds(read: Callable[[], Any]) -> float:
    start = time.process_time()
    read()
    return time.process_time() - start

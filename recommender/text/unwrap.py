"""Join lines that were wrapped at a fixed width, as news agencies send them."""

from __future__ import annotations

from statistics import median

MAX_WIDTH = 100
"""Characters of a wrapped line. A longer line is a paragraph."""

MIN_MEDIAN_WIDTH = 40
"""Median of the characters. Shorter lines are a list or a poem."""

MIN_LINES = 4
"""Lines from which the width can be estimated."""


def unwrap_lines(body: str) -> str:
    """Join wrapped lines to paragraphs; an indented line begins a new one.

    A body with empty lines or a long line, or whose lines mostly end with a sentence, is returned
    unchanged.
    """
    lines = body.splitlines()
    if (
        "\n\n" in body
        or len(lines) < MIN_LINES
        or not _is_wrapped([line.strip() for line in lines])
    ):
        return body
    paragraphs: list[list[str]] = []
    for line in lines:
        if not paragraphs or line[:1].isspace():
            paragraphs.append([])
        paragraphs[-1].append(line.strip())
    return "\n\n".join(" ".join(paragraph) for paragraph in paragraphs)


def _is_wrapped(lines: list[str]) -> bool:
    lengths = [len(line) for line in lines]
    open_ended = sum(not line.endswith((".", "!", "?", '"', "”", ":")) for line in lines)
    return (
        max(lengths) <= MAX_WIDTH
        and median(lengths) >= MIN_MEDIAN_WIDTH
        and 2 * open_ended > len(lines)
    )

"""Bodies whose lines were broken at a width, as news wires send them, made paragraphs again."""

from __future__ import annotations

from statistics import median

WIDEST = 100
"""Characters: a longer line is a paragraph, and was not broken."""

TYPICAL = 40
"""Characters: shorter lines are a list or verse, and meant."""

FEWEST = 4
"""Lines from which a width can be told."""


def unwrap_lines(body: str) -> str:
    """Join lines that were broken at a width; an indented line begins a paragraph.

    A body with empty lines between its paragraphs, with a long line, or whose lines mostly end
    where a sentence does, comes back as it was.
    """
    lines = body.splitlines()
    if "\n\n" in body or len(lines) < FEWEST or not _broken([line.strip() for line in lines]):
        return body
    paragraphs: list[list[str]] = []
    for line in lines:
        if not paragraphs or line[:1].isspace():
            paragraphs.append([])
        paragraphs[-1].append(line.strip())
    return "\n\n".join(" ".join(paragraph) for paragraph in paragraphs)


def _broken(lines: list[str]) -> bool:
    lengths = [len(line) for line in lines]
    open_ended = sum(not line.endswith((".", "!", "?", '"', "”", ":")) for line in lines)
    return max(lengths) <= WIDEST and median(lengths) >= TYPICAL and 2 * open_ended > len(lines)

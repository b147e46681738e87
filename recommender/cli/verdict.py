"""The figures of an evaluation as tables that a person reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

LARGEST = 6
"""Sections that get a line; the others stand in --json."""

PARTS = {"section": "section:", "language": "language:", "age": "linked:"}
"""What a line of a part begins with."""

NAMELESS = "(none)"


def as_table(figures: dict[str, Any]) -> str:
    """Write the figures of every ranking, of the parts, and of the pool of candidates."""
    head = f"{figures['questions']} articles that link, {figures['links']} links to find"
    blocks = [
        head,
        "\n".join(_rankings(figures["rankings"])),
        "\n".join(_parts(figures["breakdown"], list(figures["rankings"]))),
        f"{_pool(figures['pool'])}\n{_weights(figures['weights'])}",
    ]
    return "\n\n".join(blocks)


def _rankings(rankings: dict[str, Any]) -> Iterator[str]:
    yield f"{'':<20}{'nDCG@6':>22}{'recall@6':>22}{'MRR':>22}"
    for name, measured in rankings.items():
        cells = "".join(f"{_cell(measured[m]):>22}" for m in ("ndcg@6", "recall@6", "mrr"))
        yield f"{name:<20}{cells}"


def _cell(figure: dict[str, Any]) -> str:
    low, high = figure["interval"]
    return f"{figure['mean']:.3f} [{low:.3f}, {high:.3f}]"


def _parts(breakdown: dict[str, Any], rankings: list[str]) -> Iterator[str]:
    names = "".join(f"{name:>19}" for name in rankings)
    yield f"{'nDCG@6':<24}{'links':>7}{names}"
    for kind, parts in breakdown.items():
        for name, part in list(parts.items())[:LARGEST]:
            cells = "".join(f"{part['rankings'][r]['ndcg@6']['mean']:>19.3f}" for r in rankings)
            yield f"{_short(f'{PARTS[kind]} {name or NAMELESS}'):<24}{part['links']:>7}{cells}"
        if len(parts) > LARGEST:
            yield f"and {len(parts) - LARGEST} smaller ones (--json)"


def _short(text: str, width: int = 23) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."


def _pool(pool: dict[str, Any]) -> str:
    scan = pool["scan"]
    return (
        f"{pool['links']:.1%} of the links are in the pool of candidates "
        f"({pool['size']:.0f} an article);\n"
        f"in a sample of {scan['questions']} articles {scan['in_pool']:.1%}, where a scan of "
        f"everything has {scan['in_best_100_of_everything']:.1%} among its best 100"
    )


def _weights(weights: dict[str, Any]) -> str:
    if not weights["tried"]:
        return "too few earlier links to learn weights of the site's own from"
    last = weights["last"]
    return (
        f"weights of the site's own, learned from earlier links, were adopted {weights['adopted']} "
        f"of {weights['tried']} times; last: nDCG@6 {last['own']:.3f} against {last['shipped']:.3f}"
    )

"""Lines wrapped at a width are joined; intended line breaks stay."""

import pytest

from recommender.text.unwrap import unwrap_lines

WIRE = (
    "Showers went on all week in the river district, ending a drought that\n"
    "had lasted since early January and improving prospects for the harvest,\n"
    "the growers' union said in its weekly review.\n"
    "    Farmers had waited for rain since the middle of the winter, and many\n"
    "had given the early crop up."
)


def test_wrapped_lines_of_agencies_become_paragraphs() -> None:
    first, second = unwrap_lines(WIRE).split("\n\n")
    assert first.endswith("the growers' union said in its weekly review.")
    assert "drought that had lasted" in first
    assert second.startswith("Farmers had waited")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "One line.",
        "bread\nbutter\nmilk\nhoney\nsalt",
        "A paragraph.\n\n" + WIRE,
        "\n".join(["This whole line is a sentence, and it ends where the line does."] * 6),
        WIRE + "\n" + "long " * 40,
    ],
)
def test_intended_line_breaks_stay(body: str) -> None:
    assert unwrap_lines(body) == body

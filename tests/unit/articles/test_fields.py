"""The tokenised fields of an article."""

from datetime import UTC, datetime

import numpy as np

from recommender.articles.article import Article
from recommender.articles.fields import NEW_STEMS, named_passages_of, tokenized_fields

MOMENT = datetime(2026, 10, 31, tzinfo=UTC)


def test_paragraphs_are_long_lines_or_else_the_lead() -> None:
    long = "Engineers found cracks in two piers."
    other = "The bridge will stay closed until spring."
    read = [
        Article(
            id="a", title="Bridge shut", published=MOMENT, body=f"{long}\nA sub-heading\n{other}"
        ),
        Article(id="b", title="Vote", teaser="In May.", published=MOMENT, body="No more."),
        Article(id="c", title="Bridge", published=MOMENT),
    ]
    passages, _ = named_passages_of(tokenized_fields(read))
    assert passages.starts.tolist() == [0, 2, 3, 4]
    paragraphs, bodies = passages.paragraphs.toarray(), passages.bodies.toarray()
    assert paragraphs.sum(axis=1).tolist() == [6, 7, 3, 1]  # "two" counts, one letter does not
    assert bodies.sum(axis=1).tolist() == [16, 5, 1]
    np.testing.assert_array_equal(paragraphs[3], passages.leads.toarray()[2])
    assert (bodies.max(axis=0)[:-NEW_STEMS] == 1).all()
    assert passages.titles.toarray().sum(axis=1).tolist() == [2, 1, 1]


def test_a_part_keeps_the_spelling_of_words() -> None:
    read = [Article(id=name, title=f"{name} Straße", published=MOMENT) for name in ("a", "b")]
    part = tokenized_fields(read).part(1, 2)
    assert part.tokens.spellings == {"strasse": "Straße"}
    assert part.full_text.starts.tolist() == [0, 2]  # one letter is no word
    assert len(part.long) == part.first[-1] == 3

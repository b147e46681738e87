"""URL converter for article ids."""

from __future__ import annotations

from werkzeug.routing import BaseConverter


class ArticleIdConverter(BaseConverter):
    """Match an article id of any form, including leading slashes and line breaks.

    Werkzeug's own ``path`` converter rejects ids such as ``/politics/talks``.
    """

    part_isolating = False
    regex = r"[\s\S]+?"
    weight = 200

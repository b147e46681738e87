"""Ids in addresses: whatever a site calls its articles."""

from __future__ import annotations

from werkzeug.routing import BaseConverter


class ArticleIdConverter(BaseConverter):
    """A part of an address that may hold anything, also slashes at its start and line breaks.

    The framework's own ``path`` would not take ids such as ``/politics/talks``.
    """

    part_isolating = False
    regex = r"[\s\S]+?"
    weight = 200

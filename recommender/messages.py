"""A text that is still in parts, so that whoever shows it can show it in another language."""

from __future__ import annotations


class Message:
    """A text with named places, and what stands in them; :class:`str` of it is English.

    A value may be a phrase itself, or a member of an enumeration of words.
    """

    def __init__(self, text: str, **values: object) -> None:
        self.text = text
        """With places as ``%(name)s``, where there are values."""
        self.values = values

    def __str__(self) -> str:
        """Fill the places in."""
        return self.text % self.values if self.values else self.text

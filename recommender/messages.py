"""Messages that can be shown in another language: a template and its values."""

from __future__ import annotations


class Message:
    """A template with named placeholders and the values for them.

    The desk translates :attr:`text` before it fills in the values. ``str()`` of a message is
    English. A value may itself be a message, or a member of an enumeration whose values are words.
    """

    def __init__(self, text: str, **values: object) -> None:
        self.text = text
        """English template. Placeholders are written ``%(name)s``."""
        self.values = values

    def __str__(self) -> str:
        """Fill in the values."""
        return self.text % self.values if self.values else self.text


def gettext_noop(text: str) -> str:
    """Mark a text for translation: the desk's catalogues must have it."""
    return text

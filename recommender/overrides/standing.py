"""Which decisions still stand: not undone, or undone and brought back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from recommender.errors import OverrideError
from recommender.overrides.override import Kind, Override
from recommender.overrides.validation import check_against


class ActiveLog:
    """Entries of the log, oldest first, and which of them no undo has lifted."""

    def __init__(self, entries: Iterable[Override] = ()) -> None:
        self._entries: dict[int, Override] = {}
        self._alive: dict[int, bool] = {}
        self._near: dict[tuple[str, str], list[int]] = defaultdict(list)
        for entry in entries:
            self.take(entry)

    def take(self, entry: Override) -> None:
        """Take the next entry."""
        self._entries[entry.id] = entry
        self._alive[entry.id] = True
        self._near["article", entry.article].append(entry.id)
        self._near["pick", entry.pick].append(entry.id)
        # Down the chain: undoing an undo brings back what that one had lifted.
        below, value = entry.undoes, False
        while below is not None and below in self._entries:
            self._alive[below] = value
            below, value = self._entries[below].undoes, not value

    def __getitem__(self, number: int) -> Override:
        """Look an entry up by its number."""
        if number not in self._entries:
            raise no_entry(number)
        return self._entries[number]

    def decisions(self) -> list[Override]:
        """List what stands, whatever its dates, oldest first; undos are not among it."""
        return [
            entry
            for number, entry in self._entries.items()
            if self._alive[number] and entry.kind is not Kind.UNDO
        ]

    def add(self, entry: Override) -> None:
        """Take a new entry, if it may be added.

        Raises an OverrideError where it contradicts what stands, or undoes what does not.
        """
        if entry.undoes is not None:
            self._check_undo(entry)
        if entry.kind is not Kind.UNDO:
            check_against(entry, self._beside(entry))
        self.take(entry)
        if (revived := self._revived(entry)) is not None:
            check_against(revived, self._beside(revived))

    def _check_undo(self, entry: Override) -> None:
        target = self[entry.undoes or 0]
        if not self._alive[target.id]:
            lifting = max(n for n, e in self._entries.items() if e.undoes == target.id)
            raise OverrideError(
                "entry %(entry)s is undone already (entry %(undo)s by %(author)s); to bring it "
                "back undo that one",
                entry=target.id,
                undo=lifting,
                author=self._entries[lifting].author,
            )

    def _revived(self, entry: Override) -> Override | None:
        """Find the decision that an undo of an undo has brought back."""
        below: Override | None = entry
        while below is not None and below.undoes is not None:
            below = self._entries.get(below.undoes)
        if entry.undoes is None or below is None or not self._alive[below.id]:
            return None
        return below

    def _beside(self, entry: Override) -> list[Override]:
        """List what stands about the same article or the same pick."""
        numbers = set(self._near["pick", entry.pick]) if entry.pick else set()
        if entry.article:
            numbers |= set(self._near["article", entry.article])
        return [
            self._entries[number]
            for number in sorted(numbers - {entry.id})
            if self._alive[number] and self._entries[number].kind is not Kind.UNDO
        ]


def no_entry(number: int) -> OverrideError:
    """Say that the log has no entry of a number."""
    return OverrideError(
        "entry: got %(number)s, wanted the number of one in the history", number=number
    )

"""Compute which log entries are in effect (not undone), and check new entries against them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from recommender.errors import OverrideError
from recommender.overrides.override import Kind, Override
from recommender.overrides.validation import check_against


class ActiveLog:
    """Entries of the log, oldest first, and which of them are not undone."""

    def __init__(self, entries: Iterable[Override] = ()) -> None:
        self._entries: dict[int, Override] = {}
        self._active: dict[int, bool] = {}
        self._index: dict[tuple[str, str], list[int]] = defaultdict(list)
        """Numbers of entries by ("article", id) and ("pick", id or name)."""
        for entry in entries:
            self.append(entry)

    def append(self, entry: Override) -> None:
        """Append an entry that is stored already, without checks."""
        self._entries[entry.id] = entry
        self._active[entry.id] = True
        self._index["article", entry.article].append(entry.id)
        self._index["pick", entry.pick_key].append(entry.id)
        # Along the chain of undos, entries are cancelled and restored in turn.
        target, active = entry.undoes, False
        while target is not None and target in self._entries:
            self._active[target] = active
            target, active = self._entries[target].undoes, not active

    def __getitem__(self, number: int) -> Override:
        """Return the entry with this number, or raise an OverrideError."""
        if number not in self._entries:
            raise no_entry(number)
        return self._entries[number]

    def overrides(self) -> list[Override]:
        """List the overrides that are not undone, whatever their dates, oldest first."""
        return [
            entry
            for number, entry in self._entries.items()
            if self._active[number] and entry.kind is not Kind.UNDO
        ]

    def undone(self) -> dict[int, Override]:
        """Return the entry that undoes an entry now, by the number of the undone one."""
        return {
            entry.undoes: entry
            for number, entry in self._entries.items()
            if entry.undoes is not None and self._active[number]
        }

    def add(self, entry: Override) -> None:
        """Check a new entry against the entries that are not undone, then append it.

        Raises
        ------
        OverrideError
            The entry contradicts another one, or undoes an entry that is already undone.
        """
        if entry.undoes is not None:
            self._check_undo(entry)
        if entry.kind is not Kind.UNDO:
            check_against(entry, self._possible_conflicts(entry))
        self.append(entry)
        if (restored := self._restored(entry)) is not None:
            check_against(restored, self._possible_conflicts(restored))

    def _check_undo(self, entry: Override) -> None:
        target = self[entry.undoes or 0]
        if not self._active[target.id]:
            undo = max(n for n, e in self._entries.items() if e.undoes == target.id)
            raise OverrideError(
                "entry %(entry)s is already undone (by entry %(undo)s of %(author)s); to restore "
                "it, undo entry %(undo)s",
                entry=target.id,
                undo=undo,
                author=self._entries[undo].author,
            )

    def _restored(self, entry: Override) -> Override | None:
        """Return the override that an undo of an undo has restored."""
        target: Override | None = entry
        while target is not None and target.undoes is not None:
            target = self._entries.get(target.undoes)
        if entry.undoes is None or target is None or not self._active[target.id]:
            return None
        return target

    def _possible_conflicts(self, entry: Override) -> list[Override]:
        """List the active overrides of the same article or the same pick."""
        numbers = set(self._index["pick", entry.pick_key]) if entry.pick else set()
        if entry.article:
            numbers |= set(self._index["article", entry.article])
        return [
            self._entries[number]
            for number in sorted(numbers - {entry.id})
            if self._active[number] and self._entries[number].kind is not Kind.UNDO
        ]


def no_entry(number: int) -> OverrideError:
    """Make the error for a number that is not in the log."""
    return OverrideError(
        "entry: expected the number of an entry in the history, got %(number)s", number=number
    )

"""Answers ready to be sent: body, ETag and headers, kept for as long as they stay true."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

KEPT_SECONDS = 30.0
"""How long an answer is given again: freshness moves by days, an embargo may end this much late."""

MOST = 2_000
"""Answers kept a worker, 3 to 6 KB each: the pages being read now, not the archive."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A body, its strong ETag in quotes, and until when it may be given (seconds since 1970)."""

    body: bytes
    etag: str
    until: float

    @classmethod
    def of(cls, body: bytes, until: float) -> Answer:
        """Make an answer; its ETag names its bytes."""
        return cls(body, f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"', until)


class Answers:
    """Answers by question, at most :data:`MOST`; when full it starts anew."""

    def __init__(self) -> None:
        self._kept: dict[object, Answer] = {}

    def get(self, question: object, now: float) -> Answer | None:
        """Find the answer that still holds at ``now``."""
        answer = self._kept.get(question)
        return answer if answer is not None and now < answer.until else None

    def keep(self, question: object, answer: Answer) -> None:
        """Keep an answer."""
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[question] = answer

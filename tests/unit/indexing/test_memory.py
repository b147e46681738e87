"""An interrupt while memory is freed is not lost."""

import signal
import weakref

import pytest

from recommender.indexing.free_memory import free_memory


class Garbage:
    """An object that only the collector frees: it refers to itself."""

    def __init__(self) -> None:
        self.own = self


def test_an_interrupt_in_a_callback_of_the_collector_is_raised_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT)
    garbage = Garbage()
    reference = weakref.ref(garbage, lambda _: signal.raise_signal(signal.SIGINT))
    del garbage
    with pytest.raises(KeyboardInterrupt):
        free_memory()
    assert reference() is None
    assert signal.getsignal(signal.SIGINT) is before

"""Starts a worker process of ``recommender serve``: first its signals, then the application."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from importlib import import_module
from typing import Any

PR_SET_PDEATHSIG = 1
"""Option of Linux' ``prctl``: the signal to send to this process when its parent ends."""

STOPPING = {signal.SIGINT, signal.SIGTERM}


def load_worker(application: str) -> Any:
    """Return the WSGI application of a worker; called by the server in each new process.

    Parameters
    ----------
    application : the factory as ``module:function``.
    """
    _obey_main_process_only()  # again: a process that was spawned, not forked, has not done so
    module, _, factory = application.partition(":")
    return getattr(import_module(module), factory)()


def prepare_forks() -> None:
    """Let processes forked from now on obey the main process only, from their first moment.

    A signal that arrives before waits until the new process can act on it.
    """
    main = os.getpid()
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING),
        after_in_parent=_release_signals,
        after_in_child=lambda: _start_forked(main),
    )


def _start_forked(main: int) -> None:
    _obey_main_process_only()
    if os.getppid() != main:  # it ended before this process asked to be told
        os.kill(os.getpid(), signal.SIGTERM)
    _release_signals()


def _release_signals() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)


def _obey_main_process_only() -> None:
    """Take signals from the main process only, and end with it.

    A terminal sends Ctrl-C to its whole process group, and the main process then ends its workers.
    A worker that gets two signals does not stop: in granian 2.8 the second ``WorkerSignal.set``
    blocks. Nor does one that gets a signal while it still has the handlers of the main process. The
    server would kill either after ten seconds.
    """
    os.setpgid(0, 0)
    # The server sets its own handlers once the application is loaded.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        # Else the workers of a main process that was killed would keep the port.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

"""The address to listen on: whether it can be had, before a server is started on it."""

from __future__ import annotations

import errno
import socket

from recommender.errors import SettingsError


def check_address(host: str, port: int) -> None:
    """See that nobody listens on a host and port yet, and that we may.

    The server shares a port with whoever shares it, so that readers would get the answers of
    either of two sites. Raises :class:`SettingsError` where it cannot be had.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            # As the server does: connections that are ending are nobody who listens.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(
                f"port: got {port}, on which another program listens; "
                "wanted a free one: end that program, or name another --port"
            ) from error
        raise SettingsError(
            f"address: got {host}, port {port}: {error.strerror}; "
            "wanted an address of this machine and a port that may be used (--host, --port)"
        ) from error

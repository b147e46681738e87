"""Keep the HTTP client out of private networks, to which a site may send it.

A redirect, a nested sitemap or a link to an API may lead to an address of the machine or of its
network, such as the metadata service of a cloud (server-side request forgery, CWE-918). Such an
address is reached only on the site of an address that the user gave, if that is private, too.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, NamedTuple

import httpx2

from recommender.text.markup.html import site_of
from recommender.urls import shown_url

NAT64 = IPv6Network("64:ff9b::/96")
"""Addresses whose last 32 bits are an IPv4 address (RFC 6052)."""

DEFAULT_PORTS = {"http": 80, "https": 443}

WEB_PORTS = set(DEFAULT_PORTS.values())
"""Ports that count as one: a site may redirect from HTTP to HTTPS."""

CONNECTING, CONNECTED = "connection.connect_tcp.started", "connection.connect_tcp.complete"
"""Events of the HTTP library's ``trace`` extension."""


class PrivateAddressError(ValueError):
    """A request would have reached a private address."""


class _Server(NamedTuple):
    host: str
    port: int


class PrivateAddressFilter:
    """Decides which servers of private networks may be reached."""

    def __init__(self, *, allow: bool) -> None:
        """Create a filter; ``allow`` turns it off."""
        self._allow = allow
        self._private: dict[_Server, bool] = {}

    def check(self, address: str, given: str) -> None:
        """Check where the host of an address is, before anything is sent to it.

        Parameters
        ----------
        address : the address to be requested.
        given : the address of the user's through which it was found.

        Raises
        ------
        PrivateAddressError
            It is private and on another site than ``given``.
        """
        if self._allow:
            return
        server = _server(address)
        if self._is_private(server) and not self._may_be_private(server, given):
            raise _error(address)

    def watcher(self, address: str, given: str) -> Callable[[str, dict[str, Any]], None]:
        """Return a ``trace`` extension that checks the server really connected to.

        A name may have changed its address since :meth:`check` (DNS rebinding).
        """
        asked, is_proxied = _server(address), False

        def on_event(name: str, info: dict[str, Any]) -> None:
            nonlocal is_proxied
            if name == CONNECTING:
                is_proxied = info["host"] != asked.host
            elif name == CONNECTED and not is_proxied:
                stream = info["return_value"]
                server = stream.get_extra_info("server_addr")
                if is_private(server[0]) and not self._may_be_private(asked, given):
                    stream.close()
                    raise _error(address)

        return on_event

    def _is_private(self, server: _Server) -> bool:
        """Return whether a server is private, by the first look at its name."""
        if server not in self._private:
            self._private[server] = any(map(is_private, _addresses(server)))
        return self._private[server]

    def _may_be_private(self, server: _Server, given: str) -> bool:
        # A host that was public at the first look has no reason to be private now. Nor has one of
        # a public site: whoever owns the name can let www, or the name itself, lead inside.
        user = _server(given)
        return self._allow or (
            self._is_private(server) and _is_same_site(server, user) and self._is_private(user)
        )


def is_private(address: str) -> bool:
    """Return whether an IP address is not one of the public internet."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        ip = _embedded(ip) or ip
    return ip.is_multicast or not ip.is_global


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address to which packets for an IPv6 address are translated."""
    nat64 = IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None
    return ip.ipv4_mapped or ip.sixtofour or nat64


def _addresses(server: _Server) -> set[str]:
    """Resolve a host; empty if no name server here knows it. A proxy may know it."""
    try:
        found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return set()
    return {str(one[4][0]) for one in found}


def _server(address: str) -> _Server:
    url = httpx2.URL(address)
    return _Server(url.raw_host.decode("ascii"), url.port or DEFAULT_PORTS.get(url.scheme, 0))


def _is_same_site(one: _Server, other: _Server) -> bool:
    ports = {one.port, other.port}
    return _host(one) == _host(other) and (len(ports) == 1 or ports <= WEB_PORTS)


def _host(server: _Server) -> str:
    return site_of(server.host).rstrip(".")


def _error(address: str) -> PrivateAddressError:
    return PrivateAddressError(
        f"expected a public address or the site's own, got {shown_url(address)}, which is in a "
        "private network; if you trust the site, set http.allow_private_addresses = true"
    )

"""Which addresses given by others may be called: none within our own network, in whatever form it is written (SSRF).

An address is judged as text when it is registered; at every call it is judged again, with what its name resolves to.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

PORTS = frozenset({443, 8443})
"""The ports on which others' systems may be called; Digikoppeling uses 8443. An allow-list may name others."""
LONGEST = 2000
"""Characters of the longest address."""

NOT_CALLED = frozenset({"not_an_address", "not_https", "not_a_host_name", "wrong_port", "not_a_public_address"})
"""Why an address is refused, as `AddressRefused.code`."""

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[!-~]*)?",
    re.IGNORECASE | re.ASCII,
)
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_NAME = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z]){_LABEL}")
"""A host name whose last part begins with a letter: no number in any base is one."""
_KEPT = tuple(
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
        *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        *("224.0.0.0/3", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
"""Networks without public addresses, and those whose addresses may hold another address (2001::/23, 2002::/16)."""
_PUBLIC_V6 = ip_network("2000::/3")
"""The part of IPv6 that is allocated. Nothing else is called, so neither are v4-mapped and NAT64 addresses."""


class AddressRefused(Exception):
    """This address may not be called."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class AllowList:
    """Hosts that a site names as its own, with a port or for every port: there http and inner addresses are allowed."""

    entries: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str) -> "AllowList":
        """Read `host` and `host:port`, joined by commas. Raises ValueError."""
        entries = frozenset(entry.strip().lower() for entry in text.split(",") if entry.strip())
        for entry in entries:
            if not re.fullmatch(r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?", entry):
                raise ValueError(f"{entry[:60]} is not host or host:port")
        return cls(entries)

    @classmethod
    def of(cls, url: str | None) -> "AllowList":
        """Return a list of the one host, with its port, of an address that the installation itself names in a setting.

        An address that is none names nothing.
        """
        match = _URL.fullmatch(url or "")
        if match is None:
            return cls()
        port = match["port"] or (443 if match["scheme"].lower() == "https" else 80)
        return cls(frozenset({f"{match['host'].lower()}:{int(port)}"}))

    def names(self, host: str, port: int) -> bool:
        """Tell whether this host is on the list."""
        return host in self.entries or f"{host}:{port}" in self.entries


@dataclass(frozen=True)
class Target:
    """An address that was judged as text."""

    secure: bool
    host: str
    """In lower case; an IPv6 address without its brackets."""
    port: int
    path: str
    allowed: bool
    """Whether it is on the site's list."""

    @property
    def named(self) -> str:
        """The host as it stands in a `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def judged(url: str, allow_list: AllowList) -> Target:
    """Return an address that may be called, as far as its text tells. Raises AddressRefused."""
    match = _URL.fullmatch(url) if len(url) <= LONGEST else None
    if match is None or any(character in (match["path"] or "") for character in "#\\"):
        raise AddressRefused("not_an_address")
    secure, host = match["scheme"].lower() == "https", match["host"].lower()
    port = int(match["port"] or (443 if secure else 80))
    allowed = allow_list.names(host, port)
    if not 0 < port < 65536:
        raise AddressRefused("wrong_port")
    if not allowed:
        if not secure:
            raise AddressRefused("not_https")
        if not _NAME.fullmatch(host):
            raise AddressRefused("not_a_host_name")
        if port not in PORTS:
            raise AddressRefused("wrong_port")
    return Target(secure, host.strip("[]"), port, match["path"] or "/", allowed)


def is_public(text: str) -> bool:
    """Tell whether an IP address is somebody's public address."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and (address.scope_id or address not in _PUBLIC_V6):
        return False
    return address.is_global and not any(address in network for network in _KEPT)

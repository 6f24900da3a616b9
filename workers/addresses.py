"""Where outbound requests may go, and how much they may cost: policies, URLs and resolved addresses."""

import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from typing import Any, Literal

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from scorecards.errors import Expected
from scorecards.public_addresses import IPAddress, Network, forms, is_public, refusal, within

Resolver = Callable[..., Sequence[tuple[Any, ...]]]
"""Has the signature of `socket.getaddrinfo`."""

Kind = Literal[
    "refused_address",
    "bad_url",
    "dns",
    "timeout_connect",
    "timeout_first_byte",
    "idle",
    "deadline",
    "reset",
    "bad_framing",
    "incomplete",
    "too_big",
    "tls",
    "redirect_refused",
]
DETAIL_CHARS = 300
MIB = 1024 * 1024


class OutboundError(Expected):
    """A request that could not be made or an answer that could not be read: a fact about the far end.

    Attributes:
        kind: Which bound or promise was broken.
        detail: One line, what was wanted and what was found; never a secret, never longer than 300 characters.
        retry_after_s: Seconds the far end asked to wait; None when it did not say.
    """

    def __init__(self, kind: Kind, detail: str, retry_after_s: float | None = None) -> None:
        self.kind = kind
        self.detail = " ".join(detail.split())[:DETAIL_CHARS]
        self.retry_after_s = retry_after_s
        super().__init__(f"{kind}: {self.detail}")


class Refused(OutboundError):
    """The address is not one this policy may reach; nothing was sent to it."""

    def __init__(self, detail: str) -> None:
        super().__init__("refused_address", detail)


@dataclass(frozen=True, slots=True)
class Policy:
    """What one purpose of outbound requests may reach, read and wait for.

    Attributes:
        schemes: Allowed towards every public host; plain http is besides allowed to allow-listed addresses.
        allow_networks: Non-public networks the operator opened. Never a user's field.
        redirects: Hops `fetch` follows by hand, each checked anew.
        max_head_bytes: Status line and headers, give or take one read of 8 KiB.
        max_body_bytes: After decompression.
        max_line_bytes: One line of an event stream.
        connect_s: TCP and TLS together; name resolution has no bound of its own.
        first_byte_s: From the last request byte until the head is complete, and until the first byte of the body.
        idle_s: The longest wait for the next bytes of a body that has begun.
        total_s: The whole request, redirects included.
    """

    name: str
    schemes: tuple[str, ...]
    allow_networks: tuple[Network, ...]
    redirects: int
    max_head_bytes: int
    max_body_bytes: int
    max_line_bytes: int
    connect_s: float
    first_byte_s: float
    idle_s: float
    total_s: float


@dataclass(frozen=True, slots=True)
class Address:
    """One checked address, ready for `socket.connect`; `allow_listed` when only the operator's list opened it."""

    ip: IPAddress
    port: int
    allow_listed: bool

    @property
    def family(self) -> socket.AddressFamily:
        """The socket family of the address."""
        return socket.AF_INET if self.ip.version == 4 else socket.AF_INET6  # noqa: PLR2004 - IPv4 is called 4


POLICIES = {
    one.name: one
    for one in (
        Policy("webhook", ("https",), (), 0, MIB // 16, MIB // 4, MIB // 16, 5.0, 15.0, 15.0, 15.0),
        Policy("disclosure", ("https",), (), 3, MIB // 16, 5 * MIB, MIB, 10.0, 30.0, 30.0, 120.0),
        Policy("model", ("https",), (), 0, MIB // 16, 16 * MIB, MIB, 10.0, 180.0, 90.0, 600.0),
    )
}
"""By name; a reasoning model may think for minutes before its first byte, a webhook receiver may not."""


def policy(name: str, allow_networks: Iterable[str | Network] = ()) -> Policy:
    """Return the named policy, opened for the operator's networks.

    Raises:
        KeyError: no policy has that name.
        ValueError: one of the networks is not in CIDR notation.
    """
    return replace(POLICIES[name], allow_networks=tuple(ip_network(str(one)) for one in allow_networks))


def check_url(url: str, policy: Policy) -> None:
    """Refuse a URL that this policy can never request, before any name is looked up.

    Raises:
        OutboundError: `bad_url`; the detail never quotes user, password, path or query.
    """
    parts = _parsed(url)
    for wrong, detail in (
        (parts.scheme not in ("http", "https"), f"wanted an https URL, found the scheme {parts.scheme!r}"),
        (parts.auth is not None, "wanted a URL without user and password, found one with"),
        (not parts.host, "wanted a URL with a host, found none"),
        ("%" in (parts.host or ""), "wanted a host without an IPv6 zone or escapes, found one with"),
        (parts.scheme not in policy.schemes and not policy.allow_networks, "wanted https, found http"),
    ):
        if wrong:
            raise OutboundError("bad_url", detail)


def resolve(host: str, port: int, policy: Policy, getaddrinfo: Resolver = socket.getaddrinfo) -> tuple[Address, ...]:
    """Return every address of `host`, all of them checked, from one look-up; never empty.

    One bad address refuses the host: a name that points at both a public and a private address is an attack or a
    mistake. The caller connects to what is returned and looks nothing up again, so a second answer cannot differ.

    Raises:
        Refused: an address is not public and not allow-listed, or is a metadata service.
        OutboundError: `dns` when the name has no address, `bad_url` when it cannot be looked up at all.
    """
    try:
        answers = getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise OutboundError("dns", f"wanted an address of {host!r}, found {error}") from error
    except ValueError as error:  # idna: an empty or overlong label
        raise OutboundError("bad_url", f"wanted a host name, found {host!r}") from error
    if not answers:
        raise OutboundError("dns", f"wanted an address of {host!r}, found none")
    texts = dict.fromkeys(str(answer[4][0]) for answer in answers)
    return tuple(_checked(host, text, port, policy) for text in texts)


def check_scheme(scheme: str, addresses: Iterable[Address], policy: Policy) -> None:
    """Refuse plain http unless every address is one the operator opened.

    Raises:
        OutboundError: `bad_url`.
    """
    if scheme not in policy.schemes and not all(one.allow_listed for one in addresses):
        raise OutboundError("bad_url", f"wanted https towards a host that is not allow-listed, found {scheme}")


def _parsed(url: str) -> Url:
    # Parsers disagree about white space and backslashes, and a disagreement is where a check is passed by.
    if not url.isprintable() or " " in url or "\\" in url:
        raise OutboundError("bad_url", "wanted a URL, found white space, a backslash or a control character in it")
    try:
        return parse_url(url)
    except (LocationParseError, ValueError) as error:
        raise OutboundError("bad_url", "wanted a URL, found one that cannot be parsed") from error


def _checked(host: str, text: str, port: int, policy: Policy) -> Address:
    if "%" in text:
        raise Refused(f"wanted an address without a zone for {host!r}, found {text}")
    address = ip_address(text)
    why = refusal(address, policy.allow_networks)
    if why == "metadata":
        raise Refused(f"wanted a host that is not a metadata service, found {host!r} at {text}")
    if why is not None:
        raise Refused(f"wanted a public or allow-listed address, found {host!r} at {text}")
    opened = within(address, policy.allow_networks) or not all(map(is_public, forms(address)))
    return Address(address, port, allow_listed=opened)

"""Whether a URL that somebody hands in can be a place on the public web, told without looking anything up.

This is the early answer, for people. The outbound client decides: it checks every address that a name resolves to.
"""

import re
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from scorecards.public_addresses import Network, refusal

MAX_CHARACTERS = 2000
PRIVATE_NAMES = ("localhost", "local", "internal", "lan", "home", "intranet", "corp")
"""Last labels that lead into somebody's own network."""
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
"""A last label that makes resolvers read the whole host as an address, `127.1` and `0x7f000001` for instance."""

Networks = Sequence[Network]


def problem(url: str, opened: Networks = (), schemes: Sequence[str] = ("https",)) -> str | None:
    """Return what is wrong with `url`, as "wants …, has …"; None when nothing is.

    Args:
        opened: Networks beyond the public internet that the operator opened.
        schemes: What it may be reached by.

    >>> problem("https://example.org/card"), problem("http://example.org")
    (None, "wants an https URL, has the scheme 'http'")
    >>> problem("https://127.1/"), problem("https://10.0.0.7/")
    ('wants a host on the public internet, has 127.1', 'wants a host on the public internet, has 10.0.0.7')
    """
    if len(url) > MAX_CHARACTERS:
        return f"wants at most {MAX_CHARACTERS} characters, has {len(url)}"
    # Parsers disagree about white space and backslashes, and a disagreement is where a check is passed by.
    if not url.isprintable() or " " in url or "\\" in url:
        return "wants a URL without white space, backslashes and control characters, has some"
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "wants a URL, has what cannot be read as one"
    if parts.scheme not in schemes:
        return f"wants an https URL, has the scheme {parts.scheme!r}"
    if "@" in parts.netloc:
        return "wants a URL without user and password, has one with"
    return (
        None if host and _is_reachable(host, opened) else f"wants a host on the public internet, has {host or 'none'}"
    )


def _is_reachable(host: str, opened: Networks) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return "%" not in host and _may_be_public(host.rstrip(".").split("."), opened)
    return refusal(address, opened) is None


def _may_be_public(labels: Sequence[str], opened: Networks) -> bool:
    if _NUMBER.fullmatch(labels[-1]):
        return False
    return bool(opened) or (len(labels) > 1 and all(labels) and labels[-1].lower() not in PRIVATE_NAMES)

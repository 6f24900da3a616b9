"""Reads robots.txt (RFC 9309): who may fetch what, and where in the file each group stands.

Why not `protego` or `urllib.robotparser`: neither tells where a group stands, which a quote needs; the first turns each
pattern into a regular expression that a hostile file can make explode, the second knows no wildcards.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

MAX_BYTES = 500 * 1024
"""What stands behind is not read; RFC 9309 asks for at least this much."""
MAX_DELAY_S = 86_400.0

_LINE = re.compile(rb"[^\r\n]+")
_TOKEN = re.compile(r"[a-z_-]+")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


@dataclass(slots=True)
class Group:
    """What one run of `User-agent` lines is told.

    Attributes:
        agents: Product tokens as written; `*` is everybody.
        rules: Whether allowed, and the pattern.
        delay_s: `Crawl-delay`; None when there is none.
        start, end: Where the group stands, in bytes.
    """

    start: int
    end: int
    agents: list[str] = field(default_factory=list)
    rules: list[tuple[bool, str]] = field(default_factory=list)
    delay_s: float | None = None
    has_rules: bool = False

    @property
    def closed(self) -> bool:
        """Whether it keeps its agents out of the whole site."""
        return not _allowed(self.rules, "/")


@dataclass(frozen=True, slots=True)
class Robots:
    """A whole file; without any group everything is allowed."""

    groups: tuple[Group, ...] = ()

    def allows(self, url: str, agent: str) -> bool:
        r"""Tell whether this agent may fetch `url`.

        >>> rules = parse(b"User-agent: *\nDisallow: /private/\nAllow: /private/open$\n")
        >>> [rules.allows(f"https://x.example{path}", "pellucid") for path in ("/", "/private/a", "/private/open")]
        [True, False, True]
        """
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return path == "/robots.txt" or _allowed([one for group in self._of(agent) for one in group.rules], path)

    def delay_s(self, agent: str) -> float:
        """Return the seconds between two requests that the file asks of this agent; 0 when it asks nothing."""
        return max((one.delay_s or 0.0 for one in self._of(agent)), default=0.0)

    def _of(self, agent: str) -> list[Group]:
        named = [one for one in self.groups if agent.lower() in map(_product, one.agents)]
        return named or [one for one in self.groups if "*" in one.agents]


def parse(content: bytes) -> Robots:
    """Return the groups of a file, whatever stands in it: what cannot be read is left out, as the RFC wants."""
    groups: list[Group] = []
    for name, value, start, end in _lines(content):
        if name == "user-agent":
            if not groups or groups[-1].has_rules:
                groups.append(Group(start, end))
            groups[-1].agents.append(value)
        elif groups and name in _RULES:
            _RULES[name](groups[-1], value)
            groups[-1].has_rules = True
        else:
            continue
        groups[-1].end = end
    return Robots(tuple(groups))


def _lines(content: bytes) -> Iterator[tuple[str, str, int, int]]:
    """Yield name, value, start and end of each line that has a colon."""
    for line in _LINE.finditer(content.removeprefix(b"\xef\xbb\xbf")[:MAX_BYTES]):
        name, colon, value = line[0].decode(errors="replace").partition("#")[0].partition(":")
        if colon:
            shift = 3 * content.startswith(b"\xef\xbb\xbf")
            yield name.strip().lower(), value.strip(), line.start() + shift, line.end() + shift


def _rule(group: Group, pattern: str, *, allow: bool) -> None:
    if pattern:  # an empty one says nothing
        group.rules.append((allow, _normal(pattern)))


def _delay(group: Group, seconds: str) -> None:
    if re.fullmatch(r"\d{1,6}(?:\.\d{1,6})?", seconds):
        group.delay_s = min(float(seconds), MAX_DELAY_S)


_RULES = {
    "allow": lambda group, value: _rule(group, value, allow=True),
    "disallow": lambda group, value: _rule(group, value, allow=False),
    "crawl-delay": _delay,
}


def _product(agent: str) -> str:
    """Return the product token of a `User-agent` line, without version or comment."""
    token = _TOKEN.match(agent.lower())
    return token[0] if token else agent


def _allowed(rules: list[tuple[bool, str]], path: str) -> bool:
    """Apply the longest pattern that matches; allowing wins among equals."""
    wanted = _normal(path)
    matching = [(len(pattern), allow) for allow, pattern in rules if _matches(pattern, wanted)]
    return max(matching, default=(0, True))[1]


def _matches(pattern: str, path: str) -> bool:
    """Match piece by piece from the left, which takes a single pass over the path whatever the pattern."""
    anchored = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for piece in rest[:-1] if anchored else rest:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if not anchored:
        return True
    return len(path) - len(rest[-1]) >= at and path.endswith(rest[-1]) if rest else at == len(path)


def _normal(path: str) -> str:
    """Return a path or pattern with every escape spelt one way, so that they can be compared."""
    return _ESCAPE.sub(_spelt, quote(path, safe="/?*$=&%:;,@!'()+[]~#|"))


def _spelt(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if _UNRESERVED.fullmatch(character) else escape[0].upper()

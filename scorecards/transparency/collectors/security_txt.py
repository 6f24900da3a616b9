"""Reads `security.txt` (RFC 9116): where a vulnerability is told, by which policy, and until when that holds."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from scorecards.evidence import Collector, Document, Finding, Identity, Quote, Reading
from scorecards.transparency.collectors._fields import Said, absent, file_name, known, partial, reading

MAX_BYTES = 64 * 1024
_FIELD = re.compile(r"^(?P<name>[A-Za-z-]{1,40}):[ \t]*(?P<value>[^\r\n]{1,300}?)[ \t]*\r?$", re.MULTILINE)


class _Field(NamedTuple):
    value: str
    quote: Quote


def accepts(document: Document) -> bool:
    """Return whether it is called so; a page that a server shows instead is none."""
    return file_name(document).lower() == "security.txt" and "html" not in document.media_type


def read(subject: Identity, document: Document) -> Sequence[Reading]:
    """Return the one reading."""
    return [reading(COLLECTOR, "vulnerability_disclosure", subject, document, _said(document))]


def _said(document: Document) -> Said:
    try:
        fields = _fields(document.content[:MAX_BYTES].decode())
    except UnicodeDecodeError as error:
        return Said(Finding.UNMEASURED, note=f"wants UTF-8, found byte 0x{document.content[error.start]:02x}")
    contact, policy = fields.get("contact"), fields.get("policy")
    if contact is None:
        return absent("has no Contact")
    expired = _expired(fields.get("expires"), document.fetched_at)
    if expired:
        return partial(contact.value, contact.quote, note=expired)
    if policy is None:
        return partial(contact.value, contact.quote, note="an address, without a policy")
    return known(f"{contact.value}, policy {policy.value}", contact.quote, note=f"policy {policy.value}")


def _fields(text: str) -> Mapping[str, _Field]:
    """Return the first value of each field and where its line stands."""
    found: dict[str, _Field] = {}
    for one in _FIELD.finditer(text):
        start = len(text[: one.start()].encode())
        line = text[one.start() : one.end("value")]
        value = _Field(one["value"], Quote(line, start, start + len(line.encode())))
        found.setdefault(one["name"].lower(), value)
    return found


def _expired(expires: _Field | None, now: datetime) -> str:
    """Return why the file is not in force; "" when it is. RFC 9116 wants the day and forbids to trust it afterwards."""
    if expires is None:
        return "without the day on which it expires, which the RFC wants"
    try:
        over = datetime.fromisoformat(expires.value) <= now
    except (ValueError, TypeError):  # no date, or one without a zone
        return "its day of expiry cannot be read"
    return f"expired on {expires.value[:10]}" if over else ""


COLLECTOR = Collector(
    name="security_txt",
    version=1,
    question="Where and by which rules can a vulnerability be reported?",
    quantities=("vulnerability_disclosure",),
    accepts=accepts,
    read=read,
)

"""Reads a status page in Statuspage's form (`/api/v2/summary.json`, `…/incidents.json`): what is told of incidents.

Source of the fields: Atlassian Statuspage's public API documentation; read by protocol, never live.
"""

from collections.abc import Callable, Mapping, Sequence

from scorecards.evidence import Collector, Document, Identity, Reading
from scorecards.transparency.collectors._fields import Said, absent, file_name, host_and_path, partial, read_json
from scorecards.transparency.json_text import JsonText

NAMES = ("summary.json", "incidents.json")


def accepts(document: Document) -> bool:
    """Return whether it is such an answer, by its address or, of a file, by its keys."""
    host, path = host_and_path(document)
    if host:
        return path.startswith("/api/v2/") and file_name(document) in NAMES
    return document.media_type == "application/json" and b'"page"' in document.content[:200]


def read(subject: Identity, document: Document) -> Sequence[Reading]:
    """Return the one reading."""
    return read_json(COLLECTOR, READERS, subject, document)


def _incidents(found: JsonText) -> Said:
    """Tell of a page; that outages are told does not say that breaches are, so it is never more than partial."""
    incidents = found.get("incidents")
    if not isinstance(incidents, list):
        return absent("has no `incidents`")
    if not incidents:
        return partial("status page, no incident open", found.quote("incidents"), note="a page without history")
    days = [day[:10] for at in range(found.length("incidents")) if (day := found.text("incidents", at, "created_at"))]
    told = f"status page, {len(incidents)} incidents" + (f" from {min(days)} to {max(days)}" if days else "")
    return partial(told, found.quote("incidents", 0, "name"), note="outages; it does not say how breaches are told")


READERS: Mapping[str, Callable[[JsonText], Said]] = {"security_incident_reporting": _incidents}

COLLECTOR = Collector(
    name="status_page",
    version=1,
    question="Are incidents told in public?",
    quantities=tuple(READERS),
    accepts=accepts,
    read=read,
)

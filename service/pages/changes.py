"""What changed between two cards, in words that lead to the place on the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.pages import formats

KINDS = {
    "vendor_change": "vendor change",
    "evidence_refresh": "evidence refresh",
    "method_change": "method change",
    "correction": "correction",
}


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change; `href` is the anchor of what it is about, None when the page has no such place."""

    kind: str
    what: str
    before: str
    after: str
    href: str | None


def changes(card: Mapping[str, Any]) -> list[ChangeView]:
    """Return the changes of a card ready to be shown."""
    titles = {one["quantity"]: one["title"] for end in card["endpoints"] for one in end["readings"]}
    return [change(one, titles) for one in card["changes"]]


def change(published: Mapping[str, Any], titles: Mapping[str, str]) -> ChangeView:
    """Return one published change ready to be shown; `titles` names the quantities of endpoints."""
    what, href = _subject(published["path"], titles)
    return ChangeView(
        kind=KINDS.get(published["kind"], formats.words(published["kind"])),
        what=what,
        before=_shown(published["before"]),
        after=_shown(published["after"]),
        href=href,
    )


def summary(card: Mapping[str, Any]) -> str:
    """Return the newest changes of a card in one line."""
    found = changes(card)
    if not found:
        return "first card" if card["sequence"] == 1 else "evidence refresh"
    first = found[0]
    more = f", {len(found) - 1} more" if len(found) > 1 else ""
    return f"{first.what}: {first.before} → {first.after}{more}"


def _subject(path: str, titles: Mapping[str, str]) -> tuple[str, str | None]:
    """Split `verdicts.A3.state` or `endpoints.REF.ttft_ms`; the ref in the middle may hold dots itself."""
    section, _, rest = path.partition(".")
    ref, _, field = rest.rpartition(".")
    if section == "verdicts":
        return ref if field == "state" else f"{ref} {formats.words(field)}", f"#{ref}"
    if section == "disputes":
        return f"answer no. {ref}", f"#answer-{ref}"
    if section == "endpoints":
        return f"{titles.get(field, formats.words(field))} at {ref}", "#" + formats.anchor("endpoint", ref)
    return formats.words(path), None


def _shown(value: str | None) -> str:
    return "nothing" if value is None else formats.words(formats.clipped(value))

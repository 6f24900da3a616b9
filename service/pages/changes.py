"""What changed between two cards, in words that lead to the place on the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.pages import formats
from service.pages.formats import PERCENT

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
    named = {one["quantity"]: (one["title"], one["unit"]) for end in card["endpoints"] for one in end["readings"]}
    return [change(one, named) for one in card["changes"]]


def change(published: Mapping[str, Any], named: Mapping[str, tuple[str, str]]) -> ChangeView:
    """Return one published change ready to be shown; `named` has title and unit of the quantities of endpoints."""
    what, href, unit = _subject(published["path"], named)
    before, after = published["before"], published["after"]
    if unit == PERCENT:
        before, after = formats.in_percent(before), formats.in_percent(after)
    behind = f"{formats.NO_BREAK}{unit}" if unit else ""
    return ChangeView(
        kind=KINDS.get(published["kind"], formats.words(published["kind"])),
        what=what,
        before=_shown(before) + (behind if after is None else ""),
        after=_shown(after) + (behind if after is not None else ""),
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


def _subject(path: str, named: Mapping[str, tuple[str, str]]) -> tuple[str, str | None, str]:
    """Split `verdicts.A3.state` or `endpoints.REF.ttft_ms`; the ref in the middle may hold dots itself.

    Returns what has changed, where the page speaks of it, and the unit of its values.
    """
    section, _, rest = path.partition(".")
    ref, _, field = rest.rpartition(".")
    if section == "verdicts":
        return ref if field == "state" else f"{ref} {formats.words(field)}", f"#{ref}", ""
    if section == "disputes":
        return f"answer no. {ref}", f"#answer-{ref}", ""
    if section == "endpoints":
        title, unit = named.get(field, (formats.words(field), ""))
        shown_in = PERCENT if formats.is_share(field) else unit
        return f"{title} at {ref}", "#" + formats.anchor("endpoint", ref), shown_in
    return formats.words(path), None, ""


def _shown(value: str | None) -> str:
    return "nothing" if value is None else formats.words(formats.clipped(value))

"""Verdicts as a model's page shows them: every answer with its facts, its quotes, both sides of a contradiction."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from scorecards.rubric import Fact, Rubric
from service.pages import formats
from service.pages.formats import Moment

STATES = {
    "contradicted": "two sources, or a source and a probe, disagree; both are shown",
    "verified": "we executed a check on an artifact or an endpoint",
    "disclosed": "the developer's own document says so, quoted from a stored snapshot",
    "partial": "vague, incomplete, or only for some members",
    "claimed": "submitted or said by a third party; not found in public yet",
    "absent": "we looked through everything named and it is not there",
    "unchecked": "we could not look; never counted as absent",
    "not_applicable": "the question does not arise for this model",
}
"""Every state with its meaning, in the order in which a sceptical reader wants them."""

LONGEST_VALUE = 140
"""Characters of a value in its row; the whole of a longer one stands in the fold."""

SEVERAL = 2
_SEARCHED = re.compile(r"searched in \d+ documents?")


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One source of a verdict; `href` is None when a reader cannot or should not follow it.

    Attributes:
        how: `fetched` for a document, `asked` for an exchange.
        says: What this side of a contradiction says; None = no side, or not told.
    """

    id: str
    short: str
    url: str
    place: str
    href: str | None
    quote: str | None
    language: str | None
    how: str
    taken: Moment | None
    says: str | None = None


@dataclass(frozen=True, slots=True)
class VerdictView:
    """What was found on an indicator, or on one of its facts.

    Attributes:
        id: Of the indicator, its anchor on the page; the name of a fact.
        value: Clipped for its row; None when there is none.
        whole: All of the value; None when the row or a quote shows it already.
        searched: How many documents were searched in vain, in words that lead to their list; "" when none were.
        reason: Everything else that is said of it.
        sides: What cannot all be true; [] unless it is contradicted.
        refusal: Where the developer says that it does not say; [] unless it is absent.
        evidence: All other sources.
        facts: Each of the facts that answer it together; () when a single one does.
    """

    id: str
    title: str
    state: str
    state_words: str
    value: str | None
    whole: str | None
    language: str | None
    unit: str
    searched: str
    reason: str
    taken: Moment | None
    expires: Moment | None
    stale: bool
    sides: Sequence[EvidenceView]
    refusal: Sequence[EvidenceView]
    evidence: Sequence[EvidenceView]
    facts: Sequence["VerdictView"] = ()

    @property
    def label(self) -> str:
        """Everything its mark stands for, in words."""
        return f"{self.id} {self.title}: {self.state_words}{', stale' if self.stale else ''}"

    @property
    def proof(self) -> str:
        """What unfolds below it, in words; "" when nothing does."""
        folded = [source for fact in self.facts for source in fact.cited] or self.evidence
        quotes = sum(1 for one in folded if one.quote)
        parts = (_count(len(self.facts), "fact"), _count(quotes, "quote"), _count(len(folded) - quotes, "source"))
        return ", ".join(filter(None, parts)) or ("the whole value" if self.whole else "")

    @property
    def cited(self) -> list[EvidenceView]:
        """Every source."""
        return [*self.sides, *self.refusal, *self.evidence]

    @property
    def both(self) -> str:
        """Both sides of a contradiction in one line; its reason where no side tells a value."""
        told = dict.fromkeys(formats.clipped(one.says) for one in self.sides if one.says)
        return " against ".join(told) or self.reason


def verdict(published: Mapping[str, Any], facts: Mapping[str, Any], rules: Rubric | None, now: datetime) -> VerdictView:
    """Return a published verdict ready to be shown.

    Args:
        facts: The card's facts by name; those that nobody could look at are not in it.
        rules: The rubric of the card; None when this instance does not hold it, which leaves facts untold.
        now: The instant of looking at it.
    """
    shown = view(published["indicator"], published, now)
    parts = [] if rules is None or shown.state == "not_applicable" else _facts(shown.id, rules, facts, now)
    searched = shown.searched or next((one.searched for one in parts if shown.state == "absent" and one.searched), "")
    return replace(shown, facts=parts, searched=searched)


def view(name: str, published: Mapping[str, Any], now: datetime) -> VerdictView:
    """Return a published verdict or fact of this name, without the facts that it rests on."""
    state, reason, searched = published["state"], published["reason"], ""
    found = formats.value(published["value"], published["unit"])
    cited = [evidence(one, published["taken_at"], now) for one in published["evidence"]]
    refusal = [one for one in cited if one.quote and state == "absent"]
    sides = cited if state == "contradicted" else []
    if sides:
        sides, reason = _told(sides, reason)
    if state == "absent":
        searched, reason = _search(reason)
    return VerdictView(
        id=name,
        title=published["title"],
        state=state,
        state_words=formats.words(state),
        value=formats.clipped(found, LONGEST_VALUE) if found is not None else None,
        whole=found if found and len(found) > LONGEST_VALUE and not _is_quoted(found, cited) else None,
        language=formats.language(found) if found else None,
        unit=published["unit"],
        searched=searched,
        reason=reason,
        taken=formats.moment(formats.instant(published["taken_at"]), now),
        expires=formats.moment(formats.instant(published.get("expires_at")), now),
        stale=published["stale"],
        sides=sides,
        refusal=refusal,
        evidence=[one for one in cited if one not in refusal and one.id not in {side.id for side in sides}],
    )


def evidence(source: Mapping[str, Any], taken_at: str | None, now: datetime) -> EvidenceView:
    """Return a source ready to be shown; one without a date of its own has its verdict's."""
    quote = source["quote"]["text"] if source["quote"] else None
    return EvidenceView(
        id=source["id"],
        short=formats.short(source["id"]),
        url=source["url"],
        place=formats.place(source["url"]),
        href=formats.link(source["url"]),
        quote=quote,
        language=formats.language(quote) if quote else None,
        how="fetched" if source["id"].startswith("sha256:") else "asked",
        taken=formats.moment(formats.instant(source.get("taken_at") or taken_at), now),
    )


def _facts(indicator: str, rules: Rubric, published: Mapping[str, Any], now: datetime) -> list[VerdictView]:
    """Return the facts of an indicator that has several; [] when nobody could look at any of them."""
    names = next((one.facts for one in rules.indicators if one.id == indicator), ())
    if len(names) < SEVERAL or not any(one in published for one in names):
        return []
    return [view(one, published.get(one) or _unlooked(rules.facts[one]), now) for one in names]


def _unlooked(fact: Fact) -> dict[str, Any]:
    """Return the fact as a card would publish it if cards published what nobody could look at."""
    return {
        "title": fact.title or formats.words(fact.id),
        "state": "unchecked",
        "value": None,
        "unit": "",
        "reason": f"waits for {fact.awaits}" if fact.awaits else "could not be looked at",
        "stale": False,
        "taken_at": None,
        "evidence": [],
    }


def _told(sides: Sequence[EvidenceView], reason: str) -> tuple[list[EvidenceView], str]:
    """Return both sides with what each says, and the rest of the reason.

    The judge begins with the sides, as `VALUE says PLACE; ` each; beside its quote, a value belongs to its own place.
    """
    place = "|".join([*(re.escape(one.url) for one in sides), r"\S+"])
    clause = re.compile(rf"(.*?) says ((?:{place})(?:, (?:{place}))*)(?:; |$)", re.DOTALL)
    says: dict[str, str] = {}
    end = 0
    while found := clause.match(reason, end):
        says |= dict.fromkeys(found[2].split(", "), found[1])
        end = found.end()
    told = [replace(one, says=says.get(one.url)) for one in sides]
    return (told, reason[end:]) if any(one.says for one in told) else (told, reason)


def _search(reason: str) -> tuple[str, str]:
    """Split `searched in 4 documents; why more could not be read` into the words that lead to the list and the rest."""
    found = _SEARCHED.match(reason)
    return (found[0], reason[found.end() :].removeprefix("; ")) if found else ("", reason)


def _is_quoted(value: str, cited: Iterable[EvidenceView]) -> bool:
    words = " ".join(value.split())
    return any(one.quote and words in " ".join(one.quote.split()) for one in cited)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}" if number else ""

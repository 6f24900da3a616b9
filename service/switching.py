"""Finds the two cards of a switch report, and says what was asked wrongly by the name of its parameter."""

from typing import Any

from sqlalchemy.orm import Session

from scorecards import rubric
from scorecards.catalog import Endpoint
from scorecards.errors import Expected
from scorecards.switching import features, pairwise
from scorecards.switching.pairwise import Side
from service.store import cards, catalog


class SwitchError(Expected, ValueError):
    """What was asked makes no sense; NoSideError: an endpoint is not known, or no card tells of it."""


class NoSideError(SwitchError):
    """One of the endpoints has nothing to be compared by."""


def report(session: Session, here: str, there: str, wanted: str) -> dict[str, Any]:
    """Return what moving between two endpoints changes; `wanted` are features separated by commas, "" = all.

    Raises:
        NoSideError: an endpoint is in no catalogue, or on no card.
        SwitchError: the endpoints are one, or a feature is not known.
    """
    if here == there:
        raise SwitchError(f"to: wants another endpoint than from, has {there!r} in both")
    asked = _features(wanted)
    return pairwise.report(_side(session, "from", here), _side(session, "to", there), asked, rubric.load())


def _features(wanted: str) -> list[str]:
    asked = list(dict.fromkeys(one.strip() for one in wanted.split(",") if one.strip()))
    known = features.names()
    if unknown := [one for one in asked if one not in known]:
        raise SwitchError(f"features: wants some of {', '.join(known)}, has {', '.join(unknown)}")
    return asked


def _side(session: Session, name: str, ref: str) -> Side:
    endpoint = catalog.get(session, Endpoint, ref)
    if endpoint is None:
        raise NoSideError(f"{name}: wants an endpoint of the catalogue, has {ref!r}; /v1/endpoints lists them")
    published = cards.latest(session, endpoint.model)
    found = pairwise.side(published.card_id, published.card, ref) if published else None
    if found is None:
        raise NoSideError(f"{name}: wants an endpoint that a published card tells of, {ref!r} is on none yet")
    return found

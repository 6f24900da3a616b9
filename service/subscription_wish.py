"""Turns what was asked for, by API or command line, into a wish; one reading of it for both."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from scorecards.filters import LEAST, Filters
from scorecards.subscribing import Wish

_FILTERS = tuple(one.name for one in fields(Filters))
_PLAIN = ("url", "description", "target", "rate_per_minute", "headers", "secret")


def new(asked: Mapping[str, Any]) -> Wish:
    """Return the wish for a new subscription; what is left out is as it is by default, or empty and refused later."""
    return changed(Wish("", Filters(())), asked)


def changed(wish: Wish, asked: Mapping[str, Any]) -> Wish:
    """Return a wish with what is asked for changed, and the rest as it was."""
    plain = {name: asked[name] for name in _PLAIN if name in asked}
    if "headers" in plain:
        plain["headers"] = {name.lower(): value for name, value in plain["headers"].items()}
    if "payload" in asked:
        plain["thin"] = asked["payload"] == "thin"
    wanted: dict[str, Any] = {
        name: asked[name] if name in LEAST else tuple(dict.fromkeys(asked[name])) for name in _FILTERS if name in asked
    }
    return replace(wish, **plain, filters=replace(wish.filters, **wanted))

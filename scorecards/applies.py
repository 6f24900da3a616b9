"""Whether an indicator is asked about a model at all."""

from collections.abc import Callable, Mapping, Sequence

from scorecards.catalog import Endpoint, Model

Reason = Callable[[Model, Sequence[Endpoint]], str | None]


def why_not(applies_to: str, model: Model, endpoints: Sequence[Endpoint]) -> str | None:
    """Return why an indicator that applies to these models is not asked about this one; None when it is."""
    return RULES[applies_to](model, endpoints)


def _has_open_weights(model: Model, endpoints: Sequence[Endpoint]) -> str | None:
    return "the weights are not published" if model.open_weights is False else None


def _has_closed_weights(model: Model, endpoints: Sequence[Endpoint]) -> str | None:
    return "the weights are published" if model.open_weights else None


def _is_served(model: Model, endpoints: Sequence[Endpoint]) -> str | None:
    return None if endpoints else "no endpoint is known"


def _is_hosted(model: Model, endpoints: Sequence[Endpoint]) -> str | None:
    hosted = any(one.first_party for one in endpoints)
    return None if hosted else "its developer serves it nowhere that is known"


def _always(model: Model, endpoints: Sequence[Endpoint]) -> str | None:
    return None


RULES: Mapping[str, Reason] = {
    "all": _always,
    "open_weights": _has_open_weights,
    "closed_weights": _has_closed_weights,
    "served": _is_served,
    "hosted": _is_hosted,
}
"""Each of the rubric's APPLIES_TO → whether it asks about a model."""

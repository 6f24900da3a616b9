"""Whether an indicator is asked about a model at all."""

from collections.abc import Callable, Mapping, Sequence

from scorecards.catalog import Endpoint, Model

Reason = Callable[[Model, Sequence[Endpoint]], str | None]


def why_not(applies_to: str, model: Model, endpoints: Sequence[Endpoint]) -> str | None:
    """Return why an indicator that applies to these models is not asked about this one; None when it is."""
    return RULES[applies_to](model, endpoints)


RULES: Mapping[str, Reason] = {
    "all": lambda model, endpoints: None,
    "open_weights": lambda model, endpoints: "the weights are not published" if model.open_weights is False else None,
    "closed_weights": lambda model, endpoints: "the weights are published" if model.open_weights else None,
    "served": lambda model, endpoints: None if endpoints else "no endpoint is known",
    "hosted": lambda model, endpoints: (
        None if any(one.first_party for one in endpoints) else "its developer serves it nowhere that is known"
    ),
}
""":data:`scorecards.rubric.APPLIES_TO` → the rule."""

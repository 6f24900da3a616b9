"""Other rubrics over the same facts: `data/views/*.toml`, each a pure projection of a card.

A view judges nothing anew. It takes the states that the card gives to facts, combines them to the items of another
rubric, and adds those up as that rubric does. What a card does not mention was not looked into.
"""

from collections.abc import Callable, Mapping, Sequence

from scorecards.views._answers import Answer, Card, Json, answers, facts_of
from scorecards.views._classes import classes
from scorecards.views._files import METHODS, Item, View, ViewError, load, named, parse
from scorecards.views._methods import criteria, form, share

__all__ = ["METHODS", "Item", "View", "ViewError", "load", "named", "parse", "render"]

RENDERERS: Mapping[str, Callable[[Sequence[Answer], Mapping[str, Card]], tuple[list[Json], Json]]] = {
    "share": share,
    "criteria": criteria,
    "form": form,
    "mof_class": classes,
}


def render(view: View, card: Card) -> Json:
    """Return what a card says by another rubric; the same card gives the same, whatever else is known."""
    items, summary = RENDERERS[view.method](answers(view, card), facts_of(card))
    return {
        "view": view.name,
        "title": view.title,
        "attribution": view.attribution,
        "method": view.method,
        "items": items,
        "summary": summary,
    }

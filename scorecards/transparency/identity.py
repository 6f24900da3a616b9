"""What a model and its developer are called, so that a statement can be bound to this model and to no other."""

from scorecards.catalog import Developer, Model
from scorecards.evidence import Identity


def identity(model: Model, developer: Developer) -> Identity:
    """Return every name the catalogue knows for a model and for who makes it."""
    hub = model.hub_repo.rpartition("/") if model.hub_repo else ("", "", "")
    names = (model.name, hub[2], model.ref.partition("/")[2])
    return Identity(model.ref, _distinct(names), _distinct((developer.name, developer.id, hub[0])))


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))

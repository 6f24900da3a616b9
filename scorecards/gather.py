"""Collects the one value that each module of a folder declares, so that adding a thing is adding a file."""

import importlib
import pkgutil
from types import ModuleType
from typing import Any


def gather(package: ModuleType, name: str) -> dict[str, Any]:
    """Return `{module name: its value called name}` for every public module of `package`, sorted by module name.

    Raises:
        LookupError: a module of the folder declares no such value.
    """
    return {one: declared(package, one, name) for one in public(package)}


def public(package: ModuleType) -> list[str]:
    """Return the names of the public modules of `package`, sorted; none is imported."""
    return sorted(one.name for one in pkgutil.iter_modules(package.__path__) if not one.name.startswith("_"))


def declared(package: ModuleType, one: str, name: str) -> Any:  # noqa: ANN401 - the folder knows of what type
    """Import the module `one` of `package` and return its value called `name`.

    Raises:
        LookupError: it declares no such value.
    """
    module = importlib.import_module(f"{package.__name__}.{one}")
    if not hasattr(module, name):
        raise LookupError(f"{module.__name__}: wants one value called {name}, has none")
    return getattr(module, name)

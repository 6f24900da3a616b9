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
    found: dict[str, Any] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        if not hasattr(module, name):
            raise LookupError(f"{module.__name__}: wants one value called {name}, has none")
        found[info.name] = getattr(module, name)
    return found

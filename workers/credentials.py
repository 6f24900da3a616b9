"""The keys of endpoints, from the environment or the files it names."""

import os
from pathlib import Path

from scorecards.catalog import Endpoint


def missing_key(endpoint: Endpoint) -> str | None:
    """Return why an endpoint cannot be asked: the variable that is not set; None when nothing is missing."""
    if endpoint.key_env is None or key(endpoint) is not None:
        return None
    if os.environ.get(f"{endpoint.key_env}_FILE"):
        return f"no key: wants a readable file in {endpoint.key_env}_FILE, it cannot be read or is empty"
    return f"no key: wants {endpoint.key_env} in the workers' environment, it is not set"


def key(endpoint: Endpoint) -> str | None:
    """Return the endpoint's key; None when it needs none, or its variable is not set or names a file without one."""
    try:
        return variable(endpoint.key_env) if endpoint.key_env else None
    except (OSError, UnicodeDecodeError):  # one wrong path must not stop the cards of other models
        return None


def variable(name: str) -> str | None:
    """Return an environment variable, or what stands in the file that NAME_FILE names; None without either.

    Raises:
        OSError: the file cannot be read.
    """
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip() or None
    return os.environ.get(name) or None

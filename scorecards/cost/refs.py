"""Which of our endpoints a source means: exact ids at declared providers, never a guess from a part of a name."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

BUNDLED = Path(__file__).parents[1] / "data" / "price_endpoints.toml"

OURS = "hand"
"""The provider of files of ours, in which ids are our refs already."""


@dataclass(frozen=True, slots=True)
class Refs:
    """Providers and ids of one source as endpoints of ours.

    Attributes:
        providers: Name in the source → `provider[@region]` of ours, or, where the beginning of an id names its region
            (`us.`), such beginnings → `provider[@region]`.
        ids: (Provider, id) → whole ref, where the id in the source is not the one that requests carry.
    """

    providers: Mapping[str, str | Mapping[str, str]]
    ids: Mapping[tuple[str, str], str]

    def ref(self, provider: str, model_id: str) -> str | None:
        """Return our ref; None = it is none of ours."""
        if provider == OURS:
            return model_id
        declared = self.ids.get((provider, model_id))
        if declared is not None:
            return declared
        host = self.providers.get(provider)
        if isinstance(host, Mapping):
            host = next((one for start, one in host.items() if model_id.startswith(start)), None)
        return None if host is None else f"{host}:{model_id}"


@cache
def bundled(source: str) -> Refs:
    """Return the table of a source that comes with Pellucid; an empty one for a source that has none."""
    return parse(BUNDLED.read_text(encoding="utf-8"), source)


def parse(text: str, source: str) -> Refs:
    """Return one source's part of a file of `[SOURCE]` tables and `[[id]]` blocks."""
    blocks = tomllib.loads(text)
    ids = {(one["provider"], one["id"]): one["endpoint"] for one in blocks.get("id", ()) if one["source"] == source}
    return Refs(blocks.get(source, {}), ids)

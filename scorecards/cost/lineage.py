"""Which sources are independent of each other, and which are the vendor's own word."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[1] / "data" / "price_lineage.toml"


@dataclass(frozen=True, slots=True)
class Lineage:
    """Families of sources that copy from each other, and sources that are vendors themselves."""

    families: Mapping[str, str]
    vendors: frozenset[str]

    def family(self, importer: str) -> str:
        """Return the name under which a source's numbers count; its own where none is declared."""
        return self.families.get(importer, importer)

    def is_vendor(self, importer: str) -> bool:
        """Tell whether a number is the vendor's own word, or was read on its page."""
        return importer.partition(":")[0] in self.vendors and importer not in self.families


@cache
def bundled() -> Lineage:
    """Return the table that comes with Pellucid."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> Lineage:
    """Return what a file of `[family]` and `[vendor]` says."""
    blocks = tomllib.loads(text)
    return Lineage(blocks["family"], frozenset(blocks["vendor"]["sources"]))

"""Knows which licences count as open for the Model Openness Framework, by their exact SPDX ids."""

import json
import re
from collections.abc import Iterator

from scorecards.ratings.rating import File, RatingError

OPEN_DATA = re.compile(
    r"CC-BY(-SA)?-[1-4]\.[05](-[A-Z]{2,3})?|CC0-1\.0|CDLA-Permissive-[12]\.0|CDLA-Sharing-1\.0|"
    r"PDDL-1\.0|ODC-By-1\.0|ODbL-1\.0|GFDL-1\.3|OGL-Canada-2\.0|OGL-UK-[23]\.0"
)
"""What the tool takes as open data licences beside its licence file (`LicenseHandler.php`)."""


def listed(file: File) -> frozenset[str]:
    """Return the ids that the tool's licence file marks as OSI or FSF approved, or lists for data (so OpenMDW too).

    Raises:
        RatingError: it is no list of licences as SPDX makes them.
    """
    try:
        return frozenset(_listed(json.loads(file.text)["licenses"]))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise RatingError(f"{file.name}: wants licences as SPDX lists them, has {error!r}") from error


def _listed(rows: list[dict[str, str]]) -> Iterator[str]:
    for row in rows:
        if row.get("isOsiApproved") or row.get("isFsfLibre") or "data" in row.get("ContentType", ()):
            yield row["licenseId"]


def is_open(licence: str, known: frozenset[str]) -> bool:
    """Tell whether a licence is open: one of `known` (see `listed`), or an open data licence."""
    return licence in known or OPEN_DATA.fullmatch(licence) is not None

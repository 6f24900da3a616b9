"""Reads the catalogue's TOML files, one per provider, and joins what they say."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from scorecards.catalog import Catalog, CatalogError, Endpoint, Model
from scorecards.catalog_rows import developer_row, endpoint_row, file_rows, model_row, shown

Row = TypeVar("Row", Model, Endpoint)

BUNDLED = Path(__file__).parent / "data" / "providers"
"""Folder of the catalogue files that come with Pellucid."""


def parse(text: str, name: str) -> Catalog:
    """Return what one file says; whether its endpoints' models exist is known only after `merge`.

    Raises:
        CatalogError: The first mistake of the file, beginning with `name`.
    """
    rows = file_rows(_toml(text, name), f"{name}:")
    developers = [developer_row(raw, f"{name}: developer") for raw in [rows.get("developer")] if raw is not None]
    models = [model_row(raw, f"{name}: model[{at}]") for at, raw in enumerate(rows.get("model", ()))]
    endpoints = [endpoint_row(raw, f"{name}: endpoint[{at}]") for at, raw in enumerate(rows.get("endpoint", ()))]
    return Catalog(
        developers={developer.id: developer for developer in developers},
        models=_by_ref(models, f"{name}: model"),
        endpoints=_by_ref(endpoints, f"{name}: endpoint"),
    )


def merge(parts: Mapping[str, Catalog]) -> Catalog:
    """Return one catalogue of several, each under the name that messages give it.

    Raises:
        CatalogError: Every id or ref that two parts hold, and every row that names an unknown developer or model.
    """
    problems = [line for table in fields(Catalog) for line in _duplicates(parts, table.name)]
    merged = Catalog(**{table.name: _union(parts, table.name) for table in fields(Catalog)})
    problems += [line for name, part in parts.items() for line in _dangling(part, name, merged)]
    if problems:
        raise CatalogError("\n".join(problems))
    return merged


def load(folders: Sequence[Path]) -> Catalog:
    """Return the catalogue of every `*.toml` in `folders`; usually BUNDLED and one folder of the operator.

    Raises:
        CatalogError: The first mistake of every broken file, or all that `merge` finds; also a folder that is none.
    """
    paths = [path for folder in folders for path in _files(folder)]
    names = Counter(path.name for path in paths)
    parts, problems = {}, []
    for path in paths:
        name = path.name if names[path.name] == 1 else str(path)
        try:
            parts[name] = parse(_text(path, name), name)
        except CatalogError as error:
            problems.append(str(error))
    if problems:
        raise CatalogError("\n".join(problems))
    return merge(parts)


def _by_ref(rows: Sequence[Row], where: str) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for at, row in enumerate(rows):
        if row.ref in found:
            raise CatalogError(f"{where}[{at}].ref: wants a ref not used above, has {shown(row.ref)}")
        found[row.ref] = row
    return found


def _duplicates(parts: Mapping[str, Catalog], table: str) -> Iterator[str]:
    origins: dict[str, str] = {}
    for name, part in parts.items():
        for ref in getattr(part, table):
            origin = origins.setdefault(ref, name)
            if origin != name:
                yield f"{name}: {table.removesuffix('s')} {shown(ref)}: is already in {origin}"


def _union(parts: Mapping[str, Catalog], table: str) -> dict[str, Any]:
    return {ref: row for part in parts.values() for ref, row in getattr(part, table).items()}


def _dangling(part: Catalog, name: str, merged: Catalog) -> Iterator[str]:
    for model in part.models.values():
        if model.developer not in merged.developers:
            yield _unknown(name, model, "developer", model.developer)
    for endpoint in part.endpoints.values():
        if endpoint.model not in merged.models:
            yield _unknown(name, endpoint, "model", endpoint.model)


def _unknown(name: str, row: Model | Endpoint, wanted: str, found: str) -> str:
    return (
        f"{name}: {type(row).__name__.lower()} {shown(row.ref)}: wants a {wanted} of the catalogue, has {shown(found)}"
    )


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise CatalogError(f"{folder}: wants a folder of *.toml files, has none")
    return sorted(folder.glob("*.toml"))


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogError(f"{name}: wants readable UTF-8 text, has {error}") from error


def _toml(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except ValueError as error:  # TOMLDecodeError, or the plain one of a number with thousands of digits.
        raise CatalogError(f"{name}: wants TOML, has {error}") from error

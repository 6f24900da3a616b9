"""Checks one row of the catalogue: what each key may hold, and the one line that says where it does not."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from scorecards.catalog import (
    DIALECTS,
    DOCUMENT_KINDS,
    LIFECYCLES,
    CatalogError,
    Cited,
    Developer,
    DocumentSource,
    Endpoint,
    Model,
    split_endpoint_ref,
)

# A row can be typed in by a user, and what a variable holds leaves this machine: as a key, or as part of a host name.
# Our own settings are never sent anywhere, and nothing that looks like a secret is ever put into a URL.
_VARIABLE = r"(?!PELLUCID_)[A-Z][A-Z0-9_]*"
_PLACEHOLDER = re.compile(r"\{(?!\w*(?:KEY|SECRET|TOKEN|PASSWORD))" + _VARIABLE + r"\}")
_CREDENTIALS = re.compile(r"//[^/@]*@")
_SHOWN_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a value may be; `read` returns what to keep of it or raises ValueError."""

    wants: str
    read: Callable[[object], object]


@dataclass(frozen=True, slots=True)
class _Key:
    kind: _Kind
    required: bool = False


def _accepting(accepts: Callable[[Any], bool]) -> Callable[[object], object]:
    """Return a reader that keeps a value as it is when `accepts` says so."""

    def read(value: object) -> object:
        if not accepts(value):
            raise ValueError
        return value

    return read


def _is_line(value: object) -> bool:
    return isinstance(value, str) and value.isprintable()


def _is_count(value: object) -> bool:
    # TOML's true is Python's 1.
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_url(value: object) -> bool:
    if not isinstance(value, str) or not re.fullmatch(r"[!-~]+", value):
        return False
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0


def _is_base_url(value: object) -> bool:
    # Paths are appended to it, so a query or fragment would swallow them.
    return isinstance(value, str) and not set("{}?#") & set(filled := _PLACEHOLDER.sub("x", value)) and _is_url(filled)


def _is_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) and re.fullmatch("[a-z]+", word) for word in value)


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(row, Mapping) for row in value)


def _read_words(value: object) -> tuple[str, ...]:
    return tuple(_accepting(_is_words)(value))  # type: ignore[arg-type]


def _read_day(value: object) -> date:
    # JSON has no dates, so the API's rows hold text. A TOML date-time is a date too, but not a day.
    if type(value) is date:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return date.fromisoformat(value)
    raise ValueError


def _read_day_or_month(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}", value):
        return _read_day(f"{value}-01").strftime("%Y-%m")
    return _read_day(value).isoformat()


def _read_endpoint_ref(value: object) -> str:
    split_endpoint_ref(str(value))
    return str(value)


def _pattern(wants: str, pattern: str) -> _Kind:
    return _Kind(wants, _accepting(lambda value: isinstance(value, str) and bool(re.fullmatch(pattern, value))))


def _one_of(names: Sequence[str]) -> _Kind:
    return _Kind(f"one of {', '.join(names)}", _accepting(lambda value: value in names))


_ID = r"[a-z0-9][a-z0-9._-]*"
_TEXT = _Kind("one line of text", _accepting(lambda value: _is_line(value) and bool(value.strip())))
_NOTE = _Kind("one line of text", _accepting(_is_line))
_FLAG = _Kind("true or false", _accepting(lambda value: isinstance(value, bool)))
_COUNT = _Kind("a positive whole number", _accepting(_is_count))
_DAY = _Kind("a date such as 2026-11-23", _read_day)
_RELEASED = _Kind("a date such as 2026-11-23 or a month such as 2026-11", _read_day_or_month)
_WORDS = _Kind('a list of words such as ["text", "image"]', _read_words)
_URL = _Kind("an http or https URL without a user name", _accepting(_is_url))
_BASE_URL = _Kind(
    "an http or https URL without user name, query or fragment, {NAME} only for a variable that holds no secret",
    _accepting(_is_base_url),
)
_VARIABLE_NAME = _pattern("the name of an environment variable, not one of Pellucid's own", _VARIABLE)
_PLAIN_ID = _pattern("an id of lower-case letters, digits, '.', '_' and '-'", _ID)
_MODEL_REF = _pattern("developer/model", _ID + r"/[A-Za-z0-9][A-Za-z0-9_.:+-]*")
_ENDPOINT_REF = _Kind("provider[@region]:model-id", _read_endpoint_ref)
_TABLE = _Kind("a table", _accepting(lambda value: isinstance(value, Mapping)))
_TABLES = _Kind("a list of tables", _accepting(_is_tables))

_CITED = {"source": _Key(_TEXT, required=True), "checked": _Key(_DAY, required=True), "note": _Key(_NOTE)}
_FILE = {"developer": _Key(_TABLE), "model": _Key(_TABLES), "endpoint": _Key(_TABLES)}
_DOCUMENT = _CITED | {"kind": _Key(_one_of(DOCUMENT_KINDS), required=True), "url": _Key(_URL, required=True)}
_DEVELOPER = _CITED | {
    "id": _Key(_PLAIN_ID, required=True),
    "name": _Key(_TEXT, required=True),
    "jurisdiction": _Key(_pattern("two capital letters (ISO 3166-1)", "[A-Z]{2}"), required=True),
    "document": _Key(_TABLES),
}
_MODEL = _CITED | {
    "ref": _Key(_MODEL_REF, required=True),
    "name": _Key(_TEXT, required=True),
    "developer": _Key(_PLAIN_ID),
    "open_weights": _Key(_FLAG),
    "licence": _Key(_TEXT),
    "hub_repo": _Key(_pattern("owner/repository", r"[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*")),
    "released": _Key(_RELEASED),
    "context_tokens": _Key(_COUNT),
    "max_output_tokens": _Key(_COUNT),
    "input_modalities": _Key(_WORDS),
    "output_modalities": _Key(_WORDS),
    "lifecycle": _Key(_one_of(LIFECYCLES)),
    "shutdown": _Key(_DAY),
    "document": _Key(_TABLES),
}
_ENDPOINT = _CITED | {
    "ref": _Key(_ENDPOINT_REF, required=True),
    "model": _Key(_MODEL_REF, required=True),
    "provider": _Key(_PLAIN_ID),
    "region": _Key(_PLAIN_ID),
    "model_id": _Key(_TEXT),
    "dialect": _Key(_one_of(DIALECTS), required=True),
    "base_url": _Key(_BASE_URL, required=True),
    "key_env": _Key(_VARIABLE_NAME),
    "first_party": _Key(_FLAG),
    "token_counter": _Key(_PLAIN_ID),
    "refuses": _Key(_WORDS),
    "terms_note": _Key(_NOTE),
}


def file_rows(raw: Mapping[str, object], where: str) -> dict[str, Any]:
    """Return the tables of one file, of which nothing but the names is checked yet."""
    return _row(raw, _FILE, where)


def developer_row(raw: Mapping[str, object], where: str) -> Developer:
    """Return the developer that one mapping describes.

    Args:
        raw: As read from TOML or JSON; null means absent.
        where: What messages begin with: `deepseek.toml: developer`.

    Raises:
        CatalogError: A key is missing, unknown or holds what it may not.
    """
    return Developer(**_with_documents(_row(raw, _DEVELOPER, where), where))


def model_row(raw: Mapping[str, object], where: str) -> Model:
    """Return the model that one mapping describes; `developer` may be left out, the ref tells it.

    Raises:
        CatalogError: A key is missing, unknown, holds what it may not, or disagrees with the ref.
    """
    values = _with_documents(_row(raw, _MODEL, where), where)
    return Model(**_agreed(values, {"developer": values["ref"].partition("/")[0]}, where))


def endpoint_row(raw: Mapping[str, object], where: str) -> Endpoint:
    """Return the endpoint that one mapping describes; the ref tells `provider`, `region` and `model_id`.

    Raises:
        CatalogError: A key is missing, unknown, holds what it may not, or disagrees with the ref.
    """
    values = _row(raw, _ENDPOINT, where)
    values["cited"] = _cited(values)
    told = zip(("provider", "region", "model_id"), split_endpoint_ref(values["ref"]), strict=True)
    return Endpoint(**_agreed(values, dict(told), where))


def _row(raw: object, table: Mapping[str, _Key], where: str) -> dict[str, Any]:
    """Return the checked values of `raw`, without the keys it leaves out."""
    if not isinstance(raw, Mapping):
        raise CatalogError(f"{where}: wants a table, has {shown(raw)}")
    for name in raw:
        if name not in table:
            raise CatalogError(f"{_at(where, name)}: unknown key, wants one of {', '.join(sorted(table))}")
    named = ((name, key, raw.get(name)) for name, key in table.items())
    return {
        name: _value(key, found, _at(where, name)) for name, key, found in named if key.required or found is not None
    }


def _value(key: _Key, found: object, where: str) -> object:
    try:
        return key.kind.read(found)
    except ValueError:
        raise CatalogError(f"{where}: wants {key.kind.wants}, has {shown(found)}") from None


def _at(where: str, name: object) -> str:
    plain = _one_line(str(name))[1:-1]
    return f"{where} {plain}" if where.endswith(":") else f"{where}.{plain}"


def shown(found: object) -> str:
    """Return `found` as one short line, without the password a URL may hold."""
    line = "nothing" if found is None else _CREDENTIALS.sub("//…@", _one_line(found))
    return line if len(line) <= _SHOWN_CHARACTERS else f"{line[:_SHOWN_CHARACTERS]}…"


def _one_line(found: object) -> str:
    # JSON leaves line separators and direction marks as they are, which would let a value forge a line of a log.
    line = json.dumps(found, default=str, ensure_ascii=False)
    return line if line.isprintable() else json.dumps(found, default=str).replace("\x7f", "\\u007f")


def _cited(values: dict[str, Any]) -> Cited:
    """Take source, date and note out of `values`."""
    return Cited(values.pop("source"), values.pop("checked"), values.pop("note", ""))


def _with_documents(values: dict[str, Any], where: str) -> dict[str, Any]:
    cited = _cited(values)
    rows = enumerate(values.pop("document", ()))
    documents = tuple(_document_row(raw, f"{where}.document[{at}]", cited) for at, raw in rows)
    return {**values, "cited": cited, "documents": documents}


def _document_row(raw: Mapping[str, object], where: str, of_row: Cited) -> DocumentSource:
    """Return a document source; source and date are those of the row it belongs to unless it has its own."""
    values = _row({"source": of_row.source, "checked": of_row.checked, **raw}, _DOCUMENT, where)
    return DocumentSource(cited=_cited(values), **values)


def _agreed(values: dict[str, Any], told: Mapping[str, object], where: str) -> dict[str, Any]:
    """Return `values` with what the ref tells; what a row repeats must be the same."""
    for name, wanted in told.items():
        found = values.get(name, wanted)
        if found != wanted:
            raise CatalogError(f"{where}.{name}: wants {shown(wanted)} as in its ref, has {shown(found)}")
    return {**values, **told}

"""Reads what the Hugging Face hub says of a repository (`GET /api/models/{repo}`): the card's metadata and its files.

Source of the fields: the hub's public OpenAPI document and huggingface/hub-docs; read by protocol, never live.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from scorecards.evidence import Collector, Document, Identity, Reading
from scorecards.transparency import licences
from scorecards.transparency.collectors._fields import Said, absent, host_and_path, joined, known, partial, read_json
from scorecards.transparency.json_text import JsonText, JsonTextError

FIRST_DAY = "2022-03-02"
"""Repositories older than that carry this day."""
PLAIN_TYPES = {"F64", "F32", "F16", "BF16"}
"""Types of which one element is one parameter; others are packed, or come with scales of their own."""
GRAMS_PER_TONNE = 1_000_000
WEIGHTS = (".safetensors", ".gguf", ".bin", ".pt", ".pth")
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "tiktoken.model", "vocab.json")

_ISO_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]+)*")


def accepts(document: Document) -> bool:
    """Return whether it is the hub's answer, by its address or, of a file, by its keys."""
    host, path = host_and_path(document)
    if host:
        return host == "huggingface.co" and path.startswith("/api/models/")
    return document.media_type == "application/json" and all(
        key in document.content for key in (b'"siblings"', b'"modelId"')
    )


def read(subject: Identity, document: Document) -> Sequence[Reading]:
    """Return one reading for each quantity."""
    return read_json(COLLECTOR, READERS, subject, document)


def _licence(found: JsonText) -> Said:
    named, other = found.texts("cardData", "license"), found.text("cardData", "license_name")
    if not named:
        return absent("has no `license` in its card data")
    if named == ("other",) and other:
        return known(licences.normalised(other), found.quote("cardData", "license_name"))
    value, quote = joined(map(licences.normalised, named)), found.quote("cardData", "license")
    if value == "unknown":
        return absent("says that the licence is unknown", quote)
    if value == "other":
        return partial(value, quote, note="`license: other` without a `license_name`")
    return known(value, quote)


def _names(key: str) -> Callable[[JsonText], Said]:
    def names(found: JsonText) -> Said:
        values = found.texts("cardData", key)
        return known(joined(values), found.quote("cardData", key)) if values else absent(f"has no `{key}`")

    return names


def _languages(found: JsonText) -> Said:
    """Read the languages as the card's own front matter is read, of which this is a copy."""
    listed = {one.lower() for one in found.texts("cardData", "language")}
    codes = {one for one in listed if _ISO_LANGUAGE.fullmatch(one)}
    others, quote = joined(listed - codes), found.quote("cardData", "language")
    if not listed:
        return absent("has no `language`")
    if not codes:
        return partial(others, quote, note="no ISO language code")
    return known(joined(codes), quote, note=f"listed besides: {others}" if others else "")


def _parameters(found: JsonText) -> Said:
    total, quote = found.count("safetensors", "total"), found.quote("safetensors", "total")
    if total is None:
        return absent("has no `safetensors.total`")
    types = found.get("safetensors", "parameters")
    packed = sorted(set(types) - PLAIN_TYPES) if isinstance(types, dict) else ["unknown types"]
    note = "the hub's total over all tensors, multi-token-prediction layers included"
    if not packed:
        return known(Decimal(total), quote, "parameters", note)
    note = f"{note}, and quantised ones as stored with their scales ({', '.join(packed)[:100]})"
    return partial(Decimal(total), quote, "parameters", note)


def _files(found: JsonText) -> Iterator[tuple[int, str]]:
    """Yield position and name of each file of the repository."""
    for at in range(found.length("siblings")):
        name = found.get("siblings", at, "rfilename")
        if isinstance(name, str):
            yield at, name


def _weights(found: JsonText) -> Said:
    held = [at for at, name in _files(found) if name.endswith(WEIGHTS)]
    if not held:
        return absent("lists no weights file")
    gated, quote = found.get("gated"), found.quote("siblings", held[0], "rfilename")
    if found.get("private") is True or found.get("disabled") is True:
        return absent("is private or disabled", found.quote("private"))
    if gated == "manual":
        return partial(value=True, quote=found.quote("gated"), note="only to whom the owner lets in by hand")
    day, commit = (found.text("lastModified") or "")[:10], (found.text("sha") or "")[:12]
    note = f"{len(held)} weights files, last changed {day or 'some day'}, commit {commit or 'not told'}"
    note += ", after login and accepting its conditions" if gated else ""
    return known(value=True, quote=quote, note=note)


def _tokenizer(found: JsonText) -> Said:
    for at, name in _files(found):
        if name in TOKENIZERS:
            return known(name, found.quote("siblings", at, "rfilename"), note="a file of the repository")
    return absent(f"lists none of {', '.join(TOKENIZERS)}")


def _release(found: JsonText) -> Said:
    created = (found.text("createdAt") or "")[:10]
    if not created or created <= FIRST_DAY:
        return absent(f"has no `createdAt` behind {FIRST_DAY}, where the hub's memory begins")
    return partial(created, found.quote("createdAt"), note="day on which the repository was made")


def _architecture(found: JsonText) -> Said:
    name = found.text("config", "model_type")
    if name is None:
        return absent("has no `config.model_type`")
    return partial(name, found.quote("config", "model_type"), note="the family's name in the modelling code")


def _evaluations(found: JsonText) -> Said:
    listed = found.get("cardData", "model-index", 0, "results")
    results = [one for one in listed if _has_dataset(one)] if isinstance(listed, list) else []
    benchmarks = {str(one["dataset"].get("name")) for one in results}
    if not benchmarks:
        return absent("has no results in `model-index`")
    names = ", ".join(sorted(one for one in benchmarks if one.isprintable()))
    return known(f"{len(results)} results: {names}", found.quote("cardData", "model-index"))


def _has_dataset(one: object) -> bool:
    return isinstance(one, dict) and isinstance(one.get("dataset"), dict) and bool(one.get("metrics"))


def _co2(found: JsonText) -> Said:
    key = ("cardData", "co2_eq_emissions")
    path = (*key, "emissions") if isinstance(found.get(*key), dict) else key
    grams = found.get(*path)
    if grams is None:
        return absent("has no `co2_eq_emissions`")
    if isinstance(grams, bool) or not isinstance(grams, int | Decimal) or not 0 < grams < 10**15:
        raise JsonTextError("`co2_eq_emissions`: wants grams as a number, has something else")
    return known(Decimal(grams) / GRAMS_PER_TONNE, found.quote(*path), "t CO2e", "stated in grams")


READERS: Mapping[str, Callable[[JsonText], Said]] = {
    "weights_licence": _licence,
    "base_model": _names("base_model"),
    "training_datasets": _names("datasets"),
    "languages": _languages,
    "parameter_count": _parameters,
    "weights_available": _weights,
    "tokenizer": _tokenizer,
    "release_date": _release,
    "architecture": _architecture,
    "evaluation_results": _evaluations,
    "training_co2": _co2,
}

COLLECTOR = Collector(
    name="hub_api",
    version=1,
    question="What does the hub say of the repository and its files?",
    quantities=tuple(READERS),
    accepts=accepts,
    read=read,
)

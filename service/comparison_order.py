"""Turns what was asked for, by API or command line, into an order that can be run; says of each field what is wrong."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from scorecards import evalset_files
from scorecards.catalog import EMBEDDING, Endpoint
from scorecards.compare import duties, paired, prompt_rows, prompts
from scorecards.compare.candidate import Method
from scorecards.compare.cells import Plan, PlanError
from scorecards.compare.order import MAX_OUTPUT_TOKENS, OWN, Order
from scorecards.compare.prompt_rows import Problem, Prompt
from scorecards.compare.prompts import PromptsError
from scorecards.evalsets import EvalSet
from service.config import Settings
from service.store import catalog, prices
from service.store.errors import NotAccepted
from service.store.tables import MAX_REF

MOST_ENDPOINTS, MOST_REPEATS, MOST_CELLS = 8, 10, 50_000
LONGEST_READER = MAX_REF - 20
"""Characters of the ref of an endpoint that reads answers: its cells are named by its role too."""
UNKNOWN = "wants endpoints of the catalogue, has {ref}"
NOT_ALLOWED = (
    "wants an endpoint that may be sent prompts of one's own: a model on this machine, or one that PELLUCID_PROMPTS_TO "
    "names; has {ref}"
)
UNPRICED = "wants a number: no price is held of {refs}, so tokens alone say what it may cost"


@dataclass(frozen=True, slots=True)
class Asked:
    """A comparison as somebody asks for it.

    Attributes:
        endpoints: The first is A, the one in use.
        sets: Names of evaluation sets.
        per_set: At most so many questions of each set, evenly out of all of it; None = all.
        file: Prompts of one's own, and the file's name, by whose suffix it is read; None = only sets.
        repeats_a, repeats: How often A, and each other endpoint, gets each prompt.
        margin: Differences of shares within ± this much are of no matter.
        judge: Ref of an endpoint that is shown every prompt with its answers; None = nobody is.
        embedder: Ref of an endpoint that is sent every answer; None = nobody is.
    """

    endpoints: Sequence[str]
    sets: Sequence[str] = ()
    per_set: int | None = None
    file: tuple[bytes, str] | None = None
    name: str = ""
    repeats_a: int = 2
    repeats: int = 1
    margin: Decimal = paired.MARGIN
    max_output_tokens: int = MAX_OUTPUT_TOKENS
    cap_usd: Decimal | None = None
    cap_tokens: int | None = None
    seed: str = ""
    judge: str | None = None
    app: Mapping[str, Any] | None = field(default=None, hash=False)
    embedder: str | None = None


def rows_file(rows: Sequence[Any]) -> tuple[bytes, str]:
    """Return rows of prompts as a file of them."""
    return "\n".join(json.dumps(one) for one in rows).encode(), f"{OWN}.jsonl"


def order(session: Session, asked: Asked, settings: Settings) -> Order:
    """Return the order that is to be run.

    Raises:
        NotAccepted: fields are wrong; rows that are no prompts are left out instead, and told.
    """
    _must(_numbers(asked))
    found = {ref: catalog.get(session, Endpoint, ref) for ref in asked.endpoints}
    if unknown := [ref[:80] for ref, one in found.items() if one is None]:
        raise NotAccepted({"endpoints": UNKNOWN.format(ref=", ".join(map(repr, unknown)))})
    endpoints = [one for one in found.values() if one is not None]
    chosen, left_out = _prompts(asked, settings)
    try:
        repeats = dict.fromkeys(asked.endpoints, asked.repeats) | {asked.endpoints[0]: asked.repeats_a}
        plan = Plan(tuple(chosen), tuple(asked.endpoints), repeats, tuple(left_out))
    except PlanError as error:
        raise NotAccepted(
            {"endpoints" if len(set(asked.endpoints)) < len(asked.endpoints) else "prompts": str(error)}
        ) from error
    made = Order(
        plan,
        Method(asked.seed or secrets.token_hex(8), asked.margin),
        asked.name,
        asked.max_output_tokens,
        asked.cap_usd,
        asked.cap_tokens,
        asked.judge,
        asked.app,
        asked.embedder,
    )
    wanted = {"endpoints": endpoints, **{name: [one] for name, one in _readers(session, asked).items()}}
    _must(_limits(session, made, wanted, settings))
    return made


def _readers(session: Session, asked: Asked) -> dict[str, Endpoint]:
    """Return the endpoints that read the answers, by the field that names them."""
    refs = {"judge": asked.judge, "embedder": asked.embedder}
    found = {name: catalog.get(session, Endpoint, ref) for name, ref in refs.items() if ref is not None}
    _must({name: UNKNOWN.format(ref=repr((refs[name] or "")[:80])) for name, one in found.items() if one is None})
    known = {name: one for name, one in found.items() if one is not None}
    if "embedder" in known and known["embedder"].dialect not in EMBEDDING:
        wanted = f"wants an endpoint of a dialect that embeds: {', '.join(sorted(EMBEDDING))}"
        raise NotAccepted({"embedder": f"{wanted}; has {known['embedder'].dialect}"})
    return known


def _must(wrong: Mapping[str, str]) -> None:
    if wrong:
        raise NotAccepted(wrong)


def _numbers(asked: Asked) -> dict[str, str]:
    ranges: dict[str, tuple[Decimal | int | None, Decimal | int, Decimal | int]] = {
        "endpoints": (len(asked.endpoints), 2, MOST_ENDPOINTS),
        "repeats_a": (asked.repeats_a, 1, MOST_REPEATS),
        "repeats": (asked.repeats, 1, MOST_REPEATS),
        "per_set": (asked.per_set, 1, 10_000),
        "max_output_tokens": (asked.max_output_tokens, 1, 100_000),
        "margin": (asked.margin, Decimal("0.001"), Decimal("0.5")),
        "cap_usd": (asked.cap_usd, Decimal("0.000001"), Decimal(1_000_000)),
        "cap_tokens": (asked.cap_tokens, 1, 10_000_000_000),
        "name": (len(asked.name), 0, 200),
        "judge": (len(asked.judge or ""), 0, LONGEST_READER),
        "embedder": (len(asked.embedder or ""), 0, LONGEST_READER),
    }
    return {
        name: f"wants {low} to {high}, has {value}"
        for name, (value, low, high) in ranges.items()
        if value is not None and not low <= value <= high
    }


def _prompts(asked: Asked, settings: Settings) -> tuple[list[Prompt], list[Problem]]:
    known = evalset_files.all_sets(settings.sets_dir)
    if strange := [one[:80] for one in asked.sets if one not in known]:
        raise NotAccepted({"sets": f"wants some of {', '.join(sorted(known))}, has {', '.join(map(repr, strange))}"})
    chosen = [prompt for name in dict.fromkeys(asked.sets) for prompt in _of_set(known[name], asked.per_set)]
    if asked.file is None:
        return chosen, []
    try:
        parsed = prompts.parse(*asked.file)
    except PromptsError as error:
        raise NotAccepted({"prompts": str(error)}) from error
    own = [replace(one, id=f"{OWN}/{one.id}", set=OWN) for one in parsed.prompts]
    return [*chosen, *own], list(parsed.problems)


def _of_set(one: EvalSet, most: int | None) -> list[Prompt]:
    """Return the prompts of a set, or `most` of them evenly out of all."""
    found = list(prompt_rows.of_set(one))
    if most is None or len(found) <= most:
        return found
    return [found[place * len(found) // most] for place in range(most)]


def _limits(
    session: Session, made: Order, wanted: Mapping[str, Sequence[Endpoint]], settings: Settings
) -> dict[str, str]:
    """Return what is wrong; who reads answers is held to the same rules as who gives them."""
    cells = sum(part.cells for part in duties.parts(made))
    away = {name: [one for one in many if not stays_here(session, one)] for name, many in wanted.items()}
    unpriced = {one.ref: None for many in away.values() for one in many if not prices.history(session, one.ref)}
    found = {
        "prompts": f"wants at most {MOST_CELLS} requests, has {cells}" if cells > MOST_CELLS else "",
        **({name: _closed(many, settings) for name, many in away.items()} if made.has_own_prompts else {}),
        "cap_tokens": UNPRICED.format(refs=", ".join(unpriced)) if unpriced and made.cap_tokens is None else "",
    }
    return {name: wrong for name, wrong in found.items() if wrong}


def _closed(away: Sequence[Endpoint], settings: Settings) -> str:
    closed = [one.ref for one in away if not _is_open(one, settings)]
    return NOT_ALLOWED.format(ref=", ".join(closed)) if closed else ""


def stays_here(session: Session, endpoint: Endpoint) -> bool:
    """Tell whether what is sent to an endpoint does not leave this machine."""
    if catalog.origin(session, endpoint.ref) == "local":
        return True
    try:
        return ip_address(urlsplit(endpoint.base_url).hostname or "").is_loopback
    except ValueError:
        return False


def _is_open(endpoint: Endpoint, settings: Settings) -> bool:
    return endpoint.ref in settings.prompts_to or endpoint.provider in settings.prompts_to

"""Which model answers: what the endpoint lists, what its answers call themselves, and whether that stays the same."""

from collections.abc import Iterable, Sequence

from scorecards.catalog import SNAPSHOT
from scorecards.evidence import Reading
from scorecards.exchanges import Ask, AskKind, Exchange
from scorecards.probes._probe import Probe, Target
from scorecards.probes._prompts import marked
from scorecards.probes._reading import REJECTED, Reader, why

AGAIN = 3
MAX_OUTPUT_TOKENS = 16
HELLO = "Say hello."


def _plan(target: Target) -> Sequence[Ask]:
    made_up = f"no-such-model-{target.nonce}"
    return (
        Ask(AskKind.LIST_MODELS, role="list"),
        _hello(target.nonce, 0, "known", stream=False),
        _hello(target.nonce, 1, "unknown", stream=False, model_id=made_up),
        *(_hello(target.nonce, 2 + number, "again") for number in range(AGAIN)),
    )


def _hello(nonce: str, number: int, role: str, *, stream: bool = True, model_id: str | None = None) -> Ask:
    text = marked(nonce, number, HELLO)
    return Ask(text=text, max_output_tokens=MAX_OUTPUT_TOKENS, stream=stream, model_id=model_id, role=role)


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    reader = Reader(target.endpoint, PROBE.reader, exchanges)
    by_role = {one.ask.role: one for one in exchanges}
    answered = [one for one in exchanges if one.answered and one.ask.role in ("known", "again")]
    return [
        _listed(reader, by_role.get("list")),
        _echoed(reader, by_role.get("known")),
        _refused(reader, by_role.get("known"), by_role.get("unknown")),
        _stable(reader, "served_model_stable", answered, [one.served_models for one in answered]),
        _stable(reader, "fingerprint_stable", answered, [one.fingerprints for one in answered]),
        _distinct_ids(reader, answered),
    ]


def _listed(reader: Reader, listing: Exchange | None) -> Reading:
    if listing is None or not listing.answered:
        return reader.unmeasured("served_model_listed", why([listing]) if listing else "")
    wanted = reader.endpoint.model_id
    names = ", ".join(listing.listed[:5]) or "nothing"
    return reader.known("served_model_listed", wanted in listing.listed, [listing], note=f"the list names {names}")


def _echoed(reader: Reader, known: Exchange | None) -> Reading:
    if known is None or not known.answered:
        return reader.unmeasured("served_model_echoed")
    wanted, served = reader.endpoint.model_id, known.served_model
    note = f"asked for {wanted}, answered by {served or 'a model without a name'}"
    return reader.known("served_model_echoed", _is_same_model(wanted, served), [known], note=note)


def _is_same_model(wanted: str, served: str | None) -> bool:
    """Tell whether an answer's label is the id asked for, or a dated snapshot of it (`gpt-x-2026-01-31`)."""
    return served is not None and (served == wanted or SNAPSHOT.fullmatch(served.removeprefix(wanted)) is not None)


def _refused(reader: Reader, known: Exchange | None, unknown: Exchange | None) -> Reading:
    """Judge the made-up id only where the real one works: a wrong key would refuse both."""
    if known is None or unknown is None or not known.answered:
        return reader.unmeasured("unknown_model_refused")
    asked = unknown.ask.model_id
    if unknown.answered:
        note = f"asked for {asked}, which does not exist; answered with 200 by {unknown.served_model}"
        return reader.known("unknown_model_refused", value=False, exchanges=[unknown], note=note)
    if unknown.outcome not in REJECTED:
        return reader.unmeasured("unknown_model_refused", why([unknown]))
    return reader.known("unknown_model_refused", value=True, exchanges=[unknown], note=unknown.detail)


def _stable(reader: Reader, quantity: str, answered: Sequence[Exchange], named: Sequence[Sequence[str]]) -> Reading:
    """Judge within each answer and between them; answers that name nothing say nothing."""
    telling = [one for one, names in zip(answered, named, strict=True) if names]
    seen = _once(name for names in named for name in names)
    if len(telling) < 2 and len(seen) < 2:  # noqa: PLR2004 - one name alone is always stable
        why_not = "wants two answers that name it, has fewer" if answered else ""
        return reader.unmeasured(quantity, why_not)
    within = sum(len(set(names)) > 1 for names in named)
    where = f"; {within} of {len(telling)} answers changed it half-way" if within else ""
    return reader.known(
        quantity, len(seen) == 1, telling, note=f"seen in {len(telling)} answers: {', '.join(seen)}{where}"
    )


def _distinct_ids(reader: Reader, answered: Sequence[Exchange]) -> Reading:
    named = [one for one in answered if one.answer_id]
    ids = _once(one.answer_id or "" for one in named)
    if len(named) < 2:  # noqa: PLR2004 - it takes two to differ
        return reader.unmeasured("answer_ids_distinct", "wants two answers with an id, has fewer" if answered else "")
    note = f"{len(ids)} ids in {len(named)} answers"
    return reader.known("answer_ids_distinct", len(ids) == len(named), named, note=note)


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


PROBE = Probe(
    name="identity",
    version=1,
    question="Which model answers, does it say so, and does it stay the same within and between answers?",
    quantities=(
        "served_model_listed",
        "served_model_echoed",
        "unknown_model_refused",
        "served_model_stable",
        "fingerprint_stable",
        "answer_ids_distinct",
    ),
    plan=_plan,
    read=_read,
    every_s=24 * 3600,
)

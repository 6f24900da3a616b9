"""Whether the endpoint names the model it serves, and refuses the ones it does not have."""

from collections.abc import Sequence

from scorecards.evidence import Reading
from scorecards.exchanges import Ask, AskKind, Exchange
from scorecards.probes._probe import Probe, Target
from scorecards.probes._reading import Reader, why

REFUSALS = ("not_found", "bad_request", "forbidden")


def _plan(target: Target) -> Sequence[Ask]:
    hello = f"Note {target.nonce}. Say hello."
    return (
        Ask(AskKind.LIST_MODELS, role="list"),
        Ask(text=hello, max_output_tokens=4, stream=False, role="known"),
        Ask(text=hello, max_output_tokens=4, stream=False, model_id=f"no-such-model-{target.nonce}", role="unknown"),
    )


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    reader = Reader(target.endpoint, PROBE.reader, exchanges)
    by_role = {one.ask.role: one for one in exchanges}
    return [
        _listed(reader, by_role.get("list")),
        _echoed(reader, by_role.get("known")),
        _refused(reader, by_role.get("known"), by_role.get("unknown")),
    ]


def _listed(reader: Reader, listing: Exchange | None) -> Reading:
    if listing is None or not listing.ok:
        return reader.unmeasured("served_model_listed")
    wanted = reader.endpoint.model_id
    names = ", ".join(listing.listed[:5]) or "nothing"
    return reader.known("served_model_listed", wanted in listing.listed, [listing], note=f"the list names {names}")


def _echoed(reader: Reader, known: Exchange | None) -> Reading:
    if known is None or not known.ok:
        return reader.unmeasured("served_model_echoed")
    wanted, served = reader.endpoint.model_id, known.served_model
    note = f"asked for {wanted}, answered by {served or 'a model without a name'}"
    return reader.known("served_model_echoed", _is_same_model(wanted, served), [known], note=note)


def _is_same_model(wanted: str, served: str | None) -> bool:
    """Tell whether an answer's label is the id asked for, or a dated snapshot of it (`gpt-x-2026-01-31`)."""
    rest = (served or "").removeprefix(wanted)
    return served == wanted or (rest != served and rest.startswith("-") and rest.replace("-", "").isdigit())


def _refused(reader: Reader, known: Exchange | None, unknown: Exchange | None) -> Reading:
    """Judge the made-up id only where the real one works: a wrong key would refuse both."""
    if known is None or unknown is None or not known.ok:
        return reader.unmeasured("unknown_model_refused")
    asked = unknown.ask.model_id
    if unknown.ok:
        note = f"asked for {asked}, which does not exist; answered with 200 by {unknown.served_model}"
        return reader.known("unknown_model_refused", value=False, exchanges=[unknown], note=note)
    if unknown.outcome not in REFUSALS:
        return reader.unmeasured("unknown_model_refused", why([unknown]))
    return reader.known("unknown_model_refused", value=True, exchanges=[unknown], note=unknown.detail)


PROBE = Probe(
    name="models_list",
    version=1,
    question="Does the endpoint list the model it serves, name it in answers, and refuse unknown ids?",
    quantities=("served_model_listed", "served_model_echoed", "unknown_model_refused"),
    plan=_plan,
    read=_read,
    every_s=24 * 3600,
)

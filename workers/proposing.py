"""Asks a configured language model what the reader of prose may have missed in a document; off unless it is configured.

What comes back passes the gate of `scorecards.transparency.proposals` or is dropped. Whatever goes wrong is logged, and
nothing is proposed.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network

import structlog

from scorecards.catalog import Endpoint
from scorecards.evidence import Document, Identity, Reading
from scorecards.exchanges import Ask, Exchange
from scorecards.transparency import proposals
from scorecards.transparency.proposals import Section
from service.store import catalog, db
from workers import asking, probing
from workers.addresses import policy
from workers.ask import exchange
from workers.clock import Clock
from workers.context import Context
from workers.http import Client

log = structlog.get_logger()

ANSWER_TOKENS = 400
"""Most tokens of one answer; the cap of a document divided by it is how many requests it may take."""

REQUEST_S = 60.0
DOCUMENT_S = 120.0
"""Seconds after which no further section of a document is asked about, so that a slow model cannot outlast a lease."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A language model that reads after the rules did.

    Attributes:
        networks: Networks beyond the public internet that it may live in.
        tokens: Most output tokens that one document may cost.
    """

    endpoint: Endpoint
    networks: tuple[IPv4Network | IPv6Network, ...]
    tokens: int
    clock: Clock


def readings(context: Context, identity: Identity, document: Document, found: Sequence[Reading]) -> list[Reading]:
    """Return what the configured reader adds to what was `found` in a document; [] when none is configured."""
    ref = context.settings.reader_endpoint
    if ref is None:
        return []
    with db.read(context.engine) as session:
        endpoint = catalog.get(session, Endpoint, ref)
        local = catalog.origin(session, ref) == "local"
    if endpoint is None:
        log.warning("reader_unknown", wanted="an endpoint of the catalogue (PELLUCID_READER_ENDPOINT)", found=ref)
        return []
    networks = probing.networks(context.settings, local=local)
    return propose(Reader(endpoint, networks, context.settings.reader_tokens, context.clock), identity, document, found)


def propose(reader: Reader, identity: Identity, document: Document, found: Sequence[Reading]) -> list[Reading]:
    """Return what a reader proposes on what was looked for in a document and not found, as far as it holds."""
    if reason := asking.obstacle(reader.endpoint):
        log.warning("reader_unusable", endpoint=reader.endpoint.ref, reason=reason)
        return []
    sections = proposals.sections(identity, document, found)
    answers = list(_answers(reader, sections[: reader.tokens // ANSWER_TOKENS]))
    log.info("reader_asked", endpoint=reader.endpoint.ref, url=document.url, sections=len(sections), asked=len(answers))
    added: dict[str, Reading] = {}
    for section, answer in answers:
        admitted = proposals.admit(section, proposals.parse(answer.text), reader.endpoint.model_id)
        added = {one.quantity: one for one in admitted} | added
    if all(answer.ok for _, answer in answers):
        return [*added.values(), *proposals.silences(identity, document, added.values())]
    return list(added.values())


def _answers(reader: Reader, sections: Sequence[Section]) -> Iterator[tuple[Section, Exchange]]:
    """Yield each section with what came back, until something fails or the time is up."""
    begun_s = time.monotonic()
    with Client(replace(policy("model", reader.networks), total_s=REQUEST_S)) as client:
        channel = asking.channel(client, reader.endpoint)
        for section in sections:
            ask = Ask(text=proposals.request(section), max_output_tokens=ANSWER_TOKENS, temperature=Decimal(0))
            answer = exchange(channel, ask, reader.clock())
            yield section, answer
            if not answer.ok:
                log.warning("reader_failed", endpoint=reader.endpoint.ref, outcome=answer.outcome, detail=answer.detail)
            if not answer.ok or time.monotonic() - begun_s > DOCUMENT_S:
                return

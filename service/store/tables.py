"""The tables. Evidence, cards, ratings and prices are only ever added; triggers in the migrations refuse changes."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from scorecards.ratings.rating import MAX_NAME


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant on every database; SQLite forgets the zone, this puts it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse naive datetimes, turn the others to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("wants an aware datetime, has a naive one")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Mark what comes back as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


MAX_REF = 300
"""Characters of a model or endpoint ref. PostgreSQL refuses longer ones, SQLite would not."""

MAX_URL, MAX_HOST = 2_000, 300
"""Characters of an address, and of a host with its port."""

# SQLite only counts INTEGER primary keys by itself.
BigId = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """What every table shares."""

    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON, bytes: LargeBinary}  # noqa: RUF012


class CatalogRow(Base):
    """A developer, model or endpoint, from the bundled files, the operator's files, or the API."""

    __tablename__ = "catalog"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    ref: Mapped[str] = mapped_column(String(MAX_REF), primary_key=True)
    origin: Mapped[str] = mapped_column(String(16))
    """bundled | files | api | local. Rows of the first two follow their files at each start."""
    body: Mapped[dict[str, Any]]


class JobRow(Base):
    """Work that must happen. Whoever holds the lease with the newest fence may finish it.

    `wanted` counts requests; a request that arrives while the job runs makes it run again.
    """

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(400), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    args: Mapped[dict[str, Any]]
    lane: Mapped[str] = mapped_column(String(300))
    """Jobs of one lane never run at the same time: a probe must not load what another measures."""
    every_s: Mapped[int | None]
    """None = once."""
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    """None = nothing to do."""
    wanted: Mapped[int] = mapped_column(default=1)
    fence: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    runs: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    owner: Mapped[str | None] = mapped_column(String(200))
    last_error: Mapped[str] = mapped_column(Text, default="")
    dead: Mapped[bool] = mapped_column(default=False)
    """Gave up after too many attempts; `last_error` says why."""

    __table_args__ = (
        Index(
            "one_lease_per_lane",
            "lane",
            unique=True,
            sqlite_where=text("lease_until IS NOT NULL"),
            postgresql_where=text("lease_until IS NOT NULL"),
        ),
    )


class RunRow(Base):
    """One finished occurrence of a job that looked at something; the pair is unique, so nothing is recorded twice."""

    __tablename__ = "runs"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    job_id: Mapped[int] = mapped_column(BigInteger)
    occurrence: Mapped[int]
    subject: Mapped[str] = mapped_column(String(300))
    reader: Mapped[str] = mapped_column(String(80))
    finished_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (UniqueConstraint("job_id", "occurrence"),)


class ExchangeRow(Base):
    """One raw exchange; kept for the retention time, then only the readings remain."""

    __tablename__ = "exchanges"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    endpoint: Mapped[str] = mapped_column(String(300))
    outcome: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime]
    body: Mapped[dict[str, Any]]

    __table_args__ = (
        Index("exchanges_by_endpoint", "endpoint", "started_at"),
        Index("exchanges_by_time", "started_at"),
    )


class DocumentRow(Base):
    """One version of one document; for a weights file its header."""

    __tablename__ = "documents"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    url: Mapped[str] = mapped_column(String(MAX_URL), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(100))
    fetched_at: Mapped[datetime]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    first_party: Mapped[bool]
    content: Mapped[bytes]
    derived_from: Mapped[str | None] = mapped_column(String(64))
    """sha256 of the document of the same address that this text was made of; None = it is as it came."""


class FetchRow(Base):
    """One look at one place as service.store.documents.Fetch holds it; also what did not change, or was not had."""

    __tablename__ = "fetches"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    url: Mapped[str] = mapped_column(String(MAX_URL))
    host: Mapped[str] = mapped_column(String(MAX_HOST))
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(Text)
    status: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    document_url: Mapped[str | None] = mapped_column(String(MAX_URL))
    etag: Mapped[str | None] = mapped_column(String(200))
    last_modified: Mapped[str | None] = mapped_column(String(200))
    not_before: Mapped[datetime | None]

    __table_args__ = (
        Index("fetches_by_url", "url", "at"),
        Index("fetches_by_host", "host", "at"),
        Index("fetches_by_document", "document_url", "sha256"),
    )


class ReadingRow(Base):
    """One reading as scorecards.evidence.Reading holds it."""

    __tablename__ = "readings"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    subject: Mapped[str] = mapped_column(String(300))
    quantity: Mapped[str] = mapped_column(String(80))
    taken_at: Mapped[datetime]
    body: Mapped[dict[str, Any]]

    __table_args__ = (
        Index("readings_by_subject", "subject", "taken_at"),
        Index("readings_by_quantity", "subject", "quantity", "id"),
    )


class CardRow(Base):
    """One published card: its canonical bytes, forever."""

    __tablename__ = "cards"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    model: Mapped[str] = mapped_column(String(300))
    sequence: Mapped[int]
    published_at: Mapped[datetime]
    body: Mapped[bytes]
    signature: Mapped[str] = mapped_column(String(120))

    __table_args__ = (UniqueConstraint("model", "sequence"),)


class PictureRow(Base):
    """A picture made when its card was published."""

    __tablename__ = "pictures"

    card_id: Mapped[str] = mapped_column(ForeignKey("cards.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    body: Mapped[str] = mapped_column(Text)


class CounterRow(Base):
    """The last number given in a stream; `""` counts all events.

    Whoever counts holds the row until the end of its transaction, so numbers become visible in their order.
    """

    __tablename__ = "counters"

    stream: Mapped[str] = mapped_column(String(400), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)


class EventRow(Base):
    """What happened, written in the transaction in which it happened (the outbox); `id` is its place among all."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    uid: Mapped[str] = mapped_column(String(40), unique=True)
    """What the outside calls it; `webhook-id`."""
    type: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(400))
    stream: Mapped[str] = mapped_column(String(400))
    sequence: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    body: Mapped[dict[str, Any]]

    __table_args__ = (UniqueConstraint("stream", "sequence"), Index("events_by_type", "type", "id"))


class SubscriptionRow(Base):
    """Somebody who is told of events. How its receiver does, and who sends to it just now, stand here as well."""

    __tablename__ = "subscriptions"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    url: Mapped[str] = mapped_column(String(MAX_URL))
    description: Mapped[str] = mapped_column(String(200))
    target: Mapped[str] = mapped_column(String(20))
    thin: Mapped[bool]
    filters: Mapped[dict[str, Any]]
    rate_per_minute: Mapped[int | None]
    """None = as fast as it answers."""
    sealed: Mapped[bytes]
    """Secrets and headers of its own, encrypted."""
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")
    state_at: Mapped[datetime]
    stopped_at_event: Mapped[int | None] = mapped_column(BigInteger)
    """The last event before it was stopped; None = it never was."""
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(20))
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    told: Mapped[bool] = mapped_column(default=False)
    not_before: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    owner: Mapped[str | None] = mapped_column(String(200))


class DeliveryRow(Base):
    """One event for one subscription: waiting, delivered or failed. Sending it again is the same row once more."""

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id"))
    event_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("events.id"))
    state: Mapped[str] = mapped_column(String(12))
    rank: Mapped[int]
    """0 = a ping, 1 = news, 2 = sent again: what is new never waits behind a replay."""
    tries: Mapped[int] = mapped_column(default=0)
    """Of the present schedule."""
    attempts: Mapped[int] = mapped_column(default=0)
    """All there ever were."""
    next_at: Mapped[datetime | None]
    """None = it does not wait."""
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("subscription_id", "event_id"),
        Index("deliveries_waiting", "subscription_id", "state", "rank", "next_at"),
        Index("deliveries_settled", "settled_at"),
    )


class AttemptRow(Base):
    """One attempt to deliver, as scorecards.delivery.Attempt holds it."""

    __tablename__ = "attempts"

    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    status: Mapped[int | None]
    latency_ms: Mapped[int]
    error: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    next_at: Mapped[datetime | None]


class AuditRow(Base):
    """Who changed what about a subscription, and when; only ever added to."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(40))
    """Id of a token, `command line`, or `pellucid` itself."""
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(400), index=True)
    detail: Mapped[dict[str, Any]]


class ChallengeRow(Base):
    """One challenge as it was filed; nobody changes or deletes it."""

    __tablename__ = "challenges"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    model: Mapped[str] = mapped_column(String(MAX_REF), index=True)
    indicator: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))
    url: Mapped[str] = mapped_column(String(2000))
    quote: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(80))
    """As its author wants to be named in public; "" = not at all."""
    filed_by: Mapped[str] = mapped_column(String(20))
    """Id of the token, or where else it came from. Never published."""


class ChallengeStateRow(Base):
    """One state that a challenge came to; the newest is the one it is in."""

    __tablename__ = "challenge_states"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenges.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class TokenRow(Base):
    """A key to the API: its hash, never itself."""

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[Any]]
    note: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class IdempotencyRow(Base):
    """The answer to a POST that carried an Idempotency-Key; the same request gets it again for a day."""

    __tablename__ = "idempotency"

    token_id: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    sealed: Mapped[bytes]
    """The answer, encrypted: it may show a secret, this once."""
    created_at: Mapped[datetime]


class RatingRow(Base):
    """A rating by somebody else as it was imported; a changed input adds a version, the old ones stay."""

    __tablename__ = "ratings"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    edition: Mapped[str] = mapped_column(String(MAX_NAME))
    producer: Mapped[str] = mapped_column(String(MAX_NAME))
    subject: Mapped[str] = mapped_column(String(MAX_NAME))
    version: Mapped[int]
    """Counts the states of one subject in one edition, from 1."""
    model: Mapped[str | None] = mapped_column(String(MAX_REF), index=True)
    """None = about no model of ours that an alias names."""
    dated: Mapped[str | None] = mapped_column(String(MAX_NAME))
    figures: Mapped[list[Any]]
    judgements: Mapped[list[Any]]
    attribution: Mapped[str] = mapped_column(Text)
    licence: Mapped[str] = mapped_column(String(80))
    link: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str] = mapped_column(String(64))
    imported_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("source", "edition", "producer", "subject", "version"),)


class BudgetRow(Base):
    """What was used of one provider on its latest day, and what it asked of us."""

    __tablename__ = "budgets"

    provider: Mapped[str] = mapped_column(String(MAX_REF), primary_key=True)
    day: Mapped[date]
    """UTC."""
    tokens: Mapped[int] = mapped_column(BigInteger)
    """Input and output; what is under way counts with the most that it may use."""
    micro_usd: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """Millionths of a US dollar, whole ones so that sums are exact on every database; counted as the tokens are."""
    not_before: Mapped[datetime | None]
    """Until when it wants no further request (Retry-After)."""


class PriceRunRow(Base):
    """One import of one source's prices."""

    __tablename__ = "price_runs"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    source: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(String(MAX_URL))
    sha256: Mapped[str] = mapped_column(String(64))
    looked_at: Mapped[datetime]
    """When the source's author last looked at prices."""
    dated_each: Mapped[bool]
    """Whether its facts were looked at on days of their own."""
    ran_at: Mapped[datetime]
    listed: Mapped[int]
    """Prices that it listed."""
    added: Mapped[int]
    unchanged: Mapped[int]
    quarantined: Mapped[int]
    refused: Mapped[str] = mapped_column(Text)
    """Why nothing of it was taken; "" = it was."""
    etag: Mapped[str] = mapped_column(String(200))

    __table_args__ = (Index("price_runs_by_source", "source", "looked_at"),)


class PriceKeyRow(Base):
    """What one source has a price of; its facts are rows of their own."""

    __tablename__ = "price_keys"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    endpoint: Mapped[str] = mapped_column(String(MAX_REF), index=True)
    source: Mapped[str] = mapped_column(String(80), index=True)
    """Whose import it comes with; `importer` is the name under which it counts."""
    importer: Mapped[str] = mapped_column(String(80))
    meter: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    input_above: Mapped[int] = mapped_column(BigInteger)
    input_upto: Mapped[int] = mapped_column(BigInteger)
    """Tokens; 0 = no such bound, as in `input_above`: uniqueness knows no NULL."""
    tier: Mapped[str] = mapped_column(String(40))
    region: Mapped[str] = mapped_column(String(80))
    window: Mapped[str] = mapped_column(String(80))

    __table_args__ = (
        UniqueConstraint(
            "endpoint",
            "importer",
            "meter",
            "unit",
            "currency",
            "input_above",
            "input_upto",
            "tier",
            "region",
            "window",
            name="one_price_key",
        ),
    )


class PriceFactRow(Base):
    """From `valid_from` on this is the price, until a later row of its key begins; of one instant the newest counts."""

    __tablename__ = "price_facts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("price_keys.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("price_runs.id"))
    valid_from: Mapped[datetime]
    """The year 1 = before anybody wrote down when."""
    amount: Mapped[str | None] = mapped_column(String(40))
    """Exact, as text; None = no price any more."""
    basis: Mapped[str] = mapped_column(String(20))
    observed_at: Mapped[datetime]
    url: Mapped[str] = mapped_column(String(MAX_URL))
    data_version: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    snippet: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("price_facts_by_time", "key_id", "valid_from", "id"),)


class PriceQuarantineRow(Base):
    """What an import did not believe, and why; the facts that were held before stay."""

    __tablename__ = "price_quarantine"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("price_runs.id"), index=True)
    subject: Mapped[str] = mapped_column(Text)
    """The endpoint, or as the source names it; "" = the whole source."""
    meter: Mapped[str] = mapped_column(String(40))
    found: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)

"""Shapes of what goes over HTTP. They describe; the domain's own checks decide."""

from typing import Any

from marshmallow import Schema, fields

from scorecards.dispute import Kind, State
from scorecards.views import METHODS

DECIMAL = {"format": "decimal", "examples": ["81.8"]}


def decimal(description: str) -> fields.String:
    """Return a decimal number as a string; null = not measured."""
    return fields.String(allow_none=True, metadata={**DECIMAL, "description": f"{description}; null = not measured"})


class ModelSchema(Schema):
    """One version of one model."""

    ref = fields.String(metadata={"description": "`developer/model`"})
    name = fields.String()
    developer = fields.String()
    open_weights = fields.Boolean(allow_none=True, metadata={"description": "null = no source says"})
    licence = fields.String(allow_none=True)
    hub_repo = fields.String(allow_none=True)
    released = fields.String(allow_none=True)
    context_tokens = fields.Integer(allow_none=True)
    max_output_tokens = fields.Integer(allow_none=True)
    input_modalities = fields.List(fields.String())
    output_modalities = fields.List(fields.String())
    lifecycle = fields.String()
    shutdown = fields.String(allow_none=True, metadata={"format": "date"})
    documents = fields.List(fields.Dict())
    cited = fields.Dict()


class EndpointSchema(Schema):
    """A model as served by a provider at a URL."""

    ref = fields.String(metadata={"description": "`provider[@region]:model-id`, split at the first colon"})
    model = fields.String()
    provider = fields.String()
    region = fields.String(allow_none=True)
    model_id = fields.String()
    dialect = fields.String()
    base_url = fields.String()
    first_party = fields.Boolean(metadata={"description": "Whether the model's developer runs it"})
    key_env = fields.String(allow_none=True, metadata={"description": "Variable with the key; never the key"})
    token_counter = fields.String(allow_none=True, metadata={"description": "How it counts tokens beside `usage`"})
    refuses = fields.List(fields.String(), metadata={"description": "Parameters it answers with an error"})
    terms_note = fields.String()
    cited = fields.Dict()


class PointSchema(Schema):
    """One run of a probe."""

    taken_at = fields.String()
    value = fields.Raw(allow_none=True, metadata={"description": "Median of the run; null = could not be measured"})
    p95 = decimal("95th percentile; null for less than 20 samples")
    n = fields.Integer(metadata={"description": "Observations of the run"})
    note = fields.String()


class HistorySchema(Schema):
    """One quantity of one endpoint over time, oldest first."""

    endpoint = fields.String()
    quantity = fields.String()
    unit = fields.String()
    points = fields.List(fields.Nested(PointSchema))


class PillarSchema(Schema):
    """A score is never without its range and coverage."""

    score = decimal("0 to 100")
    low = decimal("0 to 100, if everything unknown were at its worst")
    high = decimal("0 to 100, if everything unknown were at its best")
    coverage = decimal("Share of what applies that was checked, 0 to 1")
    checked = fields.Integer()
    applicable = fields.Integer()
    sufficient = fields.Boolean(metadata={"description": "Whether coverage is at least 0.5"})
    basis = fields.String()
    verification_rate = decimal("Share of earned points that we verified, 0 to 1")
    contradictions = fields.Integer()


class PillarsSchema(Schema):
    """The four pillars; there is no overall rank."""

    transparency = fields.Nested(PillarSchema)
    cost = fields.Nested(PillarSchema)
    switching = fields.Nested(PillarSchema)
    performance = fields.Nested(PillarSchema)


class QuoteSchema(Schema):
    """Words of a stored document, byte for byte."""

    text = fields.String()
    start = fields.Integer(metadata={"description": "Offset in bytes"})
    end = fields.Integer(metadata={"description": "Offset in bytes"})


class EvidenceSchema(Schema):
    """What a verdict points at."""

    id = fields.String(metadata={"description": "`sha256:` of the document or exchange"})
    url = fields.String()
    quote = fields.Nested(QuoteSchema, allow_none=True)


class VerdictSchema(Schema):
    """The answer to one indicator."""

    indicator = fields.String()
    domain = fields.String()
    title = fields.String()
    state = fields.String(
        metadata={
            "enum": [
                "verified",
                "disclosed",
                "partial",
                "claimed",
                "absent",
                "contradicted",
                "unchecked",
                "not_applicable",
            ]
        }
    )
    points = decimal("1, 0.5 or 0")
    value = fields.Raw(allow_none=True, metadata={"description": "String, decimal as string, or boolean"})
    unit = fields.String()
    reason = fields.String()
    stale = fields.Boolean()
    taken_at = fields.DateTime(allow_none=True)
    expires_at = fields.DateTime(allow_none=True)
    evidence = fields.List(fields.Nested(EvidenceSchema))


class DisputeSchema(Schema):
    """What a card tells of a challenge; /v1/challenges/{id} has the rest."""

    id = fields.Integer()
    indicator = fields.String()
    state = fields.String(metadata={"enum": ["received", "unchecked", "upheld", "rejected"]})
    since = fields.DateTime()


class StepSchema(Schema):
    """One state that a challenge came to."""

    state = fields.String(metadata={"enum": [one.value for one in State]})
    at = fields.String(metadata={"format": "date-time"})
    reason = fields.String(metadata={"description": '"" for received and checking'})


class ChallengeSchema(Schema):
    """A challenge to a verdict, public for good. Whose token filed it is told nobody."""

    id = fields.Integer()
    model = fields.String()
    indicator = fields.String()
    kind = fields.String(metadata={"enum": [one.value for one in Kind]})
    url = fields.String()
    quote = fields.String(metadata={"description": "As it was filed; `states` says whether it was found"})
    note = fields.String()
    name = fields.String(metadata={"description": 'As its author wants to be named; "" = not at all'})
    state = fields.String(metadata={"enum": [one.value for one in State]})
    states = fields.List(fields.Nested(StepSchema))


class SignatureSchema(Schema):
    """Ed25519 over the canonical bytes of the card without `id` and `signature`."""

    algorithm = fields.String()
    value = fields.String(metadata={"description": "base64"})
    public_key = fields.String(metadata={"description": "base64 of 32 bytes; also at /v1/signing-key"})


class ScorecardSchema(Schema):
    """The published document of one model."""

    id = fields.String(metadata={"description": "`sha256:` of the RFC 8785 bytes without `id` and `signature`"})
    schema = fields.String()
    model = fields.Dict()
    as_of = fields.DateTime()
    sequence = fields.Integer()
    previous = fields.String(allow_none=True)
    rubric = fields.Dict()
    pillars = fields.Nested(PillarsSchema)
    verdicts = fields.List(fields.Nested(VerdictSchema))
    endpoints = fields.List(fields.Dict())
    prober = fields.Dict(
        metadata={"description": "The prober's own error for each kind of time: `p50_ms`, `p99_ms`, `n`"}
    )
    disputes = fields.List(fields.Nested(DisputeSchema))
    changes = fields.List(fields.Dict())
    signature = fields.Nested(SignatureSchema)


class ReasonSchema(Schema):
    """What an item of a view rests on; the card has its evidence."""

    fact = fields.String()
    indicator = fields.String(metadata={"description": "In place of `fact` in the core view"})
    state = fields.String()
    reason = fields.String()


class ViewItemSchema(Schema):
    """One question, criterion, component or field of another rubric."""

    id = fields.String(metadata={"description": "As the other rubric counts it"})
    title = fields.String()
    asked = fields.Boolean(metadata={"description": "Whether a fact of ours reaches it; else it counts nowhere"})
    state = fields.String(
        metadata={"description": "A verdict's state, `not_asked`; or open, partial, closed (osai, mof)"}
    )
    points = decimal("1, 0.5 or 0")
    value = fields.Raw(allow_none=True, metadata={"description": "Text or boolean; null = a gap"})
    because = fields.List(fields.Nested(ReasonSchema))
    level = fields.String(metadata={"description": "Class that a component belongs to (mof)"})
    required = fields.Boolean(metadata={"description": "Whether the class needs it (mof)"})
    lacks = fields.String(metadata={"description": "Why a component does not count (mof)"})


class MissingSchema(Schema):
    """A component that the next class lacks."""

    id = fields.String()
    title = fields.String()
    reason = fields.String()


class ViewSummarySchema(Schema):
    """How the items add up; which keys there are follows from the method."""

    score = decimal("0 to 100 (share, criteria)")
    low = decimal("0 to 100, if everything unknown were at its worst")
    high = decimal("0 to 100, if everything unknown were at its best")
    coverage = decimal("Share of what applies that was checked, 0 to 1")
    checked = fields.Integer()
    applicable = fields.Integer()
    open = fields.Integer(metadata={"description": "Criteria (criteria)"})
    partial_ = fields.Integer(data_key="partial", metadata={"description": "Criteria or fields (criteria, form)"})
    closed = fields.Integer(metadata={"description": "Criteria (criteria)"})
    unchecked = fields.Integer(metadata={"description": "Criteria or fields that nobody looked into (criteria, form)"})
    fields_ = fields.Integer(data_key="fields", metadata={"description": "Of the form (form)"})
    filled = fields.Integer(metadata={"description": "Fields (form)"})
    gaps = fields.List(fields.String(), metadata={"description": "Fields without a value (form)"})
    class_ = fields.String(
        data_key="class", allow_none=True, metadata={"description": "III, II or I (mof_class); null = none of them"}
    )
    next = fields.String(allow_none=True, metadata={"description": "The class above (mof_class); null = none"})
    at_best = fields.String(allow_none=True, metadata={"description": "The class if all unchecked were there"})
    missing = fields.List(fields.Nested(MissingSchema), metadata={"description": "What the next class lacks"})


class ViewSchema(Schema):
    """What a card says by another rubric; never a score of that rubric's own authors."""

    card = fields.String(metadata={"description": "Id of the card that this is a projection of"})
    model = fields.String()
    as_of = fields.DateTime()
    view = fields.String()
    title = fields.String()
    attribution = fields.String()
    method = fields.String(metadata={"enum": list(METHODS)})
    items = fields.List(fields.Nested(ViewItemSchema))
    summary = fields.Nested(ViewSummarySchema)


class SummarySchema(Schema):
    """A card in a list."""

    model = fields.Dict()
    id = fields.String()
    as_of = fields.DateTime()
    sequence = fields.Integer()
    pillars = fields.Nested(PillarsSchema)


class FigureSchema(Schema):
    """One number or class of a rating."""

    name = fields.String()
    value = fields.String(metadata={"description": "A decimal as text, or a class by its name"})
    unit = fields.String()
    published = fields.Boolean(
        metadata={"description": "Whether the source prints it; false = we computed it from the source's judgements"}
    )


class RatingSchema(Schema):
    """What one edition of one source says of one subject; never a score of ours."""

    number = fields.Integer()
    model = fields.String(allow_none=True, metadata={"description": "Ref; null = about no model of ours"})
    source = fields.String()
    edition = fields.String()
    producer = fields.String(metadata={"description": "Who makes the subject, as the source names it"})
    subject = fields.String(metadata={"description": "As the source names it"})
    dated = fields.String(allow_none=True, metadata={"description": "Month or day; null = the source gives none"})
    figures = fields.List(fields.Nested(FigureSchema), metadata={"description": "The first one is the headline"})
    attribution = fields.String()
    licence = fields.String()
    link = fields.String()
    sha256 = fields.String(metadata={"description": "Of what `sha256sum` prints for the files it was read from"})
    imported_at = fields.DateTime()


class JudgementSchema(Schema):
    """What a source says to one of its questions, in its own words."""

    indicator = fields.String()
    title = fields.String()
    verdict = fields.String()
    note = fields.String()
    source = fields.String(metadata={"description": "What the source cites"})


class WholeRatingSchema(RatingSchema):
    """A rating with all its judgements."""

    judgements = fields.List(fields.Nested(JudgementSchema))


class OurTransparencySchema(Schema):
    """The transparency pillar of our newest card."""

    id = fields.String(metadata={"description": "Of the card"})
    transparency = fields.Nested(PillarSchema)


class ModelRatingsSchema(Schema):
    """Others' ratings of a model beside ours."""

    model = fields.String()
    ours = fields.Nested(OurTransparencySchema, allow_none=True, metadata={"description": "null = no card yet"})
    external = fields.List(fields.Nested(RatingSchema))


class TrendStepSchema(Schema):
    """A company's total in one edition."""

    edition = fields.String()
    subject = fields.String(metadata={"description": "The one model that the edition scored"})
    total = fields.String(metadata=DECIMAL)
    unit = fields.String()
    comparable_with_previous = fields.Boolean(
        allow_none=True,
        metadata={"description": "Whether it asks what the edition before asks; null = there is none before"},
    )


class TrendSchema(Schema):
    """A company's totals, oldest edition first."""

    company = fields.String()
    editions = fields.List(fields.Nested(TrendStepSchema))
    attribution = fields.String()
    licence = fields.String()
    link = fields.String()


def paged(item: type[Schema]) -> type[Schema]:
    """Return the schema of a page of these items."""
    parts: dict[str, Any] = {
        "items": fields.List(fields.Nested(item)),
        "next": fields.String(allow_none=True, metadata={"description": "Cursor of the next page; null = the last"}),
    }
    return Schema.from_dict(parts, name=f"{item.__name__.removesuffix('Schema')}Page")


class EventTypeSchema(Schema):
    """A type of event."""

    type = fields.String()
    subject = fields.String(metadata={"description": "What it happens to"})
    trigger = fields.String(metadata={"description": "When it is told"})
    public = fields.Boolean(metadata={"description": "Whether it is seen without a token"})


class EventSchema(Schema):
    """Something that happened, in the form in which webhooks tell it."""

    id = fields.String(metadata={"description": "The same in every repetition; `webhook-id`"})
    type = fields.String()
    timestamp = fields.String(metadata={"format": "date-time"})
    data = fields.Dict(
        metadata={"description": "`subject`, `sequence` (counts up per model), `link`, and what happened"}
    )


class FeedSchema(Schema):
    """Events in the order in which they happened."""

    items = fields.List(fields.Nested(EventSchema))
    next = fields.String(allow_none=True, metadata={"description": "Come back with it as `after`; null = nothing yet"})
    more = fields.Boolean(metadata={"description": "Whether there is more already"})

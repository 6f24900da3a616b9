"""Shapes of comparisons over HTTP. They describe; `service.comparison_order` decides."""

from marshmallow import Schema, fields, validate

from service.api import paging
from service.comparison_order import MOST_ENDPOINTS, MOST_REPEATS
from service.store.comparisons import KINDS, STATES


class NewComparisonSchema(Schema):
    """A comparison as it is asked for."""

    endpoints = fields.List(
        fields.String(),
        required=True,
        metadata={"description": f"Refs of 2 to {MOST_ENDPOINTS} endpoints; the first is A, the one in use"},
    )
    sets = fields.List(fields.String(), metadata={"description": "Names of evaluation sets"})
    per_set = fields.Integer(allow_none=True, strict=True, metadata={"description": "Most questions of each"})
    prompts = fields.List(
        fields.Dict(),
        metadata={
            "description": "Rows `{prompt, id?, lang?, domain?, cluster?, system?, schema?, checks?: [{kind, …}]}`; "
            "sent only where the operator allows it"
        },
    )
    name = fields.String(metadata={"description": "For people"})
    repeats_a = fields.Integer(
        strict=True,
        metadata={"description": f"How often A is asked, 1 to {MOST_REPEATS}; 2 show its noise"},
    )
    repeats = fields.Integer(strict=True, metadata={"description": "How often the others do"})
    margin = fields.Decimal(as_string=True, metadata={"description": "Differences of shares within ± it do not matter"})
    max_output_tokens = fields.Integer(strict=True)
    cap_usd = fields.Decimal(allow_none=True, as_string=True, metadata={"description": "Most that all of it may cost"})
    cap_tokens = fields.Integer(
        allow_none=True,
        strict=True,
        metadata={"description": "Most tokens; wanted where no price is held"},
    )
    seed = fields.String(metadata={"description": "The same seed gives the same intervals"})
    judge = fields.String(
        allow_none=True,
        metadata={"description": "Ref of an endpoint that says which of two answers is better; it is in no verdict"},
    )
    embedder = fields.String(
        allow_none=True,
        metadata={"description": "Ref of an endpoint that makes vectors of the answers; it is in no verdict"},
    )


class ComparisonQuery(paging.PageQuery):
    """Which comparisons."""

    kind = fields.String(
        load_default="",
        validate=validate.OneOf(["", *KINDS], error=f"wants one of {', '.join(KINDS)}, has {{input}}"),
    )


class ListedComparisonSchema(Schema):
    """A comparison in brief."""

    id = fields.String()
    kind = fields.String(metadata={"enum": list(KINDS)})
    name = fields.String()
    endpoints = fields.List(fields.String())
    cells = fields.Integer(metadata={"description": "Requests that it takes"})
    state = fields.String(metadata={"enum": list(STATES)})
    reason = fields.String()
    created_at = fields.String()
    ended_at = fields.String(allow_none=True)


class ProgressSchema(Schema):
    """How far an endpoint came."""

    endpoint = fields.String(
        metadata={"description": "Ref; `judge REF` or `embedder REF` for what it is asked as such"}
    )
    cells = fields.Integer(metadata={"description": "Requests that it is to get, a judge or embedder at most"})
    sent = fields.Integer()
    states = fields.Dict(metadata={"description": "How many ended how; `under_way`, `limited` = not known yet"})


class ComparisonSchema(Schema):
    """A comparison with how far it came."""

    id = fields.String()
    kind = fields.String(metadata={"enum": list(KINDS)})
    name = fields.String()
    endpoints = fields.List(fields.String())
    judge = fields.String(allow_none=True)
    embedder = fields.String(allow_none=True)
    prompts = fields.Integer()
    left_out = fields.List(fields.Dict(), metadata={"description": "Rows that are no prompts: row, wanted, found"})
    max_output_tokens = fields.Integer()
    cap_usd = fields.String(allow_none=True)
    cap_tokens = fields.Integer(allow_none=True)
    tokens = fields.Integer(metadata={"description": "Used so far, with what is set aside for requests under way"})
    usd = fields.String(metadata={"description": "Likewise, by the prices that are held"})
    state = fields.String(metadata={"enum": list(STATES)})
    reason = fields.String()
    created_at = fields.String()
    ended_at = fields.String(allow_none=True)
    progress = fields.List(fields.Nested(ProgressSchema))
    report = fields.Dict(allow_none=True, metadata={"description": "null = not written yet; docs/comparing.md"})


class OutputsSchema(Schema):
    """What every endpoint answered to one prompt."""

    comparison = fields.String()
    judge = fields.List(
        fields.Dict(),
        metadata={"description": "What a judge said of it, each time with the refs in the order it saw them"},
    )
    prompt = fields.Dict()
    endpoints = fields.Dict(metadata={"description": "Ref → its answers, one for each repeat"})

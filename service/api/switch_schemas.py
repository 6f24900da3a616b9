"""Shapes of the report on moving between two endpoints. They describe; the domain's own checks decide."""

from typing import Any

from marshmallow import Schema, fields

from service.api.decimals import decimal
from service.api.portability_schemas import RESULTS
from service.api.price_schemas import AboutWorkSchema, CostSchema

CHANGES = ["better", "worse", "undecided", "unknown"]


def sides(of: type[Schema], **options: Any) -> dict[str, fields.Nested]:  # noqa: ANN401 - options of a field
    """Return the fields of what is told of both endpoints."""
    return {"here": fields.Nested(of, data_key="from", **options), "there": fields.Nested(of, data_key="to", **options)}


class BadgeOfSwitchSchema(Schema):
    """Portability in brief."""

    badge = fields.String(allow_none=True, metadata={"description": "null = too little known"})
    score = decimal("0 to 100")
    low = decimal("0 to 100, if everything unknown were at its worst")
    high = decimal("0 to 100, if everything unknown were at its best")
    coverage = decimal("Share of the points that are known, 0 to 1")


class SwitchSideSchema(Schema):
    """One endpoint, and the card that tells of it."""

    endpoint = fields.String()
    card = fields.String(metadata={"description": "Id of the newest card of its model"})
    as_of = fields.DateTime()
    model = fields.String()
    name = fields.String()
    developer = fields.String()
    jurisdiction = fields.String()
    provider = fields.String()
    region = fields.String(allow_none=True)
    dialect = fields.String()
    first_party = fields.Boolean()
    open_weights = fields.Boolean(allow_none=True)
    released = fields.String(allow_none=True)
    lifecycle = fields.String(allow_none=True)
    shutdown = fields.String(allow_none=True, metadata={"format": "date"})
    portability = fields.Nested(
        BadgeOfSwitchSchema, allow_none=True, metadata={"description": "null = its conformance was never probed"}
    )


class ResultOfSwitchSchema(Schema):
    """What a conformance probe found at one endpoint."""

    result = fields.String(metadata={"enum": RESULTS})
    reason = fields.String()
    n = fields.Integer()
    taken_at = fields.DateTime(allow_none=True)
    evidence = fields.List(fields.String())


FeatureSchema = Schema.from_dict(
    {"name": fields.String(), "question": fields.String(), **sides(ResultOfSwitchSchema)}, name="FeatureOfSwitch"
)


def _group(description: str, **options: Any) -> "fields.List[Any]":  # noqa: ANN401 - options of a field
    return fields.List(fields.Nested(FeatureSchema), metadata={"description": description}, **options)


class FeaturesOfSwitchSchema(Schema):
    """What becomes of features; each stands in exactly one of the first seven lists."""

    lost = _group("It works at the first, not at the second")
    weaker = _group("From pass to partial")
    gained = _group("The reverse of lost")
    stronger = _group("From partial to pass")
    kept = _group("The same at both")
    at_neither = _group("It works at neither")
    unknown_ = _group("At one of them at least nobody found out", data_key="unknown")
    ignored_there = fields.List(fields.String(), metadata={"description": "Accepted at the second without effect"})
    rejected_there = fields.List(fields.String(), metadata={"description": "Refused at the second"})


class TakenSchema(Schema):
    """What a probe saw go through: a least, not the limit."""

    value = fields.String(allow_none=True)
    n = fields.Integer()
    taken_at = fields.DateTime()
    note = fields.String()


class StatedSchema(Schema):
    """What documents say."""

    value = fields.Raw(allow_none=True, metadata={"description": "null = not known"})
    state = fields.String(metadata={"description": "A verdict's state"})
    reason = fields.String()
    source = fields.String(allow_none=True)
    quote = fields.String(allow_none=True)


class StatedLimitSchema(StatedSchema):
    """A limit as documents state it."""

    taken = fields.Nested(TakenSchema, allow_none=True, metadata={"description": "null = not measured"})


LimitSchema = Schema.from_dict(
    {
        "name": fields.String(),
        "title": fields.String(),
        "unit": fields.String(),
        **sides(StatedLimitSchema),
        "change": fields.String(metadata={"enum": ["more", "less", "same", "unknown"]}),
    },
    name="LimitOfSwitch",
)


class DifferenceSchema(Schema):
    """Second minus first, in US dollars."""

    total = decimal("Null also where one of them is not decided")
    low = decimal("Over all hours of the week and all sources")
    high = decimal("As `low`")


PriceOfSwitchSchema = AboutWorkSchema.from_dict(
    {
        **sides(CostSchema),
        "difference_usd": fields.Nested(
            DifferenceSchema, allow_none=True, metadata={"description": "null = not known"}
        ),
    },
    name="PriceOfSwitch",
)


class ReadingOfSwitchSchema(Schema):
    """What was measured."""

    value = fields.Raw(allow_none=True)
    low = decimal("95 % confidence interval")
    high = decimal("95 % confidence interval")
    n = fields.Integer()
    taken_at = fields.DateTime()
    note = fields.String()


MeasuredSchema = Schema.from_dict(
    {
        "quantity": fields.String(),
        "title": fields.String(),
        "unit": fields.String(),
        **sides(ReadingOfSwitchSchema, allow_none=True),
        "change": fields.String(metadata={"enum": CHANGES, "description": "Better or worse: intervals do not touch"}),
    },
    name="MeasuredOfSwitch",
)


class KnownSchema(Schema):
    """What is known of a fact of portability."""

    points = decimal("Points earned")
    reason = fields.String()
    source = fields.String(allow_none=True)


FactOfSwitchSchema = Schema.from_dict(
    {
        "name": fields.String(),
        "title": fields.String(),
        "dimension": fields.String(),
        "weight": decimal("Points of 100 that it can earn"),
        **sides(KnownSchema),
        "change": fields.String(metadata={"enum": ["better", "worse", "same", "unknown"]}),
    },
    name="FactOfSwitch",
)

TermSchema = Schema.from_dict(
    {
        "name": fields.String(),
        "title": fields.String(),
        **sides(StatedSchema),
        "same": fields.Boolean(allow_none=True, metadata={"description": "null = one of them is not known"}),
    },
    name="TermOfSwitch",
)

SwitchSchema = Schema.from_dict(
    {
        **sides(SwitchSideSchema),
        "same_dialect": fields.Boolean(),
        "asked": fields.List(fields.String(), metadata={"description": "[] = every conformance probe"}),
        "features": fields.Nested(FeaturesOfSwitchSchema),
        "limits": fields.List(fields.Nested(LimitSchema)),
        "prices": fields.List(fields.Nested(PriceOfSwitchSchema)),
        "performance": fields.List(fields.Nested(MeasuredSchema)),
        "facts": fields.List(fields.Nested(FactOfSwitchSchema)),
        "terms": fields.List(fields.Nested(TermSchema)),
    },
    name="Switch",
)

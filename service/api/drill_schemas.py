"""Shapes of swap drills over HTTP. They describe; `scorecards.switching.app` decides."""

from marshmallow import Schema, fields

from service.api import paging
from service.api.comparison_schemas import ComparisonSchema, ListedComparisonSchema


class NewDrillSchema(Schema):
    """A drill as it is asked for."""

    app = fields.Dict(
        required=True,
        metadata={"description": "The keys of an app's file, docs/switching.md; amounts as texts of digits"},
    )
    prompts = fields.List(
        fields.Dict(), metadata={"description": "Rows of prompts, as a comparison has them; beside `app.sets`"}
    )


class ListedDrillSchema(ListedComparisonSchema):
    """A drill in brief."""


class DrillSchema(ComparisonSchema):
    """A drill with how far it came; its `report` is that of the comparison alone."""

    drill = fields.Dict(allow_none=True, metadata={"description": "null = it has not ended; docs/switching.md"})
    pack = fields.List(fields.String(), metadata={"description": "Names of the files of its pack"})


class PackQuery(Schema):
    """For which candidate."""

    candidate = fields.String(load_default=None, metadata={"description": "Its ref; none = the one best advised"})


class DrillQuery(paging.PageQuery):
    """Which drills."""

"""Decimal numbers over HTTP: strings, so that nobody's float rounds them."""

from marshmallow import fields

DECIMAL = {"format": "decimal", "examples": ["81.8"]}


def decimal(description: str) -> fields.String:
    """Return a decimal number as a string; null = not measured."""
    return fields.String(allow_none=True, metadata={**DECIMAL, "description": f"{description}; null = not measured"})

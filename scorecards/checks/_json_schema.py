"""Whether a value follows a JSON Schema."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable


def is_schema(value: object) -> bool:
    """Tell whether a value is a JSON Schema."""
    if not isinstance(value, dict):
        return False
    try:
        Draft202012Validator.check_schema(value)
    except SchemaError:
        return False
    return True


def fault(schema: Mapping[str, Any], value: object) -> str | None:
    """Return the first way in which a value breaks a schema, `$.a: wants …`; None when it follows it.

    References are resolved inside the schema only: nothing is fetched.

    Raises:
        ValueError: the schema is none.
    """
    try:
        Draft202012Validator.check_schema(schema)
        found = sorted(
            Draft202012Validator(schema, registry=Registry()).iter_errors(value), key=lambda one: one.json_path
        )
    except (SchemaError, Unresolvable) as error:
        raise ValueError(f"wants a JSON Schema, {error}") from error
    return f"{found[0].json_path}: {found[0].message}"[:200] if found else None

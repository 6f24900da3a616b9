"""Gates that the reader does not pass yet stand in unreached.toml with the reason; one that passes must leave it."""

import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
UNREACHED = tomllib.loads((HERE / "unreached.toml").read_text(encoding="utf-8"))


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent != HERE:
            continue
        reason = UNREACHED.get(getattr(item, "originalname", ""), {}).get(
            item.callspec.id if hasattr(item, "callspec") else ""
        )
        if reason:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))

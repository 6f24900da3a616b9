"""Any JSON is somebody's results or is refused; a field of another shape than the tool writes stops nothing."""

import json

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards.compare import importers, prompts, report
from scorecards.compare.cells import PlanError
from scorecards.compare.report import Method
from tests.scorecards.compare.test_importers import row, sample

LEAVES = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | st.sampled_from(["", "a", "C", "x"])
)
NAMES = st.sampled_from(
    ["type", "value", "message", "content", "output", "error", "assertion", "role", "function", "name"]
)
values = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=5
)


def places(value, at=()):
    """Every place of a document, as the keys that lead there."""
    yield at
    for key, one in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(one, (*at, key))


def spoilt(document, at, value):
    if not at:
        return value
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[at[0]] = spoilt(copy[at[0]], at[1:], value)
    return copy


def spoils(document):
    """Documents with one place, or two, of another value."""
    where = st.sampled_from([at for at in places(document) if at])
    once = st.builds(spoilt, st.just(document), where, values)
    return once | once.flatmap(lambda one: st.builds(spoilt, st.just(one), st.sampled_from([*places(one)][1:]), values))


PROMPTFOO = {"results": {"results": [row(), row("openai:b")]}}
INSPECT = {"eval": {"model": "m", "task": "t"}, "samples": [sample(input=[{"role": "user", "content": "?"}])]}
CONFIG = {
    "prompts": ["Say {{x}}"],
    "defaultTest": {"assert": [{"type": "cost"}]},
    "tests": [{"vars": {"x": "y"}, "assert": [{"type": "contains", "value": "x"}], "metadata": {"lang": "en"}}],
}


@given(st.sampled_from([PROMPTFOO, INSPECT]).flatmap(spoils) | values)
@settings(max_examples=400, deadline=None)
def test_any_results_are_read_or_refused(document):
    try:
        found = importers.parse(json.dumps(document).encode(), "r.json")
        plan, records = importers.merge([found])
    except (importers.ResultsError, PlanError):
        return
    assert json.dumps(report.build(plan, records, Method("s", resamples=20)))


@given(spoils(CONFIG) | values)
@settings(max_examples=300, deadline=None)
def test_any_configuration_is_read_or_refused(document):
    try:
        read = prompts.parse(yaml.safe_dump(document).encode(), "a.yaml")
    except prompts.PromptsError:
        return
    assert isinstance(read.prompts, tuple)

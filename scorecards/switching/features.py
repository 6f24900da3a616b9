"""What a program may say it uses of an endpoint, and which conformance probes tell whether it is there."""

from collections.abc import Iterable, Mapping

from scorecards.switching import conformance

GROUPS: Mapping[str, tuple[str, ...]] = {
    "json": ("json_object",),
    "n": ("choices",),
    "tool_choice": ("tool_choice_auto", "tool_choice_named", "tool_choice_none", "tool_choice_required"),
    "tools": ("tool_call", "tool_turn"),
}
"""Words of programs for one conformance probe or several; every probe's own name is a word as well."""


def names() -> tuple[str, ...]:
    """Return every word that a program may use."""
    return tuple(sorted({*GROUPS, *conformance.load()}))


def probes(features: Iterable[str]) -> tuple[str, ...]:
    """Return the conformance probes behind features, each once, in their order.

    >>> probes(["tools", "seed", "tool_call"])
    ('tool_call', 'tool_turn', 'seed')
    """
    return tuple(dict.fromkeys(probe for one in features for probe in GROUPS.get(one, (one,))))

"""Facts that follow from others by a table: what a licence allows, from its name."""

from collections.abc import Iterable
from dataclasses import replace

from scorecards.evidence import Finding, Reading
from scorecards.transparency import licences

QUANTITIES = ("licence_is_open",)


def added(readings: Iterable[Reading]) -> list[Reading]:
    """Return the readings with those that follow from them, with the same sources; nothing derived is ever stored."""
    held = list(readings)
    return [*held, *(_openness(one) for one in held if one.quantity == "weights_licence")]


def _openness(licence: Reading) -> Reading:
    """Return whether the licence leaves use free; not measured where the table does not know it."""
    derived = replace(licence, quantity="licence_is_open")
    if licence.value is None:
        return derived
    opened = licences.is_open(str(licence.value))
    if opened is None:
        note = f"licence {licence.value!r} is not in the table of licences"
        return replace(derived, finding=Finding.UNMEASURED, value=None, n=0, note=note)
    return replace(
        derived, value=opened, note=f"{licence.value} is {'' if opened else 'not '}open by the table of licences"
    )

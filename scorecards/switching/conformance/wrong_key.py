"""Whether a made-up key is refused, and how."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards.exchanges import Ask, Exchange
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded
from scorecards.target import Target

TIMES = 2
SAYS_SO = (401, 403)


def _plan(_target: Target) -> Sequence[Ask]:
    return [Ask(text="Say hello.", max_output_tokens=8, stream=False, wrong_key=True, role="key")] * TIMES


def _read(target: Target, heard: Heard) -> Result:
    refused = [one for one in heard.own if one.status and 400 <= one.status < 500]  # noqa: PLR2004 - HTTP's own class
    if heard.serves and refused:
        grade, reason = _refused(refused[0])
        return Result(grade, reason, refused)
    return graded(heard, lambda _one: _answered(target))


def _refused(one: Exchange) -> Vote:
    if one.status not in SAYS_SO:
        return Grade.PARTIAL, f"a made-up key gets HTTP {one.status} in place of 401: {one.detail}"
    if not one.error_code:
        return Grade.PARTIAL, f"refused with {one.status}, and the error has no type or code: {one.detail}"
    return Grade.PASS, f"refused: {one.detail}"


def _answered(target: Target) -> Vote:
    if target.endpoint.key_env is None:
        return None, "the endpoint wants no key"
    return Grade.FAIL, "a made-up key is answered like a real one"


CONFORMANCE = Conformance(
    name="wrong_key",
    question="Is a made-up key refused with 401?",
    dimension="wire",
    weight=Decimal(1),
    plan=_plan,
    read=_read,
)

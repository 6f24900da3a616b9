"""Whether the endpoint is up: one tiny request every quarter of an hour.

Uptime is the share of runs in which the endpoint did its part: it answered, whatever the model made of the request.
Runs that say something only about us (`NOT_THE_ENDPOINTS_FAULT`: a wrong key, an empty budget, a rate limit, …) are
neither up nor down; they are left out and counted apart. A refused connection, a time-out or a broken answer is down.
"""

from collections.abc import Sequence

from scorecards.evidence import Reading
from scorecards.exchanges import Ask, Exchange
from scorecards.probes._probe import Probe, Target
from scorecards.probes._prompts import marked
from scorecards.probes._reading import Reader, attempts, why

DEFINITION = "share of runs in which the endpoint did its part; runs that tell only of us are left out"


def _plan(target: Target) -> Sequence[Ask]:
    return (Ask(text=marked(target.nonce, 0, "Say hello."), max_output_tokens=16, stream=False),)


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    reader = Reader(target.endpoint, PROBE.reader, exchanges)
    fair = attempts(exchanges)
    down = [one for one in fair if not one.answered]
    note = f"{DEFINITION}; {why(down)}" if down else DEFINITION
    return [
        reader.share("uptime_share", [one.answered for one in fair], fair, note)
        if fair
        else reader.unmeasured("uptime_share"),
        reader.total("uptime_runs_left_out", [len(exchanges) - len(fair)], "runs"),
    ]


PROBE = Probe(
    name="uptime",
    version=1,
    question="Does the endpoint do its part when it is asked?",
    quantities=("uptime_share", "uptime_runs_left_out"),
    plan=_plan,
    read=_read,
    every_s=15 * 60,
)

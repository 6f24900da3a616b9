"""pellucid probe: look at an endpoint now."""

from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

import click

from scorecards.catalog import DIALECTS, Endpoint, Model
from scorecards.encoding import to_json
from scorecards.evidence import Reading, family
from service.config import from_env
from service.store import catalog, db, evidence
from service.store import jobs as store
from workers import asking, direct, planning, probing
from workers.addresses import OutboundError, check_url, policy
from workers.asking import Interrupted
from workers.cli import _figures, _shared
from workers.cli.score import publish_now
from workers.context import Context
from workers.direct import Found, Wish

LOOPBACK = tuple(ip_network(one) for one in ("127.0.0.0/8", "::1/128"))
USUAL = ("latency", "streaming_quality", "identity", "billing_honesty")
"""What a first look at an unknown endpoint runs: some forty short requests."""
REQUEST_S = 60.0


@dataclass(frozen=True, slots=True)
class _Options:
    """What was typed; None = nothing was."""

    target: str | None
    names: tuple[str, ...]
    as_json: bool
    url: str | None
    model: str | None
    dialect: str | None
    samples: int | None
    concurrency: int | None
    key_env: str | None
    allow_loopback: bool | None
    token_cap: int | None
    timeout_s: float | None

    def check(self) -> None:
        """Refuse what does not go together.

        Raises:
            click.UsageError: naming the options.
        """
        if (self.target is None) == (self.url is None):
            has = "neither" if self.target is None else "both"
            raise click.UsageError(f"wants either TARGET or --url, has {has}")
        if self.url is not None and self.model is None:
            raise click.UsageError("--url wants --model, the model's id there")
        goes_with_url = [name for name in ONLY_WITH_URL if self.url is None and getattr(self, name) is not None]
        if goes_with_url:
            option = goes_with_url[0].removesuffix("_s").replace("_", "-")
            raise click.UsageError(f"--{option} goes with --url, not with TARGET")


ONLY_WITH_URL = ("model", "dialect", "samples", "concurrency", "key_env", "allow_loopback", "token_cap", "timeout_s")


@click.command()
@click.argument("target", required=False)
@click.option("--url", help="Base URL of an endpoint that is in no catalogue, up to and with its /v1.")
@click.option("--model", help="The model's id there.")
@click.option("--dialect", type=click.Choice(DIALECTS), help="Wire protocol there.  [default: openai_chat]")
@click.option("--probe", "names", multiple=True, type=click.Choice(list(planning.PROBES)), help="Only this probe.")
@click.option("--samples", type=click.IntRange(1, 10_000), help="Samples of each probe.")
@click.option("--concurrency", type=click.IntRange(1, 1000), help="Requests under way at once.")
@click.option("--key-env", help="Environment variable that holds the key.")
@click.option("--allow-loopback", is_flag=True, default=None, help="The endpoint may be on this machine, without TLS.")
@click.option(
    "--token-cap", type=click.IntRange(1), help="Most tokens, input and output.  [default: PELLUCID_TOKEN_CAP]"
)
@click.option("--timeout", "timeout_s", type=click.FloatRange(0.1), help="Seconds for each request.  [default: 60]")
@click.option("--json", "as_json", is_flag=True)
def COMMAND(**typed: Any) -> None:  # noqa: N802, ANN401 - gathered by name; click passes every option
    """Probe TARGET, an endpoint ref or a model ref (all its endpoints), and publish the model's card if it changed.

    With --url and --model instead, look at any endpoint: nothing is stored or published.
    """
    options = _Options(**typed)
    options.check()
    (_of_catalog if options.url is None else _direct)(options)


def _direct(options: _Options) -> None:
    wish = _wish(options)
    with _shared.progresses(wish.endpoint.ref) as shown:
        found = direct.look(wish, shown)
    if options.as_json:
        _shared.print_json(_figures.as_json(found))
    else:
        _figures.show(found)
    _judge(found)


def _wish(options: _Options) -> Wish:
    """Return what is wanted, after everything that can be known without asking was looked at.

    Raises:
        _shared.Failed: the URL can never be asked, or the key's variable is not set.
    """
    settings = from_env()
    networks = [*settings.allow_networks, *(LOOPBACK if options.allow_loopback else ())]
    dialect = options.dialect or "openai_chat"
    endpoint = direct.endpoint(options.url or "", options.model or "", dialect, options.key_env)
    reach = direct.bounded(policy("model", networks), options.timeout_s or REQUEST_S)
    try:
        check_url(endpoint.base_url, reach)
    except OutboundError as error:
        raise _shared.Failed(f"--url {error.detail}{_hint(error)}") from error
    if reason := asking.obstacle(endpoint):
        raise _shared.Failed(reason)
    return Wish(
        endpoint,
        [planning.PROBES[name] for name in options.names or USUAL],
        reach,
        options.token_cap or settings.token_cap,
        sets=planning.sets(settings.sets_dir),
        samples=options.samples,
        concurrency=options.concurrency,
    )


def _hint(error: OutboundError) -> str:
    return "; --allow-loopback opens this machine without TLS" if "found http" in error.detail else ""


def _judge(found: Found) -> None:
    """End with an error when the run was cut short, or nothing was answered."""
    if found.interrupted:
        raise _shared.Failed(f"interrupted after {len(found.exchanges)} requests; what is shown rests on those")
    if not found.answered and found.exchanges:
        worst = found.exchanges[-1]
        raise _shared.Failed(f"wants an answer, has none: {worst.outcome}: {worst.detail}")


def _of_catalog(options: _Options) -> None:
    with _shared.opened() as context:
        endpoints = _endpoints(context, str(options.target))
        stopped = _probe_all(context, endpoints, options.names or tuple(planning.PROBES))
        for ref in sorted({one.model for one in endpoints}):
            publish_now(context, ref)
        readings = _readings(context, endpoints, options.names)
    if options.as_json:
        _shared.print_json([to_json(one) for one in readings])
    else:
        _figures.show(Found(readings=readings))
    if stopped:
        raise _shared.Failed("interrupted; what came before is recorded")


def _probe_all(context: Context, endpoints: list[Endpoint], names: tuple[str, ...]) -> bool:
    """Run the probes; return whether somebody pressed Ctrl-C."""
    try:
        for endpoint in endpoints:
            for name in names:
                _probe(context, endpoint, name)
    except Interrupted:
        return True
    return False


def _endpoints(context: Context, target: str) -> list[Endpoint]:
    with db.read(context.engine) as session:
        one = catalog.get(session, Endpoint, target)
        found = [one] if one else catalog.endpoints_of(session, target)
        known = catalog.get(session, Model, target)
    if not found:
        wanted = "a model with an endpoint" if known else "an endpoint or model of the catalogue"
        raise _shared.Failed(f"wants {wanted} (see `pellucid models list`, or use --url), has {target!r}")
    return found


def _probe(context: Context, endpoint: Endpoint, name: str) -> None:
    lease = _shared.taken(context, planning.probe_job(endpoint, planning.PROBES[name], context.settings))
    with _shared.progress(f"{name} {endpoint.ref}") as shown:
        try:
            probing.probe(context, lease, shown)
        except Interrupted:
            raise
        except BaseException as error:
            with db.write(context.engine) as session:
                store.fail(session, lease, context.clock(), f"{type(error).__name__}: {error}")
            raise


def _readings(context: Context, endpoints: list[Endpoint], names: tuple[str, ...]) -> list[Reading]:
    """Return the newest reading of each quantity of these probes."""
    wanted = {quantity for name in names or planning.PROBES for quantity in planning.PROBES[name].quantities}
    with db.read(context.engine) as session:
        rows = evidence.current(session, [one.ref for one in endpoints], context.clock())
    return list({(one.subject, one.quantity): one for one in rows if family(one.quantity) in wanted}.values())

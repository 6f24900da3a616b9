"""pellucid probe --url: look at any endpoint; no database is opened, so none of what opens one is imported."""

from ipaddress import ip_network

from scorecards import evalset_files, probes
from service.config import from_env
from workers import asking, direct
from workers.addresses import OutboundError, check_url, policy
from workers.cli import _figures, _shared
from workers.cli._probe_options import Options
from workers.direct import Found, Wish

LOOPBACK = tuple(ip_network(one) for one in ("127.0.0.0/8", "::1/128"))
USUAL = ("latency", "streaming_quality", "identity", "billing_honesty")
"""What a first look at an unknown endpoint runs: some forty short requests."""
REQUEST_S = 60.0


def run(options: Options) -> None:
    """Look at the endpoint at a URL and show what was found.

    Raises:
        _shared.Failed: it can never be asked, it answered nothing, or somebody pressed Ctrl-C.
    """
    wish = _wish(options)
    with _shared.progresses(wish.endpoint.ref) as shown:
        found = direct.look(wish, shown)
    if options.as_json:
        _shared.print_json(_figures.as_json(found))
    else:
        _figures.show(found)
    _judge(found)


def _wish(options: Options) -> Wish:
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
    every = probes.load()
    return Wish(
        endpoint,
        [every[name] for name in options.names or USUAL],
        reach,
        options.token_cap or settings.token_cap,
        sets=evalset_files.all_sets(settings.sets_dir),
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

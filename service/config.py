"""Every setting: the PELLUCID_* variables, their units, defaults and checks."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

from scorecards.errors import Expected


class ConfigError(Expected, ValueError):
    """A setting is wrong; the message names it, what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decided.

    Attributes:
        data_dir: Where the embedded mode keeps database, keys and assembled models.
        database_url: SQLAlchemy URL; SQLite in `data_dir` unless set.
        broker_url: Celery broker; `memory://` is the embedded mode's own.
        host, port: Where the API listens.
        threads: Worker threads of one process.
        lease_s: How long a job may run before another worker takes it over.
        sweep_s: How often due work is looked for.
        probe_every_s: Cadence of every probe; None = each probe's own.
        collect_every_s: Cadence of looking at the catalogue's documents; None = only when somebody asks for it.
        contact_url: Told to every host that is asked for a document; None = nothing is told.
        token_cap: Most tokens, input and output, that one run of a probe may use.
        tokens_per_day: Most tokens that all probes may use of one provider in a UTC day; what runs here is free.
        usd_per_day: Most US dollars, to the millionth, that they may cost of one provider in a UTC day, by the prices
            that are held; what has no known price is capped by its tokens alone.
        sets_dir: Folder of the operator's own evaluation sets; None = only the bundled ones.
        allow_networks: Networks beyond the public internet that model endpoints may live in. Operator's choice only.
        webhook_networks: Networks beyond the public internet that receivers of webhooks may live in; plain http is
            allowed there. Operator's choice only.
        public_url: Where others reach this service, for links in what is sent out.
        catalog_dir: Folder of the operator's own catalogue files; None = no such folder.
        reader_endpoint: Ref of the endpoint whose model may propose statements; None = no model reads documents.
        reader_tokens: Most output tokens that reading one document with it may cost.
        master_key: Key of secrets at rest; None = the file in `data_dir`, made on first start.
    """

    data_dir: Path
    database_url: str
    broker_url: str = "memory://localhost"
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 4
    lease_s: int = 300
    sweep_s: int = 2
    probe_every_s: int | None = None
    collect_every_s: int | None = None
    contact_url: str | None = None
    token_cap: int = 60_000
    tokens_per_day: int = 200_000
    usd_per_day: Decimal = Decimal(1)
    sets_dir: Path | None = None
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    webhook_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    public_url: str = ""
    catalog_dir: Path | None = None
    reader_endpoint: str | None = None
    reader_tokens: int = 4000
    master_key: str | None = None

    @property
    def local_url(self) -> str:
        """Where this machine reaches the service."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def embedded(self) -> bool:
        """Whether broker and workers live in the API's own process."""
        return self.broker_url.startswith("memory:")


def from_env(env: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of this environment.

    Raises:
        ConfigError: a variable holds something it must not, or is unknown.
    """
    env = os.environ if env is None else env
    _refuse_unknown(env)
    values = {key: _read(env, f"PELLUCID_{key.upper()}", parse, wanted) for key, (parse, wanted) in VARIABLES.items()}
    found = {key: value for key, value in values.items() if value is not None}
    data_dir = Path(found.get("data_dir", "data"))
    found["data_dir"] = data_dir
    found.setdefault("database_url", f"sqlite:///{data_dir / 'pellucid.db'}")
    settings = Settings(**found)
    return settings if settings.public_url else replace(settings, public_url=settings.local_url)


def _refuse_unknown(env: Mapping[str, str]) -> None:
    """A setting that is spelt wrong must not be ignored in silence."""
    known = [f"PELLUCID_{key.upper()}" for key in VARIABLES]
    for name in sorted(env):
        if name.startswith("PELLUCID_") and name.removesuffix("_FILE") not in known:
            raise ConfigError(f"{name}: is no setting, wants one of {', '.join(known)}")


def _read(env: Mapping[str, str], name: str, parse: Callable[[str], Any], wanted: str) -> Any:  # noqa: ANN401
    """Return the parsed variable, or the content of the file that `NAME_FILE` names; None when neither is set."""
    text = env.get(name, "")
    if not text and (path := env.get(f"{name}_FILE")):
        text = _file(name, path)
    if not text:
        return None
    try:
        return parse(text)
    except ValueError:
        raise ConfigError(f"{name}: wants {wanted}, has {text!r}") from None


def _file(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{name}_FILE: wants a readable file, has {path!r} ({error.strerror})") from None


def _between(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return parse


def _usd(text: str) -> Decimal:
    if not re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,6})?", text):
        raise ValueError(text)
    return Decimal(text)


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def _endpoint_ref(text: str) -> str:
    if "://" in text or not all(text.partition(":")):
        raise ValueError(text)
    return text


def _database_url(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError(text)
    return text


def _broker_url(text: str) -> str:
    if not text.startswith(("memory://", "redis://", "rediss://", "redis+socket://")):
        raise ValueError(text)
    return text


def _contact_url(text: str) -> str:
    if not re.fullmatch(r"(?:https://|mailto:)[!-'*-~]{1,200}", text):  # it stands in brackets in a header
        raise ValueError(text)
    return text


def _public_url(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s?#@]{1,200}", text):
        raise ValueError(text)
    return text.rstrip("/")


VARIABLES: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "data_dir": (Path, "a folder"),
    "database_url": (_database_url, "sqlite:///FILE or postgresql+psycopg://…"),
    "broker_url": (_broker_url, "memory://, redis://… or rediss://…"),
    "host": (str, "an address to listen on"),
    "port": (_between(1, 65535), "a port between 1 and 65535"),
    "threads": (_between(1, 256), "a number of threads between 1 and 256"),
    "lease_s": (_between(10, 86400), "seconds between 10 and 86400"),
    "sweep_s": (_between(1, 60), "seconds between 1 and 60"),
    "probe_every_s": (_between(1, 604800), "seconds between 1 and 604800"),
    "collect_every_s": (_between(3600, 31_536_000), "seconds between 3600 and 31536000"),
    "contact_url": (_contact_url, "an https URL or a mailto: address"),
    "token_cap": (_between(1, 10_000_000), "a number of tokens"),
    "tokens_per_day": (_between(1, 10_000_000_000), "a number of tokens"),
    "usd_per_day": (_usd, "US dollars such as 0.5, at most 6 digits on each side of the point"),
    "sets_dir": (Path, "a folder"),
    "allow_networks": (_networks, "networks such as 10.1.0.0/16,127.0.0.0/8"),
    "webhook_networks": (_networks, "networks such as 10.1.0.0/16,127.0.0.0/8"),
    "public_url": (_public_url, "an http or https URL without query, such as https://cards.example.org"),
    "catalog_dir": (Path, "a folder"),
    "reader_endpoint": (_endpoint_ref, "the ref of an endpoint, provider:model-id"),
    "reader_tokens": (_between(400, 10_000_000), "a number of tokens, at least 400"),
    "master_key": (str, "44 characters of URL-safe base64"),
}
"""Setting → its parser and what it wants. Each can also be given as a file: PELLUCID_<NAME>_FILE."""

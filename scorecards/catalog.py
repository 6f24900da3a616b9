"""Who makes which model, and where it is served. `catalog_files` reads these from TOML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from scorecards.errors import Expected

DIALECTS = ("anthropic_messages", "bedrock_converse", "gemini", "openai_chat", "openai_responses")
"""Wire protocols an endpoint can speak: the file names in workers/dialects, which `scorecards` may not import."""

UNSAYABLE: Mapping[str, tuple[str, ...]] = {
    "anthropic_messages": ("choices", "json_object", "seed", "top_logprobs"),
    "bedrock_converse": ("choices", "json_object", "parallel", "seed", "top_logprobs"),
    "gemini": ("parallel",),
    "openai_responses": ("choices", "seed", "stop"),
}
"""What a dialect has no word for. An ask that uses it anyway ends as `unsupported`."""

CANNOT_FORBID_CALLS = frozenset({"bedrock_converse"})
"""Dialects that offer tools without a way to say that none may be called."""

EMBEDDING = frozenset({"gemini", "openai_chat", "openai_responses"})
"""Dialects with a call that turns a text into a vector."""

COUNTING = frozenset({"anthropic_messages", "bedrock_converse", "gemini", "openai_responses"})
"""Dialects with a call that counts the tokens of a prompt; at the others an endpoint's `token_counter` says how."""

DOCUMENT_KINDS = (
    "card",
    "documentation",
    "licence",
    "lifecycle",
    "pricing",
    "privacy",
    "repository",
    "security",
    "status",
    "terms",
)
LIFECYCLES = ("current", "preview", "legacy", "deprecated", "retired")

_MONTH, _DAY = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
SNAPSHOT = re.compile(f"-20[0-9]{{2}}-?{_MONTH}-?{_DAY}|-{_MONTH}{_DAY}|-2[0-9]{_MONTH}")
"""A snapshot's date as providers append it: `-2026-01-31`, `-20260131`, `-0131`, `-2601`; `-4` is another model."""

_ENDPOINT_REF = re.compile(
    r"(?P<provider>[a-z0-9][a-z0-9._-]*)(?:@(?P<region>[a-z0-9][a-z0-9._-]*))?:(?P<model_id>\S+)"
)


class CatalogError(Expected, ValueError):
    """A row or file breaks the catalogue's rules; one line per mistake, with what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class Cited:
    """Where a fact was read and when somebody last looked."""

    source: str
    checked: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """A page or file that says something about a developer or one model.

    Attributes:
        kind: One of DOCUMENT_KINDS.
    """

    kind: str
    url: str
    cited: Cited


@dataclass(frozen=True, slots=True)
class Developer:
    """Who makes models.

    Attributes:
        id: The first half of a model ref.
        jurisdiction: ISO 3166-1 alpha-2.
        documents: Sources about the developer as a whole.
    """

    id: str
    name: str
    jurisdiction: str
    cited: Cited
    documents: tuple[DocumentSource, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """One version of one model.

    Attributes:
        ref: `developer/model`.
        open_weights: None when no source says.
        licence: Of the weights: SPDX id, or the name the source gives; None when nobody read it.
        hub_repo: Repository of exactly these weights on the model hub, not of a sibling's.
        released: ISO date or month as the source gives it; None when no source says.
        lifecycle: One of LIFECYCLES, as the developer's own service treats it.
        shutdown: Day from which the developer no longer serves it; None when no day was announced.
    """

    ref: str
    name: str
    developer: str
    cited: Cited
    open_weights: bool | None = None
    licence: str | None = None
    hub_repo: str | None = None
    released: str | None = None
    context_tokens: int | None = None
    max_output_tokens: int | None = None
    input_modalities: tuple[str, ...] = ()
    output_modalities: tuple[str, ...] = ()
    lifecycle: str = "current"
    shutdown: date | None = None
    documents: tuple[DocumentSource, ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model as served by a provider at a URL.

    Attributes:
        ref: `provider[@region]:model-id`, split at the first colon.
        model: Ref of the model served.
        model_id: What the provider calls it; an alias such as `deepseek-flash` may come to serve another version.
        dialect: One of DIALECTS.
        base_url: What the dialect's paths are appended to. `{NAME}` stands for the environment variable NAME, for
            hosts that belong to one customer: `https://{AZURE_RESOURCE}.services.ai.azure.com/openai/v1`.
        key_env: Environment variable that holds the key; None = no key is needed.
        first_party: Whether the model's developer runs it.
        token_counter: How this endpoint counts tokens beside `usage` (`llama_cpp`); None = no way known.
        refuses: Parameters that it answers with an error, such as `temperature`; probes leave them out.
        terms_note: What the terms say on benchmarking; "" = nothing found.
    """

    ref: str
    model: str
    provider: str
    model_id: str
    dialect: str
    base_url: str
    cited: Cited
    region: str | None = None
    key_env: str | None = None
    first_party: bool = True
    token_counter: str | None = None
    refuses: tuple[str, ...] = ()
    terms_note: str = ""


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything the catalogue files say, keyed by id or ref."""

    developers: dict[str, Developer] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)


def split_endpoint_ref(ref: str) -> tuple[str, str | None, str]:
    """Return provider, region and model id of an endpoint ref, split at the first colon.

    Raises:
        CatalogError: `ref` is no `provider[@region]:model-id`.

    >>> split_endpoint_ref("amazon-bedrock@us-east-1:amazon.nova-pro-v1:0")
    ('amazon-bedrock', 'us-east-1', 'amazon.nova-pro-v1:0')
    """
    match = _ENDPOINT_REF.fullmatch(ref)
    if match is None or not ref.isprintable():
        raise CatalogError(f"endpoint ref: wants provider[@region]:model-id, has {ref!r}")
    return match["provider"], match["region"], match["model_id"]

"""The configuration of a LiteLLM proxy that serves B and falls back to A; never a key in it.

Source: docs.litellm.ai/docs/proxy/configs and /docs/proxy/reliability, read 2026-11-25.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from scorecards.catalog import Endpoint

PREFIXES: Mapping[str, str] = {
    "anthropic_messages": "anthropic/",
    "bedrock_converse": "bedrock/converse/",
    "gemini": "gemini/",
    "openai_chat": "openai/",
    "openai_responses": "openai/responses/",
}
"""Dialect → the provider by which LiteLLM speaks it."""

MAIN, BACKUP = "app-main", "app-backup"
KEYLESS = "none"
"""What stands for a key where none is needed: LiteLLM does not ask an endpoint without one."""
OF_A_PAIR = frozenset({"AWS_ACCESS_KEY_ID"})
"""Variables that hold half of a key; LiteLLM reads both halves from the environment by itself."""
CANARY_OF_TEN = 1
"""Requests of ten that a canary sends to B."""

Row = dict[str, Any]


def config(a: Endpoint, b: Endpoint) -> str:
    """Return the configuration: `app-main` is B, and `app-backup`, to which it falls back, is A."""
    return _yaml([_row(MAIN, b, "B"), _row(BACKUP, a, "A")])


def canary(a: Endpoint, b: Endpoint) -> str:
    """Return the configuration that sends a tenth of the requests for `app-main` to B, and the others to A."""
    return _yaml(
        [
            _row(MAIN, b, "B", weight=CANARY_OF_TEN),
            _row(MAIN, a, "A", weight=10 - CANARY_OF_TEN),
            _row(BACKUP, a, "A"),
        ]
    )


def _row(name: str, endpoint: Endpoint, side: str, **more: int) -> Row:
    asked: Row = {
        "model": PREFIXES[endpoint.dialect] + endpoint.model_id,
        "api_base": f"os.environ/{side}_BASE_URL",
    }
    if endpoint.key_env not in OF_A_PAIR:
        asked["api_key"] = f"os.environ/{endpoint.key_env}" if endpoint.key_env else KEYLESS
    if endpoint.dialect == "bedrock_converse" and endpoint.region:
        asked["aws_region_name"] = endpoint.region
    return {"model_name": name, "litellm_params": {**asked, **more}}


def _yaml(models: Sequence[Row]) -> str:
    return yaml.safe_dump(
        {
            "model_list": models,
            # A dropped parameter is a break that nobody sees.
            "litellm_settings": {"drop_params": False, "num_retries": 2, "request_timeout": 60},
            "router_settings": {
                "fallbacks": [{MAIN: [BACKUP]}],
                "context_window_fallbacks": [{MAIN: [BACKUP]}],
            },
        },
        sort_keys=False,
        allow_unicode=True,
    )

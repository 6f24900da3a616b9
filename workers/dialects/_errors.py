"""Which outcome an error means: by what the endpoint calls it, else by its HTTP status."""

import re
from collections.abc import Mapping, Sequence

from scorecards.exchanges import Outcome
from workers.dialects._dialect import ErrorBody

OK = 200
BY_STATUS = {
    400: Outcome.BAD_REQUEST,
    401: Outcome.AUTH,
    402: Outcome.FORBIDDEN,
    403: Outcome.FORBIDDEN,
    404: Outcome.NOT_FOUND,
    408: Outcome.SERVER_ERROR,
    413: Outcome.TOO_LARGE,
    424: Outcome.SERVER_ERROR,
    429: Outcome.RATE_LIMITED,
    498: Outcome.OVERLOADED,
    499: Outcome.SERVER_ERROR,
    503: Outcome.OVERLOADED,
    529: Outcome.OVERLOADED,
}
"""The others are `redirect_refused` (3xx), `bad_request` (4xx) or `server_error`. 408 and 424 are Bedrock's model that
took too long or failed, 498 is Groq without capacity, 499 a Google server that gave up, 529 Anthropic overloaded."""

BY_CODE = {
    "1113": Outcome.FORBIDDEN,
    "1211": Outcome.NOT_FOUND,
    "1220": Outcome.FORBIDDEN,
    "1301": Outcome.CONTENT_FILTER,
    "1302": Outcome.RATE_LIMITED,
}
"""Codes that are bare numbers (Zhipu), which must be all of the code."""

BY_WORDS = {
    Outcome.TOO_LARGE: (
        "context_length_exceeded",  # OpenAI, Azure, Groq
        "maximum context length",  # OpenAI, DeepSeek, vLLM, Mistral
        "exceed_context_size",  # llama.cpp
        "exceeds the available context",  # llama.cpp
        "string_above_max_length",  # OpenAI
        "prompt is too long",  # Anthropic
        "exceed context limit",  # Anthropic
        "request_too_large",  # Anthropic
        "body_too_large",  # Anthropic
        "exceeds the maximum number of tokens allowed",  # Google
        "input is too long",  # AWS
        "range of input length should be",  # Alibaba
        "tokens_too_long",  # Baidu
        "characters_too_long",  # Baidu
        "exceeded model token limit",  # Moonshot
        "token length too long",  # Moonshot
    ),
    Outcome.CONTENT_FILTER: (
        "content_filter",  # OpenAI, Azure, Anthropic, Moonshot
        "content_policy_violation",  # OpenAI
        "invalid_prompt",  # OpenAI
        "bio_policy",  # OpenAI
        "misalignment_policy",  # OpenAI
        "responsible_ai_policy_violation",  # Azure
        "data_inspection_failed",  # Alibaba
        "inappropriate content",  # Alibaba
        "content exists risk",  # DeepSeek
    ),
    Outcome.AUTH: (
        "invalid_api_key",  # OpenAI, Alibaba
        "incorrect api key",  # OpenAI
        "authentication_error",  # Anthropic
        "api_key_invalid",  # Google
        "api key not valid",  # Google
        "unauthenticated",  # Google
        "unrecognized_client",  # AWS
        "invalid_signature",  # AWS
        "missing_authentication_token",  # AWS
        "expired_token",  # AWS
        "authentication failed",  # AWS
        "authentication fails",  # DeepSeek
        "invalid_authentication",  # Moonshot
    ),
    Outcome.FORBIDDEN: (
        "insufficient_quota",  # OpenAI
        "billing_hard_limit",  # OpenAI
        "insufficient balance",  # DeepSeek
        "exceeded_current_quota",  # Moonshot
        "billing_error",  # Anthropic
        "credit balance is too low",  # Anthropic
        "spend_limit_reached",  # Anthropic
        "permission_error",  # Anthropic
        "permission_denied",  # Google
        "failed_precondition",  # Google: no free use in this country
        "access_denied",  # AWS, Alibaba
        "arrearage",  # Alibaba
    ),
    Outcome.NOT_FOUND: (
        "model_not_found",  # OpenAI, Alibaba
        "not_found_error",  # Anthropic
        "deployment_not_found",  # Azure
        "resource_not_found",  # AWS, Moonshot
        "model identifier is invalid",  # AWS
        "model not exist",  # DeepSeek
        "invalid_model",  # Mistral, Baidu
    ),
    Outcome.OVERLOADED: (
        "engine_overloaded",  # Moonshot; before the rate limits, which its message names too
        "model_not_ready",  # AWS
    ),
    Outcome.RATE_LIMITED: (
        "rate_limit",  # OpenAI, Anthropic, Moonshot, Baidu
        "ramp_limit_exceeded",  # Anthropic
        "resource_exhausted",  # Google
        "throttling",  # AWS, Alibaba
        "service_quota_exceeded",  # AWS
        "too many requests",
    ),
    Outcome.SERVER_ERROR: (
        "model_error",  # AWS
        "model_stream_error",  # AWS
        "model_timeout",  # AWS
    ),
}
"""Codes and phrases of the providers' own error pages; only letters and digits are compared, so `DataInspectionFailed`
is `data_inspection_failed`. The first that occurs decides. A 400 often means something that only its words tell."""

BY_WORDS_IN_ANSWER = {
    Outcome.OVERLOADED: ("overloaded", "unavailable", "insufficient_system_resource", "slow_down", "over capacity"),
    Outcome.BAD_REQUEST: ("invalid_request", "invalid_argument", "validation_exception"),
}
"""The same for an error inside an answer that began with 200, which has no status of its own."""


def outcome(status: int, error: ErrorBody) -> Outcome:
    """Return what an error means; `status` 200 stands for an error object inside an answer that began well."""
    told = error.code.split()
    for code in told:
        if code in BY_CODE:
            return BY_CODE[code]
    said = _plain(f"{error.code} {error.message}")
    for words, meant in WORDS if status != OK else WORDS_IN_ANSWER:
        if words in said:
            return meant
    statuses = [int(code) for code in told if code in STATUSES] if status == OK else []
    return _by_status(next(iter(statuses), status))


def _by_status(status: int) -> Outcome:
    if 300 <= status < 400:  # noqa: PLR2004 - HTTP's own classes
        return Outcome.REDIRECT_REFUSED
    client_error = 400 <= status < 500  # noqa: PLR2004 - HTTP's own classes
    return BY_STATUS.get(status, Outcome.BAD_REQUEST if client_error else Outcome.SERVER_ERROR)


def _plain(words: str) -> str:
    return re.sub(r"[^a-z0-9]", "", words.lower())


def _rows(*tables: Mapping[Outcome, Sequence[str]]) -> tuple[tuple[str, Outcome], ...]:
    return tuple((_plain(words), meant) for table in tables for meant, rows in table.items() for words in rows)


WORDS = _rows(BY_WORDS)
WORDS_IN_ANSWER = _rows(BY_WORDS, BY_WORDS_IN_ANSWER)
STATUSES = frozenset(str(status) for status in range(400, 600))
"""What a code inside an answer may be, when it is a status (Google, OpenRouter)."""

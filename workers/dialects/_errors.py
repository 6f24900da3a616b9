"""Which outcome an error means: by what the endpoint calls it, else by its HTTP status."""

from scorecards.exchanges import Outcome
from workers.dialects._dialect import ErrorBody

BY_STATUS = {
    400: Outcome.BAD_REQUEST,
    401: Outcome.AUTH,
    402: Outcome.FORBIDDEN,
    403: Outcome.FORBIDDEN,
    404: Outcome.NOT_FOUND,
    413: Outcome.TOO_LARGE,
    429: Outcome.RATE_LIMITED,
    503: Outcome.OVERLOADED,
    529: Outcome.OVERLOADED,
}
"""The others are `redirect_refused` (3xx), `bad_request` (4xx) or `server_error`."""

BY_WORDS = (
    ("context_length_exceeded", Outcome.TOO_LARGE),
    ("exceed_context_size", Outcome.TOO_LARGE),
    ("maximum context length", Outcome.TOO_LARGE),
    ("exceeds the available context", Outcome.TOO_LARGE),
    ("prompt is too long", Outcome.TOO_LARGE),
    ("input is too long", Outcome.TOO_LARGE),
    ("request_too_large", Outcome.TOO_LARGE),
    ("content_filter", Outcome.CONTENT_FILTER),
    ("content_policy_violation", Outcome.CONTENT_FILTER),
    ("data_inspection_failed", Outcome.CONTENT_FILTER),
    ("content exists risk", Outcome.CONTENT_FILTER),
    ("insufficient_quota", Outcome.FORBIDDEN),
    ("insufficient balance", Outcome.FORBIDDEN),
    ("invalid_api_key", Outcome.AUTH),
    ("authentication_error", Outcome.AUTH),
    ("unrecognizedclient", Outcome.AUTH),
    ("model_not_found", Outcome.NOT_FOUND),
    ("not_found_error", Outcome.NOT_FOUND),
    ("rate_limit", Outcome.RATE_LIMITED),
    ("throttlingexception", Outcome.RATE_LIMITED),
    ("resource_exhausted", Outcome.RATE_LIMITED),
    ("overloaded", Outcome.OVERLOADED),
    ("serviceunavailable", Outcome.OVERLOADED),
)
"""Codes and phrases of the providers' own error pages, lower case, the first that occurs decides (OpenAI, Anthropic,
Google, AWS, Alibaba, DeepSeek, llama.cpp). A 400 often means something that only its words tell."""


def outcome(status: int, error: ErrorBody) -> Outcome:
    """Return what an error means; `status` 200 stands for an error object inside an answer that began well."""
    said = f"{error.code} {error.message}".lower()
    for words, meant in BY_WORDS:
        if words in said:
            return meant
    if 300 <= status < 400:  # noqa: PLR2004 - HTTP's own classes
        return Outcome.REDIRECT_REFUSED
    client_error = 400 <= status < 500  # noqa: PLR2004 - HTTP's own classes
    return BY_STATUS.get(status, Outcome.BAD_REQUEST if client_error else Outcome.SERVER_ERROR)

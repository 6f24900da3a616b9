"""Which documents are text that people read, by media type or else by file name."""

import re
from urllib.parse import urlsplit

from scorecards.evidence import Document

MEDIA_TYPES = (
    "text/plain",
    "text/markdown",
    "text/x-markdown",
    "text/html",
    "application/xhtml+xml",
    "application/yaml",
    "text/yaml",
    "application/toml",
)
_FILE = re.compile(
    r"\.(?:md|mdx|markdown|txt|rst|ya?ml|ts|toml)$|^(?:licen[cs]e|copying|readme|notice|usage_policy|use_policy)",
    re.IGNORECASE,
)


def name(document: Document) -> str:
    """Return the file name in a document's address, "" when it ends with a slash."""
    return urlsplit(document.url).path.rpartition("/")[2]


def is_text(document: Document) -> bool:
    """Tell whether a document is prose, marked-up or plain, or data that people write by hand."""
    media_type = document.media_type.partition(";")[0].strip().lower()
    return media_type in MEDIA_TYPES or (
        not media_type.startswith(("image/", "application/pdf")) and bool(_FILE.search(name(document)))
    )

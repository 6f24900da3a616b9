"""What kind of document some bytes are: by themselves first, then by what was said of them, then by their name."""

import mimetypes
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

HEAD_BYTES = 4096
GGUF, PDF, HTML, JSON, TEXT = "application/x-gguf", "application/pdf", "text/html", "application/json", "text/plain"
BY_SUFFIX = {
    ".gguf": GGUF,
    ".safetensors": "application/x-safetensors",
    ".md": "text/markdown",
    ".mdx": "text/markdown",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".json": JSON,
    ".ts": TEXT,
}
"""What `mimetypes` does not know, or knows by its platform."""
_MAGIC = ((b"GGUF", GGUF), (b"%PDF-", PDF))
_HTML = re.compile(
    rb"\s*+(?:(?:<!--(?:(?!-->).)*+-->|<\?xml[^>]*+>)\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_TYPE = re.compile(r"[a-z0-9.+-]{1,49}/[a-z0-9.+-]{1,50}")
_JSON = re.compile(rb"\s*[{\[]")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_VAGUE = ("", "application/octet-stream", "binary/octet-stream", TEXT)

CHALLENGE_TITLE = re.compile(
    rb"<title[^>]*>[^<]{0,80}(?:just a moment|attention required|access denied|are you (?:a )?(?:human|robot)|captcha"
    rb"|verif(?:y|ication).{0,20}human|human verification|security check|bot check"
    + "|安全验证|人机验证|访问验证|滑动验证".encode()
    + rb")",
    re.IGNORECASE,
)
CHALLENGE_SCRIPT = re.compile(rb"_cf_chl_opt|acw_sc__v2|_Incapsula_Resource|px-captcha|geo\.captcha-delivery\.com")
CHALLENGE_BYTES = 64 * 1024
"""A page that asks whether somebody is human is short; a longer one only happens to use such a word."""


def of_name(name: str) -> str:
    """Return what a file name or URL promises; text for one without a known suffix.

    >>> of_name("https://x.example/a/README.md?raw"), of_name("LICENSE"), of_name("card.pdf")
    ('text/markdown', 'text/plain', 'application/pdf')
    """
    path = PurePosixPath(unquote(urlsplit(name).path if "://" in name else name))
    return BY_SUFFIX.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or TEXT


def sniffed(content: bytes, declared: str, name: str) -> str:
    """Return the media type, lower case, without parameters.

    Args:
        declared: The Content-Type header; "" when there was none.
        name: File name or URL.
    """
    head = content[:HEAD_BYTES].removeprefix(b"\xef\xbb\xbf")
    for magic, kind in _MAGIC:
        if head.startswith(magic) or (kind == PDF and magic in head[:1024]):
            return kind
    said = declared.partition(";")[0].strip().lower()
    said = said if _TYPE.fullmatch(said) else ""
    likely = of_name(name) if said in _VAGUE else said
    if _HTML.match(head):
        return HTML
    if _JSON.match(head) and (likely.endswith("json") or of_name(name) == JSON):
        return JSON
    if likely == HTML and "html" not in of_name(name) and "." in PurePosixPath(urlsplit(name).path).name:
        return of_name(name)  # served as HTML, but it is none: a README.md behind a server's default
    return likely


def charset(declared: str) -> str | None:
    """Return the charset that a Content-Type header names; None when it names none."""
    found = _CHARSET.search(declared)
    return found[1] if found else None


def is_challenge(content: bytes, headers: Mapping[str, str]) -> bool:
    """Tell whether this is not the document but a page that asks whether somebody is human."""
    if "challenge" in headers.get("cf-mitigated", ""):
        return True
    head = content[:HEAD_BYTES]
    if len(content) > CHALLENGE_BYTES or not _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        return False
    return bool(CHALLENGE_TITLE.search(head) or CHALLENGE_SCRIPT.search(content))

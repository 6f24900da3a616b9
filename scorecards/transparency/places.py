"""Where documents about a model can be found: the catalogue's addresses, and those that follow from them by custom."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from scorecards.catalog import Developer, Model
from scorecards.evidence import Document
from scorecards.transparency import json_text
from scorecards.transparency.json_text import JsonTextError
from scorecards.transparency.provenance import SHARED_HOSTS

HUB = "https://huggingface.co"
HUB_API = f"{HUB}/api/models/"
HUB_FILES = ("README.md", "config.json")
"""Looked for in every repository of the hub; the rest only where its list of files has it."""
GITHUB_GUESSES = (
    "README_CN.md", "README_zh.md", "README_zh-CN.md", "LICENSE", "LICENSE.txt", "LICENSE-CODE", "LICENSE-MODEL",
    "MODEL_CARD.md", "SECURITY.md",
)  # fmt: skip
HOST_GUESSES = ("/.well-known/security.txt", "/robots.txt")

_WANTED_FILE = re.compile(
    r"(?:readme|licen[cs]e|notice|copying|use_policy|security|model_card|eval_results)[^/]*"
    r"|(?:generation_|tokenizer_)?config\.json|model\.safetensors\.index\.json",
    re.IGNORECASE,
)
_PLAIN_TEXT = re.compile(r"(?:[^.]*|.*\.(?:md|mdx|txt|rst|json|ya?ml|pdf))", re.IGNORECASE)
MAX_LISTED = 24
"""Files taken from one repository's list: it is their author who wrote it."""


@dataclass(frozen=True, slots=True)
class Place:
    """One address to look at.

    Attributes:
        guessed: It only follows a custom: nothing there says nothing about the model.
    """

    url: str
    guessed: bool = False


def of(model: Model, developer: Developer) -> tuple[Place, ...]:
    """Return the places of a model and its developer, each once: what the catalogue names before what is guessed."""
    named = [one.url for one in (*model.documents, *developer.documents)]
    if model.hub_repo:
        named.insert(0, f"{HUB}/{model.hub_repo}")
    found = [place for url in named for place in _expanded(url)]
    found += [Place(url, guessed=True) for url in _customs(developer)]
    by_url = {one.url: one for one in sorted(found, key=lambda one: not one.guessed)}
    return tuple(sorted(by_url.values(), key=lambda one: one.guessed))


def listed(document: Document) -> tuple[Place, ...]:
    """Return the files worth reading that the hub's own list of a repository names; () for any other document."""
    if not document.url.startswith(HUB_API):
        return ()
    try:
        found = json_text.parse(document.content).get("siblings")
    except JsonTextError:
        return ()
    names = [one.get("rfilename") for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    wanted = [one for one in names if isinstance(one, str) and _is_wanted(one)][:MAX_LISTED]
    root = f"{HUB}/{document.url.removeprefix(HUB_API)}"
    return tuple(Place(file_url(root, one)) for one in wanted)


def _is_wanted(name: str) -> bool:
    return bool(_WANTED_FILE.fullmatch(name) and _PLAIN_TEXT.fullmatch(name) and name.isprintable())


def file_url(root: str, path: str) -> str:
    """Return where a file of a published folder is read; `root` may be a repository of the hub or of GitHub.

    Always that of the newest version: with the commit in it, every commit would look like one more document.

    >>> file_url("https://huggingface.co/a/b", "README.md"), file_url("https://github.com/a/b", "README.md")
    ('https://huggingface.co/a/b/resolve/main/README.md', 'https://raw.githubusercontent.com/a/b/HEAD/README.md')
    >>> file_url("https://x.example/docs/", "a b.md")
    'https://x.example/docs/a%20b.md'
    """
    repository = _repository(root)
    base = FILES[repository[0]](repository[1]) if repository else root.rstrip("/")
    return f"{base}/{quote(path)}"


FILES: Mapping[str, Callable[[str], str]] = {
    "huggingface.co": lambda repository: f"{HUB}/{repository}/resolve/main",
    "github.com": lambda repository: f"https://raw.githubusercontent.com/{repository}/HEAD",
}


def _repository(url: str) -> tuple[str, str] | None:
    """Return host and owner/name of a repository's own page; None for anything else."""
    parts = urlsplit(url)
    steps = [one for one in parts.path.removesuffix(".git").split("/") if one]
    host = parts.hostname or ""
    return (host, "/".join(steps)) if host in FILES and len(steps) == 2 else None  # noqa: PLR2004 - owner and name


def _expanded(url: str) -> Iterable[Place]:
    """Return what is to be read for one address of the catalogue: a repository's page stands for its files."""
    repository = _repository(url)
    return EXPAND[repository[0]](repository[1]) if repository else (Place(_raw(url)),)


def _hub(repository: str) -> Iterator[Place]:
    yield Place(HUB_API + repository)
    yield from (Place(file_url(f"{HUB}/{repository}", name)) for name in HUB_FILES)


def _github(repository: str) -> Iterator[Place]:
    api, page = f"https://api.github.com/repos/{repository}", f"https://github.com/{repository}"
    yield from (Place(api), Place(f"{api}/releases?per_page=100"), Place(file_url(page, "README.md")))
    yield from (Place(file_url(page, name), guessed=True) for name in GITHUB_GUESSES)


EXPAND: Mapping[str, Callable[[str], Iterator[Place]]] = {"huggingface.co": _hub, "github.com": _github}


def _raw(url: str) -> str:
    """Return where the bytes are of a file that GitHub shows on a page.

    >>> _raw("https://github.com/a/b/blob/main/LICENSE")
    'https://raw.githubusercontent.com/a/b/main/LICENSE'
    """
    return re.sub(r"^https://github\.com/([^/]+/[^/]+)/blob/", r"https://raw.githubusercontent.com/\1/", url)


def _customs(developer: Developer) -> Iterator[str]:
    """Yield what a developer's own hosts may have where everybody looks for it."""
    for one in developer.documents:
        parts = urlsplit(one.url)
        if parts.hostname in (*SHARED_HOSTS, "raw.githubusercontent.com"):
            continue
        yield from (f"{parts.scheme}://{parts.netloc}{path}" for path in HOST_GUESSES)
        if one.kind == "status":
            yield f"{parts.scheme}://{parts.netloc}/api/v2/summary.json"

"""Whether a place speaks for a developer: the rule that keeps a submission `claimed` until it is found in public."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from scorecards.catalog import Developer, Model

SHARED_HOSTS = {"huggingface.co": 1, "github.com": 1, "modelscope.cn": 2, "bugcrowd.com": 1, "hackerone.com": 1}
"""Hosts where everybody publishes → how many parts of the path name whose it is."""
OTHER_DOORS = {
    ("raw.githubusercontent.com", ""): "github.com",
    ("api.github.com", "repos"): "github.com",
    ("huggingface.co", "api/models"): "huggingface.co",
}
"""Other addresses of the same tenants: host and what stands before the owner → the host where people see it."""

HUBS = {"huggingface.co": 1, "modelscope.cn": 2}
"""Hosts where a repository is about one model → which part of the path, counted from 0, names it."""


def is_first_party(url: str, developer: Developer, model: Model) -> bool:
    """Tell whether `url` lies where the catalogue says that the developer publishes.

    On a host of many tenants the owner's part of the path must agree too; anything but https speaks for nobody.

    >>> from datetime import date
    >>> from scorecards.catalog import Cited, DocumentSource
    >>> cited = Cited("test", date(2026, 1, 1))
    >>> card = DocumentSource("card", "https://huggingface.co/deepseek-ai/DeepSeek-V3", cited)
    >>> maker = Developer("deepseek", "DeepSeek", "CN", cited)
    >>> model = Model("deepseek/v3", "V3", "deepseek", cited, documents=(card,))
    >>> is_first_party("https://huggingface.co/deepseek-ai/DeepSeek-V3/raw/main/README.md", maker, model)
    True
    >>> is_first_party("https://huggingface.co/api/models/deepseek-ai/DeepSeek-V3", maker, model)
    True
    >>> is_first_party("https://huggingface.co/someone/DeepSeek-V3/raw/main/README.md", maker, model)
    False
    """
    return _place(url) is not None and _place(url) in map(_place, _published(developer, model))


def _published(developer: Developer, model: Model) -> Iterator[str]:
    """Yield every address where the catalogue says that the developer publishes."""
    yield from (one.url for one in (*developer.documents, *model.documents))
    if model.hub_repo:
        yield f"https://huggingface.co/{model.hub_repo}"


def is_of_another_model(url: str, model: Model) -> bool:
    """Tell whether `url` lies in a model repository of a hub that the catalogue does not name for this model.

    >>> from datetime import date
    >>> from scorecards.catalog import Cited
    >>> cited = Cited("test", date(2026, 1, 1))
    >>> model = Model("deepseek/v3", "V3", "deepseek", cited, hub_repo="deepseek-ai/DeepSeek-V3")
    >>> hub = "https://huggingface.co/deepseek-ai"
    >>> [is_of_another_model(f"{hub}/{name}/raw/main/README.md", model) for name in ("DeepSeek-V3", "DeepSeek-V2")]
    [False, True]
    """
    ours = {model.hub_repo.rpartition("/")[2].casefold()} if model.hub_repo else set()
    ours |= {repository for one in model.documents if (repository := _repository(one.url))}
    theirs = _repository(url)
    return theirs is not None and theirs not in ours


def _repository(url: str) -> str | None:
    host, names = _shown(url)
    index = HUBS.get(host)
    return names[index] if index is not None and len(names) > index else None


def _shown(url: str) -> tuple[str, list[str]]:
    """Return the host where people see what is at `url`, and the parts of the path there, in lower case."""
    parts = urlsplit(url)
    host, path = parts.hostname or "", [part for part in parts.path.lower().split("/") if part]
    for (door, before), shown in OTHER_DOORS.items():
        skipped = before.split("/") if before else []
        if host == door and path[: len(skipped)] == skipped:
            return shown, path[len(skipped) :]
    return host, path


def _place(url: str) -> tuple[str, ...] | None:
    """Return host and owner; None for what cannot speak for anybody."""
    host, path = _shown(url)
    if urlsplit(url).scheme != "https" or not host:
        return None
    return (host, *path[: SHARED_HOSTS.get(host, 0)])

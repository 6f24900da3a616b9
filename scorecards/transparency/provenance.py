"""Whether a place speaks for a developer: the rule that keeps a submission `claimed` until it is found in public."""

from urllib.parse import urlsplit

from scorecards.catalog import Developer, DocumentSource, Model

SHARED_HOSTS = {"huggingface.co": 1, "github.com": 1, "modelscope.cn": 2, "raw.githubusercontent.com": 1}
"""Hosts where everybody publishes → how many parts of the path name whose it is."""

HUBS = {"huggingface.co": 1, "modelscope.cn": 2}
"""Hosts where a repository is about one model → which part of the path, counted from 0, names it."""


def is_first_party(url: str, developer: Developer, model: Model) -> bool:
    """Tell whether `url` lies where the catalogue says that the developer publishes.

    On a host of many tenants the owner's part of the path must agree too; anything but https speaks for nobody.

    >>> from datetime import date
    >>> from scorecards.catalog import Cited
    >>> cited = Cited("test", date(2026, 1, 1))
    >>> card = DocumentSource("card", "https://huggingface.co/deepseek-ai/DeepSeek-V3", cited)
    >>> maker = Developer("deepseek", "DeepSeek", "CN", cited)
    >>> model = Model("deepseek/v3", "V3", "deepseek", cited, documents=(card,))
    >>> is_first_party("https://huggingface.co/deepseek-ai/DeepSeek-V3/raw/main/README.md", maker, model)
    True
    >>> is_first_party("https://huggingface.co/someone/DeepSeek-V3/raw/main/README.md", maker, model)
    False
    """
    return _place(url) is not None and any(_place(url) == _place(one.url) for one in _documents(developer, model))


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
    parts = urlsplit(url)
    names = [part for part in parts.path.split("/") if part]
    index = HUBS.get(parts.hostname or "")
    return names[index].casefold() if index is not None and len(names) > index else None


def _documents(developer: Developer, model: Model) -> tuple[DocumentSource, ...]:
    return (*developer.documents, *model.documents)


def _place(url: str) -> tuple[str, ...] | None:
    """Return host and owner; None for what cannot speak for anybody."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        return None
    owner = [part for part in parts.path.split("/") if part][: SHARED_HOSTS.get(parts.hostname, 0)]
    return (parts.hostname, *owner)

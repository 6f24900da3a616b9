"""Reads what GitHub says of a repository and its releases (`GET /repos/{owner}/{repo}[/releases]`).

Source of the fields: GitHub's public REST API documentation, version 2022-11-28; read by protocol, never live.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from scorecards.evidence import Collector, Document, Identity, Reading
from scorecards.transparency import licences
from scorecards.transparency.collectors._fields import Said, absent, host_and_path, known, partial, read_json
from scorecards.transparency.json_text import JsonText

ENOUGH_ENTRIES = 2
_PATH = re.compile(r"/repos/[^/]+/[^/]+(?P<releases>/releases)?")
_KEYS = (b'"full_name"', b'"stargazers_count"'), (b'"tag_name"', b'"published_at"')


def accepts(document: Document) -> bool:
    """Return whether it is GitHub's answer, by its address or, of a file, by its keys."""
    host, path = host_and_path(document)
    if host:
        return host == "api.github.com" and bool(_PATH.fullmatch(path))
    return document.media_type == "application/json" and any(
        all(key in document.content for key in keys) for keys in _KEYS
    )


def read(subject: Identity, document: Document) -> Sequence[Reading]:
    """Return the readings of the repository, or of its releases."""
    releases = document.content.lstrip()[:1] == b"[" or host_and_path(document)[1].endswith("/releases")
    return read_json(COLLECTOR, RELEASES if releases else REPOSITORY, subject, document)


def _licence(found: JsonText) -> Said:
    """Read the licence of the code: GitHub looks at the repository's LICENSE, which seldom is that of the weights."""
    spdx = found.text("license", "spdx_id")
    if spdx is None:
        return absent("has no `license`", found.quote("license"))
    quote = found.quote("license", "spdx_id")
    if spdx == "NOASSERTION":
        return partial("other", quote, note="GitHub knows the text by no name")
    return known(licences.normalised(spdx), quote, note="as GitHub recognises the text")


def _contact(found: JsonText) -> Said:
    if found.get("has_issues") is not True or found.get("archived") is True:
        return absent("takes no issues, or is archived", found.quote("has_issues"))
    return partial("issues of the repository", found.quote("has_issues"), note="a tracker of the code")


def _change_log(found: JsonText) -> Said:
    """Read the releases: each has a name and a day."""
    dated = [(day[:10], at) for at in range(found.length()) if (day := found.text(at, "published_at"))]
    if not dated:
        return absent("has no releases")
    (first, _), (last, newest) = min(dated), max(dated)
    quote = found.quote(newest, "published_at")
    if len(dated) < ENOUGH_ENTRIES:
        return partial(f"1 release, {last}", quote, note="one entry only")
    return known(f"{len(dated)} releases from {first} to {last}", quote, note="releases of the repository")


REPOSITORY: Mapping[str, Callable[[JsonText], Said]] = {"code_licence": _licence, "contact": _contact}
RELEASES: Mapping[str, Callable[[JsonText], Said]] = {"change_log": _change_log}

COLLECTOR = Collector(
    name="github_api",
    version=1,
    question="What does GitHub say of the code's repository and its releases?",
    quantities=(*REPOSITORY, *RELEASES),
    accepts=accepts,
    read=read,
)

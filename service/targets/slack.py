"""Slack's incoming webhooks, and those of Mattermost, Rocket.Chat and others who take the same; nothing is signed.

Slack reads `blocks` and shows `text` in notifications; the others read `text`. Who has the URL may post, so it is the
secret; the subscription's own is not used.
Source: docs.slack.dev, "Sending messages using incoming webhooks" and "Formatting message text".
"""

import re
from collections.abc import Sequence
from datetime import datetime

from scorecards.event_text import sentence
from scorecards.events import Told
from service.signatures import Keys
from service.targets._target import Message, Target, of_json, read_json, said

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_CALLS = re.compile(r"@(?=channel|here|all|everyone)", re.IGNORECASE)
_SILENT = "@\u2060"
"""What looks like a call to everybody and is none: Mattermost reads them in plain text."""


def _request(told: Told, link: str, thin: bool, keys: Sequence[Keys], now: datetime) -> Message:  # noqa: FBT001 - Target's shape
    text, more = _escaped(sentence(told.event)), f"<{_escaped(link).replace('|', '%7C')}|{told.event.type}>"
    blocks = [
        {"type": "section", "text": _markdown(text)},
        {"type": "context", "elements": [_markdown(f"Pellucid · {more}")]},
    ]
    return of_json({"text": f"{text} ({more})", "blocks": blocks, "unfurl_links": False, "unfurl_media": False})


def _escaped(text: str) -> str:
    return _CALLS.sub(_SILENT, text.translate(_ESCAPES))


def _markdown(text: str) -> dict[str, str | bool]:
    """Return a text in which only what we wrote is a link: without `verbatim` bare URLs and names would be too."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _accepted(status: int, answer: bytes) -> str:
    """Return why not: Slack says so by status, some of the others by a field of the answer."""
    has = read_json(answer)
    refused = any(has.get(field) is False for field in ("ok", "success"))
    return f"wants ok, has {said(has.get('error', 'no reason'))}" if refused else ""


TARGET = Target("slack", "a Slack-compatible incoming webhook", _request, _accepted)

"""Custom bots of Feishu and Lark, signed if the bot asks for it.

The secret of such a subscription is the one that the bot's settings show under "signature verification", any text; ""
when that is off. A bot knows one secret, so only the newest is used. A bot that wants a keyword finds "Pellucid".
Source: open.larksuite.com, "Use bots in groups" (custom bot), which is also where the codes come from.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from scorecards.event_text import sentence
from scorecards.events import Told
from service.signatures import Keys
from service.targets._target import Message, Target, of_json, read_json, said

_CODES: Mapping[str, str] = {
    "9499": "the message was not understood, or too many came",
    "11232": "too many messages",
    "19021": "the signature does not fit the bot's secret, or the clock is off",
    "19022": "this server's address is not on the bot's list",
    "19024": "the message has none of the bot's keywords",
}
MAX_SAID_BYTES = 800


def _request(told: Told, link: str, thin: bool, keys: Sequence[Keys], now: datetime) -> Message:  # noqa: FBT001 - Target's shape
    # Of the kinds of message `post` is the one whose texts are never read for mentions or markup.
    content = [
        [{"tag": "text", "text": sentence(told.event)}],
        [{"tag": "a", "text": told.event.type, "href": link}],
    ]
    post = {"en_us": {"title": f"Pellucid: {told.event.type}", "content": content}}
    return of_json({**_signature(keys, int(now.timestamp())), "msg_type": "post", "content": {"post": post}})


def _signature(keys: Sequence[Keys], timestamp_s: int) -> dict[str, str]:
    secret = keys[0].secret if keys else ""
    return {"timestamp": str(timestamp_s), "sign": sign(timestamp_s, secret)} if secret else {}


def sign(timestamp_s: int, secret: str) -> str:
    """Return a bot's signature: time and secret are the key, and nothing is what is signed."""
    return base64.b64encode(hmac.digest(f"{timestamp_s}\n{secret}".encode(), b"", hashlib.sha256)).decode()


def _accepted(status: int, answer: bytes) -> str:
    has = read_json(answer)
    if "code" not in has:
        return f"wants a code, has {said(answer[:MAX_SAID_BYTES].decode(errors='replace')) or 'nothing'}"
    code = str(has["code"])
    meaning = _CODES.get(code, "a code we do not know")
    return "" if code == "0" else f"wants code 0, has {said(code)}, {meaning}: {said(has.get('msg', ''))}"


TARGET = Target("feishu", "a custom bot of Feishu or Lark", _request, _accepted)

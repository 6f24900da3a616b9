"""What each kind of receiver is sent, and which of its answers mean yes."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from scorecards import events
from scorecards.events import EVENT_TYPES, Event, Told
from service import signatures, targets
from service.signatures import Keys
from service.targets import feishu

LOADED = targets.load()
NOW = datetime.now(UTC)
NEW, OLD = (Keys(signatures.new_secret(), signatures.new_key()) for _ in range(2))
LINK = "https://cards.example/v1/events/evt_1?a=1&b=<2>|3"
EVIL = '<!channel> & @everyone <at user_id="all">x</at> *bold* https://evil.example\n'


def told(type_="challenge.updated", subject="deepseek/deepseek-v3.2#B3", **body):
    return Told(7, "evt_1", 3, NOW - timedelta(hours=1), Event(type_, subject, body))


def sent(name, event, keys=(NEW,), *, thin=False):
    message = LOADED[name].request(event, LINK, thin, keys, NOW)
    assert message.headers["Content-Type"] == "application/json"
    return json.loads(message.body)


def test_each_is_called_by_the_name_of_its_file():
    assert set(LOADED) == {"standard", "slack", "feishu"}
    assert all(one.name == name for name, one in LOADED.items())


@pytest.mark.parametrize("thin", [False, True])
def test_a_program_gets_the_bytes_that_were_signed_at_this_attempt(thin):
    event = told(model="deepseek/deepseek-v3.2", state="upheld", reason="größer")
    headers, body = LOADED["standard"].request(event, LINK, thin, [NEW, OLD], NOW)
    assert body == events.payload(event, LINK, thin=thin)
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("evt_1", str(int(NOW.timestamp())))
    for keys in (NEW, OLD):
        standardwebhooks.Webhook(keys.secret).verify(body, headers)
        signatures.verify(headers, body, signatures.public_key(keys.key), NOW.timestamp())


def test_any_2xx_of_a_program_means_yes():
    assert LOADED["standard"].accepted(204, b"") == LOADED["standard"].accepted(200, b'{"code":1}') == ""


@pytest.mark.parametrize("type_", sorted(EVENT_TYPES))
def test_slack_shows_a_sentence_and_a_link(type_):
    body = sent("slack", told(type_))
    section, context = body["blocks"]
    assert section["text"]["text"] in body["text"]
    assert f"|{type_}>" in context["elements"][0]["text"]
    assert all(len(one["text"]) <= 3000 for one in (section["text"], *context["elements"]))


def test_slack_reads_no_markup_from_outside():
    """Of `<` and `>` only those of our own link are left, and nobody is called."""
    body = sent("slack", told(state="upheld", reason=EVIL * 50))
    section, context = body["blocks"]
    assert section["text"]["type"] == "mrkdwn"
    assert section["text"]["verbatim"] is True
    assert "&lt;!channel&gt; &amp; @" in section["text"]["text"]
    assert not set("<>\n") & set(section["text"]["text"])
    assert "@everyone" not in body["text"]
    assert body["text"].count("<") == body["text"].count(">") == context["elements"][0]["text"].count("<") == 1
    assert "<https://cards.example/v1/events/evt_1?a=1&amp;b=&lt;2&gt;%7C3|challenge.updated>" in body["text"]
    assert len(section["text"]["text"]) <= 3000


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"ok", ""),
        (b"", ""),
        (b'{"success":true}', ""),
        (b"[1]", ""),
        (b"\xff{", ""),
        (b'{"ok":false,"error":"channel_not_found"}', "wants ok, has channel_not_found"),
        (b'{"success":false,"error":"no\\nroom"}', "wants ok, has no room"),
        (b'{"ok":false}', "wants ok, has no reason"),
    ],
)
def test_slack_and_its_like_say_no_with_200(answer, why):
    assert LOADED["slack"].accepted(200, answer) == why


@pytest.mark.parametrize("type_", sorted(EVENT_TYPES))
def test_feishu_gets_a_post_whose_texts_hold_no_markup(type_):
    body = sent("feishu", told(type_, reason=EVIL * 1000, state=EVIL))
    assert body["msg_type"] == "post"
    post = body["content"]["post"]["en_us"]
    assert post["title"] == f"Pellucid: {type_}"
    ((text,), (link,)) = post["content"]
    assert (text["tag"], link) == ("text", {"tag": "a", "text": type_, "href": LINK})
    assert len(json.dumps(body).encode()) <= 20_000


def test_feishu_is_signed_with_the_newest_secret_of_the_bot():
    body = sent("feishu", told(), [Keys("bot's secret, any text 更", ""), Keys("the one before", "")])
    key = f"{body['timestamp']}\nbot's secret, any text 更".encode()
    assert body["timestamp"] == str(int(NOW.timestamp()))
    assert body["sign"] == base64.b64encode(hmac.new(key, digestmod=hashlib.sha256).digest()).decode()


def test_feishu_s_own_example_of_a_signature():
    """Its documentation signs time 100 with "demo" in Java, Go and Python; the value is that of `openssl dgst`."""
    assert feishu.sign(100, "demo") == "jquNHnVOwmDRfw+vqTIrY5dooJAgi5EcRtLsQE4wfXg="


@pytest.mark.parametrize("keys", [[], [Keys("", "")]])
def test_feishu_is_not_signed_without_a_secret(keys):
    assert not {"sign", "timestamp"} & sent("feishu", told(), keys).keys()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b'{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}', ""),
        (
            b'{"code":19021,"msg":"no match"}',
            "wants code 0, has 19021, the signature does not fit the bot's secret, or the clock is off: no match",
        ),
        (b'{"code":11232,"msg":"frequency limited"}', "wants code 0, has 11232, too many messages: frequency limited"),
        (
            b'{"code":9499,"msg":"Bad Request"}',
            "wants code 0, has 9499, the message was not understood, or too many came: Bad Request",
        ),
        (b'{"code":[1],"msg":{"a":1}}', "wants code 0, has [1], a code we do not know: {'a': 1}"),
        (b'{"code":false}', "wants code 0, has False, a code we do not know: "),
        (b"<html>ok</html>", "wants a code, has <html>ok</html>"),
        (b"", "wants a code, has nothing"),
        (b'{"ok":true}', 'wants a code, has {"ok":true}'),
    ],
)
def test_feishu_says_no_with_200(answer, why):
    assert LOADED["feishu"].accepted(200, answer) == why


@given(st.sampled_from(sorted(LOADED)), st.binary() | st.sampled_from([b"[" * 100_000, b'{"code":' + b"9" * 9999]))
def test_no_answer_breaks_the_reading_of_answers(name, answer):
    why = LOADED[name].accepted(200, answer)
    assert len(why) <= 600
    assert why.isprintable()

"""A server that speaks OpenAI's chat protocol without a flaw, but for the faults that are switched on.

Its model obeys: it answers by rule, calls what it is offered where the question names it, and sees colours.
"""

import base64
import contextlib
import hashlib
import json
import random
import re
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

KEY = "the-key"
MODEL = "steady-1"
CONTEXT = 3_000
"""Tokens of input that it is said to take; it counts words, of which a text has fewer."""
CONTEXT_WORDS = 2_700
WORDS = ("the lamp turns and", "a keeper climbs with", "grey waves meet under", "ships pass beyond", "wind moves round")
ENDS = ("the tower", "a rock", "the sea", "an old wall", "the light")
NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
COLOURS = {(255, 0, 0): "Red", (0, 0, 255): "Blue"}

FAULTS = frozenset(
    {
        "accepts_bad_input", "always_calls", "another_model", "answers_any_model", "answers_any_key", "bad_arguments",
        "bare_errors", "breaks_schema", "calls_end_as_stop", "crashes_on_bad_input", "crashes_on_embeddings",
        "crashes_on_tool_turn", "cuts_silently", "deaf", "drops_image", "drops_system", "drops_tools", "garbage",
        "half_lists", "has_default_system", "has_no_embeddings",
        "ignores_auto", "ignores_json_object", "ignores_logprobs", "ignores_max_tokens", "ignores_n",
        "ignores_named", "ignores_none", "ignores_parallel_off", "ignores_required", "ignores_schema", "ignores_seed",
        "ignores_stop", "lacks_created", "must_echo_reasoning", "no_done", "no_rate_headers", "no_stream", "no_usage",
        "no_usage_in_stream", "one_call_at_a_time", "positive_logprobs", "rejects_forced_tools", "rejects_image",
        "rejects_json_object", "rejects_logprobs", "rejects_n", "rejects_schema", "rejects_seed", "rejects_stop",
        "rejects_tools", "usage_does_not_sum", "wrong_key_is_500", "wrong_key_is_400",
        # What says nothing of conformance: the endpoint is down, full, or our key is no good.
        "down", "full", "forbidden", "flaky", "thinks",
    }
)  # fmt: skip


class Refused(Exception):
    """An error of the protocol."""

    def __init__(self, status, message, code="invalid_request_error"):
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one segment

    def log_message(self, *_):
        """Say nothing."""

    def do_GET(self):
        ids = ["other-1"] if "half_lists" in self.server.faults else [MODEL]
        self._json(200, {"object": "list", "data": [{"id": one, "object": "model", "owned_by": "t"} for one in ids]})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            self._check_key()
            if self.path.endswith("/embeddings"):
                self._embed()
            else:
                self._chat(body)
        except Refused as refused:
            told = {"message": refused.message, "type": refused.code, "param": None, "code": None}
            bare = "bare_errors" in self.server.faults
            self._json(refused.status, {"detail": refused.message} if bare else {"error": told})

    def _check_key(self):
        has = self.server.faults
        if self.headers.get("Authorization") != f"Bearer {KEY}" and "answers_any_key" not in has:
            status = 500 if "wrong_key_is_500" in has else 400 if "wrong_key_is_400" in has else 401
            raise Refused(status, "no such key", "invalid_api_key" if status != 500 else "server_error")
        outages = {"down": (503, "overloaded"), "full": (429, "rate_limit"), "forbidden": (403, "permission_error")}
        for fault in outages.keys() & has:
            raise Refused(outages[fault][0], fault, outages[fault][1])
        if "flaky" in has and next(self.server.requests) % 7 == 3:
            raise Refused(500, "an accident", "server_error")

    def _embed(self):
        if "has_no_embeddings" in self.server.faults:
            raise Refused(501, "this server does not support embeddings", "not_supported_error")
        if "crashes_on_embeddings" in self.server.faults:
            raise Refused(500, "no such thing", "server_error")
        self._json(200, {"object": "list", "data": [{"index": 0, "embedding": [0.5, 1, -0.25]}], "model": MODEL})

    def _chat(self, body):
        has = self.server.faults
        if body["model"] != MODEL and "answers_any_model" not in has:
            raise Refused(404, f"no model {body['model']}", "model_not_found")
        refuse(body, has)
        if "garbage" in has:
            self._json(200, ["what?"])
            return
        answer = Answer(body, has)
        if body.get("stream") and "no_stream" not in has:
            self._stream(body, answer)
        else:
            self._json(200, answer.whole())

    def _stream(self, body, answer):
        asks_usage = (body.get("stream_options") or {}).get("include_usage")
        events = [*answer.events(with_usage=asks_usage and "no_usage_in_stream" not in self.server.faults)]
        data = b"".join(b"data: " + json.dumps(one).encode() + b"\n\n" for one in events)
        end = b"" if "no_done" in self.server.faults else b"data: [DONE]\n\n"
        self._send(200, "text/event-stream", data + end)

    def _json(self, status, value):
        self._send(status, "application/json", json.dumps(value).encode())

    def _send(self, status, media_type, data):
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        if "no_rate_headers" not in self.server.faults:
            self.send_header("x-ratelimit-limit-requests", "100")
            self.send_header("x-ratelimit-remaining-requests", str(99 - next(self.server.requests) % 50))
        self.end_headers()
        self.wfile.write(data)


def refuse(body, has):
    """Raise for what this server would not have."""
    fields = {
        "rejects_stop": "stop",
        "rejects_n": "n",
        "rejects_seed": "seed",
        "rejects_logprobs": "logprobs",
        "rejects_tools": "tools",
    }
    for fault in fields.keys() & has:
        if fields[fault] in body:
            raise Refused(400, f"{fields[fault]} is not supported")
    form = (body.get("response_format") or {}).get("type")
    if (form == "json_schema" and "rejects_schema" in has) or (form == "json_object" and "rejects_json_object" in has):
        raise Refused(400, "This response_format type is unavailable now")
    if "rejects_forced_tools" in has and body.get("tool_choice") not in (None, "auto", "none"):
        raise Refused(400, "thinking mode does not support this tool_choice")
    if not 0 <= body.get("temperature", 1) <= 2 and "accepts_bad_input" not in has:
        raise Refused(500 if "crashes_on_bad_input" in has else 400, "temperature wants 0 to 2")
    if "rejects_image" in has and any(isinstance(one["content"], list) for one in body["messages"]):
        raise Refused(400, "this model takes text only")
    turns = [one for one in body["messages"] if one["role"] == "assistant"]
    if turns and "crashes_on_tool_turn" in has:
        raise Refused(500, "list index out of range", "server_error")
    if turns and "must_echo_reasoning" in has and not all(one.get("reasoning_content") for one in turns):
        raise Refused(400, "The `reasoning_content` of thinking mode must be passed back")
    if tokens(text_of(body)) > CONTEXT_WORDS and "cuts_silently" not in has:
        raise Refused(400, f"maximum context length is {CONTEXT_WORDS} tokens", "context_length_exceeded")


def tokens(text):
    return len(text.split())


def text_of(body):
    return " ".join(_plain(one["content"]) for one in body["messages"])


def _plain(content):
    return content if isinstance(content, str) else " ".join(one.get("text", "") for one in content)


class Answer:
    """What the model says to one request."""

    def __init__(self, body, has):
        self.body, self.has = body, has
        self.user = next(_plain(one["content"]) for one in body["messages"] if one["role"] == "user")
        self.calls = self._calls()
        self.thought = "I have to think about this for a while. " * 40 if "thinks" in has else ""
        self.texts = [""] if self.calls else [self._text(place) for place in range(self._choices())]
        self.prompt_tokens = min(self._prompt_tokens(), CONTEXT_WORDS // 2 if "cuts_silently" in has else 10**9)

    def _choices(self):
        return 1 if "ignores_n" in self.has else self.body.get("n") or 1

    def _prompt_tokens(self):
        dropped = {"system"} if "drops_system" in self.has else set()
        texts = [_plain(one["content"]) for one in self.body["messages"] if one["role"] not in dropped]
        offered = [] if "drops_tools" in self.has else [40 for _ in self.body.get("tools", ())]
        images = [85] if self._image() and "drops_image" not in self.has else []
        default = "has_default_system" in self.has and self.body["messages"][0]["role"] != "system"
        return sum(map(tokens, texts)) + 7 + (17 if default else 0) + sum(offered) + sum(images)

    def _image(self):
        contents = [one["content"] for one in self.body["messages"] if isinstance(one["content"], list)]
        parts = [part for content in contents for part in content if part["type"] == "image_url"]
        return parts[0]["image_url"]["url"].partition(",")[2] if parts else None

    # Tools.

    def _calls(self):
        offered = [one["function"] for one in self.body.get("tools", ())]
        choice = self.body.get("tool_choice", "auto")
        if not offered or "drops_tools" in self.has or any(one["role"] == "tool" for one in self.body["messages"]):
            return []
        named = choice["function"]["name"] if isinstance(choice, dict) else None
        if choice == "none" and "ignores_none" not in self.has:
            return []
        if named and "ignores_named" not in self.has:
            return [self._call(one) for one in offered if one["name"] == named]
        wanted = [one for one in offered if self._wants(one)] if not self._unwilling(choice) else []
        if not wanted and ((choice == "required" and "ignores_required" not in self.has) or "always_calls" in self.has):
            wanted = offered[:1]
        times = 2 if "both at once" in self.user and self._may_be_parallel() else 1
        return [self._call(one) for one in wanted for _ in range(times)]

    def _unwilling(self, choice):
        return choice == "auto" and "tool_choice" in self.body and "ignores_auto" in self.has

    def _wants(self, function):
        words = set(re.findall(r"[a-z]{4,}", function["name"].lower()))
        return ("weather" in words and "weather" in self.user) or "Use a tool" in self.user

    def _may_be_parallel(self):
        if "one_call_at_a_time" in self.has:
            return False
        return self.body.get("parallel_tool_calls") is not False or "ignores_parallel_off" in self.has

    def _call(self, function):
        arguments = {} if "bad_arguments" in self.has else made(function["parameters"])
        return {"name": function["name"], "arguments": json.dumps(arguments)}

    # Texts.

    def _text(self, place):
        form = self.body.get("response_format") or {}
        if form.get("type") == "json_schema" and "ignores_schema" not in self.has:
            schema = form["json_schema"]["schema"]
            return json.dumps({"kind": "boat"} if "breaks_schema" in self.has else made(schema))
        if form.get("type") == "json_object" and "ignores_json_object" not in self.has:
            return '{"purpose": "it shows ships the way"}'
        return self._cut(self._words(place))

    def _words(self, place):
        system = " ".join(one["content"] for one in self.body["messages"] if one["role"] == "system")
        order = re.search(r"one word (\w+)", system)
        if order and not {"deaf", "drops_system"} & self.has:
            return order[1]
        secret = re.search(r"secret word is (\w+)\.", self.user)
        if secret and "cuts_silently" not in self.has:
            return secret[1]
        if self._image():
            return "Green." if "drops_image" in self.has else colour(self._image())
        return NUMBERS if "Count from" in self.user else self._story(place)

    def _story(self, place):
        seed = self.body.get("seed")
        steady = self.body.get("temperature") == 0 or (seed is not None and "ignores_seed" not in self.has)
        mark = f"{self.user}{seed}{place}" if steady else None
        rng = random.Random(hashlib.sha256(mark.encode()).digest() if mark else None)
        return " ".join(f"{rng.choice(WORDS)} {rng.choice(ENDS)}." for _ in range(400))

    def _cut(self, text):
        stops = [] if "ignores_stop" in self.has else self.body.get("stop") or []
        for stop in stops:
            text = text.partition(stop)[0]
        self.finish = "stop"
        most = self.body.get("max_tokens", 256) * (3 if "ignores_max_tokens" in self.has else 1)
        words = text.split(" ")
        if self.thought:
            words = words if most > tokens(self.thought) else []
            most = max(most - tokens(self.thought), 0)
        if len(words) > most or (self.thought and not words):
            self.finish = "stop" if "ignores_max_tokens" in self.has else "length"
        return " ".join(words[:most])

    # The wire.

    def _finish(self):
        if self.calls:
            return "stop" if "calls_end_as_stop" in self.has else "tool_calls"
        return getattr(self, "finish", "stop")

    def usage(self):
        made_up = sum(map(tokens, self.texts)) + 9 * len(self.calls) + tokens(self.thought)
        total = self.prompt_tokens + made_up + (5 if "usage_does_not_sum" in self.has else 0)
        return {"prompt_tokens": self.prompt_tokens, "completion_tokens": made_up, "total_tokens": total}

    def _about(self, kind):
        model = "cheap-2" if "another_model" in self.has else self.body["model"]
        about = {"id": f"c-{random.random()}", "object": kind, "created": 1, "model": model}
        return {name: value for name, value in about.items() if name != "created" or "lacks_created" not in self.has}

    def _logprobs(self):
        if not self.body.get("logprobs") or "ignores_logprobs" in self.has:
            return {}
        value = 0.5 if "positive_logprobs" in self.has else -0.5
        return {"logprobs": {"content": [{"token": "the", "logprob": value, "top_logprobs": []}]}}

    def whole(self):
        calls = [{"id": f"k{place}", "type": "function", "function": one} for place, one in enumerate(self.calls)]
        beside = {"tool_calls": calls} if calls else {}
        beside |= {"reasoning_content": self.thought} if self.thought else {}
        said = [{"role": "assistant", "content": text or None, **beside} for text in self.texts]
        choices = [
            {"index": place, "message": one, "finish_reason": self._finish(), **self._logprobs()}
            for place, one in enumerate(said)
        ]
        usage = {} if "no_usage" in self.has else {"usage": self.usage()}
        return {**self._about("chat.completion"), "choices": choices, **usage}

    def events(self, *, with_usage):
        about = self._about("chat.completion.chunk")
        parts = [{"role": "assistant"}, *({"reasoning_content": one} for one in [self.thought] if one)]
        parts += [{"content": f"{word} "} for word in self.texts[0].split(" ") if word]
        parts += [{"tool_calls": [{"index": place, "function": one}]} for place, one in enumerate(self.calls)]
        for part in parts:
            yield {**about, "choices": [{"index": 0, "delta": part, "finish_reason": None}]}
        yield {**about, "choices": [{"index": 0, "delta": {}, "finish_reason": self._finish()}]}
        if with_usage and "no_usage" not in self.has:
            yield {**about, "choices": [], "usage": self.usage()}


def made(schema):
    """Return the least value that follows a schema."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "string")
    if kind == "object":
        wanted = schema.get("required", ())
        return {name: made(one) for name, one in schema.get("properties", {}).items() if name in wanted}
    return {"string": "Paris", "integer": 7, "number": 7.5, "boolean": True, "array": [], "null": None}[kind]


def colour(png):
    """Return what a square of one colour is called."""
    data = base64.b64decode(png)
    at = data.index(b"IDAT") + 4
    size = int.from_bytes(data[at - 8 : at - 4])
    return COLOURS[tuple(zlib.decompress(data[at : at + size])[1:4])] + "."


@contextlib.contextmanager
def serving(*faults):
    """Serve with these faults; gives the base URL, up to `/v1`."""
    assert set(faults) <= FAULTS, f"no such fault: {set(faults) - FAULTS}"
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.faults, server.requests, server.daemon_threads = frozenset(faults), count(), True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
            thread.join(5)

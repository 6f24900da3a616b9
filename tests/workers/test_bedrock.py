"""Amazon's own description of Converse against our requests, and its signatures against their definition."""

import hashlib
import hmac
import json
import subprocess
import sys
from pathlib import Path

import botocore.session
import pytest
from botocore.validate import ParamValidator

from scorecards.exchanges import Ask, AskKind

from .canned import LOADED, answering, asked, endpoint
from .test_dialects import CONVERSE_BODY, CONVERSE_USAGE, WHOLE

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
ACCESS_KEY = f"AKIAIOSFODNN7EXAMPLE:{SECRET}"
TEMPORARY = f"ASIAIOSFODNN7EXAMPLE:{SECRET}:IQoJb3JpZ2luX2VjEXAMPLE=="


@pytest.fixture(scope="module")
def runtime():
    return botocore.session.get_session().get_service_model("bedrock-runtime")


def complaints(shape, value):
    return ParamValidator().validate(value, shape).generate_report()


def test_a_chat_is_what_amazon_describes(runtime):
    for name, call in (("Converse", "converse"), ("ConverseStream", "converse-stream")):
        operation = runtime.operation_model(name)
        assert operation.http["requestUri"] == f"/model/{{modelId}}/{call}"
        assert complaints(operation.input_shape, {"modelId": "m-1", **CONVERSE_BODY}) == ""
        assert complaints(operation.input_shape, {"modelId": "m-1", **CONVERSE_BODY, "seed": 1}) != ""


def test_counting_is_what_amazon_describes(runtime):
    operation = runtime.operation_model("CountTokens")
    request = LOADED["bedrock_converse"].request(Ask(AskKind.COUNT_TOKENS, text="hi"), at_home(), "k")
    assert operation.http["requestUri"] == "/model/{modelId}/count-tokens"
    assert complaints(operation.input_shape, {"modelId": "m-1", **json.loads(request.body)}) == ""


def test_our_whole_answer_is_what_amazon_describes(runtime):
    answer, _ = WHOLE["bedrock_converse"]
    shape = runtime.operation_model("Converse").output_shape
    assert complaints(shape, answer) == ""
    assert set(CONVERSE_USAGE) <= set(shape.members["usage"].members)


def test_every_exception_of_the_stream_ends_in_exception(runtime):
    stream = runtime.operation_model("ConverseStream").output_shape.members["stream"]
    failures = {name for name, shape in stream.members.items() if shape.metadata.get("exception")}
    assert failures
    assert failures == {name for name in stream.members if name.endswith("Exception")}


def at_home(model_id="m-1", **more):
    return endpoint("bedrock_converse", "https://bedrock-runtime.us-west-2.amazonaws.com", model_id, **more)


def signature(secret, scope, canonical, at):
    """Return what AWS's definition of signature version 4 gives."""
    wanted = "\n".join(("AWS4-HMAC-SHA256", at, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    key = f"AWS4{secret}".encode()
    for piece in (*scope.split("/"), wanted):
        key = hmac.new(key, piece.encode(), hashlib.sha256).digest()
    return key.hex()


@pytest.mark.parametrize("key", [ACCESS_KEY, TEMPORARY])
def test_what_arrives_is_signed_as_amazon_defines_it(key):
    with answering(json.dumps(WHOLE["bedrock_converse"][0]).encode()) as server:
        ask = Ask(text="hi", stream=False, model_id="amazon.nova-pro-v1:0")
        found = asked("bedrock_converse", server, ask, key, region="eu-west-1")
    assert found.ok, found.detail
    method, path, headers, body = server.asked[0]
    assert path == "/model/amazon.nova-pro-v1%3A0/converse"
    sent = {name.lower(): value for name, value in headers.items()}
    credential, signed, told = (part.partition("=")[2] for part in sent["authorization"].split(" ", 1)[1].split(", "))
    scope = credential.split("/", 1)[1]
    assert scope.split("/")[1:] == ["eu-west-1", "bedrock", "aws4_request"]
    canonical = "\n".join(
        (
            method,
            path.replace("%", "%25"),  # of an encoded path the signature takes the encoding once more
            "",
            *(f"{name}:{sent[name]}" for name in signed.split(";")),
            "",
            signed,
            hashlib.sha256(body).hexdigest(),
        )
    )
    assert told == signature(SECRET, scope, canonical, sent["x-amz-date"])
    assert {"host", "x-amz-date"} <= set(signed.split(";"))
    assert ("x-amz-security-token" in sent) == (key is TEMPORARY)
    assert SECRET not in str(headers)


REGIONS = [
    (at_home(), "us-west-2"),
    (at_home(region="eu-west-1"), "us-west-2"),
    (endpoint("bedrock_converse", "https://gateway.example.org", region="eu-west-1"), "eu-west-1"),
]


@pytest.mark.parametrize(("at", "region"), REGIONS)
def test_the_region_is_that_of_the_host_else_of_the_endpoint(at, region):
    request = LOADED["bedrock_converse"].request(Ask(text="hi"), at, ACCESS_KEY)
    assert f"/{region}/bedrock/aws4_request" in dict(request.headers)["Authorization"]


def test_without_a_region_nothing_is_signed():
    with answering(b"") as server:
        found = asked("bedrock_converse", server, Ask(text="hi"), ACCESS_KEY)
        assert server.asked == []
    assert found.outcome == "unsupported"
    assert found.detail.endswith("wants a way to sign requests (a region in the endpoint's ref), has none")


@pytest.mark.parametrize(
    "key", ["ABSKQmVkcm9ja0FQSUtleS1leGFtcGxl", "bedrock-api-key-ZXhhbXBsZQ==", "AKIAIOSFODNN7EXAMPLE"]
)
def test_any_other_key_is_sent_as_it_is(key):
    request = LOADED["bedrock_converse"].request(Ask(text="hi"), at_home(), key)
    assert dict(request.headers)["Authorization"] == f"Bearer {key}"


WITHOUT_BOTOCORE = f"""
import sys
sys.modules["botocore"] = sys.modules["botocore.auth"] = None
from scorecards.exchanges import Ask
from tests.workers.canned import answering, asked
with answering(b"") as server:
    for key in ("ABSKexample", "{ACCESS_KEY}"):
        print(asked("bedrock_converse", server, Ask(text="hi"), key, region="eu-west-1").detail)
print(len(server.asked))
"""


def test_without_botocore_only_signed_requests_are_lacking():
    root = Path(__file__).parents[2]
    ran = subprocess.run([sys.executable, "-c", WITHOUT_BOTOCORE], capture_output=True, text=True, cwd=root, check=True)
    api_key, access_key, requests = ran.stdout.splitlines()
    assert api_key.startswith("wants JSON")
    assert access_key == ("bedrock_converse: wants a way to sign requests (pip install 'pellucid[aws]'), has none")
    assert requests == "1"

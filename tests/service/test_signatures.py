"""Signatures of webhooks, checked by the specification's vector and by other people's verifiers."""

import base64
import time

import pytest
import standardwebhooks
import svix.webhooks
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from service import signatures
from service.signatures import Keys, SignatureError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, AT_S, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}'
"""The specification's vector, which its libraries share."""


def keys_of(number: int) -> Keys:
    """Return keys that are the same in every process: they name tests."""
    seed = bytes([number]) * 32
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return Keys("whsec_" + base64.b64encode(seed).decode(), "whsk_" + base64.b64encode(seed + public).decode())


OLD, NEW, OTHER = map(keys_of, (1, 2, 3))
SENT = signatures.headers(ID, AT_S, BODY, [NEW, OLD])
OURS = [NEW.secret, OLD.secret, signatures.public_key(NEW.key), signatures.public_key(OLD.key)]


def test_the_vector_of_the_specification():
    signed = signatures.sign(ID, AT_S, BODY, [Keys(SECRET, signatures.new_key())])
    assert signed.split(" ")[0] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_ed25519_of_a_vector_of_rfc_8032():
    """Its section 7.1 gives the pair of keys; Ed25519 is deterministic, so there is only one right signature."""
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    key = "whsk_" + base64.b64encode(seed + public).decode()
    assert signatures.public_key(key) == "whpk_" + base64.b64encode(public).decode()
    by_hand = Ed25519PrivateKey.from_private_bytes(seed).sign(f"{ID}.{AT_S}.".encode() + BODY)
    assert signatures.sign(ID, AT_S, BODY, [Keys(SECRET, key)]).endswith(f" v1a,{base64.b64encode(by_hand).decode()}")


@pytest.mark.parametrize("verifier", [standardwebhooks.Webhook, svix.webhooks.Webhook])
@pytest.mark.parametrize("keys", [[OLD], [NEW, OLD], [OLD, NEW]])
def test_verifiers_of_others_accept_old_and_new_secrets(verifier, keys):
    body = '{"text":"größer, 更大"}'.encode()
    sent = signatures.headers("msg_1", int(time.time()), body, keys)
    for each in keys:
        verifier(each.secret).verify(body, sent)
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            verifier(each.secret).verify(body + b" ", sent)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        verifier(signatures.new_secret()).verify(body, sent)


@pytest.mark.parametrize("each", [OLD, NEW])
def test_a_library_accepts_v1a(each):
    """Seen through cryptography alone, as a receiver would that has read the specification and none of our code."""
    public = base64.b64decode(signatures.public_key(each.key).removeprefix("whpk_"))
    v1a = [one.removeprefix("v1a,") for one in SENT["webhook-signature"].split(" ") if one.startswith("v1a,")]
    signed = b".".join([SENT["webhook-id"].encode(), SENT["webhook-timestamp"].encode(), BODY])
    assert sum(_is_valid(public, base64.b64decode(one), signed) for one in v1a) == 1


def _is_valid(public, signature, signed):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize("ours", OURS)
def test_old_and_new_are_accepted_while_keys_change(ours):
    signatures.verify(SENT, BODY, ours, AT_S)
    signatures.verify({name.title(): value for name, value in SENT.items()}, BODY, ours, AT_S + 300)


@pytest.mark.parametrize("ours", OURS)
@pytest.mark.parametrize(
    ("change", "body", "now_s", "message"),
    [
        ({}, BODY + b" ", AT_S, "no matching signature"),
        ({"webhook-id": "msg_2"}, BODY, AT_S, "no matching signature"),
        ({"webhook-timestamp": str(AT_S + 1)}, BODY, AT_S, "no matching signature"),
        ({"webhook-signature": "v1,"}, BODY, AT_S, "no matching signature"),
        ({"webhook-signature": "v1,a,b v1a,! garbage v2,AAAA"}, BODY, AT_S, "no matching signature"),
        ({}, BODY, AT_S + 301, "too old: wants at most 300 s from now, has 301 s"),
        ({}, BODY, AT_S - 301, "too new: wants at most 300 s from now, has 301 s"),
        ({}, BODY, float("nan"), "wants at most 300 s"),
        ({"webhook-timestamp": "1614265330.0"}, BODY, AT_S, "wants whole seconds"),
        ({"webhook-timestamp": "9" * 13}, BODY, AT_S, "wants whole seconds"),
        ({"webhook-timestamp": "²"}, BODY, AT_S, "wants whole seconds"),
        ({"webhook-id": ""}, BODY, AT_S, "wants a header webhook-id, has none"),
        ({"webhook-timestamp": ""}, BODY, AT_S, "wants a header webhook-timestamp, has none"),
        ({"webhook-signature": ""}, BODY, AT_S, "wants a header webhook-signature, has none"),
    ],
)
def test_what_was_changed_is_old_or_is_missing_is_refused_and_said(ours, change, body, now_s, message):
    with pytest.raises(SignatureError, match=message):
        signatures.verify(SENT | change, body, ours, now_s)


@pytest.mark.parametrize("other", [OTHER.secret, signatures.public_key(OTHER.key)])
def test_another_secret_or_key_is_refused(other):
    with pytest.raises(SignatureError, match="no matching signature"):
        signatures.verify(SENT, BODY, other, AT_S)


@pytest.mark.parametrize("version", ["v1", "v1a"])
def test_a_signature_of_one_version_is_none_of_the_other(version):
    v1, v1a = signatures.sign(ID, AT_S, BODY, [NEW]).split(" ")
    swapped = f"v1a,{v1[3:]}" if version == "v1" else f"v1,{v1a[4:]}"
    ours = NEW.secret if version == "v1a" else signatures.public_key(NEW.key)
    with pytest.raises(SignatureError):
        signatures.verify(SENT | {"webhook-signature": swapped}, BODY, ours, AT_S)


texts = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.sampled_from([str(AT_S), "whsec_", "whpk_", "whpk_" + "A" * 43 + "=", *SENT.values(), *OURS]),
)


@given(
    st.dictionaries(st.one_of(st.sampled_from([*SENT, *map(str.upper, SENT)]), texts), texts),
    st.binary(),
    texts,
    st.floats() | st.just(float(AT_S)),
)
def test_whatever_comes_is_refused_and_breaks_nothing(change, body, ours, now_s):
    with pytest.raises(SignatureError):
        signatures.verify({"webhook-timestamp": str(AT_S)} | change, body + b"!", ours, now_s)


@given(st.text(st.characters(exclude_characters=".", codec="utf-8"), min_size=1), st.integers(0, 10**11), st.binary())
def test_what_is_signed_is_verified(message_id, at_s, body):
    sent = signatures.headers(message_id, at_s, body, [OLD])
    for ours in (OLD.secret, signatures.public_key(OLD.key)):
        signatures.verify(sent, body, ours, at_s)


def test_an_id_with_a_full_stop_is_never_signed():
    with pytest.raises(ValueError, match="full stop"):
        signatures.sign("msg.1", AT_S, BODY, [NEW])


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("hunter2", "has another beginning"),
        (OLD.key, "has another beginning"),
        ("whsec_hunter2!", "has other characters after whsec_"),
        ("whsec_aGVsbG8", "has other characters after whsec_"),
        ("whsec_größer", "has other characters after whsec_"),
        ("whsec_", "has 0 bytes"),
        ("whsec_" + base64.b64encode(bytes(23)).decode(), "has 23 bytes"),
        ("whsec_" + base64.b64encode(bytes(65)).decode(), "has 65 bytes"),
    ],
)
def test_a_secret_of_wrong_form_is_told_what_it_should_be_and_not_quoted(text, has):
    complaint = signatures.check_secret(text)
    assert complaint == f"wants whsec_ and 24 to 64 bytes in base64, {has}"
    assert "hunter2" not in complaint


@pytest.mark.parametrize("size", [24, 32, 64])
def test_a_secret_of_right_form_is_fine(size):
    assert signatures.check_secret("whsec_" + base64.b64encode(bytes(size)).decode()) is None


def test_new_secrets_and_keys_have_the_right_form_and_no_two_are_equal():
    assert signatures.check_secret(signatures.new_secret()) is None
    assert signatures.check_public_key(signatures.public_key(signatures.new_key())) is None
    assert signatures.new_secret() != signatures.new_secret()
    assert signatures.new_key() != signatures.new_key()


def test_keys_are_not_shown_by_accident():
    assert "wh" not in repr(NEW).lower()

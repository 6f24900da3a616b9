"""Signatures of webhooks after Standard Webhooks 1.0: v1 is HMAC-SHA256 with a secret, v1a is Ed25519 with a key."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from scorecards.errors import Expected

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
SECRET, KEY, PUBLIC_KEY = "whsec_", "whsk_", "whpk_"
"""What the texts of a secret (v1), a private and a public key (v1a) begin with; base64 follows.

The specification leaves open what a private key's bytes are; as in its authors' server, Svix, they are seed and public
key.
"""
MIN_SECRET_BYTES, NEW_SECRET_BYTES, MAX_SECRET_BYTES = 24, 32, 64
SEED_BYTES, PUBLIC_BYTES = 32, 32
MAX_TIMESTAMP_DIGITS = 12
TOLERANCE_S = 300


class SignatureError(Expected):
    """A message is not from who it should be, not of now, or not a signed one; says which."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What a message is signed with: a secret that the receiver shares and a key whose public half it knows."""

    secret: str = field(repr=False)
    key: str = field(repr=False)


def new_secret() -> str:
    """Return a new secret for v1."""
    return SECRET + _base64(secrets.token_bytes(NEW_SECRET_BYTES))


def new_key() -> str:
    """Return a new private key for v1a: the 32 bytes of the seed and the 32 bytes of the public key."""
    key = Ed25519PrivateKey.generate()
    return KEY + _base64(key.private_bytes_raw() + key.public_key().public_bytes_raw())


def public_key(key: str) -> str:
    """Return the public key of a private one, as receivers are told it."""
    return PUBLIC_KEY + _base64(_private(key).public_key().public_bytes_raw())


def check_secret(text: str) -> str | None:
    """Return what a secret should be and what this one is, without quoting it; None when nothing is wrong with it."""
    return _complaint(text, SECRET, MIN_SECRET_BYTES, MAX_SECRET_BYTES)


def check_public_key(text: str) -> str | None:
    """Return what a public key should be and what this one is; None when nothing is wrong with it."""
    return _complaint(text, PUBLIC_KEY, PUBLIC_BYTES, PUBLIC_BYTES)


def check_verifier(text: str) -> str | None:
    """Return what is wrong with what `verify` is given, a secret or a public key; None = nothing."""
    return check_public_key(text) if text.startswith(PUBLIC_KEY) else check_secret(text)


def sign(message_id: str, timestamp_s: int, body: bytes, keys: Sequence[Keys]) -> str:
    """Return the value of `webhook-signature`: v1 and v1a of each of `keys`, more than one while keys change.

    Raises:
        ValueError: the id has a full stop, by which another id, time and body could have the same signature.
    """
    if "." in message_id:
        raise ValueError(f"wants an id without a full stop, has {message_id!r}")
    signed = _signed(message_id, str(timestamp_s), body)
    return " ".join(one for each in keys for one in (_v1(each.secret, signed), _v1a(each.key, signed)))


def headers(message_id: str, timestamp_s: int, body: bytes, keys: Sequence[Keys]) -> dict[str, str]:
    """Return the three headers of a message; `timestamp_s` is the time of this attempt, in seconds since 1970."""
    signature = sign(message_id, timestamp_s, body, keys)
    return {ID: message_id, TIMESTAMP: str(timestamp_s), SIGNATURE: signature}


def verify(
    headers: Mapping[str, str], body: bytes, secret_or_public_key: str, now_s: float, tolerance_s: int = TOLERANCE_S
) -> None:
    """Return if the message was signed by who knows the secret, or the private half of the public key, a moment ago.

    Names of headers may be in any case. Whatever is sent, nothing else is raised.

    Raises:
        SignatureError: a header is missing, the time is too far from `now_s`, or no signature matches.
    """
    has = {name.lower(): value for name, value in headers.items()}
    for name in (ID, TIMESTAMP, SIGNATURE):
        if not has.get(name):
            raise SignatureError(f"wants a header {name}, has none")
    _check_time(has[TIMESTAMP], now_s, tolerance_s)
    version, matches = _verifier(secret_or_public_key)
    signatures = [one.partition(",") for one in has[SIGNATURE].split(" ")]
    signed = _signed(has[ID], has[TIMESTAMP], body)
    if not any(name == version and matches(_bytes(text), signed) for name, _, text in signatures):
        wants = f"wants one {version} made with this secret or key over these bytes"
        raise SignatureError(f"no matching signature: {wants}, has {len(signatures)} that are not")


def _check_time(text: str, now_s: float, tolerance_s: int) -> None:
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_TIMESTAMP_DIGITS):
        raise SignatureError(f"{TIMESTAMP}: wants whole seconds since 1970, has something else")
    age_s = now_s - int(text)
    if not abs(age_s) <= tolerance_s:
        way = "old" if age_s > 0 else "new"
        raise SignatureError(f"{TIMESTAMP} too {way}: wants at most {tolerance_s} s from now, has {abs(age_s):.0f} s")


def _verifier(text: str) -> tuple[str, Callable[[bytes | None, bytes], bool]]:
    """Return the version of signatures that a secret or public key is for, and what tells whether one matches."""
    if complaint := check_verifier(text):
        raise SignatureError(f"the secret or public key {complaint}")
    if text.startswith(PUBLIC_KEY):
        return "v1a", lambda signature, signed: _is_of(_decoded(text, PUBLIC_KEY), signature, signed)
    return "v1", lambda signature, signed: hmac.compare_digest(_mac(text, signed), signature or b"")


def _is_of(public: bytes, signature: bytes | None, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature or b"", signed)
    except InvalidSignature:
        return False
    return True


def _v1(secret: str, signed: bytes) -> str:
    return f"v1,{_base64(_mac(secret, signed))}"


def _v1a(key: str, signed: bytes) -> str:
    return f"v1a,{_base64(_private(key).sign(signed))}"


def _mac(secret: str, signed: bytes) -> bytes:
    return hmac.digest(_decoded(secret, SECRET), signed, hashlib.sha256)


def _private(key: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_decoded(key, KEY)[:SEED_BYTES])


def _signed(message_id: str, timestamp: str, body: bytes) -> bytes:
    return f"{message_id}.{timestamp}.".encode("utf-8", "surrogatepass") + body


def _complaint(text: str, prefix: str, least: int, most: int) -> str | None:
    size = f"{least}" if least == most else f"{least} to {most}"
    wants = f"wants {prefix} and {size} bytes in base64"
    if not text.startswith(prefix):
        return f"{wants}, has another beginning"
    raw = _bytes(text.removeprefix(prefix))
    if raw is None:
        return f"{wants}, has other characters after {prefix}"
    return None if least <= len(raw) <= most else f"{wants}, has {len(raw)} bytes"


def _decoded(text: str, prefix: str) -> bytes:
    return base64.b64decode(text.removeprefix(prefix), validate=True)


def _bytes(text: str) -> bytes | None:
    """Return what base64 stands for; None when it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()

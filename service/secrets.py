"""The master key of this instance and what is derived from it: encryption at rest and the signature of cards."""

import base64
import os
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from service.config import ConfigError, Settings

MASTER_KEY_FILE = "master-key"


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read; it never exists with wider rights, not for an instant."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text + "\n")


def master_key(settings: Settings) -> bytes:
    """Return the master key: the setting's, else the data folder's file, made if missing.

    Raises:
        ConfigError: the key has not the form of one.
    """
    path = settings.data_dir / MASTER_KEY_FILE
    if settings.master_key is None and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_secret(path, Fernet.generate_key().decode())
    text = settings.master_key or path.read_text(encoding="utf-8").strip()
    try:
        Fernet(text)
    except ValueError:
        raise ConfigError(
            f"PELLUCID_MASTER_KEY or {path.name}: wants 32 bytes as URL-safe base64, has {len(text)} other characters"
        ) from None
    return base64.urlsafe_b64decode(text)


def signing_key(master: bytes) -> Ed25519PrivateKey:
    """Return the key that signs cards, derived from the master key: one secret to keep, one to back up."""
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"pellucid card signature v1").derive(master)
    return Ed25519PrivateKey.from_private_bytes(seed)


def sign(key: Ed25519PrivateKey, body: bytes) -> str:
    """Return the Ed25519 signature of a card's canonical bytes, base64."""
    return base64.b64encode(key.sign(body)).decode()


def public_text(key: Ed25519PublicKey) -> str:
    """Return the public key as base64 of its 32 bytes."""
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def vault(master: bytes) -> Fernet:
    """Return what encrypts secrets at rest, by a key derived from the master key."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"pellucid secrets at rest v1").derive(master)
    return Fernet(base64.urlsafe_b64encode(key))

"""Reads the header of a GGUF weights file from its first bytes.

Why not the `gguf` package: it pulls in numpy and memory-maps whole files; here it is only the oracle of a test.
Source of the format and of the tables: ggml-org/ggml docs/gguf.md and ggml-org/llama.cpp gguf-py/gguf/constants.py.
"""

import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

MAX_KEYS = 4_096
MAX_TENSORS = 65_536
MAX_NAME_BYTES = 65_535
MAX_DIMENSIONS = 4
MAX_ARRAY_DEPTH = 2
KEPT_ITEMS = 64
"""Arrays of more items than this (vocabularies, merges) are kept as a count."""

Scalar = str | int | float | bool
T = TypeVar("T")
VERSIONS = (2, 3)
STRING, ARRAY = 8, 9
SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
"""Format of each fixed-size value type, in `struct`'s letters."""

TENSOR_TYPES = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 40), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17), 40: ("NVFP4", 64, 36), 41: ("Q1_0", 128, 18),
}  # fmt: skip
"""Name, weights per block and bytes per block of each tensor type."""


class GgufError(ValueError):
    """These bytes are not the header of a GGUF file; the message says what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class Array:
    """An array of the metadata.

    Attributes:
        element: Type number of the items.
        items: The items of a short array of scalars or strings; None for all others.
    """

    element: int
    count: int
    items: tuple[Scalar, ...] | None = None


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor's entry."""

    name: str
    shape: tuple[int, ...]
    type_id: int

    @property
    def count(self) -> int:
        """Weights in the tensor."""
        return math.prod(self.shape)

    @property
    def type_name(self) -> str:
        """Name of its type, or `type 77` for one that this table does not know."""
        return TENSOR_TYPES[self.type_id][0] if self.type_id in TENSOR_TYPES else f"type {self.type_id}"

    @property
    def data_bytes(self) -> int | None:
        """Bytes its data fills at least; None when the type is not known."""
        if self.type_id not in TENSOR_TYPES:
            return None
        _, block, block_bytes = TENSOR_TYPES[self.type_id]
        return -(-self.count // block) * block_bytes


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """Everything before the tensor data.

    Attributes:
        header_bytes: Where the header ends; padding and the tensor data follow.
    """

    version: int
    metadata: Mapping[str, Scalar | Array]
    tensors: tuple[Tensor, ...]
    header_bytes: int

    @property
    def parameter_count(self) -> int:
        """Sum of the weights of all tensors of this file."""
        return sum(tensor.count for tensor in self.tensors)

    @property
    def least_file_bytes(self) -> int | None:
        """Bytes the whole file must have to hold what the header promises; None when a tensor type is not known."""
        sizes = [tensor.data_bytes for tensor in self.tensors]
        known = [size for size in sizes if size is not None]
        return self.header_bytes + sum(known) if len(known) == len(sizes) else None


class _Cursor:
    """Reads one value after the other and never beyond the end: work and memory stay linear in the bytes at hand."""

    def __init__(self, head: bytes) -> None:
        self.head = head
        self.at = 0

    def skip(self, length: int, what: str) -> int:
        """Move past `length` bytes and return where they start."""
        start, wanted = self.at, self.at + length
        if wanted > len(self.head):
            raise GgufError(f"truncated in {what}: wants at least {wanted} bytes, has {len(self.head)}")
        self.at = wanted
        return start

    def skip_texts(self, count: int, what: str) -> None:
        """Move past `count` texts; a loop of its own because a vocabulary has a quarter of a million."""
        length_at, at = struct.Struct("<Q").unpack_from, self.at
        last = len(self.head) - 8
        for _ in range(count):
            if at > last:
                raise GgufError(f"truncated in {what}: wants at least {at + 8} bytes, has {len(self.head)}")
            at += 8 + length_at(self.head, at)[0]
        self.skip(at - self.at, what)

    def number(self, form: str, what: str) -> int | float | bool:
        start = self.skip(struct.calcsize("<" + form), what)
        value: int | float | bool = struct.unpack_from("<" + form, self.head, start)[0]
        return value

    def integer(self, form: str, what: str, most: int | None = None) -> int:
        value = int(self.number(form, what))
        if most is not None and value > most:
            raise GgufError(f"{what}: wants at most {most}, found {value}")
        return value

    def text(self, what: str, most: int | None = None) -> str:
        length = self.integer("Q", f"length of {what}", most)
        start = self.skip(length, what)
        try:
            return self.head[start : self.at].decode()
        except UnicodeDecodeError as error:
            raise GgufError(f"{what}: wants UTF-8, found byte 0x{self.head[start + error.start]:02x}") from error


def parse(head: bytes) -> GgufHeader:
    """Return the header that `head`, the first bytes of a GGUF file, begins with.

    Raises:
        GgufError: bad magic or version, truncated (says how many bytes it wants at least), an absurd count,
            an unknown value type, arrays nested too deep, a key or tensor that stands twice.
    """
    cursor = _Cursor(head)
    version = _version(cursor)
    tensor_count = cursor.integer("Q", "number of tensors", MAX_TENSORS)
    key_count = cursor.integer("Q", "number of metadata keys", MAX_KEYS)
    metadata = _named(cursor, key_count, "metadata key", _value)
    tensors = _named(cursor, tensor_count, "tensor", _tensor)
    return GgufHeader(version, metadata, tuple(tensors.values()), cursor.at)


def _version(cursor: _Cursor) -> int:
    magic = cursor.head[cursor.skip(4, "magic") : cursor.at]
    if magic != b"GGUF":
        raise GgufError(f"magic: wants b'GGUF', found {magic!r}")
    version = cursor.integer("I", "version")
    if version not in VERSIONS:
        raise GgufError(f"version: wants 2 or 3 (little-endian), found {version}")
    return version


def _named(cursor: _Cursor, count: int, what: str, read: Callable[[_Cursor, str], T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for _ in range(count):
        name = cursor.text(f"name of {what}", MAX_NAME_BYTES)
        if name in found:
            raise GgufError(f"{what} {_short(name)}: stands twice")
        found[name] = read(cursor, name)
    return found


def _tensor(cursor: _Cursor, name: str) -> Tensor:
    what = f"tensor {_short(name)}"
    dimensions = cursor.integer("I", f"dimensions of {what}", MAX_DIMENSIONS)
    shape = tuple(cursor.integer("Q", f"shape of {what}") for _ in range(dimensions))
    type_id = cursor.integer("I", f"type of {what}")
    cursor.integer("Q", f"offset of {what}")
    return Tensor(name, shape, type_id)


def _value(cursor: _Cursor, key: str) -> Scalar | Array:
    what = _short(key)
    kind = cursor.integer("I", f"type of {what}")
    return _array(cursor, what, 1) if kind == ARRAY else _scalar(cursor, kind, what)


def _scalar(cursor: _Cursor, kind: int, what: str) -> Scalar:
    return cursor.text(what) if kind == STRING else cursor.number(_form(kind, what), what)


def _form(kind: int, what: str) -> str:
    if kind not in SCALARS:
        raise GgufError(f"{what}: wants a value type of 0..12, found {kind}")
    return SCALARS[kind]


def _array(cursor: _Cursor, what: str, depth: int) -> Array:
    """Read an array. Each item takes at least a byte of `head`, so an absurd count ends as truncated."""
    if depth > MAX_ARRAY_DEPTH:
        raise GgufError(f"{what}: wants arrays at most {MAX_ARRAY_DEPTH} deep, found more")
    element = cursor.integer("I", f"item type of {what}")
    count = cursor.integer("Q", f"length of {what}")
    if element == ARRAY:
        for _ in range(count):
            _array(cursor, what, depth + 1)
        return Array(element, count)
    if depth == 1 and count <= KEPT_ITEMS:
        return Array(element, count, tuple(_scalar(cursor, element, what) for _ in range(count)))
    _skip_items(cursor, element, count, what)
    return Array(element, count)


def _skip_items(cursor: _Cursor, element: int, count: int, what: str) -> None:
    if element == STRING:
        cursor.skip_texts(count, what)
    else:
        cursor.skip(count * struct.calcsize("<" + _form(element, what)), what)


def _short(name: str) -> str:
    """Return a name fit for a one-line message, whatever the file put in it."""
    return repr(name if len(name) <= 80 else name[:77] + "...")  # noqa: PLR2004  # a line's width

"""Reads the header of a safetensors weights file from its first bytes.

Why not the `safetensors` package: it is compiled and opens whole files; here it is only the oracle of a test.
Source of the format and of the types: huggingface/safetensors, README.md and safetensors/src/tensor.rs.
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scorecards.transparency import json_text
from scorecards.transparency.json_text import JsonTextError

MAX_HEADER_BYTES = 32 * 2**20
"""A model of 163 files with 92,000 tensors in all needs 0.1 MB for each; one file of all of them 12 MB."""
MAX_TENSORS = 200_000
MAX_DIMENSIONS = 8
METADATA = "__metadata__"
BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "U16": 16, "I16": 16, "F16": 16,
    "BF16": 16, "U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64, "C64": 64, "F4": 4, "F6_E2M3": 6,
    "F6_E3M2": 6,
}  # fmt: skip
"""Bits of one element of each type."""


class SafetensorsError(ValueError):
    """These bytes are not the header of a safetensors file; the message says what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor's entry; its data ends `end` bytes behind the header."""

    type_name: str
    shape: tuple[int, ...]
    end: int

    @property
    def count(self) -> int:
        """Elements in the tensor."""
        return math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class SafetensorsHeader:
    """Everything before the tensor data.

    Attributes:
        header_bytes: Where the header ends and the data begins.
    """

    tensors: Mapping[str, Tensor]
    header_bytes: int

    @property
    def parameter_count(self) -> int:
        """Sum of the elements of all tensors of this file."""
        return sum(one.count for one in self.tensors.values())

    @property
    def least_file_bytes(self) -> int:
        """Bytes the whole file must have to hold what the header promises."""
        return self.header_bytes + max((one.end for one in self.tensors.values()), default=0)


def header_bytes(head: bytes) -> int:
    """Return where the header ends.

    Raises:
        SafetensorsError: too short to tell, or no length that a header has.
    """
    if len(head) < 8:  # noqa: PLR2004 - the length is a 64-bit number
        raise SafetensorsError(f"truncated in its length: wants at least 8 bytes, has {len(head)}")
    (length,) = struct.unpack_from("<Q", head)
    if not 2 <= length <= MAX_HEADER_BYTES:  # noqa: PLR2004 - the shortest is {}
        raise SafetensorsError(f"header: wants 2 to {MAX_HEADER_BYTES} bytes, found {length}")
    return 8 + int(length)


def parse(head: bytes) -> SafetensorsHeader:
    """Return the header that `head`, the first bytes of a safetensors file, begins with.

    Raises:
        SafetensorsError: truncated, no JSON object, an unknown type, a shape that does not fit its data, or data that
            overlap or leave a hole.
    """
    end = header_bytes(head)
    if end > len(head):
        raise SafetensorsError(f"truncated in the header: wants at least {end} bytes, has {len(head)}")
    try:
        entries = json_text.parse(head[8:end].rstrip(b" ")).value
    except JsonTextError as error:
        raise SafetensorsError(f"header: {error}") from error
    if not isinstance(entries, dict) or len(entries) > MAX_TENSORS:
        raise SafetensorsError(f"header: wants an object of at most {MAX_TENSORS} tensors, found something else")
    places = {name: _offsets(name, entry) for name, entry in entries.items() if name != METADATA}
    _check_contiguous(places)
    return SafetensorsHeader({name: _tensor(name, entries[name], places[name]) for name in places}, end)


def _offsets(name: str, entry: Any) -> tuple[int, int]:  # noqa: ANN401 - as parsed
    offsets = _counts(entry.get("data_offsets")) if isinstance(entry, dict) else None
    if offsets is None or len(offsets) != 2 or offsets[0] > offsets[1]:  # noqa: PLR2004 - begin and end
        raise SafetensorsError(f"{_short(name)}: wants data_offsets of begin and end, found something else")
    return offsets[0], offsets[1]


def _check_contiguous(places: Mapping[str, tuple[int, int]]) -> None:
    at = 0
    for start, end in sorted(places.values()):
        if start != at:
            raise SafetensorsError(f"data: wants each tensor to begin where one ends, found a gap or overlap at {at}")
        at = end


def _tensor(name: str, entry: Mapping[str, Any], place: tuple[int, int]) -> Tensor:
    kind, shape = entry.get("dtype"), _counts(entry.get("shape"))
    if kind not in BITS:
        raise SafetensorsError(f"{_short(name)}: wants a type that is known, found {_short(str(kind))}")
    if shape is None or len(shape) > MAX_DIMENSIONS:
        raise SafetensorsError(f"{_short(name)}: wants a shape of at most {MAX_DIMENSIONS} numbers, found another")
    one = Tensor(str(kind), shape, place[1])
    if one.count * BITS[one.type_name] != 8 * (place[1] - place[0]):
        raise SafetensorsError(f"{_short(name)}: wants data as long as its shape says, found {place[1] - place[0]}")
    return one


def _counts(value: object) -> tuple[int, ...] | None:
    """Return a list of whole numbers of at least 0; None for anything else."""
    if not isinstance(value, list) or not all(type(one) is int and 0 <= one < 2**63 for one in value):
        return None
    return tuple(value)


def _short(name: str) -> str:
    """Return a name fit for a one-line message, whatever the file put in it."""
    return repr(name if len(name) <= 80 else name[:77] + "...")  # noqa: PLR2004 - a line's width

"""Whether an image is seen: two squares, whose colours have to be named."""

import base64
import struct
import zlib
from collections.abc import Sequence
from decimal import Decimal

from scorecards.exchanges import Ask, Exchange
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded, reached
from scorecards.target import Target

COLOURS = {"red": (255, 0, 0), "blue": (0, 0, 255)}
SIZE = 64
PROMPT = "Which colour does this image have? Answer with one word."


def _plan(target: Target) -> Sequence[Ask]:
    return [
        Ask(
            text=PROMPT,
            max_output_tokens=16,
            stream=False,
            temperature=target.temperature,
            image_png=square(rgb),
            role=name,
        )
        for name, rgb in COLOURS.items()
    ]


def square(rgb: tuple[int, int, int]) -> str:
    """Return a square of one colour as a PNG in base64."""
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes(rgb) * SIZE) * SIZE
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*one) for one in chunks)).decode()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _read(_target: Target, heard: Heard) -> Result:
    return graded(heard, lambda one: _vote(one, heard))


def _vote(one: Exchange, heard: Heard) -> Vote:
    colour = one.ask.role.rpartition("/")[2]
    if colour in one.text.lower():
        return Grade.PASS, "the colours are named"
    if reached(one, heard) is True:
        return Grade.PARTIAL, f"the image is counted as input, and {colour} is called {one.text[:40]!r}"
    return Grade.IGNORED, f"an image is taken and not seen: {colour} is called {one.text[:40]!r}"


CONFORMANCE = Conformance(
    name="vision",
    question="Does the model see an image?",
    dimension="wire",
    weight=Decimal(1),
    plan=_plan,
    read=_read,
)

"""The text of a PDF, got by a child process that may use only so much memory and time.

pypdf reads what anybody may have written: a few kilobytes can unfold to gigabytes, or never end. Run as
`python -m workers.pdf BYTES SECONDS`, this module is that child: a PDF on stdin, its text on stdout.
"""

import io
import logging
import os
import resource
import subprocess
import sys
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.errors import PyPdfError

MAX_MEMORY_BYTES = 768 * 1024 * 1024
MAX_CPU_S = 30
MAX_WALL_S = 45
MAX_TEXT_BYTES = 5 * 1024 * 1024
MAX_PAGES = 2_000
REFUSED = 3
"""Exit code of a child that says on stderr what is wrong with the document."""


class PdfError(ValueError):
    """There is no text to be had; the message says what was wanted and what was found."""


def text_of(content: bytes) -> bytes:
    """Return the text of a PDF in UTF-8, its pages one after the other, a blank line between.

    Raises:
        PdfError: broken, encrypted, without text (scanned pages), or more than the child's memory, time or output.
    """
    command = [sys.executable, "-m", "workers.pdf", str(MAX_MEMORY_BYTES), str(MAX_CPU_S)]
    env = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        # Without our environment: whoever takes the child over finds no keys in it.
        done = subprocess.run(  # noqa: S603 - ourselves
            command, input=content, env=env, capture_output=True, timeout=MAX_WALL_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise PdfError(f"PDF: wants to be read within {MAX_WALL_S} s, took longer") from error
    if done.returncode == REFUSED:
        raise PdfError(f"PDF: {done.stderr.decode(errors='replace').strip()[-200:]}")
    if done.returncode != 0:
        wanted = f"at most {MAX_MEMORY_BYTES >> 20} MiB of memory and {MAX_CPU_S} s of processor time"
        raise PdfError(f"PDF: wants to be read with {wanted}, took more or broke its reader ({done.returncode})")
    return done.stdout


def main(memory_bytes: int, cpu_s: int) -> int:
    """Be the child, with no more memory and processor time than this; return its exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    logging.disable(logging.CRITICAL)
    try:
        text = "\n\n".join(_pages(sys.stdin.buffer.read()))
    except (PyPdfError, PdfError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # pypdf trusts a file's structure in many places: a broken one ends in any of these.
        sys.stderr.write(str(error) if isinstance(error, PdfError) else f"wants a PDF, found a broken one ({error!r})")
        return REFUSED
    sys.stdout.buffer.write(text.encode(errors="replace"))
    return 0


def _pages(content: bytes) -> Iterator[str]:
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise PdfError("wants one that opens without a password, found one that does not")
    size = 0
    for page in reader.pages[:MAX_PAGES]:
        text = page.extract_text().replace("\x00", "").strip()
        size += len(text.encode(errors="replace"))
        if size > MAX_TEXT_BYTES:
            raise PdfError(f"wants at most {MAX_TEXT_BYTES} bytes of text, found more")
        if text:
            yield text
    if not size:
        raise PdfError(f"wants text, found {len(reader.pages)} pages without any (scanned?)")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

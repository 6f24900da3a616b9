"""Where the body of an answer begins and ends: by chunks, by its length, or by the end of the connection."""

import re
from http.client import HTTPException, HTTPResponse, IncompleteRead, LineTooLong  # noqa: TID251 - part of workers.http
from typing import Any

READ_BYTES = 65536
MAX_LINE_BYTES = 8192
SIZE = re.compile(rb"([0-9a-fA-F]{1,12})[ \t]*(;.*)?", re.DOTALL)


class Answer(HTTPResponse):
    """http.client's answer, its body cut out of whole reads: http.client reads each chunk in five steps, in Python.

    It tells the call of its socket that it is there.
    """

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - http.client's own arguments
        super().__init__(sock, *args, **kwargs)
        sock.call.answer = self
        self._left_bytes = 0
        self._rest = b""
        self._read_line = self._size

    def read1(self, n: int = READ_BYTES) -> bytes:
        """Return what one read brings of the body, or a few where one brings only framing; b"" at its end.

        Raises:
            IncompleteRead: the connection ended before the body.
            LineTooLong: of the lines between chunks.
        HTTPException: what should be chunks is none.
        """
        content = b""
        while not content and self.fp is not None:
            content = self._chunks(n) if self.chunked else self._plain(n)
        return content

    def _plain(self, n: int) -> bytes:
        if self.length is None:
            content = self.fp.read1(n)
            if not content:
                self.close()
            return content
        content = _some(self.fp.read1(min(n, self.length))) if self.length else b""
        self.length -= len(content)
        if not self.length:
            self.close()
        return content

    def _chunks(self, n: int) -> bytes:
        rest, contents = self._rest + _some(self.fp.read1(n)), []
        while rest and self.fp is not None:
            if self._left_bytes:
                contents.append(rest[: self._left_bytes])
                rest = rest[self._left_bytes :]
                self._left_bytes -= len(contents[-1])
                continue
            line, end, after = rest.partition(b"\n")
            if len(line) > MAX_LINE_BYTES:
                raise LineTooLong("chunk")
            if not end:
                break
            self._read_line(line.removesuffix(b"\r"))
            rest = after
        self._rest = rest
        return b"".join(contents)

    def _size(self, line: bytes) -> None:
        found = SIZE.fullmatch(line)
        if not found:
            raise HTTPException(f"wants the size of a chunk, has {line[:40]!r}")
        self._left_bytes = int(found[1], 16)
        self._read_line = self._blank if self._left_bytes else self._trailer

    def _blank(self, line: bytes) -> None:
        if line:
            raise HTTPException(f"wants the end of a chunk, has {line[:40]!r}")
        self._read_line = self._size

    def _trailer(self, line: bytes) -> None:
        if not line:
            self.close()


def _some(content: bytes) -> bytes:
    if not content:
        raise IncompleteRead(b"")
    return content

"""A model server of known timing, for measuring our own error: `python -m workers.known_stream`.

A process of its own, because threads of ours would wait for it and it for them. It listens on loopback only, prints its
base URL, and ends when its standard input does, which is when whoever started it has gone.

Every word it says is two instants of `time.monotonic_ns`, which is one clock for all processes of a machine: when it
had read the whole request, and when it handed this word to the kernel.
"""

import json
import os
import re
import socket
import sys
import threading
import time

FIRST_S = 0.03
GAP_S = 0.004
WORDS = 8
READ_BYTES = 65536
MAX_REQUEST_BYTES = 1024 * 1024
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
END = (
    {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": WORDS, "total_tokens": 1 + WORDS}},
)


def main() -> None:
    """Serve until standard input ends."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        threading.Thread(target=_accept, args=(listener,), daemon=True).start()
        print(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", flush=True)  # noqa: T201 - read by who started it
        sys.stdin.read()
        os._exit(0)  # without waiting for threads that wait for requests


def _accept(listener: socket.socket) -> None:
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_serve, args=(connection,), daemon=True).start()


def _serve(connection: socket.socket) -> None:
    """Answer every request of a connection with the same stream."""
    data = b""
    with connection:
        while len(data) < MAX_REQUEST_BYTES and (piece := connection.recv(READ_BYTES)):
            read_ns = time.monotonic_ns()
            data += piece
            if _is_whole(data):
                data = b""
                _answer(connection, read_ns)


def _is_whole(data: bytes) -> bool:
    head, blank, body = data.partition(b"\r\n\r\n")
    length = CONTENT_LENGTH.search(head)
    return bool(blank) and len(body) >= int(length[1] if length else 0)


def _answer(connection: socket.socket, read_ns: int) -> None:
    connection.sendall(HEAD)
    for number in range(WORDS):
        due_ns = read_ns + int((FIRST_S + number * GAP_S) * 1e9)
        time.sleep(max(0, due_ns - time.monotonic_ns()) / 1e9)
        word = {"content": f"{read_ns} {time.monotonic_ns()} "}
        connection.sendall(_chunk({"choices": [{"index": 0, "delta": word, "finish_reason": None}]}))
    connection.sendall(b"".join(_chunk(one) for one in END) + _framed(b"data: [DONE]\n\n") + b"0\r\n\r\n")


def _chunk(event: object) -> bytes:
    return _framed(b"data: " + json.dumps(event).encode() + b"\n\n")


def _framed(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


if __name__ == "__main__":
    main()

"""A receiver of webhooks in a process of its own, as quick as one thread can be: prints its port, then serves.

What it does stands in the path: `/ok/…` answers 204, `/bad/…` 500, `/reset/…` hangs up, `/hang/…` never answers. A GET
returns what came to `/ok/…` since the last one, as [path, id, time in ns since 1970].
"""

import asyncio
import json
import re
import socket
import struct
import time

LENGTH, ID = re.compile(rb"content-length: *(\d+)", re.IGNORECASE), re.compile(rb"webhook-id: *(\S+)", re.IGNORECASE)
ANSWERS = {b"ok": b"HTTP/1.1 204 No Content\r\n\r\n", b"bad": b"HTTP/1.1 500 So\r\nContent-Length: 0\r\n\r\n"}
GOT = []


class Receiver(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport):
        self.transport, self.held = transport, b""
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data):
        self.held += data
        while (end := self.held.find(b"\r\n\r\n")) >= 0:
            head = self.held[:end]
            length = LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self.held) < whole:
                return
            self.held = self.held[whole:]
            self.answer(head)

    def answer(self, head):
        path = head.split(b" ", 2)[1]
        kind = path.split(b"/")[1]
        if head.startswith(b"GET"):
            body = json.dumps(GOT).encode()
            GOT.clear()
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        elif kind in ANSWERS:
            found = ID.search(head)
            if kind == b"ok":
                GOT.append((path.decode(), found[1].decode() if found else "", time.time_ns()))
            self.transport.write(ANSWERS[kind])
        elif kind == b"reset":
            sock = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()


async def main():
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())

"""A TCP port before a PostgreSQL server, which can be far away or swallow what is sent.

`python -m tests.postgres_proxy URL SECONDS` runs one with a round trip of that length in a process of its own, until
its standard input ends; its first line is the address to use in place of URL.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


class Proxy:
    """Passes on what is sent after half of `round_trip` seconds; nothing while `silent`. `messages` counts what clients
    sent."""

    def __init__(self, socket: Path, round_trip: float) -> None:
        self._socket = socket
        self.round_trip = round_trip
        self.silent = False
        self.messages = 0
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_unix_connection(str(self._socket))
        self._writers += [writer, up_writer]
        await asyncio.gather(self._pass_on(reader, up_writer, count=True), self._pass_on(up_reader, writer))

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, count: bool = False
    ) -> None:
        loop = asyncio.get_running_loop()
        try:
            while data := await reader.read(65536):
                self.messages += count
                if not self.silent:
                    loop.call_later(self.round_trip / 2, writer.write, data)  # in order, and the next is read meanwhile
        except ConnectionError:
            pass
        loop.call_later(self.round_trip / 2, writer.close)

    def close(self) -> None:
        for writer in self._writers:
            writer.close()


@asynccontextmanager
async def proxied(url: str, round_trip: float = 0) -> AsyncIterator[tuple[str, Proxy]]:
    """The address of a proxy to the server at an address with a Unix socket."""
    parts = urlsplit(url)
    (folder,) = parse_qs(parts.query)["host"]
    proxy = Proxy(Path(folder) / ".s.PGSQL.5432", round_trip)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    try:
        port = server.sockets[0].getsockname()[1]
        yield f"postgresql://postgres@127.0.0.1:{port}{parts.path}", proxy
    finally:
        proxy.close()
        server.close()


async def main() -> None:
    async with proxied(sys.argv[1], float(sys.argv[2])) as (url, _):
        print(url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())

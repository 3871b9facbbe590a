"""One address for pages and websocket, as nginx gives it in production.

With workers Odoo serves the websocket from a process and port of its own. A browser
opens a connection of its own for it, so looking at the first line of a connection is
enough to know where it goes.
"""

import asyncio
import threading

CHUNK_BYTES = 65536


class Front:
    """Forwards connections on ``port`` in a thread; ``/websocket`` to the evented process."""

    def __init__(self, port, http_port, gevent_port):
        self.port, self.http_port, self.gevent_port = port, http_port, gevent_port
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError(f"cannot listen on port {self.port}")
        return self

    def __exit__(self, *_exception):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self):
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", self.port))
        self._ready.set()
        self._loop.run_forever()
        server.close()
        # Browsers keep connections open; theirs end here, while there is a loop to end them in.
        open_ones = asyncio.all_tasks(self._loop)
        for task in open_ones:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*open_ones, return_exceptions=True))
        self._loop.close()

    async def _serve(self, reader, writer):
        try:
            head = await reader.readline()
            port = self.gevent_port if b" /websocket" in head else self.http_port
            upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        upstream_writer.write(head)
        await asyncio.gather(_pump(reader, upstream_writer), _pump(upstream_reader, writer))


async def _pump(reader, writer):
    try:
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass  # the other side has gone, which is how connections end
    finally:
        writer.close()

"""A cable that can be pulled: passes TCP on to a port until it is cut."""

import contextlib
import selectors
import socket
import threading


class Relay:
    """``with Relay(port) as relay``: ``relay.url`` leads to ``port`` of this machine."""

    def __init__(self, target):
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._whole = True
        self._links = set()
        self._lock = threading.Lock()

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.cut()
        self._listener.close()

    def cut(self):
        """Pull the cable: what is connected ends, what comes is not answered."""
        with self._lock:
            self._whole = False
            for link in self._links:
                with contextlib.suppress(OSError):
                    link.shutdown(socket.SHUT_RDWR)

    def mend(self):
        """Plug it in again."""
        with self._lock:
            self._whole = True

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                link, _address = self._listener.accept()
                threading.Thread(target=self._pass, args=(link,), daemon=True).start()

    def _pass(self, link):
        with link, contextlib.suppress(OSError):
            if not self._whole:
                return
            with socket.create_connection(("127.0.0.1", self._target)) as other:
                for end in (link, other):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._lock:
                    self._links |= {link, other}
                try:
                    self._pump(link, other)
                finally:
                    with self._lock:
                        self._links -= {link, other}

    @staticmethod
    def _pump(link, other):
        with selectors.DefaultSelector() as ready:
            ready.register(link, selectors.EVENT_READ, other)
            ready.register(other, selectors.EVENT_READ, link)
            while True:
                for key, _events in ready.select():
                    data = key.fileobj.recv(65536)
                    if not data:
                        return
                    key.data.sendall(data)

"""A universe served by this process: the pretend host of a pack and a seed, with a record of what was asked and answered.

The universe itself is a file of its own, given by path (`universe.py`, beside a recording of nuclei's verdicts). Only
loopback is served; the server ends with the process that started it.
"""
import asyncio
import hashlib
import importlib.util
import pathlib
import socket
import sys
import threading
import time


def load(path: pathlib.Path):
    """The module of a universe, by its path."""
    spec = importlib.util.spec_from_file_location("pretend_host", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["pretend_host"] = module
    spec.loader.exec_module(module)
    return module


def digest(universe) -> str:
    """The hash of all fixed answers: the same universe as another one has?"""
    total = hashlib.sha256()
    for method, target in sorted(universe.index):
        total.update(repr((method, target) + universe.make(method, target)).encode())
    return total.hexdigest()[:16]


def free_port(wanted: int, patience: float) -> int:
    """The wanted port of loopback once it is free, or another one where it is taken for longer than that."""
    end = time.monotonic() + patience
    while True:
        for port in (wanted, 0) if time.monotonic() >= end else (wanted,):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
                return probe.getsockname()[1]
        time.sleep(0.5)


class Served:
    """A protocol served on loopback in a thread of its own, as a context manager."""

    def __init__(self, protocol, port: int, patience: float = 5):
        self.protocol, self.port = protocol, free_port(port, patience)
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self.run, daemon=True).start()
        if not self.ready.wait(20):
            raise SystemExit(f"nothing listens on port {self.port}")
        return self

    def run(self) -> None:
        asyncio.set_event_loop(self.loop)
        starting = self.loop.create_server(self.protocol, "127.0.0.1", self.port, backlog=1024)
        server = self.loop.run_until_complete(starting)
        self.ready.set()
        self.loop.run_forever()
        server.close()

    def __exit__(self, *_) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)


class Recorded:
    """A universe that keeps what it was asked, in order."""

    def __init__(self, universe):
        self.universe, self.asked = universe, []

    def answer(self, method, target, headers=(), body=b""):
        found = self.universe.answer(method, target, headers, body)
        self.asked.append((method, target, list(headers), body, found))
        return found


def serve(module, universe, port: int, patience: float) -> Served:
    """The universe on loopback; every answer is noted in `asked` of what is served."""
    recorded, count = Recorded(universe), [0]
    served = Served(lambda: module.Handler(recorded, count), port, patience)
    served.asked = recorded.asked
    return served

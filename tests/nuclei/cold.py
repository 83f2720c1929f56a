"""Requests to a cold host: a server on loopback that answers 404 to everything and keeps what it was asked.

Compares with a list of (method, target) that nuclei sends; targets with random parts are paired by their shape.
"""
import asyncio
import collections
import hashlib
import pathlib
import re
import subprocess

import universe

PAGE = b"<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n</body>\r\n</html>\r\n"
MAX_HEAD, MAX_BODY = 1 << 20, 8 << 20


class Recorder(asyncio.Protocol):
    """One connection: every request is noted with its target as it stood on the wire, and answered with 404."""

    def __init__(self, noted: list, end_of_chunks):
        self.noted, self.end_of_chunks, self.buffer = noted, end_of_chunks, b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            whole = self.end_of_request(end)
            if whole is None or len(self.buffer) < whole:
                break
            request, self.buffer = self.buffer[:whole], self.buffer[whole:]
            self.note(request, end)
        if len(self.buffer) > MAX_HEAD + MAX_BODY:
            self.transport.close()

    def end_of_request(self, end):
        head = self.buffer[:end].decode("latin-1")
        if re.search(r"(?im)^transfer-encoding:\s*chunked", head):
            return self.end_of_chunks(self.buffer, end + 4)
        length = re.search(r"(?im)^content-length:\s*(\d+)", head)
        return end + 4 + (min(int(length.group(1)), MAX_BODY) if length else 0)

    def note(self, request, end):
        lines = request[:end].decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        target = " ".join(words[1:-1]) if len(words) > 2 else "-"
        mark = hashlib.sha256(request[end + 4:]).hexdigest()[:12] if len(request) > end + 4 else "-"
        self.noted.append((words[0], target, lines[1:], mark))
        closes = any(re.match(r"(?i)connection:\s*close", line) for line in lines)
        head = b"HTTP/1.1 404 Not Found\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: %d\r\n" % len(PAGE)
        head += b"Connection: close\r\n\r\n" if closes else b"Connection: keep-alive\r\n\r\n"
        self.transport.write(head + (b"" if words[0] == "HEAD" else PAGE))
        if closes:
            self.transport.close()


def shape(target: str) -> str:
    """The target with its random-looking parts left out: long runs, and runs that mix letters with digits or cases."""
    def word(match):
        run = match.group()
        mixed = re.search(r"\d", run) and re.search(r"[A-Za-z]", run)
        cased = re.search(r"[a-z][A-Z]|[A-Z]{2}[a-z]", run)
        return "*" if len(run) >= 20 or (len(run) > 3 and (mixed or cased)) or (run.isdigit() and len(run) > 3) else run
    return re.sub(r"[A-Za-z0-9]+", word, target)


def loose(target: str) -> str:
    """The shape of a target in which every word of four characters or more may be random."""
    return re.sub(r"[A-Za-z0-9]{4,}", "*", target)


def pair(ours: collections.Counter, theirs: collections.Counter) -> tuple:
    """What is left of both when equal ones are taken away: by the text, then by its shape, then loosely."""
    for key in (lambda text: text, shape, loose):
        here, there = collections.defaultdict(list), collections.defaultdict(list)
        for side, grouped in ((ours, here), (theirs, there)):
            for (method, target), count in sorted(side.items()):
                grouped[method, key(target)].append((target, count))
        ours, theirs = leftover(here, there), leftover(there, here)
    return ours, theirs


def leftover(mine: dict, other: dict) -> collections.Counter:
    """The entries of one side whose key the other side does not have."""
    left = collections.Counter()
    for (method, key), entries in mine.items():
        if (method, key) not in other:
            left.update({(method, target): count for target, count in entries})
    return left


def read_requests(path: pathlib.Path) -> tuple:
    """nuclei's requests: how often each with clusters, and how often without. The list was written by a server's log, with its escapes;
    what that server could not parse stands in it as `-`."""
    clustered, alone = collections.Counter(), collections.Counter()
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines()[1:]:
        method, target, first, second = line.split("\t")
        target = re.sub(r"\\x([0-9A-F]{2})", lambda escape: chr(int(escape.group(1), 16)), target)
        clustered[method, target] += int(first)
        alone[method, target] += int(second)
    return clustered, alone


def who(world, method: str, target: str) -> str:
    """Templates that ask for it."""
    names = sorted({str(name) for name, _ in world.candidates(method, target)}) or sorted({str(name) for name, _ in world.candidates(method, target.split("?")[0])})
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def cold(args) -> int:
    """The command `cold`."""
    module, noted = universe.load(args.universe), []
    world = module.Universe(str(args.pack), "cold")
    with universe.Served(lambda: Recorder(noted, module.end_of_chunks), args.port or 9101) as served:
        command = [args.outsight, "scan", served.url, "--tier", "intrusive", "--rate", "0", "--per-host-rate", "0", "--quiet", "-f", "text"]
        folders = args.rules or [args.pack / name for name in ("http", "passive") if (args.pack / name).is_dir()] or [args.pack]
        for folder in folders:
            command += ["-r", str(folder)]
        done = subprocess.run(command + args.outsight_args.split(), capture_output=True, text=True, errors="replace", timeout=args.ttl)
    total = [line for line in done.stdout.splitlines() if line.strip().startswith(("verdicts", "traffic"))]
    print("\n".join(total) or f"the scan broke off (exit {done.returncode}): {done.stderr[-2000:]}")
    print(f"requests on the wire: {len(noted)} (distinct {len({(m, t, tuple(h), b) for m, t, h, b in noted})}); at most {args.at_most} wanted")
    if args.keep:
        args.keep.write_text("".join(f"{m}\t{t}\t{b}\t{' | '.join(h)}\n" for m, t, h, b in noted), encoding="utf-8", errors="replace")
    if args.requests:
        print_differences(args, world, noted)
    return 0 if 0 < len(noted) <= args.at_most else 1


def print_differences(args, world, noted: list) -> None:
    """Which requests only one of the two sends."""
    clustered, alone = read_requests(args.requests)
    ours = collections.Counter((method, target) for method, target, _, _ in noted)
    print(f"nuclei: {sum(clustered.values())} requests with clusters, {sum(alone.values())} without; distinct (method, target): {len(alone)}, ours {len(ours)}")
    only_ours, only_theirs = pair(ours, alone)
    for title, left in (("only nuclei sends", only_theirs), ("only we send", only_ours)):
        print(f"{title}: {len(left)} distinct, {sum(left.values())} requests")
        for (method, target), count in left.most_common(args.most):
            print(f"  {count:4} {method} {target[:140]}  [{who(world, method, target)}]")
    often = [(count - alone[key], key) for key, count in ours.items() if key in alone and count > alone[key]]
    print(f"sent more often than by nuclei without clusters: {len(often)}")
    for more, (method, target) in sorted(often, reverse=True)[:args.most]:
        print(f"  +{more:3} {method} {target[:140]}")


def add_arguments(parser) -> None:
    """The command line of `cold`."""
    parser.add_argument("--requests", type=pathlib.Path, help="nuclei's requests: cold-requests.tsv")
    parser.add_argument("--keep", type=pathlib.Path, help="where to write every request: method, target, hash of the body, fields")
    parser.add_argument("--at-most", type=int, default=10_700, help="requests wanted at most [default: 10700]")
    parser.add_argument("--most", type=int, default=60, help="lines printed a list [default: 60]")
    parser.set_defaults(run=cold)

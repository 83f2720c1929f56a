#!/usr/bin/env python3
"""How long, how much CPU and how much memory a community pack costs on hosts that answer 404 to everything.

    speed.py --pack PACK --outsight BIN [--hosts 1,10,100] [--runs 5] [--nuclei BIN]

Starts nginx on loopback (127.0.0.1, 127.0.0.2, …; one address a host), scans it without a limit of rate, and prints medians of wall time,
CPU time and peak memory of the scanner alone. `load` is the time up to the first request on the wire, with an empty cache and with a filled
one. Templates that wait by design (`wait_for`) are left out. Stops what it started.
"""
import argparse
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

NGINX = """
worker_processes 1; daemon off; pid {folder}/pid; error_log /dev/null crit;
events {{ worker_connections 8192; }}
http {{ access_log off; keepalive_requests 1000000; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; large_client_header_buffers 8 64k; client_max_body_size 16m;
  server {{ {listens} location / {{ return 404; }} }} }}
"""
OUTSIGHT = "--tier intrusive --rate 0 --per-host-rate 0 --timeout 10s --retries 1 --quiet -f text"
NUCLEI = "-pt http -ni -nmhe -rl 0 -timeout 10 -retries 1 -duc -silent"


def waiting(pack: pathlib.Path) -> list:
    """The ids of templates that wait by design."""
    found = []
    for path in sorted((pack / "http").rglob("*.yaml")):
        text = path.read_text(encoding="utf-8", errors="replace")
        if "wait_for(" in text:
            found.append(re.search(r"(?m)^id:\s*(\S+)", text).group(1))
    return found


def start_nginx(folder: str, hosts: int, port: int) -> subprocess.Popen:
    """nginx with one address a host."""
    listens = " ".join(f"listen 127.0.0.{host}:{port} backlog=4096;" for host in range(1, hosts + 1))
    config = pathlib.Path(folder, "nginx.conf")
    config.write_text(NGINX.format(folder=folder, listens=listens))
    server = subprocess.Popen(["nginx", "-p", folder, "-c", str(config), "-e", "/dev/null"])
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.05)
    server.terminate()
    raise SystemExit("nginx does not start")


def measured(command: list, environment: dict, ttl: float) -> tuple:
    """Wall seconds, CPU seconds, peak MB and output of one run."""
    begun = time.monotonic()
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
        stop = threading.Timer(ttl, child.kill)
        stop.start()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        stop.cancel()
        out.seek(0)
        text = out.read().decode("utf-8", "replace")
    return time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text


def report(name: str, runs: list) -> None:
    """One line of medians."""
    wall, cpu, memory = (statistics.median(run[at] for run in runs) for at in range(3))
    traffic = next((line.strip() for line in runs[-1][3].splitlines() if line.strip().startswith("traffic")), "")
    print(f"{name:32} wall {wall:7.2f} s   CPU {cpu:7.2f} s   peak {memory:6.0f} MB   {traffic}", flush=True)


def first_request(command: list, environment: dict) -> float:
    """Seconds from the start of the program to its first connection."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        server.settimeout(60)
        port = server.getsockname()[1]
        begun = time.monotonic()
        child = subprocess.Popen([part.replace("PORT", str(port)) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        try:
            connection, _ = server.accept()
            seconds = time.monotonic() - begun
            connection.close()
        finally:
            child.kill()
            child.wait()
    return seconds


def outsight(args, targets: list, environment: dict) -> tuple:
    """One scan by Outsight."""
    folders = [args.pack / name for name in ("http", "passive") if (args.pack / name).is_dir()] or [args.pack]
    command = [args.outsight, "scan", *targets, *OUTSIGHT.split(), "--exclude-id", ",".join(args.waiting), *args.outsight_args.split()]
    for folder in folders:
        command += ["-r", str(folder)]
    return command


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=pathlib.Path, required=True)
    parser.add_argument("--outsight", default="outsight")
    parser.add_argument("--outsight-args", default="", help="further arguments of `outsight scan`, as one text")
    parser.add_argument("--hosts", default="1,10,100", help="numbers of hosts [default: 1,10,100]")
    parser.add_argument("--runs", type=int, default=5, help="runs of which the median is taken [default: 5]")
    parser.add_argument("--nuclei", help="the nuclei program, as the peer in the same run")
    parser.add_argument("--port", type=int, default=9180)
    parser.add_argument("--ttl", type=float, default=600, help="seconds after which a run is stopped [default: 600]")
    args = parser.parse_args()
    args.waiting = waiting(args.pack)
    counts = [int(count) for count in args.hosts.split(",")]
    folder = tempfile.mkdtemp(prefix="outsight-speed-")
    cache = pathlib.Path(folder, "cache")
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "NO_COLOR": "1"}
    server = start_nginx(folder, max(counts), args.port)
    try:
        alone = outsight(args, ["http://127.0.0.1:PORT"], environment)
        cold, warm = [], []
        for _ in range(args.runs):
            shutil.rmtree(cache, ignore_errors=True)
            cold.append(first_request(alone, environment))
            measured(outsight(args, [f"http://127.0.0.1:{args.port}"], environment), environment, args.ttl)
            warm.append(first_request(alone, environment))
        print(f"to the first request: {statistics.median(cold):.2f} s with an empty cache, {statistics.median(warm):.2f} s with a filled one", flush=True)
        for count in counts:
            urls = [f"http://127.0.0.{host}:{args.port}" for host in range(1, count + 1)]
            runs = args.runs if count < 100 else min(args.runs, 3)
            report(f"Outsight, {count} host{'s' if count > 1 else ''}", [measured(outsight(args, urls, environment), environment, args.ttl) for _ in range(runs)])
            if args.nuclei:
                command = [args.nuclei, "-t", str(args.pack), *NUCLEI.split(), "-eid", ",".join(args.waiting)]
                for url in urls:
                    command += ["-u", url]
                report(f"nuclei, {count} host{'s' if count > 1 else ''}", [measured(command, environment, args.ttl)])
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

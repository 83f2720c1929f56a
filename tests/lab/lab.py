#!/usr/bin/env python3
"""A laboratory of real servers with the settings they ship with, scanned with every rule.

    sudo apt-get install $(tests/lab/lab.py debian)     # the Debian packages, once; services need not run
    tests/lab/lab.py setup WORK                         # what comes from npm, PyPI, Maven and Go, into the folder WORK
    tests/lab/lab.py scan WORK --outsight PATH          # starts each server on loopback, scans it, stops it
    tests/lab/lab.py report WORK                        # docs/laboratory.md from the results and reviewed.json

`reviewed.json` beside this file holds what the review of each finding's bytes decided, by rule and case, or by server. `scan` exits with 1
if a finding at medium or above is not in it, or is in it as false. Only servers that this program starts are scanned.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

from page import verdict_of, write
from servers import DEBIAN, SERVERS

HERE = pathlib.Path(__file__).resolve().parent
SITES = HERE / "sites"
REVIEWED = HERE / "reviewed.json"
PAGE = HERE.parent.parent / "docs" / "laboratory.md"
LEVELS = ["info", "low", "medium", "high", "critical"]


def setup(work: pathlib.Path) -> None:
    """Installs what comes from language registries, and builds what has to be built."""
    work.mkdir(parents=True, exist_ok=True)

    def run(command: str, cwd: pathlib.Path) -> None:
        print(f"$ {command}", flush=True)
        subprocess.run(command, shell=True, cwd=cwd, check=True, env={**os.environ, "NEXT_TELEMETRY_DISABLED": "1"})

    for name in ["node", "spring", "go", "next"]:
        shutil.copytree(SITES / name, work / name, dirs_exist_ok=True)
    run("python3 -m venv venv && venv/bin/pip install --quiet -r " + str(SITES / "python/requirements.txt"), work)
    run("npm install --no-audit --no-fund --no-package-lock --silent", work / "node")
    shutil.copytree(SITES / "next", work / "node/next", dirs_exist_ok=True)
    run("node ../node_modules/next/dist/bin/next build", work / "node/next")
    run("mvn --quiet --batch-mode -DskipTests package", work / "spring")
    run("go mod tidy && go build -o lab .", work / "go")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def stop(process: subprocess.Popen) -> None:
    """Stops the process group that `start` made, and nothing else."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(timeout=5)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def filled(text: str, words: dict) -> str:
    """`{port}` and the like replaced; other braces are the server's own."""
    for name, value in words.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def scan_one(server, work: pathlib.Path, outsight: str) -> dict:
    """Starts one server, scans it, stops it. Gives its findings, or why there are none."""
    here = work / "run" / server.name
    shutil.rmtree(here, ignore_errors=True)
    here.mkdir(parents=True)
    port = free_port()
    words = {"port": port, "work": work, "sites": SITES, "here": here}
    for name, text in server.files.items():
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(filled(text, words))
    env = {**os.environ, **{name: filled(text, words) for name, text in server.env.items()}}
    log = (here / "lab.log").open("wb")
    if server.before:
        subprocess.run(filled(server.before, words), shell=True, cwd=here, env=env, stdout=log, stderr=log, check=False)
    process = subprocess.Popen(["bash", "-c", "exec " + filled(server.start, words)], cwd=here, env=env, stdout=log, stderr=log,
                               stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        deadline = time.monotonic() + server.wait
        while not answers(port):
            if time.monotonic() > deadline or process.poll() is not None:
                return {"server": server.name, "failed": (here / "lab.log").read_text(errors="replace")[-600:]}
            time.sleep(0.1)
        time.sleep(0.5)
        began = time.monotonic()
        command = [outsight, "scan", f"http://127.0.0.1:{port}{server.path}", "--per-host-rate", "0", "-f", "jsonl",
                   "-o", f"text={here}/report.txt", "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        (here / "scan.jsonl").write_text(done.stdout)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        host = next((event for event in events if event["event"] == "host"), {})
        summary = next((event for event in events if event["event"] == "summary"), {})
        return {
            "server": server.name, "exit": done.returncode, "errors": done.stderr[-400:],
            "seconds": round(time.monotonic() - began, 2), "outcome": host.get("outcome"), "grade": host.get("grade"),
            "score": host.get("score"), "requests": summary.get("requests"),
            "findings": [
                {key: event.get(key) for key in ("rule", "case", "severity", "confidence", "title")}
                | {"places": len(event["places"]), "where": event["places"][0].get("url", "").replace(f"http://127.0.0.1:{port}", "")}
                for event in events if event["event"] == "finding"
            ],
        }
    finally:
        stop(process)
        log.close()


def scan(work: pathlib.Path, outsight: str, only: list[str]) -> int:
    """Scans all servers, or those named; writes results.json; says what nobody has reviewed."""
    reviewed = json.loads(REVIEWED.read_text()) if REVIEWED.exists() else {}
    path = work / "results.json"
    results = {one["server"]: one for one in json.loads(path.read_text())} if path.exists() and only else {}
    bad = 0
    for server in SERVERS:
        if only and server.name not in only:
            continue
        result = scan_one(server, work, outsight)
        results[server.name] = result
        if "failed" in result:
            print(f"{server.name}: did not start\n{result['failed']}", flush=True)
            bad += 1
            continue
        print(f"{server.name}: {result['outcome']} {result['grade']} {result['score']} · {result['requests']} requests · {result['seconds']} s {result['errors']}")
        for finding in sorted(result["findings"], key=lambda one: -LEVELS.index(one["severity"])):
            verdict = verdict_of(reviewed, server.name, finding)["verdict"]
            loud = LEVELS.index(finding["severity"]) >= 2
            bad += loud and verdict != "true"
            print(f"  {finding['severity']:8} {finding['rule']}#{finding['case'] or ''} ×{finding['places']} {finding['where']} [{verdict}]", flush=True)
    path.write_text(json.dumps([results[one.name] for one in SERVERS if one.name in results], indent=1))
    print(f"{len(results)} servers; {bad} servers that did not start or findings at medium and above that are false or unreviewed")
    return 1 if bad else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("debian")
    for name in ["setup", "scan", "report"]:
        commands.add_parser(name).add_argument("work", type=lambda text: pathlib.Path(text).resolve())
    scanning = commands.choices["scan"]
    scanning.add_argument("--outsight", default="outsight")
    scanning.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server under way is stopped
    if options.command == "debian":
        print(" ".join(DEBIAN))
        return 0
    if options.command == "setup":
        setup(options.work)
        return 0
    if options.command == "scan":
        return scan(options.work, options.outsight, options.only)
    return write(options.work / "results.json", REVIEWED, PAGE)


sys.exit(main())

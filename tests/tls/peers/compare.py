#!/usr/bin/env python3
"""Outsight beside sslyze, testssl.sh and sslscan, on one laboratory in one run.

    python3 compare.py --work FOLDER --outsight PATH [--install] [--only NAME,…] [--tools NAME,…] [--keep] [--doc FILE]

Runs in a network namespace of its own, in which there is nothing but loopback; what a tool opens is counted there.
`--install` puts sslyze into FOLDER/venv first; sslscan, testssl.sh, gnutls-bin, nginx and openssl are the system's packages.
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
from pathlib import Path

SSLYZE = "6.3.1"
HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
TIMED = ["good", "tls13-only", "cbc-only", "wide"]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--outsight", default=str(REPOSITORY / "target/release/outsight"))
    options.add_argument("--tests", help="the binary of the integration tests, which has the canned servers [default: built]")
    options.add_argument("--install", action="store_true")
    options.add_argument("--only", default="")
    options.add_argument("--tools", default="outsight,sslscan,sslyze,testssl")
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--doc", type=Path)
    options.add_argument("--keep", action="store_true", help="do not ask a tool again about a server whose answer is there")
    options.add_argument("--page-only", action="store_true", help="write the page from the answers that are there")
    options.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = options.parse_args()
    options.work = options.work.resolve()
    options.work.mkdir(parents=True, exist_ok=True)
    if options.page_only:
        return finish(options, None)
    return inside(options) if options.inside else outside(options)


def outside(options):
    """Sets up what is needed, and goes on where nothing but loopback can be reached."""
    python = options.work / "venv/bin/python3"
    if options.install and not python.exists():
        subprocess.run([sys.executable, "-m", "venv", options.work / "venv"], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", f"sslyze=={SSLYZE}"], check=True)
    wanted = ["sslscan", "testssl", "gnutls-serv", "nginx", "openssl", "unshare"]
    missing = [tool for tool in wanted if not shutil.which(tool)]
    if missing or not python.exists():
        raise SystemExit(f"missing: {', '.join(missing)} (apt-get install sslscan testssl.sh gnutls-bin nginx openssl); "
                         "sslyze comes with --install")
    more = [] if options.tests else ["--tests", tests_binary()]
    command = ["unshare", "--user", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh",
               python, HERE / "compare.py", *sys.argv[1:], *more, "--inside"]
    return subprocess.run([str(it) for it in command]).returncode


def tests_binary():
    command = ["cargo", "test", "--locked", "--no-run", "--test", "main", "--message-format", "json"]
    built = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    return next(it["executable"] for it in map(json.loads, built.splitlines()) if it.get("executable"))


def inside(options):
    import certs
    import servers
    import tools

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = options.work / "laboratory"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    certs.make(folder)
    laboratory = servers.Laboratory(folder, [options.tests], REPOSITORY)
    try:
        asked = tools.Tools(options.work, str(Path(options.outsight).resolve()), laboratory)
        titles = [it for it in options.only.split(",") if it] or list(laboratory.ports)
        names = options.tools.split(",")
        for title in titles:
            for name in names:
                ask(asked, name, title, options, "faults", asked.commands, 1)
        for title in TIMED:
            for name in names:
                if titles is None or title in titles:
                    ask(asked, name, title, options, "enumeration", asked.enumeration,
                        1 if name == "testssl" else options.repeat)
    finally:
        laboratory.stop()
    return finish(options, titles)


def finish(options, titles):
    """Prints the table, and writes the page where one is wanted."""
    import faults
    import page

    results = collect(options.work, titles)
    print(faults.table(results))
    if options.doc:
        page.write(options.doc, results)
    return 0


def ask(asked, name, title, options, kind, commands, repeat):
    folder = options.work / kind / name
    folder.mkdir(parents=True, exist_ok=True)
    out = folder / f"{title.replace(' ', '_')}.out"
    if options.keep and out.with_suffix(".run").exists():
        return
    runs = []
    for _ in range(repeat):
        out.unlink(missing_ok=True)
        runs.append(asked.run(name, title, folder, commands(title, out)[name]))
    middle = {**runs[-1], "seconds": statistics.median(run["seconds"] for run in runs)}
    out.with_suffix(".run").write_text(json.dumps(middle))
    print(f"{kind} {title} {name} {middle['seconds']:.2f} s {middle['connections']} connections", flush=True)


def collect(work, titles):
    """Everything that was answered: kind → tool → server → (answer, run)."""
    results = {}
    for run in sorted(work.glob("*/*/*.run")):
        out = run.with_suffix(".out")
        title = run.stem.replace("canned_", "canned ")
        if titles is None or title in titles:
            answer = out.read_text(errors="replace") if out.exists() else ""
            text = run.with_suffix(".text")
            text = text.read_text(errors="replace") if text.exists() else ""
            kind, tool = run.parts[-3:-1]
            results.setdefault(kind, {}).setdefault(tool, {})[title] = (answer, json.loads(run.read_text()), text)
    return results


if __name__ == "__main__":
    os.sys.exit(main())

#!/usr/bin/env python3
"""Scans builds of popular packages, which hold no keys, and measures Outsight beside other tools.

    tests/secrets/bundles.py bundles            what Outsight says of the builds of the packages below
    tests/secrets/bundles.py peers CORPUS       Outsight and other tools on a labelled corpus and on the builds

The builds come from the registry into WORK (default: /tmp/outsight-bundles) and are not kept in the repository. CORPUS is
what `OUTSIGHT_CORPUS=CORPUS cargo test --test main secrets::written -- --ignored` writes. Tools that are not installed are
left out: gitleaks (`go install`), detect-secrets (`pip install`), secretlint (npm).
"""
import collections
import hashlib
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = pathlib.Path(os.environ.get("WORK", "/tmp/outsight-bundles"))
OUTSIGHT = os.environ.get("OUTSIGHT", str(ROOT / "target/release/outsight"))

# Package, and the folders or files of its build that browsers load.
PACKAGES = {
    "react-dom@18": ["umd", "cjs"],
    "vue@3": ["dist"],
    "lodash@4": ["lodash.min.js", "lodash.js"],
    "echarts@5": ["dist"],
    "chart.js@4": ["dist"],
    "three@0.160.0": ["build"],
    "d3@7": ["dist"],
    "firebase@10": ["firebase-app.js", "firebase-auth.js", "firebase-firestore.js", "firebase-storage.js",
                    "firebase-database.js", "firebase-functions.js", "firebase-messaging.js", "firebase-analytics.js"],
    "mermaid@10": ["dist"],
    "pdfjs-dist@4": ["build"],
    "swagger-ui-dist@5": ["."],
    "tinymce@6": ["tinymce.min.js", "plugins", "themes", "models"],
    "antd@5": ["dist"],
    "ethers@6": ["dist"],
    "web3@1": ["dist"],
    "jquery@3": ["dist"],
    "bootstrap@5": ["dist"],
    "moment@2": ["min"],
    "plotly.js-dist-min@2": ["."],
    "leaflet@1": ["dist"],
    "aws-sdk@2": ["dist"],
    "posthog-js@1.150.0": ["dist"],
}
KINDS = (".js", ".mjs", ".cjs", ".css", ".html", ".json", ".map")


def built():
    """The builds, installed once, each package in a folder of its own."""
    folder = WORK / "builds"
    if not folder.exists():
        WORK.mkdir(parents=True, exist_ok=True)
        (WORK / "package.json").write_text("{}")
        wanted = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps", *PACKAGES]
        subprocess.run(wanted, cwd=WORK, check=True, stdout=subprocess.DEVNULL)
        made = WORK / "making"
        for package, parts in PACKAGES.items():
            name = package.rsplit("@", 1)[0]
            for part in parts:
                source = WORK / "node_modules" / name / part
                files = [source] if source.is_file() else sorted(source.rglob("*"))
                for file in files:
                    inside = file.relative_to(WORK / "node_modules" / name)
                    if file.is_file() and file.suffix in KINDS and "node_modules" not in inside.parts:
                        target = made / name / inside
                        target.parent.mkdir(parents=True, exist_ok=True)
                        shutil.copyfile(file, target)
        made.rename(folder)
    return folder


def timed(command, **options):
    """Runs a command; gives its output and the CPU seconds and peak memory (MiB) of it and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done, cpu, time.monotonic() - started


def size_of(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def by_gitleaks(folder):
    """What gitleaks says, its values as it found them."""
    tool = shutil.which("gitleaks") or str(pathlib.Path.home() / "go/bin/gitleaks")
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [tool, "dir", str(folder), "-f", "json", "-r", report.name, "--exit-code", "0", "--no-banner",
                   "--max-decode-depth", "2", "-l", "error"]
        _, cpu, wall = timed(command)
        found = json.loads(pathlib.Path(report.name).read_text() or "[]")
    return [(os.path.relpath(row["File"], folder), row["Secret"], row["RuleID"]) for row in found], cpu, wall


def by_detect_secrets(folder):
    """What detect-secrets says; it tells the hashes of values."""
    command = [sys.executable, "-m", "detect_secrets", "scan", "--all-files", "."]
    done, cpu, wall = timed(command, cwd=folder)
    rows = []
    for file, found in json.loads(done.stdout or "{}").get("results", {}).items():
        rows += [(os.path.normpath(file), row["hashed_secret"], row["type"]) for row in found]
    return rows, cpu, wall


def by_secretlint(folder):
    """What secretlint's recommended preset says, its values by their places."""
    config = WORK / "secretlint.json"
    config.write_text('{"rules":[{"id":"@secretlint/secretlint-rule-preset-recommend"}]}')
    command = ["npx", "--no-install", "secretlint", "--secretlintrc", str(config), "--format", "json",
               "--maskSecrets=false", f"{folder}/**/*"]
    done, cpu, wall = timed(command, cwd=WORK)
    rows = []
    for file in json.loads(done.stdout or "[]"):
        text = file.get("sourceContent", "")
        for row in file["messages"]:
            start, end = row["range"]
            rows.append((os.path.relpath(file["filePath"], folder), text[start:end], row["ruleParentId"]))
    return rows, cpu, wall


def by_outsight(folder):
    """What Outsight raises, by the bytes that it points at: (file, (start, end), rule), and how sure it is."""
    command = [OUTSIGHT, "scan", str(folder), "-r", str(ROOT / "rules/secrets"), "--format", "jsonl", "-q"]
    done, cpu, wall = timed(command)
    rows = []
    for line in done.stdout.decode().splitlines():
        row = json.loads(line)
        if row["event"] == "finding":
            for place in row["places"]:
                start = place.get("offset", 0)
                at = (start, start + place.get("length", 1))
                rows.append((place["file"], at, row["rule"] + ("" if row["confidence"] == "firm" else " (tentative)")))
    return rows, cpu, wall


def is_of(value, label):
    """Whether what a tool found is (a part of, or around) a planted value."""
    if isinstance(value, tuple):
        return value[0] < label["end"] and label["start"] < value[1]
    planted = label["value"]
    if re.fullmatch(r"[0-9a-f]{40}", value) and hashlib.sha1(planted.encode()).hexdigest() == value:
        return True
    flat = value.replace("\\n", "\n").replace("&quot;", '"')
    return len(flat) >= 8 and (flat in planted or planted in flat)


def measure(rows, labels):
    """Recall, strict precision and counts of a tool."""
    files = collections.defaultdict(list)
    for label in labels:
        files[label["file"]].append(label)
    raised, stray = set(), set()
    for file, value, rule in rows:
        hit = [label for label in files[file] if is_of(value, label)]
        raised.update((label["file"], label["start"]) for label in hit)
        if not hit:
            stray.add((file, value))
    of = lambda *kinds: [label for label in labels if label["is"] in kinds]
    got = lambda some: sum((label["file"], label["start"]) in raised for label in some)
    secrets, public, traps = of("secret", "secret-named"), of("public"), of("trap")
    wrong = got(public) + got(traps) + len(stray)
    row = {"recall": got(secrets) / len(secrets), "precision": got(secrets) / max(1, got(secrets) + wrong),
           "own": got(of("secret")) / len(of("secret")), "named": got(of("secret-named")) / len(of("secret-named")),
           "public": got(public), "traps": got(traps), "stray": len(stray)}
    sums = [label for label in traps if label["kind"].startswith("checksum")]
    return row | {"checksums": f"{got(sums)} of {len(sums)}"}


def bundles():
    folder = built()
    rows, cpu, wall = by_outsight(folder)
    megabytes = size_of(folder) / 1e6
    print(f"{len(PACKAGES)} packages, {megabytes:.0f} MB: {len(rows)} alarms, {cpu:.1f} s of CPU, {megabytes / cpu:.0f} MB/s")
    for file, at, rule in rows:
        print(f"  {rule} in {file} at {at}")
    sure = [row for row in rows if "tentative" not in row[2]]
    sys.exit(1 if sure else 0)


def peers(corpus):
    corpus = pathlib.Path(corpus)
    labels = [json.loads(line) for line in (corpus / "labels.jsonl").read_text().splitlines()]
    folder, clean = corpus / "files", built()
    tools = {"outsight": by_outsight, "gitleaks": by_gitleaks, "detect-secrets": by_detect_secrets,
             "secretlint": by_secretlint}
    small, large = size_of(folder) / 1e6, size_of(clean) / 1e6
    print(f"Corpus: {small:.1f} MB, {len(labels)} planted texts. Builds: {large:.0f} MB of {len(PACKAGES)} packages.\n")
    print("| tool | recall | strict precision | by shape / by name | public raised | traps raised | elsewhere "
          "| bad checksums | alarms in builds | MB per CPU-second, builds |\n|---|---|---|---|---|---|---|---|---|---|")
    for name, run in tools.items():
        if only and name not in only:
            continue
        try:
            rows, _, _ = run(folder)
        except (OSError, ValueError) as error:
            print(f"| {name} | not run: {error} |", file=sys.stderr)
            continue
        row = measure(rows, labels)
        some = clean if name not in slow else sample(clean)
        alarms, cpu, _ = run(some)
        speed = size_of(some) / 1e6 / cpu
        count = len({(file, str(value)) for file, value, _ in alarms})
        note = "" if some is clean else f" in {size_of(some) / 1e6:.0f} MB"
        print(f"| {name} | {row['recall']:.3f} | {row['precision']:.3f} | {row['own']:.3f} / {row['named']:.3f} "
              f"| {row['public']} | {row['traps']} | {row['stray']} | {row['checksums']} | {count}{note} | {speed:.1f} |",
              flush=True)


def sample(folder):
    """A part of the builds, for tools that would take hours for all of them."""
    part = WORK / "sample"
    if not part.exists():
        for name in ("vue", "react-dom", "jquery", "leaflet"):
            shutil.copytree(folder / name, part / name)
    return part


slow = {"detect-secrets", "secretlint"}
only = set(os.environ.get("TOOLS", "").split())

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["bundles"]:
            bundles()
        case ["peers", folder]:
            peers(folder)
        case _:
            sys.exit(__doc__)

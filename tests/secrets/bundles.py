#!/usr/bin/env python3
"""Scans builds of popular packages, which hold no keys, and measures Outsight beside other tools.

    tests/secrets/bundles.py bundles          what Outsight says of the builds of the packages below
    tests/secrets/bundles.py peers [--write]  Outsight and other tools on a labelled corpus and on builds, all in this run

Both begin from nothing: builds, tools (detect-secrets and secretlint, and gitleaks where there is Go) and the corpus
come into WORK (default: /tmp/outsight-bundles) and are kept for the next run; nothing of them is in the repository.
Outsight is target/release/outsight, or what OUTSIGHT names. SEEDS are those of the corpus; `--write` puts the tables into
docs/secrets-comparison.md.
"""
import collections
import hashlib
import json
import os
import pathlib
import re
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
# Packages on which the slow ones are measured as well.
SAMPLE = ("vue", "react-dom", "jquery", "leaflet", "bootstrap", "moment", "lodash")
# Seeds of the corpus: not those of the tests.
SEEDS = os.environ.get("SEEDS", "9101,9102,9103")
GITLEAKS = "github.com/zricethezav/gitleaks/v8@v8.24.3"
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


class Cost:
    """CPU seconds and peak memory (MiB) of a command and its children."""

    def __init__(self, usage):
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / 1024


def timed(command, **options):
    """Runs a command; gives its output and what it cost."""
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, **options)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        out.seek(0)
        return out.read(), Cost(usage)


def installed():
    """Sees to it that the other tools are there."""
    WORK.mkdir(parents=True, exist_ok=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if not (WORK / "venv/bin/detect-secrets").exists():
        subprocess.run([sys.executable, "-m", "venv", str(WORK / "venv")], check=True)
        subprocess.run([str(WORK / "venv/bin/pip"), "install", "-q", "detect-secrets"], check=True, **quiet)
    if not (WORK / "tools/node_modules/.bin/secretlint").exists():
        (WORK / "tools").mkdir(exist_ok=True)
        (WORK / "tools/package.json").write_text("{}")
        wanted = ["npm", "install", "--no-audit", "--no-fund", "secretlint", "@secretlint/secretlint-rule-preset-recommend"]
        subprocess.run(wanted, cwd=WORK / "tools", check=True, **quiet)
    if not gitleaks() and shutil.which("go"):
        subprocess.run(["go", "install", GITLEAKS], check=True, env={**os.environ, "GOBIN": str(WORK / "bin")}, **quiet)


def gitleaks():
    places = [shutil.which("gitleaks"), WORK / "bin/gitleaks", pathlib.Path.home() / "go/bin/gitleaks"]
    return next((str(place) for place in places if place and os.path.exists(place)), None)


def corpus():
    """The labelled corpus of SEEDS, made by the tests of this repository."""
    folder = WORK / f"corpus-{SEEDS.replace(',', '-')}"
    if not (folder / "labels.jsonl").exists():
        command = ["cargo", "test", "-q", "--test", "main", "secrets::written", "--", "--ignored"]
        env = {**os.environ, "OUTSIGHT_CORPUS": str(folder), "OUTSIGHT_SEEDS": SEEDS}
        subprocess.run(command, cwd=ROOT, check=True, env=env, stdout=subprocess.DEVNULL)
    return folder


def size_of(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def by_gitleaks(folder):
    """What gitleaks says, its values as it found them."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [gitleaks(), "dir", str(folder), "-f", "json", "-r", report.name, "--exit-code", "0", "--no-banner",
                   "--max-decode-depth", "2", "-l", "error"]
        _, cost = timed(command)
        found = json.loads(pathlib.Path(report.name).read_text() or "[]")
    return [(os.path.relpath(row["File"], folder), row["Secret"], row["RuleID"]) for row in found], cost


def by_detect_secrets(folder):
    """What detect-secrets says; it tells the hashes of values."""
    out, cost = timed([str(WORK / "venv/bin/detect-secrets"), "scan", "--all-files", "."], cwd=folder)
    rows = []
    for file, found in json.loads(out or "{}").get("results", {}).items():
        rows += [(os.path.normpath(file), row["hashed_secret"], row["type"]) for row in found]
    return rows, cost


def by_secretlint(folder):
    """What secretlint's recommended preset says; it masks values, so they are read at its places."""
    config = WORK / "tools/secretlint.json"
    config.write_text('{"rules":[{"id":"@secretlint/secretlint-rule-preset-recommend"}]}')
    command = ["node_modules/.bin/secretlint", "--secretlintrc", str(config), "--format", "json", f"{folder}/**/*"]
    out, cost = timed(command, cwd=WORK / "tools")
    rows = []
    for file in json.loads(out or "[]"):
        text = pathlib.Path(file["filePath"]).read_text(errors="replace")
        for row in file["messages"]:
            start, end = row["range"]
            rows.append((os.path.relpath(file["filePath"], folder), text[start:end], row["ruleParentId"]))
    return rows, cost


def by_outsight(folder, packs=("secrets",)):
    """What Outsight raises, by the bytes that it points at: (file, (start, end), rule), and how sure it is."""
    rules = [word for pack in packs for word in ("-r", str(ROOT / "rules" / pack))]
    out, cost = timed([OUTSIGHT, "scan", str(folder), *rules, "--format", "jsonl", "-q"])
    rows = []
    for line in out.decode().splitlines():
        row = json.loads(line)
        if row["event"] == "finding":
            for place in row["places"]:
                start = place.get("offset", 0)
                at = (start, start + place.get("length", 1))
                rows.append((place["file"], at, row["rule"] + (" (tentative)" if row["confidence"] == "tentative" else "")))
    return rows, cost


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


def largest(folder):
    return max(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def bundles():
    folder = built()
    rows, cost = by_outsight(folder)
    megabytes = size_of(folder) / 1e6
    print(f"{len(PACKAGES)} packages, {megabytes:.0f} MB, the largest file {largest(folder) / 1e6:.1f} MB: {len(rows)} alarms, "
          f"{cost.cpu:.1f} s of CPU, {megabytes / cost.cpu:.0f} MB/s, {cost.memory:.0f} MiB of memory at most")
    for file, at, rule in rows:
        print(f"  {rule} in {file} at {at}")
    told = collections.Counter(rule for _, _, rule in by_outsight(folder, ["leakage"])[0])
    print("leakage: " + ", ".join(f"{count} places of {rule}" for rule, count in told.most_common()))
    sys.exit(1 if [row for row in rows if "tentative" not in row[2]] else 0)


def peers(write):
    installed()
    planted, clean = corpus(), built()
    labels = [json.loads(line) for line in (planted / "labels.jsonl").read_text().splitlines()]
    folder, part = planted / "files", sample(clean)
    tools = {"Outsight": by_outsight, "gitleaks": by_gitleaks, "detect-secrets": by_detect_secrets,
             "secretlint": by_secretlint}
    kinds = collections.Counter(label["is"] for label in labels)
    head = (f"Corpus: seeds {SEEDS}, {size_of(folder) / 1e6:.1f} MB, {len(labels)} planted texts "
            f"({kinds['secret']} secrets told by their shape, {kinds['secret-named']} by a name, {kinds['public']} public keys, "
            f"{kinds['trap']} traps). Builds: {size_of(clean) / 1e6:.0f} MB of {len(PACKAGES)} packages; speed is measured on "
            f"{size_of(part) / 1e6:.0f} MB of {len(SAMPLE)} of them.")
    table = ["| tool | recall | strict precision | by shape / by name | public raised | traps raised | elsewhere | bad checksums "
             "| alarms in builds | MB per CPU-second | memory |", "|---|---|---|---|---|---|---|---|---|---|---|"]
    for name, run in tools.items():
        if only and name.lower() not in only:
            continue
        try:
            table.append(compared(name, run, labels, folder, clean, part))
        except (OSError, TypeError, ValueError) as error:
            print(f"{name} was not run: {error}", file=sys.stderr)
    text = head + "\n\n" + "\n".join(table)
    print(text)
    if write:
        page = ROOT / "docs/secrets-comparison.md"
        before, rest = page.read_text().split("<!-- measured -->", 1)
        after = rest.split("<!-- /measured -->", 1)[1]
        page.write_text(f"{before}<!-- measured -->\n{text}\n<!-- /measured -->{after}")


def compared(name, run, labels, folder, clean, part):
    """A tool's row."""
    row = measure(run(folder)[0], labels)
    alarms, cost = run(part)
    note = f" in {size_of(part) / 1e6:.0f} MB"
    if name.lower() not in slow:
        (alarms, _), note = run(clean), ""
    sure = {(file, str(at)) for file, at, rule in alarms if "tentative" not in rule}
    unsure = {(file, str(at)) for file, at, _ in alarms} - sure
    count = f"{len(sure)}" + (f", {len(unsure)} tentative" if unsure else "") + note
    return (f"| {name} | {row['recall']:.3f} | {row['precision']:.3f} | {row['own']:.3f} / {row['named']:.3f} | {row['public']} "
            f"| {row['traps']} | {row['stray']} | {row['checksums']} | {count} | {size_of(part) / 1e6 / cost.cpu:.1f} "
            f"| {cost.memory:.0f} MiB |")


def sample(folder):
    """A part of the builds, for tools that would take hours for all of them."""
    part = WORK / "sample"
    if not part.exists():
        for name in SAMPLE:
            shutil.copytree(folder / name, part / name)
    return part


slow = {"detect-secrets", "secretlint"}
only = set(os.environ.get("TOOLS", "").lower().split())

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["bundles"]:
            bundles()
        case ["peers"]:
            peers(False)
        case ["peers", "--write"]:
            peers(True)
        case _:
            sys.exit(__doc__)

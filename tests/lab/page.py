"""docs/laboratory.md from what was found and what the review decided of it."""
import json
import pathlib
from collections import Counter

LEVELS = ["critical", "high", "medium", "low", "info"]
HEAD = """# The laboratory

Real servers and frameworks with the settings that they ship with, each on loopback, each scanned with every embedded rule.
Every finding was reviewed against the bytes that the server sent. What is below is generated:
```
sudo apt-get install $(tests/lab/lab.py debian)
tests/lab/lab.py setup WORK
tests/lab/lab.py scan WORK --outsight target/release/outsight
tests/lab/lab.py report WORK
```
`scan` ends with 1 if there is a finding at medium or above that nobody reviewed, or that the review calls false. The
decisions are in `tests/lab/reviewed.json`, the servers and how each is started in `tests/lab/servers.py`.
"""


def verdict_of(reviewed: dict, server: str, finding: dict) -> dict:
    """The decision on one finding: of this server, or of the rule on all servers."""
    name = finding["rule"] + (f"#{finding['case']}" if finding.get("case") else "")
    return reviewed.get(f"{server}: {name}") or reviewed.get(name) or {"verdict": "unreviewed", "why": ""}


def write(results: pathlib.Path, reviewed: pathlib.Path, page: pathlib.Path) -> int:
    """Writes the page. Gives 0."""
    results, reviewed = json.loads(results.read_text()), json.loads(reviewed.read_text())
    scanned = [one for one in results if "findings" in one]
    counts = Counter()
    for one in scanned:
        for finding in one["findings"]:
            counts[finding["severity"], verdict_of(reviewed, one["server"], finding)["verdict"]] += 1
    verdicts = sorted({verdict for _, verdict in counts}, key=["true", "false", "unreviewed"].index)
    out = [HEAD, f"\n{len(scanned)} servers, {sum(counts.values())} findings.\n"]
    out.append("| severity | " + " | ".join(verdicts) + " |\n|---|" + "---|" * len(verdicts) + "\n")
    for level in LEVELS:
        out.append(f"| {level} | " + " | ".join(str(counts[level, verdict]) for verdict in verdicts) + " |\n")
    out.append("\n## What was found\nFindings at low and above; what is informative is counted.\n\n")
    out.append("| server | grade | requests | findings |\n|---|---|---|---|\n")
    for one in scanned:
        loud = sorted((f for f in one["findings"] if f["severity"] != "info"), key=lambda f: LEVELS.index(f["severity"]))
        words = [f"{f['severity']}: `{f['rule']}{'#' + f['case'] if f.get('case') else ''}`" for f in loud]
        quiet = len(one["findings"]) - len(loud)
        words += [f"{quiet} info"] if quiet else []
        grade = f"{one['grade']} {one['score']}" if one["grade"] and one["score"] is not None else f"? ({one['outcome']})"
        out.append(f"| {one['server']} | {grade} | {one['requests']} | {'<br>'.join(words) or 'none'} |\n")
    out.append("\n## What the review decided\n| finding | verdict | why |\n|---|---|---|\n")
    for name, one in sorted(reviewed.items()):
        out.append(f"| `{name}` | {one['verdict']} | {one['why']} |\n")
    page.write_text("".join(out))
    return 0

#!/usr/bin/env python3
"""Compares what Outsight and nuclei report on the same pretend host, template by template.

    compare.py verdicts --universe DIR/universe.py --pack PACK --verdicts DIR/verdicts/1.json --outsight BIN
    compare.py verdicts … --only git-config,CVE-2021-1234        those templates alone (quick)
    compare.py verdicts … --show git-config                      what it asked, what was answered, what both said
    compare.py verdicts … --ours out.jsonl                       judge a nuclei-jsonl file of an earlier run
    compare.py verdicts … --seed 7 --nuclei BIN [--record 7.json]  no recording: nuclei is run too, twice
    compare.py cold --universe … --pack PACK --outsight BIN --requests DIR/cold-requests.tsv
    compare.py table [--check docs/nuclei-compat.md]             explained.yaml as a table

`verdicts` serves the universe on loopback, scans it with the pack's default selection, and compares the sets of (template, matcher
name, extractor name, matched-at, extracted values): `missing` rows are nuclei's in all its runs and not ours, `extra` rows are ours
and in none of its. Rows that nuclei gave in some runs only are compared by template and matcher. `explained.yaml` beside this file
says why rows differ. Templates that write random words are run again with other words, --redraws times at most: a row that then comes
or goes is random. All else counts. The exit code is 1 where a difference is not explained or agreement is below --at-least. Python 3.11
or later and PyYAML.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import cold
import explained
import redraw
import rows
import universe

NUCLEI = "-pt http -dc -ni -nmhe -rl 0 -timeout 10 -retries 1 -duc -jsonl -or -silent"
OUTSIGHT = "--tier intrusive --rate 0 --per-host-rate 0 --timeout 10s --retries 1 --quiet"


def default_rules(pack: pathlib.Path) -> list:
    """The folders of a pack whose templates speak HTTP; the pack itself where it has no such folders."""
    found = [pack / name for name in ("http", "passive") if (pack / name).is_dir()]
    return found or [pack]


def run_outsight(args, url: str, only: list, out: pathlib.Path) -> dict:
    """One scan: its rows, the outcome of every rule, totals."""
    command = [args.outsight, "scan", url, *OUTSIGHT.split(), "-f", "jsonl", "--verdicts", "-o", f"nuclei-jsonl={out}"]
    for folder in args.rules or default_rules(args.pack):
        command += ["-r", str(folder)]
    for start in range(0, len(only), 1000):
        command += ["--id", ",".join(only[start:start + 1000])]
    command += args.outsight_args.split()
    begun = time.monotonic()
    told = bounded(command, args.ttl)
    seconds = time.monotonic() - begun
    outcomes, summary = {}, {}
    for line in told.stdout.splitlines():
        event = json.loads(line)
        if event["event"] == "verdict":
            outcomes[event["rule"]] = (event["outcome"], event.get("reason") or "")
        elif event["event"] == "summary":
            summary = event
    if not summary:
        raise SystemExit(f"the scan broke off (exit {told.returncode}):\n{told.stderr[-4000:]}")
    return {"rows": rows.read_lines(out), "outcomes": outcomes, "summary": summary, "seconds": seconds, "stderr": told.stderr}


def bounded(command: list, seconds: float):
    """Runs a program to its end, or stops it after that time."""
    try:
        return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=seconds)
    except subprocess.TimeoutExpired as late:
        said = (late.stderr or b"").decode(errors="replace")[-2000:]
        raise SystemExit(f"stopped after {seconds:.0f} s: {' '.join(command)[:300]}\n{said}")


def run_nuclei(args, url: str) -> set:
    """The rows of one run of nuclei, every template by itself."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as out:
        command = [args.nuclei, "-u", url, "-t", str(args.pack), "-o", out.name, *args.nuclei_args.split()]
        if args.only:
            command += ["-id", ",".join(args.only)]
        bounded(command, args.ttl)
        return rows.read_lines(out.name)


def recording(args, source: pathlib.Path, seed: str, mark: str, served) -> dict:
    """What nuclei says of the universe: as recorded, or by running it now."""
    if source:
        return rows.read_recording(source)
    fresh = rows.written(seed, mark, [run_nuclei(args, served.url) for _ in range(2)])
    target = pathlib.Path(args.record or tempfile.mkstemp(suffix=".json")[1])
    target.write_text(json.dumps(fresh, indent=0), encoding="utf-8")
    return rows.read_recording(target)


class Differences:
    """How our rows differ from nuclei's."""

    def __init__(self, theirs: dict, ours: set, ids: set, reasons: explained.Reasons):
        loose = {row.name for row in theirs["unstable"]}
        stable = {row for row in theirs["stable"] if not ids or row.template in ids}
        self.stable, self.ours = stable, ours
        self.missing = stable - ours
        self.extra = {row for row in ours - stable if row.name not in loose and (not ids or row.template in ids)}
        given = {row.name for row in ours}
        self.loose_missing = sorted({name for name in loose if name not in given and (not ids or name[0] in ids)})
        self.reasons = reasons

    @property
    def agreement(self) -> float:
        """The part of nuclei's steady rows that we give too, in per cent."""
        return 100.0 * (len(self.stable) - len(self.missing)) / max(len(self.stable), 1)

    def all(self) -> list:
        """Every difference with its kind."""
        return [("missing", row) for row in self.missing] + [("extra", row) for row in self.extra]

    def suspects(self) -> set:
        """Differences that may be owed to random words."""
        return {(kind, row) for kind, row in self.all() if self.reasons.is_suspect(kind, row)}

    def unexplained(self) -> list:
        """Differences that neither an entry of `explained.yaml` nor random words explain."""
        return [(kind, row) for kind, row in self.all() if not self.reasons.of(kind, row)]

    def by_template(self) -> dict:
        """Template → its missing and extra rows, those with most differences first."""
        found = collections.defaultdict(lambda: ([], []))
        for row in sorted(self.missing):
            found[row.template][0].append(row)
        for row in sorted(self.extra):
            found[row.template][1].append(row)
        return dict(sorted(found.items(), key=lambda item: -len(item[1][0]) - len(item[1][1])))


def print_differences(found: Differences, outcomes: dict, most: int) -> None:
    """One line a differing row, grouped by template, with our outcome and the reason where there is one."""
    for at, (template, (missing, extra)) in enumerate(found.by_template().items()):
        if at == most:
            print(f"… and {len(found.by_template()) - most} more templates (--most)")
            return
        outcome, why = outcomes.get(template, ("not run", ""))
        print(f"{template}: {outcome}{f' ({why})' if why else ''}")
        for kind, group in (("missing", missing), ("extra", extra)):
            for row in group[:6]:
                entry = found.reasons.of(kind, row)
                print(f"  {'-' if kind == 'missing' else '+'} {row.shown()[len(template) + 1:][:220]}{f'  [{entry}]' if entry else ''}")
            if len(group) > 6:
                print(f"  {'-' if kind == 'missing' else '+'} … {len(group) - 6} more")


def compare_one(args, module, source, seed) -> bool:
    """One universe: served, scanned, compared, printed. Says whether it is as it should be."""
    known = rows.read_recording(source) if source else None
    seed = known["seed"] if known else seed
    world = module.Universe(str(args.pack), seed)
    mark = universe.digest(world) if known or args.nuclei else ""
    if known and mark != known["digest"]:
        raise SystemExit(f"the recording is of another universe: digest {known['digest']}, here {mark}")
    ids = set(args.only or read_ids(args.ids))
    with universe.serve(module, world, args.port or (known["port"] if known else 9101), args.patience) as served:
        if known and served.port != known["port"]:
            print(f"note: port {served.port} rather than {known['port']}: bodies that name the port get other answers in strict universes")
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder, "ours.jsonl")
            if args.ours:
                scan = {"rows": rows.read_lines(args.ours), "outcomes": {}, "summary": {}, "seconds": 0.0, "stderr": ""}
            else:
                scan = run_outsight(args, served.url, args.only, out)
            if args.keep and not args.ours:
                pathlib.Path(args.keep).write_bytes(out.read_bytes())
        theirs = known or recording(args, None, seed, mark, served)
        found = Differences(theirs, scan["rows"], ids, explained.Reasons(seed, args.pack))
        with tempfile.TemporaryDirectory() as folder:
            again = lambda only: run_outsight(args, served.url, only, pathlib.Path(folder, "again.jsonl"))["rows"]
            found.reasons.redrawn = redraw.redraw(again, found.suspects(), args.redraws)
        if args.show:
            show(args, found, scan, served.asked)
        if args.log:
            lines = (f"{method} {target} {status} {len(content)}\n" for method, target, _, _, (status, _, content) in served.asked)
            pathlib.Path(args.log).write_text("".join(lines), encoding="utf-8", errors="replace")
    return told(args, seed, found, scan)


def told(args, seed, found: Differences, scan: dict) -> bool:
    """Prints the result of one universe; says whether it is as it should be."""
    if not args.quiet:
        print_differences(found, scan["outcomes"], args.most)
    if found.loose_missing and not args.quiet:
        names = [f"{template}{f' ({matcher})' if matcher else ''}" for template, matcher in found.loose_missing]
        print(f"given by some of nuclei's runs and not by us ({len(names)}): {', '.join(names[:30])}{' …' if len(names) > 30 else ''}")
    open_ones = found.unexplained()
    count = collections.Counter(kind for kind, _ in open_ones)
    print(
        f"seed {seed}: agreement {found.agreement:.2f} % of {len(found.stable)} rows; missing {len(found.missing)} "
        f"({count['missing']} not explained), extra {len(found.extra)} ({count['extra']} not explained); "
        f"{scan['summary'].get('requests', 0)} requests, {scan['seconds']:.1f} s"
    )
    if args.write:
        data = {kind: [row._asdict() for row in sorted(getattr(found, kind))] for kind in ("missing", "extra")}
        pathlib.Path(args.write).write_text(json.dumps(data, indent=1), encoding="utf-8")
    return not open_ones and found.agreement >= args.at_least


def show(args, found: Differences, scan: dict, asked: list) -> None:
    """What went over the wire, what was answered, what both engines said."""
    for method, target, headers, body, (status, fields, content) in asked:
        print(f">>> {method} {target}")
        print("".join(f"    {line}\n" for line in headers), end="")
        if body:
            print(f"    | {body[:args.bytes]!r}")
        print(f"<<< {status} {' '.join(f'{name}: {value};' for name, value in fields)}")
        print(f"    | {content[:args.bytes].decode('utf-8', 'replace')!r}")
    for title, group in (("nuclei", found.stable), ("Outsight", found.ours)):
        for row in sorted(row for row in group if row.template in args.only):
            print(f"{title}: {row.shown()}")
    for template in args.only:
        print("verdict:", template, *scan["outcomes"].get(template, ("not run",)))
    if scan["stderr"].strip():
        print(scan["stderr"].strip()[:4000])


def read_ids(path) -> set:
    """The ids of a file, one a line; empty without one."""
    return {line.strip() for line in open(path, encoding="utf-8") if line.strip()} if path else set()


def verdicts(args) -> int:
    """The command `verdicts`."""
    args.only = [name for name in (args.show or args.only or "").split(",") if name]
    module = universe.load(args.universe)
    if args.seed and not args.nuclei:
        raise SystemExit("--seed needs --nuclei; a recording (--verdicts) has its own")
    sources = [(path, None) for path in args.verdicts] + [(None, seed) for seed in args.seed]
    good = [compare_one(args, module, source, seed) for source, seed in sources]
    return 0 if good and all(good) else 1


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    both = argparse.ArgumentParser(add_help=False)
    both.add_argument("--universe", type=pathlib.Path, required=True, help="the file universe.py")
    both.add_argument("--pack", type=pathlib.Path, required=True, help="the folder of templates that the universe is made from")
    both.add_argument("--outsight", default="outsight", help="the program [default: outsight]")
    both.add_argument("--outsight-args", default="", help="further arguments of `outsight scan`, as one text")
    both.add_argument("--rules", type=pathlib.Path, action="append", help="what to load [default: PACK/http and PACK/passive]")
    both.add_argument("--port", type=int, help="port of loopback [default: the recording's, or 9101; another where it is taken]")
    both.add_argument("--patience", type=float, default=120, help="seconds to wait for that port [default: 120]")
    both.add_argument("--ttl", type=float, default=600, help="seconds after which a program is stopped [default: 600]")
    one = commands.add_parser("verdicts", parents=[both], help="compare what is reported")
    one.add_argument("--verdicts", type=pathlib.Path, nargs="*", default=[], help="recordings, one a universe")
    one.add_argument("--ids", type=pathlib.Path, help="compare these templates only: a file, one id a line")
    one.add_argument("--only", help="run and compare these templates only: ids, comma-separated")
    one.add_argument("--show", help="as --only, with every request and answer")
    one.add_argument("--bytes", type=int, default=1500, help="bytes of a body that --show prints [default: 1500]")
    one.add_argument("--ours", type=pathlib.Path, help="judge this nuclei-jsonl file instead of scanning")
    one.add_argument("--keep", type=pathlib.Path, help="where to keep our nuclei-jsonl")
    one.add_argument("--write", type=pathlib.Path, help="where to write the differing rows as JSON")
    one.add_argument("--log", type=pathlib.Path, help="where to write what was asked of the universe, in order")
    one.add_argument("--most", type=int, default=60, help="templates whose differences are printed [default: 60]")
    one.add_argument("--redraws", type=int, default=redraw.ROUNDS, help=f"runs with other random words at most [default: {redraw.ROUNDS}]")
    one.add_argument("--quiet", action="store_true", help="print the totals only")
    one.add_argument("--at-least", type=float, default=99.5, help="agreement in per cent [default: 99.5]")
    one.add_argument("--seed", action="append", default=[], help="a universe without a recording; needs --nuclei")
    one.add_argument("--nuclei", help="the nuclei program, where there is no recording")
    one.add_argument("--nuclei-args", default=NUCLEI, help=f"its arguments [default: {NUCLEI}]")
    one.add_argument("--record", type=pathlib.Path, help="where to keep what nuclei gave, as a recording")
    one.set_defaults(run=verdicts)
    two = commands.add_parser("cold", parents=[both], help="compare what is sent to a host that answers 404 to everything")
    cold.add_arguments(two)
    three = commands.add_parser("table", help="the reasons of explained.yaml as Markdown")
    three.add_argument("--check", type=pathlib.Path, help="fail where this page does not hold the table")
    three.add_argument("--into", type=pathlib.Path, help="write the table into this page")
    three.set_defaults(run=explained.table)
    return parser


if __name__ == "__main__":
    os.environ.setdefault("NO_COLOR", "1")
    chosen = arguments().parse_args()
    sys.exit(chosen.run(chosen))

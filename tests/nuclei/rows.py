"""Rows: what an engine reports, in a form that can be compared.

A row is (template, matcher name, extractor name, matched-at without its origin, extracted values sorted). Ports of loopback
are written as `PORT`, because two runs may be served on two.
"""
import collections
import json
import re
from typing import NamedTuple

ORIGIN = re.compile(r"^[a-z]+://[^/?#]*")
LOOPBACK = re.compile(r"127\.0\.0\.1(:|%3A)(9\d{3}|[1-6]\d{4})(?!\d)")


class Row(NamedTuple):
    """One reported match."""

    template: str
    matcher: str
    extractor: str
    at: str
    extracted: tuple

    @property
    def name(self) -> tuple:
        """What is compared where the rest is random."""
        return self.template, self.matcher

    def shown(self) -> str:
        """The row on one line."""
        names = "".join(f" {kind}={name}" for kind, name in (("m", self.matcher), ("x", self.extractor)) if name)
        values = f" {list(self.extracted)}" if self.extracted else ""
        return f"{self.template}{names} {self.at or '-'}{values}"


def portless(text: str) -> str:
    """The text with the port of the pretend host replaced by a word."""
    return LOOPBACK.sub(r"127.0.0.1\1PORT", text)


def row_of(line: dict) -> Row:
    """The row of a line of nuclei's JSON, or of ours in that format."""
    at = portless(ORIGIN.sub("", line.get("matched-at", "")))
    values = sorted(portless(value) for value in line.get("extracted-results") or [])
    return Row(line["template-id"], line.get("matcher-name", ""), line.get("extractor-name", ""), at, tuple(values))


def read_lines(path) -> set:
    """The rows of a file of JSON lines."""
    with open(path, encoding="utf-8", errors="replace") as lines:
        return {row_of(json.loads(line)) for line in lines if line.startswith("{")}


def read_recording(path) -> dict:
    """A recording: `stable` and `unstable` rows with seed, digest and the port it was made on."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    data = json.loads(text)

    def rows(kind):
        for row in data[kind]:
            values = sorted(portless(value) for value in row["extracted"])
            yield Row(row["template"], row["matcher"], row["extractor"], portless(row["at"]), tuple(values))

    ports = collections.Counter(re.findall(r"127\.0\.0\.1:(9\d{3})\b", text)).most_common(1)
    return {
        "seed": data["seed"],
        "digest": data["digest"],
        "port": int(ports[0][0]) if ports else 9101,
        "stable": set(rows("stable")),
        "unstable": set(rows("unstable")),
    }


def written(seed: str, digest: str, runs: list) -> dict:
    """A recording of several runs: what all of them gave is stable."""
    stable = set.intersection(*runs)
    unstable = set.union(*runs) - stable

    def plain(rows):
        return [dict(row._asdict(), extracted=list(row.extracted)) for row in sorted(rows)]

    return {"seed": seed, "digest": digest, "runs": len(runs), "stable": plain(stable), "unstable": plain(unstable)}

"""The four tools: how each is asked about one server, and where its answer lies."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from certs import NAME

PATIENCE = {"outsight": 120, "sslyze": 180, "sslscan": 180, "testssl": 420}


# Sections of testssl.sh that are about a server's fault; of others the protocols and the server's defaults.
SECTIONS = {
    "good": ["-p", "-s", "-f", "-P", "-S", "-U"],
    **dict.fromkeys(["null", "anonymous", "rc4-and-3des", "canned export", "static-rsa", "cbc-only"], ["-p", "-s", "-f", "-P"]),
    **dict.fromkeys(["wide", "no-order"], ["-p", "-s", "-f", "-P"]),
    **dict.fromkeys(["dh-512", "dh-1024", "weak-curve", "p521-only"], ["-p", "-f", "-J"]),
    **dict.fromkeys(["client-renegotiation", "no-renegotiation-info"], ["-p", "-R"]),
    "canned ssl2-export-des": ["-p", "-s", "-F", "-D", "-J"],
    "canned compression": ["-p", "-C"],
    "canned ssl3-only": ["-p", "-O"],
    "canned no-fallback-scsv": ["-p", "-Z"],
    "no-resumption": ["-S"],
}


class Tools:
    def __init__(self, work: Path, outsight: str, laboratory):
        self.work, self.laboratory, self.outsight = work, laboratory, outsight

    def commands(self, server, out: Path):
        port = self.laboratory.ports[server]
        roots = self.laboratory.folder / "roots.pem"
        return {
            "outsight": [self.outsight, "scan", f"{NAME}:{port}", "--resolve", f"{NAME}:{port}:127.0.0.1", "--category", "tls",
                         "--tls", "full", "-f", "jsonl", "--ca-file", str(roots), "--per-host-rate", "0"],
            "sslyze": [str(Path(os.sys.executable).parent / "sslyze"), "--quiet", "--certinfo_ca_file", str(roots), "--json_out",
                       str(out), f"{NAME}:{port}" + "{127.0.0.1}"],
            "sslscan": ["sslscan", "--no-colour", "--show-sigs", "--ocsp", f"--xml={out}", f"--sni-name={NAME}",
                        f"127.0.0.1:{port}"],
            # Only the sections that the server's fault belongs to: a whole run takes one to several minutes.
            "testssl": ["testssl", "--ip", "127.0.0.1", "--add-ca", str(roots), "--quiet", "--color", "0", "--warnings", "off",
                        *SECTIONS.get(server, ["-p", "-S"]), "--jsonfile", str(out), f"{NAME}:{port}"],
        }

    def enumeration(self, server, out: Path):
        """The same, for nothing but protocols, suites and groups."""
        port = self.laboratory.ports[server]
        return {
            "outsight": self.commands(server, out)["outsight"],
            "sslyze": [str(Path(os.sys.executable).parent / "sslyze"), "--quiet", "--mozilla_config", "disable", "--sslv2", "--sslv3",
                       "--tlsv1", "--tlsv1_1", "--tlsv1_2", "--tlsv1_3", "--elliptic_curves", "--json_out", str(out),
                       f"{NAME}:{port}" + "{127.0.0.1}"],
            "sslscan": ["sslscan", "--no-colour", "--no-check-certificate", "--no-compression", "--no-fallback",
                        "--no-heartbleed", "--no-renegotiation", f"--xml={out}", f"--sni-name={NAME}", f"127.0.0.1:{port}"],
            "testssl": ["testssl", "--ip", "127.0.0.1", "--quiet", "--color", "0", "--warnings", "off", "-E", "-f",
                        "--jsonfile", str(out), f"{NAME}:{port}"],
        }

    def run(self, tool, server, folder: Path, command):
        """Runs a tool; gives its time and the connections that it made, and leaves its answer in the folder."""
        out = folder / f"{server.replace(' ', '_')}.out"
        out.unlink(missing_ok=True)
        before, start = opened(), time.monotonic()
        try:
            ended = subprocess.run(command, capture_output=True, timeout=PATIENCE[tool], stdin=subprocess.DEVNULL, cwd=folder,
                                   env={**os.environ, "HOME": str(folder)})
            code, text = ended.returncode, ended.stdout
        except subprocess.TimeoutExpired as error:
            code, text = None, error.stdout or b""
        record = {"seconds": time.monotonic() - start, "connections": opened() - before, "code": code}
        if tool == "outsight":
            out.write_bytes(text)
        else:
            out.with_suffix(".text").write_bytes(text)
        out.with_suffix(".run").write_text(json.dumps(record))
        return record


def opened():
    """Connections opened in this network namespace so far."""
    lines = [line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Tcp:")]
    return int(dict(zip(*lines))["ActiveOpens"])

#!/usr/bin/env python3
"""Runs templates of a pack that speak DNS, TCP and TLS, and of our own one that speaks WebSocket and one that takes a server's JARM
fingerprint, against servers of this process.

    wires.py --pack PACK --outsight BIN

Every template is run twice, alone: against a server that it is about, and against one that it is not. It must report rows in the
first case and none in the second. The exit code is 1 where one does not. Python 3.11 or later and openssl; loopback only.
"""
import argparse
import base64
import hashlib
import json
import pathlib
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading

WEBSOCKET = """id: websocket-echo
info: {name: A server that says everything twice, author: outsight, severity: info, tags: websocket}
websocket:
  - address: "ws://{{Hostname}}/chat"
    inputs:
      - data: hello
    matchers:
      - type: word
        words: [hellohello]
"""

JARM = """id: jarm-of-tls
info: {name: A server that answers hellos, author: outsight, severity: info, tags: jarm}
tcp:
  - inputs:
      - {data: 2E, type: hex}
    host: ["{{Hostname}}"]
    matchers:
      - type: dsl
        dsl: ["len(jarm(Hostname)) == 62 && !starts_with(jarm(Hostname), '000')"]
    extractors:
      - type: dsl
        dsl: ["jarm(Hostname)"]
"""


def listen(serve):
    """A port on loopback whose callers are served."""
    server = socket.create_server(("127.0.0.1", 0))

    def one(stream):
        try:
            with stream:
                serve(stream)
        except OSError:
            pass

    def forever():
        while True:
            stream, _ = server.accept()
            stream.settimeout(5)
            threading.Thread(target=one, args=(stream,), daemon=True).start()

    threading.Thread(target=forever, daemon=True).start()
    return server.getsockname()[1]


def banner(text):
    return listen(lambda stream: stream.sendall(text))


def answering(question, answer):
    """Says something only to those who ask for it."""
    def serve(stream):
        if question in stream.recv(4096):
            stream.sendall(answer)
            stream.recv(1)
    return listen(serve)


def with_certificate(subject, folder):
    """A TLS server with a certificate that it signed itself."""
    name = folder / str(abs(hash(subject)))
    run = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", subject]
    subprocess.run([*run, "-keyout", f"{name}.key", "-out", f"{name}.pem"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{name}.pem", f"{name}.key")

    def serve(stream):
        with context.wrap_socket(stream, server_side=True) as inside:
            inside.recv(1)
    return listen(serve)


def resolver(records):
    """A resolver that knows these records, by name and type; every other name does not exist."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def forever():
        while True:
            query, caller = server.recvfrom(4096)
            end = query.index(0, 12) + 5
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode())
                at += 1 + query[at]
            kind = struct.unpack("!H", query[end - 4:end - 2])[0]
            known = records.get((".".join(labels), kind))
            answer = b"" if known is None else b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(known)) + known
            bits = 0x8183 if known is None else 0x8180
            head = query[:2] + struct.pack("!HHHHH", bits, 1, int(known is not None), 0, 0)
            server.sendto(head + query[12:end] + answer, caller)

    threading.Thread(target=forever, daemon=True).start()
    return f"127.0.0.1:{server.getsockname()[1]}"


def text(value):
    return bytes([len(value)]) + value.encode()


def name(value):
    return b"".join(text(label) for label in value.split(".")) + b"\0"


def web_socket(answer):
    """Upgrades, and answers every message with what `answer` makes of it."""
    def serve(stream):
        head = b""
        while b"\r\n\r\n" not in head:
            head += stream.recv(4096)
        lines = head.decode().split("\r\n")
        key = next(line.split(": ")[1] for line in lines if line.lower().startswith("sec-websocket-key"))
        digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        agreed = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        stream.sendall(f"{agreed}Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}\r\n\r\n".encode())
        frame = stream.recv(4096)
        mask, payload = frame[2:6], frame[6:6 + (frame[1] & 127)]
        said = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        stream.sendall(b"\x81" + text(answer(said.decode())))
        stream.recv(4096)
    return listen(serve)


def cases(folder):
    """Template, arguments against the server that it is about, arguments against another."""
    at = lambda port: [f"http://127.0.0.1:{port}"]
    secure = lambda port: [f"https://127.0.0.1:{port}"]
    ssh, other = banner(b"SSH-2.0-OpenSSH_9.6\r\n"), banner(b"SSH-2.0-dropbear_2022.83\r\n")
    for template, port, another in [
        ("network/detection/openssh-detect", ssh, other),
        ("network/detection/sshd-dropbear-detect", other, ssh),
        ("network/detection/redis-detect", answering(b"*1\r\n$4\r\ninfo", b"-NOAUTH Authentication required.\r\n"), ssh),
        ("network/detection/rsyncd-service-detect",
         answering(b"?\r\n", b"@RSYNCD: 31.0\n@ERROR: protocol startup error\n"), other),
        ("network/detection/mongodb-detect",
         answering(bytes.fromhex("3a000000a741"), b"..localTime..logicalSessionTimeoutMinutes"), ssh),
    ]:
        yield template, at(port), at(another)
    shop, none = ["http://shop.example", "--resolve", "shop.example:80:127.0.0.1"], resolver({})
    for template, known in [
        ("dns/dmarc-detect", {("_dmarc.shop.example", 16): text("v=DMARC1; p=none")}),
        ("dns/mx-fingerprint", {("shop.example", 15): b"\0\x0a" + name("mail.shop.example")}),
        ("dns/spf-record-detect", {("shop.example", 16): text("v=spf1 -all")}),
        ("dns/nameserver-fingerprint", {("shop.example", 2): name("ns1.shop.example")}),
        ("dns/caa-fingerprint", {("shop.example", 257): b"\0" + text("issue") + b"letsencrypt.org"}),
    ]:
        yield template, [*shop, "--resolver", resolver(known)], [*shop, "--resolver", none]
    plain = with_certificate("/O=Shop/CN=shop.example", folder)
    for template, subject in [
        ("ssl/c2/metasploit-c2", "/CN=MetasploitSelfSignedCA"),
        ("ssl/wildcard-tls", "/CN=*.shop.example"),
        ("ssl/kubernetes-fake-certificate", "/O=Acme Co/CN=Kubernetes Ingress Controller Fake Certificate"),
    ]:
        yield template, secure(with_certificate(subject, folder)), secure(plain)
    for template in ["ssl/self-signed-ssl", "ssl/tls-version"]:
        yield template, secure(plain), secure(ssh)
    fingerprint = folder / "jarm-of-tls.yaml"
    fingerprint.write_text(JARM)
    yield fingerprint, secure(plain), secure(ssh)
    ours = folder / "websocket-echo.yaml"
    ours.write_text(WEBSOCKET)
    yield ours, at(web_socket(lambda said: said * 2)), at(web_socket(lambda said: said))


def rows(outsight, template, arguments):
    fixed = ["scan", "-r", str(template), "--tier", "intrusive", "--rate", "0", "--per-host-rate", "0", "-f", "nuclei-jsonl"]
    ran = subprocess.run([outsight, *fixed, "--quiet", *arguments], capture_output=True, text=True, timeout=120)
    return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")], ran.stderr.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=pathlib.Path, required=True)
    parser.add_argument("--outsight", required=True)
    options = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for template, about, another in cases(pathlib.Path(folder)):
            path = options.pack / f"{template}.yaml" if isinstance(template, str) else template
            (hits, said), (strays, _) = rows(options.outsight, path, about), rows(options.outsight, path, another)
            good = bool(hits) and not strays
            wrong += not good
            extracted = [value for hit in hits for value in hit.get("extracted-results", [])]
            print("ok   " if good else "WRONG", path.stem, f"{len(hits)} rows, {len(strays)} strays", *extracted[:4])
            if not good and said:
                print("      ", said)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

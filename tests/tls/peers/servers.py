"""The laboratory of the comparison: real servers where some library still speaks it, canned ones for the rest."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path

BASE = 20000

# Of nginx: name, certificate, directives beside the usual ones.
MODERN = "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;"
NGINX = {
    "good": ("good", MODERN),
    "expired": ("expired", MODERN),
    "not-yet-valid": ("not-yet-valid", MODERN),
    "ends-in-8-days": ("ends-in-8-days", MODERN),
    "five-years": ("five-years", MODERN),
    "self-signed": ("self-signed", MODERN),
    "unknown-root": ("unknown-root", MODERN),
    "wrong-host": ("wrong-host", MODERN),
    "common-name-only": ("common-name-only", MODERN),
    "wildcard": ("wildcard", MODERN),
    "rsa-1024": ("rsa-1024", "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM:@SECLEVEL=0;"),
    "sha1": ("sha1", "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM:@SECLEVEL=0;"),
    "md5": ("md5", "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM:@SECLEVEL=0;"),
    "incomplete-chain": ("incomplete-chain", MODERN),
    "misordered-chain": ("misordered-chain", MODERN),
    "expired-intermediate": ("expired-intermediate", MODERN),
    "wrong-purpose": ("wrong-purpose", MODERN),
    "must-staple": ("must-staple", MODERN),
    "stapled-revoked": ("stapled-revoked", MODERN + " ssl_stapling on; ssl_stapling_file {folder}/stapled-revoked.ocsp;"),
    "tls10-only": ("rsa", "ssl_protocols TLSv1; ssl_ciphers ALL:@SECLEVEL=0;"),
    "tls11-only": ("rsa", "ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;"),
    "tls10-to-tls13": ("rsa", "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on; "
                              "ssl_ciphers ECDHE+AESGCM:ECDHE+AES:@SECLEVEL=0;"),
    "cbc-only": ("rsa", "ssl_protocols TLSv1.2; ssl_ciphers ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES128-SHA;"),
    "static-rsa": ("rsa", "ssl_protocols TLSv1.2; ssl_ciphers AES128-GCM-SHA256:AES128-SHA;"),
    "tls13-only": ("good", "ssl_protocols TLSv1.3;"),
    "no-order": ("rsa", "ssl_protocols TLSv1.2; ssl_ciphers ECDHE+AESGCM:AES128-SHA;"),
    "wide": ("rsa", "ssl_certificate {folder}/good.crt; ssl_certificate_key {folder}/good.key; "
                    "ssl_dhparam {folder}/dh2048.pem; ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; "
                    "ssl_ciphers ALL:COMPLEMENTOFALL:@SECLEVEL=0;"),
    "asks-for-certificates": ("good", MODERN + " ssl_client_certificate {folder}/root.pem; ssl_verify_client on;"),
    "early-data": ("good", MODERN + " ssl_early_data on;"),
    "no-resumption": ("good", MODERN + " ssl_session_tickets off; ssl_session_cache off;"),
}

# Of openssl s_server: name, certificate, arguments.
OPENSSL = {
    "null": ("rsa", "-no_tls1_3 -cipher eNULL:@SECLEVEL=0"),
    "anonymous": (None, "-nocert -no_tls1_3 -cipher aNULL:@SECLEVEL=0"),
    "client-renegotiation": ("rsa", "-tls1_2 -client_renegotiation"),
    "dh-1024": ("rsa", "-tls1_2 -dhparam {folder}/dh1024.pem -cipher kDHE:@SECLEVEL=0"),
    "weak-curve": ("rsa", "-tls1_2 -groups sect163k1:secp192r1:secp224r1 -cipher kECDHE:@SECLEVEL=0"),
    "p521-only": ("good", "-tls1_3 -groups P-521"),
}

# Of gnutls-serv: name, priorities, further arguments.
GNUTLS = {
    "rc4-and-3des": ("NORMAL:-CIPHER-ALL:+3DES-CBC:+ARCFOUR-128:+RSA:-VERS-ALL:+VERS-TLS1.0:+VERS-TLS1.1:+VERS-TLS1.2", ""),
    "no-renegotiation-info": ("NORMAL:-VERS-TLS1.3:%DISABLE_SAFE_RENEGOTIATION", ""),
    "dh-512": ("NORMAL:-KX-ALL:+DHE-RSA:-VERS-ALL:+VERS-TLS1.2:-GROUP-ALL:%PROFILE_VERY_WEAK", "--dhparams {folder}/dh512.pem"),
}

# Canned ones of tests/tls/lab, which no library speaks.
CANNED = [
    "ssl2-export-des", "ssl3-only", "export", "compression", "no-fallback-scsv", "drops-middling-hellos", "fears-tls13",
    "slow", "plain-http", "closes", "silent",
]


class Laboratory:
    """All servers; `ports` says where each listens."""

    def __init__(self, folder: Path, tests, repository: Path):
        self.folder, self.ports, self.children = folder, {}, []
        port = BASE
        for title in [*NGINX, *OPENSSL, *GNUTLS]:
            self.ports[title] = port
            port += 1
        subprocess.run(["openssl", "dhparam", "-out", folder / "dh512.pem", "512"], check=True, capture_output=True)
        self.start_nginx()
        for title, (certificate, arguments) in OPENSSL.items():
            self.start_openssl(title, certificate, arguments)
        for title, (priorities, more) in GNUTLS.items():
            self.spawn(["gnutls-serv", "--http", "-q", "-p", str(self.ports[title]), "--x509keyfile", folder / "rsa.key",
                        "--x509certfile", folder / "rsa.crt", "--priority", priorities,
                        *more.format(folder=folder).split()], title)
        self.start_canned(tests, repository)
        for title in [*NGINX, *OPENSSL, *GNUTLS]:
            self.wait(title)

    def spawn(self, command, title, **more):
        output = open(self.folder / f"{title}.log", "wb")
        child = subprocess.Popen([str(it) for it in command], stdin=subprocess.PIPE, stdout=output, stderr=output, **more)
        self.children.append(child)

    def wait(self, title):
        for _ in range(200):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.ports[title])) == 0:
                    return
            time.sleep(0.05)
        raise SystemExit(f"{title} does not listen: {(self.folder / f'{title}.log').read_text()}")

    def start_nginx(self):
        blocks = []
        for title, (certificate, more) in NGINX.items():
            blocks.append(
                f"server {{ listen 127.0.0.1:{self.ports[title]} ssl http2; server_name lab.example;"
                f" ssl_certificate {self.folder}/{certificate}.crt; ssl_certificate_key {self.folder}/{certificate}.key;"
                f" {more.format(folder=self.folder)}"
                ' add_header Strict-Transport-Security "max-age=63072000; includeSubDomains; preload" always;'
                ' location / { return 200 "ok"; } }')
        text = (
            f"daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log; worker_processes 2;"
            " events { worker_connections 512; } http { access_log off; "
            f" client_body_temp_path {self.folder}/t1; proxy_temp_path {self.folder}/t2; fastcgi_temp_path {self.folder}/t3;"
            f" uwsgi_temp_path {self.folder}/t4; scgi_temp_path {self.folder}/t5; " + "\n".join(blocks) + "}")
        if os.getuid() == 0:
            text = "user root; " + text
        (self.folder / "nginx.conf").write_text(text)
        self.spawn(["nginx", "-c", self.folder / "nginx.conf", "-p", self.folder], "nginx")

    def start_openssl(self, title, certificate, arguments):
        # A level that is set by an option comes too late for what is read before it.
        configuration = self.folder / "openssl.cnf"
        configuration.write_text("openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n"
                                 "CipherString = ALL:@SECLEVEL=0\nMinProtocol = None\n")
        keys = ["-cert", self.folder / f"{certificate}.crt", "-key", self.folder / f"{certificate}.key",
                "-cert_chain", self.folder / f"{certificate}.crt"] if certificate else []
        self.spawn(["openssl", "s_server", "-www", "-quiet", "-accept", f"127.0.0.1:{self.ports[title]}", *keys,
                    *arguments.format(folder=self.folder).split()], title,
                   env={**os.environ, "OPENSSL_CONF": str(configuration)})

    def start_canned(self, command, repository):
        folder = self.folder / "canned"
        folder.mkdir(exist_ok=True)
        self.spawn([*command, "tls::serve", "--ignored"], "canned", cwd=repository, env={**os.environ, "OUTSIGHT_LAB": str(folder)})
        while not (folder / "servers.jsonl").exists():
            if self.children[-1].poll() is not None:
                raise SystemExit((self.folder / "canned.log").read_text())
            time.sleep(0.2)
        lines = (folder / "servers.jsonl").read_text().splitlines()
        ports = {it["name"]: it["port"] for it in map(json.loads, lines)}
        for title in CANNED:
            self.ports["canned " + title] = ports[title]
        self.roots = [self.folder / "root.pem", folder / "root.pem"]
        both = self.folder / "roots.pem"
        both.write_text("".join(it.read_text() for it in self.roots))

    def stop(self):
        (self.folder / "canned" / "stop").touch()
        for child in self.children:
            child.terminate()
        for child in self.children:
            child.wait()

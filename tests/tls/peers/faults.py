"""Which tool tells which fault: one row a fault, one question a tool.

A fault counts as told where the answer names it or shows the fact itself under a heading of its own; reading a date or a
list of extensions and concluding is left to nobody. Where a tool says something else than the truth, `WRONG` says so.
"""

import json
import re
import xml.etree.ElementTree as ElementTree

BAD = ("LOW", "MEDIUM", "HIGH", "CRITICAL")


class Outsight:
    def __init__(self, text):
        events = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        self.findings = [it for it in events if it.get("event") == "finding"]
        self.rules = {it["rule"] for it in self.findings}

    def says(self, *rules):
        return any(rule in self.rules for rule in rules)

    def complaints(self):
        return sorted({it["rule"] for it in self.findings if it["severity"] != "info"})


class Testssl:
    def __init__(self, text):
        try:
            self.items = json.loads(text)
        except json.JSONDecodeError:
            self.items = []

    def says(self, name, finding="", least="LOW"):
        bad = BAD[BAD.index(least):]
        return any(re.match(name, it["id"]) and it["severity"] in bad and re.search(finding, it["finding"], re.I)
                   for it in self.items)

    def complaints(self):
        return sorted({it["id"] for it in self.items if it["severity"] in BAD})


class Sslyze:
    def __init__(self, text):
        try:
            self.result = json.loads(text)["server_scan_results"][0]["scan_result"] or {}
        except (json.JSONDecodeError, KeyError, IndexError):
            self.result = {}

    def of(self, name):
        return (self.result.get(name) or {}).get("result") or {}

    def suites(self, *versions):
        names = versions or ("ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3")
        accepted = [it for name in names for it in self.of(f"{name}_cipher_suites").get("accepted_cipher_suites", [])]
        return [it["cipher_suite"]["name"] for it in accepted]

    def has(self, pattern):
        return any(re.search(pattern, name) for name in self.suites())

    def speaks(self, version):
        return bool(self.of(f"{version}_cipher_suites").get("is_tls_version_supported"))

    @property
    def deployment(self):
        return (self.of("certificate_info").get("certificate_deployments") or [{}])[0]

    def path(self, pattern):
        """What the store with the laboratory's roots says against the chain."""
        errors = [it.get("validation_error") or "" for it in self.deployment.get("path_validation_results", [])
                  if "roots.pem" in it["trust_store"]["path"]]
        return any(re.search(pattern, error, re.I) for error in errors)

    def leaf(self):
        return (self.deployment.get("received_certificate_chain") or [{}])[0]

    def dh(self):
        keys = [it.get("ephemeral_key") or {} for version in ("tls_1_0", "tls_1_2")
                for it in self.of(f"{version}_cipher_suites").get("accepted_cipher_suites", [])]
        return [key["size"] for key in keys if key.get("type_name") == "DH"]


class Sslscan:
    def __init__(self, text):
        try:
            self.root = ElementTree.fromstring(text.encode())
        except ElementTree.ParseError:
            self.root = ElementTree.Element("nothing")

    def speaks(self, kind, version):
        return any(it.get("type") == kind and it.get("version") == version and it.get("enabled") == "1"
                   for it in self.root.iter("protocol"))

    def has(self, pattern):
        return any(re.search(pattern, it.get("cipher", "")) for it in self.root.iter("cipher"))

    def all(self, pattern):
        ciphers = list(self.root.iter("cipher"))
        return bool(ciphers) and all(re.search(pattern, it.get("cipher", "")) for it in ciphers)

    def says(self, tag, pattern):
        return any(re.search(pattern, " ".join([it.text or "", *it.attrib.values()]), re.I) for it in self.root.iter(tag))


READ = {"outsight": Outsight, "testssl": Testssl, "sslyze": Sslyze, "sslscan": Sslscan}
NO = lambda _: False  # noqa: E731

# Fault, its server, and who tells it.
ROWS = [
    ("expired", "expired", lambda o: o.says("tls-certificate-expired"), lambda t: t.says("cert_expirationStatus", "expired"),
     lambda y: y.path("not valid at|expired|validity"), lambda s: s.says("expired", "true")),
    ("not yet valid", "not-yet-valid", lambda o: o.says("tls-certificate-not-yet-valid"),
     lambda t: t.says("cert_", "not yet valid"), lambda y: y.path("not valid at|not yet|validity"), NO),
    ("ends in 8 days", "ends-in-8-days", lambda o: o.says("tls-certificate-expiring"),
     lambda t: t.says("cert_expirationStatus"), NO, NO),
    ("valid for five years", "five-years", lambda o: o.says("tls-certificate-lifetime"),
     lambda t: t.says("cert_validityPeriod"), NO, NO),
    ("self-signed", "self-signed", lambda o: o.says("tls-certificate-self-signed"),
     lambda t: t.says("cert_chain_of_trust", "self signed"), lambda y: y.path("."), lambda s: s.says("self-signed", "true")),
    ("root that nobody knows", "unknown-root", lambda o: o.says("tls-certificate-untrusted"),
     lambda t: t.says("cert_chain_of_trust"), lambda y: y.path("."), NO),
    ("wrong host", "wrong-host", lambda o: o.says("tls-certificate-wrong-host"), lambda t: t.says("cert_trust", "not match"),
     lambda y: y.path("name|subject|host"), NO),
    ("no SAN", "common-name-only", lambda o: o.says("tls-certificate-no-names"), lambda t: t.says("cert_subjectAltName"),
     lambda y: y.path("."), NO),
    ("wildcard (note)", "wildcard", lambda o: o.says("tls-certificate-wildcard"), lambda t: t.says("cert", "wildcard"), NO, NO),
    ("RSA of 1024 bits", "rsa-1024", lambda o: o.says("tls-certificate-weak-key"), lambda t: t.says("cert_keySize"),
     lambda y: y.leaf().get("public_key", {}).get("key_size") == 1024, lambda s: s.says("pk", "1024")),
    ("SHA-1 signature", "sha1", lambda o: o.says("tls-certificate-weak-signature"),
     lambda t: t.says("cert_signatureAlgorithm"), lambda y: y.path("."),
     lambda s: s.says("signature-algorithm", "sha1")),
    ("MD5 signature", "md5", lambda o: o.says("tls-certificate-weak-signature"), lambda t: t.says("cert_signatureAlgorithm"),
     lambda y: y.path("."), lambda s: s.says("signature-algorithm", "md5")),
    ("incomplete chain", "incomplete-chain", lambda o: o.says("tls-chain-incomplete"),
     lambda t: t.says("cert_chain_of_trust", "incomplete"), lambda y: y.path("."), NO),
    ("wrong order", "misordered-chain", lambda o: o.says("tls-chain-order"), lambda t: t.says("certs_list_ordering"),
     lambda y: y.deployment.get("received_chain_has_valid_order") is False, NO),
    ("root sent along (note)", "misordered-chain", lambda o: o.says("tls-chain-surplus"), NO,
     lambda y: y.deployment.get("received_chain_contains_anchor_certificate") is True, NO),
    ("expired intermediate", "expired-intermediate", lambda o: o.says("tls-certificate-expired"),
     lambda t: t.says("cert_chain_of_trust", "expired"), lambda y: y.path("."), NO),
    ("not for servers", "wrong-purpose", lambda o: o.says("tls-certificate-wrong-purpose"),
     lambda t: t.says("cert_extKeyUsage"), lambda y: y.path("."), NO),
    ("must staple, does not", "must-staple", lambda o: o.says("tls-must-staple"),
     lambda t: t.says("cert_mustStaple"), lambda y: y.deployment.get("leaf_certificate_has_must_staple_extension") is True, NO),
    ("revoked, by its staple", "stapled-revoked", lambda o: o.says("tls-certificate-revoked"),
     lambda t: t.says("cert_ocspRevoked"),
     lambda y: (y.deployment.get("ocsp_response") or {}).get("certificate_status") == "REVOKED", "revoked"),
    ("TLS 1.0 alone", "tls10-only", lambda o: o.says("tls-old-protocol"), lambda t: t.says("TLS1$"),
     lambda y: y.speaks("tls_1_0"), lambda s: s.speaks("tls", "1.0")),
    ("TLS 1.1 alone", "tls11-only", lambda o: o.says("tls-old-protocol"), lambda t: t.says("TLS1_1$", "offered .deprecated"),
     lambda y: y.speaks("tls_1_1"), lambda s: s.speaks("tls", "1.1")),
    ("TLS 1.0 beside 1.3", "tls10-to-tls13", lambda o: o.says("tls-old-protocol"), lambda t: t.says("TLS1$"),
     lambda y: y.speaks("tls_1_0"), lambda s: s.speaks("tls", "1.0")),
    ("SSL 3.0", "canned ssl3-only", lambda o: o.says("tls-ssl3"), lambda t: t.says("SSLv3"), lambda y: y.speaks("ssl_3_0"),
     lambda s: s.speaks("ssl", "3")),
    ("SSL 2.0", "canned ssl2-export-des", lambda o: o.says("tls-ssl2"), lambda t: t.says("SSLv2"), lambda y: y.speaks("ssl_2_0"),
     lambda s: s.speaks("ssl", "2")),
    ("export suites", "canned export", lambda o: o.says("tls-suite-export"), lambda t: t.says("cipherlist_EXPORT"),
     lambda y: y.has("EXP"), lambda s: s.has("EXP")),
    ("DES", "canned ssl2-export-des", lambda o: o.says("tls-suite-des"),
     lambda t: t.says("cipherlist_(LOW|3DES_IDEA|EXPORT)|cipherlist_.*DES"),
     lambda y: y.has("_DES_CBC|WITH_DES"), lambda s: s.has("^DES-CBC-|-DES-CBC-")),
    ("RC4", "rc4-and-3des", lambda o: o.says("tls-suite-rc4"), lambda t: t.says("cipherlist_(LOW|AVERAGE|1)|RC4"),
     lambda y: y.has("RC4"), lambda s: s.has("RC4")),
    ("3DES", "rc4-and-3des", lambda o: o.says("tls-suite-64-bit-block"), lambda t: t.says("cipherlist_3DES|SWEET32|cipherlist_"),
     lambda y: y.has("3DES"), lambda s: s.has("DES-CBC3|3DES")),
    ("no encryption (NULL)", "null", lambda o: o.says("tls-suite-null"), lambda t: t.says("cipherlist_NULL"),
     lambda y: y.has("NULL"), lambda s: s.has("NULL")),
    ("no certificate (anonymous)", "anonymous", lambda o: o.says("tls-suite-anonymous"), lambda t: t.says("cipherlist_aNULL"),
     lambda y: y.has("anon"), lambda s: s.has("ADH|AECDH")),
    ("CBC alone", "cbc-only", lambda o: o.says("tls-suite-cbc-only"), lambda t: t.says("cipherlist_STRONG", "not offered"),
     lambda y: y.suites() and not y.has("GCM|CHACHA|CCM"), lambda s: s.root.find(".//cipher") is not None
     and not s.has("GCM|CHACHA|CCM")),
    ("no forward secrecy", "static-rsa", lambda o: o.says("tls-no-forward-secrecy"), lambda t: t.says("PFS"),
     lambda y: y.suites() and all(name.startswith("TLS_RSA_") for name in y.suites()),
     lambda s: s.all("^(AES|CAMELLIA|ARIA)")),
    ("DH of 512 bits", "dh-512", lambda o: o.says("tls-weak-dh"), lambda t: t.says("LOGJAM|DH_groups|PFS_.*"),
     lambda y: any(bits < 1024 for bits in y.dh()), lambda s: any(it.get("dhebits") == "512" for it in s.root.iter("cipher"))),
    ("DH of 1024 bits", "dh-1024", lambda o: o.says("tls-weak-dh"), lambda t: t.says("LOGJAM|DH_groups"),
     lambda y: 1024 in y.dh(), lambda s: any(it.get("dhebits") == "1024" for it in s.root.iter("cipher"))),
    ("weak curve alone", "weak-curve", lambda o: o.says("tls-weak-curve"), lambda t: t.says("PFS_ECDHE|.*curve", "sect163|secp192|163|192"),
     lambda y: any(re.search("163|192", it["name"]) for it in y.of("elliptic_curves").get("supported_curves") or []),
     lambda s: s.says("group", "163|192")),
    ("compression (CRIME)", "canned compression", lambda o: o.says("tls-compression"), lambda t: t.says("CRIME"),
     lambda y: y.of("tls_compression").get("supports_compression") is True, lambda s: s.says("compression", "1")),
    ("no RFC 5746", "no-renegotiation-info", lambda o: o.says("tls-insecure-renegotiation"),
     lambda t: t.says("secure_renego$", "", "MEDIUM"),
     lambda y: y.of("session_renegotiation").get("supports_secure_renegotiation") is False,
     lambda s: any(it.get("secure") == "0" and it.get("supported") == "0" for it in s.root.iter("renegotiation"))),
    ("renegotiation by clients", "client-renegotiation", lambda o: o.says("tls-client-renegotiation"), lambda t: t.says("secure_client_renego"),
     lambda y: y.of("session_renegotiation").get("is_vulnerable_to_client_renegotiation_dos") is True, NO),
    ("no fallback SCSV with TLS 1.0", "canned no-fallback-scsv", lambda o: o.says("tls-no-fallback-scsv"),
     lambda t: t.says("fallback_SCSV"), lambda y: y.of("tls_fallback_scsv").get("supports_fallback_scsv") is False,
     lambda s: s.says("fallback", "0")),
    ("early data (note)", "early-data", lambda o: o.says("tls-early-data"), lambda t: t.says("early_data|0-RTT"),
     lambda y: y.of("tls_1_3_early_data").get("supports_early_data") is True, NO),
    ("does not bear TLS 1.3 hellos", "canned fears-tls13", lambda o: o.says("tls-intolerant"),
     lambda t: t.says("TLS1_3|TLS1_2"), NO, NO),
    ("drops hellos of 256 to 511 bytes", "canned drops-middling-hellos", lambda o: o.says("tls-intolerant"), NO, NO, NO),
]
ORDER = ("outsight", "testssl", "sslyze", "sslscan")


def told(results):
    """Rows of fault, server, and for each tool True, False, or None where it was not asked."""
    answers = results.get("faults", {})
    rows = []
    for title, server, *questions in ROWS:
        row = {"fault": title, "server": server}
        for tool, question in zip(ORDER, questions):
            answer = answers.get(tool, {}).get(server)
            if answer is None:
                row[tool] = None
            elif isinstance(question, str):
                row[tool] = question in answer[0].lower() or question in answer[2].lower()
            else:
                row[tool] = bool(question(READ[tool](answer[0])))
        rows.append(row)
    return rows


def table(results):
    rows = told(results)
    sign = {True: "✔", False: "–", None: "?"}
    lines = ["| fault | Outsight | testssl.sh | sslyze | sslscan |", "|---|:-:|:-:|:-:|:-:|"]
    lines += [f"| {row['fault']} | {' | '.join(sign[row[tool]] for tool in ORDER)} |" for row in rows]
    sums = [f"{sum(row[tool] is True for row in rows)} of {sum(row[tool] is not None for row in rows)}" for tool in ORDER]
    return "\n".join([*lines, f"| **told** | {' | '.join(sums)} |"])

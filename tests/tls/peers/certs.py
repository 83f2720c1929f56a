"""Certificates of the comparison: a root, intermediates, and leaves with one fault each."""

import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dh, ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME = "lab.example"
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def days(count):
    return NOW + datetime.timedelta(days=count)


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    def __init__(self, title, by=None, begin=-400, end=3000):
        self.key = rsa.generate_private_key(65537, 2048)
        self.subject = name(title)
        issuer, signer = (by.subject, by.key) if by else (self.subject, self.key)
        builder = (
            x509.CertificateBuilder()
            .subject_name(self.subject)
            .issuer_name(issuer)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(days(begin))
            .not_valid_after(days(end))
            .add_extension(x509.BasicConstraints(True, 0 if by else None), critical=True)
            .add_extension(x509.KeyUsage(True, False, False, False, False, True, True, False, False), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
        )
        self.certificate = builder.sign(signer, hashes.SHA256())

    def leaf(self, key, begin=-20, end=70, names=(NAME,), common=NAME, usage=ExtendedKeyUsageOID.SERVER_AUTH,
             digest=None, must_staple=False, itself=False, logged=False):
        issuer, signer = (name(common), key) if itself else (self.subject, self.key)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name(common))
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(days(begin))
            .not_valid_after(days(end))
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.AuthorityInformationAccess([
                x509.AccessDescription(x509.oid.AuthorityInformationAccessOID.OCSP,
                                       x509.UniformResourceIdentifier("http://ocsp.lab.example/")),
                x509.AccessDescription(x509.oid.AuthorityInformationAccessOID.CA_ISSUERS,
                                       x509.UniformResourceIdentifier("http://issuer.lab.example/")),
            ]), critical=False)
        )
        if not itself:
            identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
            builder = builder.add_extension(identifier, critical=False)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(it) for it in names]), False)
        if must_staple:
            builder = builder.add_extension(x509.TLSFeature([x509.TLSFeatureType.status_request]), critical=False)
        if logged:
            # One timestamp of certificate transparency (RFC 6962 §3.3): that a public authority issued it.
            timestamp = bytes(1) + bytes([7]) * 32 + bytes(8) + bytes(2) + bytes([4, 3, 0, 1, 9])
            single = len(timestamp).to_bytes(2, "big") + timestamp
            listed = len(single).to_bytes(2, "big") + single
            identifier = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
            extension = x509.UnrecognizedExtension(identifier, bytes([4, len(listed)]) + listed)
            builder = builder.add_extension(extension, critical=False)
        made = builder.sign(signer, hashes.SHA256())
        return sign_again(made, signer, *digest) if digest else made

    def response(self, leaf, revoked):
        status = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=leaf, issuer=self.certificate, algorithm=hashes.SHA1(), cert_status=status,
            this_update=days(-1), next_update=days(6), revocation_time=days(-30) if revoked else None,
            revocation_reason=x509.ReasonFlags.key_compromise if revoked else None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self.certificate)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def tlv(tag, content):
    length = len(content)
    return bytes([tag]) + (bytes([length]) if length < 128 else b"\x82" + length.to_bytes(2, "big")) + content


def sign_again(certificate, key, digest, number):
    """The certificate with another hash in its signature, which the library refuses: the last byte of
    `sha256WithRSAEncryption` tells the hash."""
    oid = bytes.fromhex("2a864886f70d0101")
    body = certificate.tbs_certificate_bytes.replace(oid + b"\x0b", oid + bytes([number]), 1)
    signature = key.sign(body, padding.PKCS1v15(), digest)
    algorithm = tlv(0x30, tlv(0x06, oid + bytes([number])) + b"\x05\x00")
    return x509.load_der_x509_certificate(tlv(0x30, body + algorithm + tlv(0x03, b"\x00" + signature)))


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def make(folder: Path):
    """Writes NAME.crt (the chain as sent), NAME.key, and for some NAME.ocsp; the root goes into root.pem."""
    root = Authority("Comparison root")
    inter = Authority("Comparison intermediate", root, -300, 1500)
    old = Authority("Comparison intermediate of last year", root, -700, -30)
    stranger = Authority("Nobody's intermediate", Authority("Nobody's root"), -300, 1500)
    p256 = ec.generate_private_key(ec.SECP256R1())
    rsa2048 = rsa.generate_private_key(65537, 2048)
    rsa1024 = rsa.generate_private_key(65537, 1024)
    (folder / "root.pem").write_text(pem(root.certificate))

    def write(title, key, leaf, chain, staple=None):
        sent = [leaf, *(it.certificate for it in chain)]
        (folder / f"{title}.crt").write_text("".join(map(pem, sent)))
        (folder / f"{title}.key").write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        if staple is not None:
            (folder / f"{title}.ocsp").write_bytes(inter.response(leaf, staple))

    def usual(title, by=inter, key=p256, **changes):
        write(title, key, by.leaf(key, **changes), [by])

    usual("good")
    usual("rsa", key=rsa2048)
    usual("expired", begin=-120, end=-30)
    usual("not-yet-valid", begin=30, end=120)
    usual("ends-in-8-days", begin=-82, end=8)
    usual("five-years", end=1800)
    usual("unknown-root", by=stranger)
    usual("wrong-host", names=("other.example",), common="other.example")
    usual("common-name-only", names=())
    usual("wildcard", names=("*.lab.example", NAME))
    usual("rsa-1024", key=rsa1024)
    usual("sha1", digest=(hashes.SHA1(), 5))
    usual("md5", digest=(hashes.MD5(), 4))
    usual("expired-intermediate", by=old)
    usual("wrong-purpose", usage=ExtendedKeyUsageOID.CLIENT_AUTH)
    usual("must-staple", must_staple=True)
    usual("default", names=("default.example",), common="default.example")
    write("self-signed", p256, inter.leaf(p256, itself=True), [])
    write("incomplete-chain", p256, inter.leaf(p256, logged=True), [])
    write("misordered-chain", p256, inter.leaf(p256), [root, inter])
    write("stapled-revoked", p256, inter.leaf(p256), [inter], staple=True)
    for bits in (1024, 2048):
        parameters = dh.generate_parameters(2, bits) if bits == 1024 else None
        text = parameters.parameter_bytes(serialization.Encoding.PEM, serialization.ParameterFormat.PKCS3) \
            if parameters else GROUP14
        (folder / f"dh{bits}.pem").write_bytes(text)


# RFC 3526 §3, as `openssl dhparam` writes it.
GROUP14 = b"""-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA///////////JD9qiIWjCNMTGYouA3BzRKQJOCIpnzHQCC76mOxOb
IlFKCHmONATd75UZs806QxswKwpt8l8UN0/hNW1tUcJF5IW1dmJefsb0TELppjft
awv/XLb0Brft7jhr+1qJn6WunyQRfEsf5kkoZlHs5Fs9wgB8uKFjvwWY2kg2HFXT
mmkWP6j9JM9fg2VdI9yjrZYcYvNWIIVSu57VKQdwlpZtZww1Tkq8mATxdGwIyhgh
fDKQXkYuNs474553LBgOhgObJ4Oi7Aeij7XFXfBvTFLJ3ivL9pVYFxg5lUl86pVq
5RXSJhiY+gUQFXKOWoqsqmj//////////wIBAg==
-----END DH PARAMETERS-----
"""

// A throw-away authority and two certificates, made by openssl in a folder of the caller's.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Writes the authority, a certificate of its for the trusted names, and one that vouches for itself. */
export function makeCertificates(folder) {
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  openssl('req', '-x509', ...KEY, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '3', '-subj', '/CN=Comparison Authority',
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign');
  writeFileSync(join(folder, 'leaf.cnf'), [
    'subjectAltName=DNS:*.compare.example,DNS:*.preloaded.example', 'basicConstraints=CA:FALSE',
    'keyUsage=digitalSignature', 'extendedKeyUsage=serverAuth',
  ].join('\n'));
  openssl('req', ...KEY, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=compare.example');
  openssl('x509', '-req', '-in', 'leaf.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '3',
    '-extfile', 'leaf.cnf', '-out', 'leaf.pem');
  openssl('req', '-x509', ...KEY, '-keyout', 'self.key', '-out', 'self.pem', '-days', '3', '-subj', '/CN=selfsigned.example',
    '-addext', 'subjectAltName=DNS:*.selfsigned.example');
}

/** The authority's path, and key and certificate for the `trusted` and the `selfSigned` names. */
export function readCertificates(folder) {
  const pair = (name) => ({ key: readFileSync(join(folder, `${name}.key`)), cert: readFileSync(join(folder, `${name}.pem`)) });
  return { authority: join(folder, 'ca.pem'), trusted: pair('leaf'), selfSigned: pair('self') };
}

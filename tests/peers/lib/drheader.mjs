// Asks drHEADer, through the Python that has it installed.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./ask_drheader.py', import.meta.url));

/** Results by host: `{ findings }`, or `{ error }` where it fails. */
export function askDrheader(python, responses) {
  const input = responses.map((one) => JSON.stringify({ host: one.host, headers: joined(one) })).join('\n');
  const { status, stdout, stderr, error } = spawnSync(python, [SCRIPT], { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (error || status !== 0) throw new Error(`drHEADer did not run: ${error ?? stderr}`);
  const results = stdout.trim().split('\n').map((line) => JSON.parse(line));
  return new Map(results.map(({ host, ...result }) => [host, result]));
}

function joined(one) {
  const headers = { 'set-cookie': one.cookies };
  for (const [name, value] of one.fields) {
    const key = name.toLowerCase();
    if (key !== 'set-cookie') headers[key] = key in headers ? `${headers[key]}, ${value.trim()}` : value.trim();
  }
  if (one.cookies.length === 0) delete headers['set-cookie'];
  return headers;
}

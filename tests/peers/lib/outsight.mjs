// Runs Outsight once over all hosts and reads its JSON Lines.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join, resolve as resolvePath } from 'node:path';
import { writeFileSync } from 'node:fs';

// Without rules of the caller's, the built-in ones that are about what peers judge.
const CATEGORIES = 'headers,cookies,cors,transport,tls';

/** Results by host: `{ findings, skipped, seen }`, where `seen` says that some rule came to a verdict. */
export async function askOutsight(binary, responses, addresses, { authority, folder, rules }) {
  const targets = responses.map((one) => `${one.site === 'plain' ? 'http' : 'https'}://${one.host}/`);
  const list = join(folder, 'targets.txt');
  writeFileSync(list, targets.join('\n'));
  const resolve = [...addresses].flatMap(([host, address]) => [80, 443].flatMap((port) => ['--resolve', `${host}:${port}:${address}`]));
  const packs = rules.length > 0 ? rules.flatMap((path) => ['-r', resolvePath(path)]) : ['--category', CATEGORIES];
  const args = ['scan', '-l', list, ...packs, ...resolve, '--ca-file', authority, '--per-host-rate', '0',
    '--concurrency', '16', '--verdicts', '-q', '-f', 'jsonl'];
  const results = new Map(responses.map((one) => [one.host, { findings: [], skipped: [], seen: false }]));
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'inherit'], cwd: folder });
  const ended = new Promise((done, failed) => child.once('error', failed).once('close', done));
  for await (const line of createInterface({ input: child.stdout })) record(results, JSON.parse(line));
  const code = await ended;
  if (code !== 0 && code !== 3) throw new Error(`outsight ended with exit code ${code}`);
  return results;
}

function record(results, event) {
  const result = event.target && results.get(new URL(event.target).hostname);
  if (!result) return;
  if (event.event === 'finding') {
    result.findings.push(...casesOf(event));
  } else if (event.event === 'verdict') {
    result.seen ||= ['clean', 'match'].includes(event.outcome);
    if (event.outcome === 'skipped') result.skipped.push(event.rule);
  }
}

/** One entry per case that the places of a finding name. */
function casesOf({ rule, severity, title, case: first, places }) {
  const cases = new Set([first, ...places.map((place) => place.case)]);
  return [...cases].map((name) => ({ rule, severity, title, case: name ?? null }));
}

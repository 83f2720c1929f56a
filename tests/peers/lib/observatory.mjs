// Asks the MDN HTTP Observatory, in process: its own scan of https and http root, names mapped to loopback.
//
// Its post-install step, which downloads the HSTS preload list, is not run: the list here has one made-up entry.
import dns from 'node:dns';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const PACKAGE = '@mdn/mdn-http-observatory';
const AT_ONCE = 8;

/** Results by host: `{ tests }`, or `{ error }` where it refuses to judge. `addresses` maps names to loopback. */
export async function askObservatory(responses, addresses) {
  writePreloadList();
  mapNames(addresses);
  const { scan } = await import(PACKAGE);
  const results = new Map();
  const queue = [...responses];
  const worker = async () => {
    for (let one = queue.shift(); one; one = queue.shift()) results.set(one.host, await ask(scan, one.host));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

async function ask(scan, host) {
  try {
    const { tests, scan: summary } = await scan(host);
    return { tests: Object.fromEntries(Object.entries(tests).map(([name, test]) => [name, { ...test }])), grade: summary.grade };
  } catch (error) {
    return { error: error.message };
  }
}

function writePreloadList() {
  const main = createRequire(import.meta.url).resolve(PACKAGE);
  const folder = join(dirname(main), '..', 'conf');
  const list = join(folder, 'hsts-preload.json');
  if (existsSync(list)) return;
  mkdirSync(folder, { recursive: true });
  const entry = { includeSubDomains: true, includeSubDomainsForPinning: true, mode: 'force-https', pinned: false };
  writeFileSync(list, JSON.stringify({ 'preloaded.example': entry }));
}

/** Resolves the names of the comparison to loopback, and no other name at all. */
function mapNames(addresses) {
  dns.lookup = (name, options, done) => {
    const answer = typeof options === 'function' ? options : done;
    const address = addresses.get(name) ?? (name.endsWith('.compare.example') ? '127.77.0.1' : undefined);
    if (!address) return answer(Object.assign(new Error(`no such name: ${name}`), { code: 'ENOTFOUND' }));
    return options?.all ? answer(null, [{ address, family: 4 }]) : answer(null, address, 4);
  };
}

// Compares check by check, sorts disagreements into classes, and counts what was decided about each.
import { CHECKS, outsightSays } from './checks.mjs';
import { decide } from './decisions.mjs';

/** `table`: a row per check and peer. `classes`: each disagreement with its decision and one example. */
export function compare(seed, responses, outsight, peers) {
  const table = [];
  const classes = new Map();
  for (const check of CHECKS) {
    for (const [peer, read] of Object.entries(check.peers).filter(([name]) => peers[name])) {
      const row = { check: check.id, title: check.title, peer, judged: 0, agree: 0, pages: [0, 0], peerRight: 0, outsightRight: 0, open: 0, undecided: 0 };
      for (const one of responses) {
        const theirs = read(peers[peer].get(one.host), one);
        const ours = outsightSays(check, outsight.get(one.host));
        if (!theirs || !ours) continue;
        const agree = theirs.complains === ours.complains;
        count(row, one, agree);
        if (!agree) row[sort(classes, check, peer, one, theirs, ours)] += 1;
      }
      table.push(row);
    }
  }
  const refused = Object.fromEntries(Object.entries(peers).map(([peer, results]) => [peer, [...results.values()].filter(({ error }) => error).length]));
  return { seed, responses: responses.length, refused, table, undecided: sum(table, 'undecided'), classes: [...classes.values()] };
}

export const sum = (rows, key) => rows.reduce((total, row) => total + row[key], 0);

function count(row, one, agree) {
  row.judged += 1;
  row.agree += agree ? 1 : 0;
  if (one.kind.body !== 'html') return;
  row.pages[0] += agree ? 1 : 0;
  row.pages[1] += 1;
}

/** Files a disagreement under its class and returns the column that it counts in. */
function sort(classes, check, peer, one, theirs, ours) {
  const direction = theirs.complains ? 'peer complains' : 'outsight complains';
  const decision = decide({ check: check.id, peer, direction, one, theirs, ours });
  const key = [check.id, peer, direction, decision?.id ?? `${theirs.says} | ${ours.says}`].join(' / ');
  const example = exampleOf(check, one, theirs, ours);
  const known = classes.get(key) ?? { check: check.id, peer, direction, decision: decision?.id ?? null, right: decision?.right ?? null, count: 0, example, hosts: [] };
  known.count += 1;
  known.hosts.push(one.host);
  if (size(example) < size(known.example)) known.example = example;
  classes.set(key, known);
  return decision ? { peer: 'peerRight', outsight: 'outsightRight', open: 'open' }[decision.right] : 'undecided';
}

const size = (example) => JSON.stringify(example.response).length;

/** The smallest picture of a response that shows the disagreement: its kind, and the fields that the check reads. */
function exampleOf(check, one, theirs, ours) {
  const response = { status: one.kind.status, type: one.kind.type || null };
  if (one.site !== 'compare') response.site = one.site;
  const named = one.fields.filter(([name]) => check.fields.includes(name)).map(([name, value]) => `${name}: ${value}`);
  if (named.length > 0) response.fields = named;
  const page = { scripts: one.scripts, metaReferrer: one.metaReferrer.join(' | '), plain: one.plain, cors: one.cors };
  for (const name of check.fields) if (page[name] !== undefined && page[name] !== '') response[name] = page[name];
  if (check.fields.includes('Content-Security-Policy') && one.policies.meta) response.meta = one.policies.meta;
  return { host: one.host, response, peer: theirs.says, outsight: ours.says };
}

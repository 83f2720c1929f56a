// Writes a comparison as Markdown: raw agreement first, then what was decided about each class of disagreement.
import { CHECKS } from './checks.mjs';
import { sum } from './agreement.mjs';
import { DECISIONS } from './decisions.mjs';

const NAMES = { 'http-observatory': 'Observatory', 'csp-evaluator': 'CSP Evaluator', drheader: 'drHEADer' };
const RIGHT = { outsight: 'Outsight is right', peer: 'the peer is right', open: 'no standard decides' };
const percent = (part, whole) => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`);

/** The generated part of the report. */
export function renderMarkdown(comparison) {
  return [...raw(comparison), ...decided(comparison), ...reasons(comparison), ...undecided(comparison)].join('\n');
}

function withTotals(table) {
  const peers = [...new Set(table.map(({ peer }) => peer))];
  return [...table, ...peers.map((peer) => total(peer, table.filter((row) => row.peer === peer)))];
}

function total(peer, rows) {
  const keys = ['judged', 'agree', 'peerRight', 'outsightRight', 'open', 'undecided'];
  const pages = [0, 1].map((at) => rows.reduce((all, row) => all + row.pages[at], 0));
  return { title: '**all**', peer, pages, ...Object.fromEntries(keys.map((key) => [key, sum(rows, key)])) };
}

function raw({ responses, seed, refused, table }) {
  const refusals = Object.entries(refused).map(([peer, count]) => `${NAMES[peer]} ${count}`).join(', ');
  return [
    '## Raw agreement',
    '',
    `${responses} responses from seed ${seed}. Responses that a peer refuses to judge: ${refusals}.`,
    '',
    '| check | peer | judged | agreement | on pages alone |',
    '|---|---|---:|---:|---:|',
    ...withTotals(table).map((row) => `| ${row.title} | ${NAMES[row.peer]} | ${row.judged} | ${percent(row.agree, row.judged)} | ${percent(...row.pages)} |`),
    '',
  ];
}

function decided({ table }) {
  const line = (row) => [
    row.title, NAMES[row.peer], row.judged - row.agree, row.outsightRight, row.open, row.peerRight, percent(row.agree, row.agree + row.peerRight),
  ].join(' | ');
  return [
    '## After deciding each disagreement',
    '',
    '| check | peer | disagreements | Outsight right | no standard decides | peer right | agreement where the peer is right |',
    '|---|---|---:|---:|---:|---:|---:|',
    ...withTotals(table).map((row) => `| ${line(row)} |`),
    '',
  ];
}

function reasons({ classes }) {
  const sections = CHECKS.map((check) => [check, byDecision(classes.filter((one) => one.check === check.id && one.decision))]);
  const told = sections.filter(([, groups]) => groups.length > 0);
  return ['## The decisions', '', ...told.flatMap(([check, groups]) => [`### ${check.title}`, '', ...groups.map(reason), ''])];
}

/** The classes of a check by their decision, the most frequent first. */
function byDecision(classes) {
  const groups = new Map();
  for (const one of classes) groups.set(one.decision, [...(groups.get(one.decision) ?? []), one]);
  return [...groups.values()].sort((a, b) => sum(b, 'count') - sum(a, 'count'));
}

function reason(group) {
  const [{ decision, direction, example }] = group;
  const { why, standard, quote, right } = DECISIONS.find(({ id }) => id === decision);
  const counts = group.map(({ peer, count }) => `${NAMES[peer]} ${count}`).join(', ');
  const who = direction === 'peer complains' ? 'the peer complains' : 'Outsight complains, the peer does not';
  return [
    `- **${counts}: ${who}; ${RIGHT[right]}.** ${why}`,
    `  Example: ${code(picture(example.response))}.`,
    `  [${standard.name}](${standard.url})${quote ? `: “${quote}”` : ''}`,
  ].join('\n');
}

const code = (text) => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);

/** An example in one line: the fields that matter, and what is unusual about the answer. */
function picture({ status, type, site, fields, meta, scripts, metaReferrer, plain, cors }) {
  const parts = [
    status === 200 ? null : String(status), type?.startsWith('text/html') ? null : type ?? 'no Content-Type',
    { plain: 'a site without HTTPS', selfsigned: 'a self-signed certificate', preloaded: 'a preloaded host' }[site],
    ...(fields ?? []), ...(meta ?? []).map((policy) => `<meta http-equiv=Content-Security-Policy content="${policy}">`),
    metaReferrer && `<meta name=referrer content="${metaReferrer}">`, scripts,
    plain === undefined ? null : `http:// → ${plain === null ? 'closed' : [plain.status, plain.location ?? plain.refresh].filter(Boolean).join(' ')}`,
    cors === undefined ? null : `Access-Control-Allow-Origin: ${cors?.origin}${cors?.credentials ? ', with credentials' : ''}`,
  ].filter(Boolean);
  return parts.join(' | ') || 'no such field';
}

function undecided({ classes }) {
  const list = classes.filter(({ decision }) => !decision);
  if (list.length === 0) return [];
  return ['## Undecided', '', ...list.map(({ check, peer, direction, count, example }) => (
    `- ${check}, ${NAMES[peer]}, ${direction}, ${count}×: ${code(picture(example.response))}; peer: ${example.peer}; Outsight: ${example.outsight}`)), ''];
}

// Generates the responses to compare on. The same seed and count give the same list.
//
// Each field's values are dealt from a shuffled deck, so that every value of every table occurs, in combinations that
// depend on the seed.
import { deck, pick, random } from './random.mjs';
import { COOKIES, CORP, CSP, CSP_PARTS, HSTS, META_REFERRER, NOSNIFF, REFERRER_POLICY, X_FRAME_OPTIONS } from './fields.mjs';
import { CORS, KINDS, PLAIN, SCRIPTS, body } from './pages.mjs';

const SITES = [...Array(17).fill('compare'), 'preloaded', 'selfsigned', 'plain'];

/** The number of responses that deals each table at least once. */
export const LEAST = Math.max(COOKIES.length, CSP.length * 2, HSTS.length);

export function generate(seed, count) {
  const next = random(seed);
  const deal = Object.fromEntries(Object.entries({
    kind: KINDS, site: SITES, hsts: HSTS, frame: X_FRAME_OPTIONS, nosniff: NOSNIFF, referrer: REFERRER_POLICY,
    metaReferrer: META_REFERRER, corp: CORP, cookies: COOKIES, csp: CSP, scripts: SCRIPTS, plain: PLAIN, cors: CORS,
  }).map(([name, table]) => [name, deck(next, table)]));
  return Array.from({ length: count }, (_, index) => response(index, deal, next));
}

function response(index, deal, next) {
  const policies = index % 2 === 0 ? deal.csp() : assembled(next);
  // The hand-written policies go to pages, most of them, so that each is judged as one.
  const kind = index % 2 === 0 && (policies.meta || next() < 0.85) ? KINDS[0] : deal.kind();
  const site = deal.site();
  const host = `case${index}.${site}.example`;
  const html = kind.body === 'html';
  const metaReferrer = html ? deal.metaReferrer() : [];
  const scripts = html ? deal.scripts() : '';
  const meta = html ? metas(policies.meta ?? [], metaReferrer) : '';
  const one = {
    index, host, site, kind, policies, metaReferrer, scripts,
    hsts: deal.hsts(), frame: deal.frame(), nosniff: deal.nosniff(), referrer: deal.referrer(), corp: deal.corp(),
    cookies: deal.cookies(), plain: site === 'plain' ? { status: 200, same: true } : deal.plain(), cors: deal.cors(),
    body: body(kind.body, { host, scripts, meta, controls: index % 3 === 0 ? 0 : 1 }),
  };
  return { ...one, fields: fieldsOf(one) };
}

/** A policy put together from parts; one response in six has none. */
function assembled(next) {
  if (next() < 1 / 6) return {};
  const parts = Object.entries(CSP_PARTS).map(([directive, values]) => [directive, pick(next, values)]);
  const text = parts.filter(([, value]) => value).map(([directive, value]) => `${directive} ${value}`).join('; ');
  return { http: [text].filter(Boolean) };
}

function metas(policies, referrer) {
  const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const csp = policies.map((policy) => `<meta http-equiv="Content-Security-Policy" content="${escape(policy)}">`);
  return [...csp, ...referrer.map((policy) => `<meta name="referrer" content="${escape(policy)}">`)].join('');
}

/** The response's fields in the order sent; a field without values is not sent. */
function fieldsOf(one) {
  const table = {
    'Content-Type': one.kind.type ? [one.kind.type] : [],
    Location: one.kind.location ? [one.kind.location] : [],
    'Strict-Transport-Security': one.hsts,
    'Content-Security-Policy': one.policies.http ?? [],
    'Content-Security-Policy-Report-Only': one.policies.reported ?? [],
    'X-Frame-Options': one.frame,
    'X-Content-Type-Options': one.nosniff,
    'Referrer-Policy': one.referrer,
    'Cross-Origin-Resource-Policy': one.corp,
    'Set-Cookie': one.cookies,
  };
  return Object.entries(table).flatMap(([name, values]) => values.map((value) => [name, value]));
}

// What is compared: one question a check, and how each side's answer is read as "complains" or "does not".
//
// A peer's reader returns `{ complains, says }`, or null where the peer does not judge. Outsight's reader is a list of
// rules, each with the cases that are about this question (all of them where no case is named).
import { policyTexts } from './policy.mjs';

const observatory = (test, read) => (result, one) => (result.error ? null : read(result.tests[test], one));
const failing = (test, except = []) => observatory(test, ({ pass, result }) => (
  except.includes(result) ? null : { complains: !pass, says: result }));
const ofPolicy = (...flags) => observatory('content-security-policy', ({ policy, result }) => (
  policy === null ? null : { complains: flags.some((flag) => policy[flag]), says: `${flags.filter((flag) => policy[flag]).join(', ') || 'no flag'} (${result})` }));

/** It calls a field without any directive invalid as well: to browsers, that is no policy. */
const invalidPolicy = (result, one) => result === 'csp-header-invalid' && policyTexts(one).length > 0;

const SCRIPT = ['script-src', 'script-src-elem', 'script-src-attr'];
const STYLE = ['style-src', 'style-src-elem', 'style-src-attr'];
const PLAIN = ['PLAIN_URL_SCHEMES', 'PLAIN_WILDCARD'];

/** The evaluator's findings: a weakness must be in every policy, a mistake in the text in any. */
const evaluator = (quantifier, wanted) => ({ policies }) => {
  if (policies.length === 0) return null;
  const hits = policies.map((findings) => findings.filter(wanted));
  const says = [...new Set(hits.flat().map(({ type, directive }) => `${type} ${directive}`))].join(', ') || 'nothing';
  return { complains: hits[quantifier]((list) => list.length > 0), says };
};
const weakness = (wanted) => evaluator('every', wanted);
const mistake = (wanted) => evaluator('some', wanted);
const typed = (...types) => ({ type }) => types.includes(type);
const governs = (finding, ...directives) => [...directives, 'default-src'].includes(finding.directive);

/** drHEADer's report items: about a header as a whole, or about directives or cookies of it. */
const drheader = (wanted) => ({ findings }) => {
  if (!findings) return null;
  const hits = findings.filter(wanted).map(({ rule, message }) => `${rule}: ${message}`);
  return { complains: hits.length > 0, says: hits.join('; ') || 'nothing' };
};
const aboutHeader = (name) => drheader(({ rule }) => rule === name || rule.startsWith(`${name} - `));
const policyKeyword = (keyword, ...directives) => (result, one) => (policyTexts(one).length === 0 ? null : drheader(({ rule, anomalies }) => (
  anomalies?.includes(keyword) && directives.some((name) => rule === `Content-Security-Policy - ${name}`)))(result));

const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'];
const CSP_FIELDS = ['Content-Security-Policy', 'Content-Security-Policy-Report-Only'];

export const CHECKS = [
  {
    id: 'hsts', title: 'HTTPS is held to for long enough', fields: ['Strict-Transport-Security'],
    outsight: { hsts: ['missing', 'malformed', 'off', 'short'] },
    peers: {
      'http-observatory': failing('strict-transport-security'),
      drheader: aboutHeader('Strict-Transport-Security'),
    },
  },
  {
    id: 'redirection', title: 'Plain HTTP leads to HTTPS', fields: ['plain'],
    outsight: { 'https-missing': null, 'http-served': null, 'https-redirect': ['more-steps-over-http', 'plain-http-elsewhere', 'another-host-first'] },
    peers: { 'http-observatory': failing('redirection') },
  },
  {
    id: 'csp-present', title: 'A policy is enforced', fields: CSP_FIELDS,
    outsight: { 'csp-missing': null, 'csp-report-only': null },
    peers: {
      drheader: drheader(({ rule, message }) => rule === 'Content-Security-Policy' && message.startsWith('Header not included')),
      'http-observatory': observatory('content-security-policy', ({ result }, one) => (
        invalidPolicy(result, one) ? null : { complains: /^csp-(?:not-implemented|header-invalid)/.test(result), says: result })),
    },
  },
  {
    id: 'csp-syntax', title: 'Browsers understand the whole policy', fields: CSP_FIELDS,
    outsight: { 'csp-syntax': null },
    peers: {
      'http-observatory': observatory('content-security-policy', ({ result }, one) => (
        policyTexts(one).length === 0 ? null : { complains: invalidPolicy(result, one), says: result })),
      'csp-evaluator': mistake(typed('UNKNOWN_DIRECTIVE', 'MISSING_SEMICOLON', 'INVALID_KEYWORD', 'NONCE_CHARSET')),
    },
  },
  {
    id: 'csp-sources', title: 'Script and object sources are restricted', fields: CSP_FIELDS,
    outsight: { 'csp-inline-script': null, 'csp-script-any-host': ['any-host', 'data'], 'csp-scripts-unrestricted': null, 'csp-object-src': null },
    peers: { 'http-observatory': ofPolicy('unsafeInline') },
  },
  {
    id: 'csp-inline', title: 'Injected inline scripts do not run', fields: CSP_FIELDS,
    outsight: { 'csp-inline-script': null },
    peers: {
      'csp-evaluator': weakness(typed('SCRIPT_UNSAFE_INLINE')),
      drheader: policyKeyword('unsafe-inline', ...SCRIPT, 'default-src'),
    },
  },
  {
    id: 'csp-any-host', title: 'Scripts do not come from anywhere', fields: CSP_FIELDS,
    outsight: { 'csp-script-any-host': ['any-host', 'data'] },
    peers: { 'csp-evaluator': weakness((finding) => PLAIN.includes(finding.type) && governs(finding, ...SCRIPT)) },
  },
  {
    id: 'csp-scripts-governed', title: 'The policy says something of scripts', fields: CSP_FIELDS,
    outsight: { 'csp-scripts-unrestricted': null },
    peers: { 'csp-evaluator': weakness((finding) => finding.type === 'MISSING_DIRECTIVES' && finding.directive === 'script-src') },
  },
  {
    id: 'csp-allow-list', title: 'No allowed host is known to defeat the policy', fields: CSP_FIELDS,
    outsight: { 'csp-script-open-host': null },
    peers: { 'csp-evaluator': weakness((finding) => finding.type === 'SCRIPT_ALLOWLIST_BYPASS' && finding.severity === 'HIGH') },
  },
  {
    id: 'csp-eval', title: 'Text is not run as code', fields: CSP_FIELDS,
    outsight: { 'csp-eval': null },
    peers: {
      'http-observatory': ofPolicy('unsafeEval'),
      'csp-evaluator': weakness(typed('SCRIPT_UNSAFE_EVAL')),
      drheader: policyKeyword('unsafe-eval', ...SCRIPT, 'default-src'),
    },
  },
  {
    id: 'csp-objects', title: 'Embedded objects are restricted', fields: CSP_FIELDS,
    outsight: { 'csp-object-src': null },
    peers: {
      'http-observatory': ofPolicy('unsafeObjects'),
      'csp-evaluator': weakness((finding) => (finding.directive === 'object-src' && finding.severity === 'HIGH')
        || (PLAIN.includes(finding.type) && governs(finding, 'object-src'))),
    },
  },
  {
    id: 'csp-base-uri', title: 'Injected markup does not move relative scripts', fields: CSP_FIELDS,
    outsight: { 'csp-base-uri': null },
    peers: { 'http-observatory': ofPolicy('insecureBaseUri'), 'csp-evaluator': weakness(({ directive }) => directive === 'base-uri') },
  },
  {
    id: 'csp-nonce', title: 'Nonces are long enough', fields: CSP_FIELDS,
    outsight: { 'csp-nonce-weak': ['well-known', 'short'] },
    peers: { 'csp-evaluator': mistake(typed('NONCE_LENGTH')) },
  },
  {
    id: 'csp-insecure-sources', title: 'No source is plain HTTP', fields: CSP_FIELDS,
    outsight: { 'csp-insecure-source': null },
    peers: {
      'http-observatory': ofPolicy('insecureSchemeActive', 'insecureSchemePassive'),
      'csp-evaluator': mistake(typed('SRC_HTTP')),
    },
  },
  {
    id: 'csp-styles', title: 'Styles are restricted', fields: CSP_FIELDS,
    outsight: { 'csp-styles': ['ungoverned', 'open', 'attributes'] },
    peers: {
      'http-observatory': ofPolicy('unsafeInlineStyle'),
      drheader: policyKeyword('unsafe-inline', ...STYLE, 'default-src'),
    },
  },
  {
    id: 'csp-forms', title: 'Forms do not go anywhere', fields: CSP_FIELDS,
    outsight: { 'csp-form-action': null },
    peers: { 'http-observatory': ofPolicy('insecureFormAction') },
  },
  {
    id: 'csp-handlers', title: 'Event handlers are not allowed by their hash', fields: CSP_FIELDS,
    outsight: { 'csp-unsafe-hashes': null },
    peers: { 'csp-evaluator': weakness(typed('SCRIPT_UNSAFE_HASHES')) },
  },
  {
    id: 'csp-deprecated', title: 'No directive is deprecated', fields: CSP_FIELDS,
    outsight: { 'csp-deprecated': null },
    peers: { 'csp-evaluator': mistake(typed('DEPRECATED_DIRECTIVE')) },
  },
  {
    id: 'csp-ip', title: 'No source is an address', fields: CSP_FIELDS,
    outsight: { 'csp-address-source': null },
    peers: { 'csp-evaluator': mistake(typed('IP_SOURCE')) },
  },
  {
    id: 'framing', title: 'Foreign sites cannot frame the page', fields: ['X-Frame-Options', 'Content-Security-Policy'],
    outsight: { clickjacking: null },
    peers: {
      'http-observatory': failing('x-frame-options'),
      drheader: aboutHeader('X-Frame-Options'),
    },
  },
  {
    id: 'nosniff', title: 'Browsers do not guess types', fields: ['X-Content-Type-Options'],
    outsight: { nosniff: null },
    peers: {
      'http-observatory': failing('x-content-type-options'),
      drheader: aboutHeader('X-Content-Type-Options'),
    },
  },
  {
    id: 'referrer', title: 'No unsafe or unknown referrer policy', fields: ['Referrer-Policy', 'metaReferrer'],
    outsight: { 'referrer-policy': ['leaks-addresses', 'unknown'] },
    peers: {
      'http-observatory': failing('referrer-policy'),
      drheader: aboutHeader('Referrer-Policy'),
    },
  },
  {
    id: 'corp', title: 'The resource policy is one that browsers know', fields: ['Cross-Origin-Resource-Policy'],
    outsight: { corp: ['unknown'] },
    peers: { 'http-observatory': failing('cross-origin-resource-policy') },
  },
  {
    id: 'cookies', title: 'Cookies have the attributes that protect them', fields: ['Set-Cookie'],
    outsight: {
      'cookie-unprotected': null, 'cookie-over-http': null, 'cookie-prefix': null, 'cookie-refused': null,
      'cookie-samesite': ['none-without-secure', 'left-to-the-browser', 'unknown-word'],
    },
    peers: {
      'http-observatory': failing('cookies'),
      drheader: aboutHeader('Set-Cookie'),
    },
  },
  {
    id: 'integrity', title: 'Scripts of third parties are loaded over HTTPS with integrity', fields: ['scripts'],
    outsight: { 'sri-missing': ['versioned-script', 'script'], 'mixed-content': ['blocked'] },
    peers: { 'http-observatory': failing('subresource-integrity') },
  },
  {
    id: 'cors', title: 'Foreign origins do not read with credentials', fields: ['cors'],
    outsight: { 'cors-untrusted-origin': null }, least: 'medium',
    peers: { 'http-observatory': failing('cross-origin-resource-sharing') },
  },
];

/** What Outsight says to a check: its findings of the rules and cases that the check names. */
export function outsightSays(check, { findings, seen }) {
  if (!seen) return null;
  const about = findings.filter(({ rule, case: name }) => {
    const cases = check.outsight[rule];
    return cases === null || cases?.includes(name);
  }).filter(({ severity }) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(check.least ?? 'info'));
  const says = about.map(({ rule, case: name, severity }) => `${rule}${name ? `:${name}` : ''} (${severity})`);
  return { complains: about.length > 0, says: [...new Set(says)].join(', ') || 'nothing' };
}

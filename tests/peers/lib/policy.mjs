// Reads content security policies as CSP3 §2.2 says, for the comparison's own use: neither Outsight's parser nor a peer's.

const IGNORED_IN_META = ['frame-ancestors', 'sandbox', 'report-uri'];

/** The texts of the enforced policies of a response: a field's value is a list, a page's element holds one. */
export function policyTexts(one) {
  const listed = (one.policies.http ?? []).flatMap((value) => value.split(','));
  return [...listed, ...declared(one)].map((text) => text.trim()).filter((text) => directivesOf(text).size > 0);
}

/** What the page's elements declare, without the directives that have no effect there. */
function declared(one) {
  const kept = (token) => !IGNORED_IN_META.includes(token.trim().split(/\s/)[0].toLowerCase());
  return one.kind.body === 'html' ? (one.policies.meta ?? []).map((text) => text.split(';').filter(kept).join(';')) : [];
}

/** The enforced policies as maps of directive names to lists of values; the first of a name counts. */
export const policiesOf = (one) => policyTexts(one).map(directivesOf);

function directivesOf(text) {
  const directives = new Map();
  for (const token of text.split(';')) {
    const [name, ...values] = token.trim().split(/[\t\n\f\r ]+/);
    if (name && !directives.has(name.toLowerCase())) directives.set(name.toLowerCase(), values);
  }
  return directives;
}

/** What governs a kind of source: the first of the names that the policy has. */
function effective(policy, names) {
  const name = names.find((candidate) => policy.has(candidate));
  return name === undefined ? undefined : policy.get(name);
}

const ELEMENTS = ['script-src-elem', 'script-src', 'default-src'];
const ATTRIBUTES = ['script-src-attr', 'script-src', 'default-src'];
const EVAL = ['script-src', 'default-src'];
const OBJECTS = ['object-src', 'default-src'];
const STYLES = ['style-src-elem', 'style-src', 'default-src'];

const TRUSTED = /^'(?:nonce-|sha(?:256|384|512)-)[a-z0-9+/_-]+={0,2}'$/i;
const BROAD = /^(?:https?:|data:|(?:https?:\/\/)?\*(?::(?:\*|\d+))?)$/i;
const has = (sources, keyword) => sources.some((source) => source.toLowerCase() === `'${keyword}'`);

/** Whether a sandbox of the policy keeps scripts from running, or gives the page an origin of its own. */
const confines = (policy) => {
  const words = policy.get('sandbox')?.map((word) => word.toLowerCase());
  return words !== undefined && !['allow-scripts', 'allow-same-origin'].every((word) => words.includes(word));
};
export const confined = (one) => policiesOf(one).some(confines);

/** Whether some policy restricts what the names govern, and no policy that does so forbids it. */
function allowed(one, names, allows) {
  const governing = policiesOf(one).map((policy) => effective(policy, names)).filter(Boolean);
  return governing.length > 0 && governing.every(allows) && !confined(one);
}

/** CSP3 §6.7.3.2: nonces, hashes and `'strict-dynamic'` switch `'unsafe-inline'` off. */
const inline = (sources) => has(sources, 'unsafe-inline') && !trusts(sources);
const trusts = (sources) => sources.some((source) => TRUSTED.test(source)) || has(sources, 'strict-dynamic');
/** A hash allows a script of that content alone, unless trust is handed on. */
const byTrust = (sources) => sources.some((source) => /^'nonce-/i.test(source) && TRUSTED.test(source)) || has(sources, 'strict-dynamic');
const broad = (sources) => sources.some((source) => BROAD.test(source));

/** Whether an injected inline script or event handler runs although a policy speaks of scripts. */
export const inlineRuns = (one) => allowed(one, ELEMENTS, inline) || allowed(one, ATTRIBUTES, inline);
/** Whether scripts come from anywhere although a policy speaks of scripts. */
export const anyHostRuns = (one) => allowed(one, ELEMENTS, (sources) => broad(sources) && !has(sources, 'strict-dynamic'));
export const evalRuns = (one) => allowed(one, EVAL, (sources) => has(sources, 'unsafe-eval'));
/** Whether some policy says which script elements run. */
export const scriptsGoverned = (one) => policiesOf(one).some((policy) => effective(policy, ELEMENTS));
/** Whether the effective sources of objects, in every policy, are none or everything. */
export const objectsFree = (one) => !confined(one) && policiesOf(one).every((policy) => broad(effective(policy, OBJECTS) ?? ['*']));
/** The same of styles, inline ones included. */
export const stylesFree = (one) => !confined(one) && policiesOf(one).every((policy) => {
  const sources = effective(policy, STYLES) ?? ['*'];
  return broad(sources) || (has(sources, 'unsafe-inline') && !sources.some((source) => TRUSTED.test(source)));
});
/** Whether a foreign base moves scripts that run by nonce or trust, wherever they come from. */
export const baseMatters = (one) => scriptsGoverned(one) && !confined(one)
  && policiesOf(one).map((policy) => effective(policy, ELEMENTS)).filter(Boolean).every(byTrust)
  && policiesOf(one).every((policy) => broad(policy.get('base-uri') ?? ['*']));

/** Whether everybody may frame the page, as far as policies say; undefined where none speaks of it. */
export function openToFrames(one) {
  const ancestors = policiesOf(one).map((policy) => policy.get('frame-ancestors')).filter(Boolean);
  return ancestors.length === 0 ? undefined : ancestors.every((sources) => broad(sources));
}

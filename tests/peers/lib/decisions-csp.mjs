// Decisions about content security policies. What browsers make of a response is worked out by `policy.mjs`, from the
// standard alone: where it says that a peer is right and Outsight is not, the disagreement counts against Outsight.
import { CSP3, HTML, MIXED } from './standards.mjs';
import { anyHostRuns, baseMatters, confined, evalRuns, inlineRuns, objectsFree, policyTexts, scriptsGoverned, stylesFree } from './policy.mjs';

const page = (one) => one.kind.body === 'html' && one.kind.status !== 204;
const text = (one) => policyTexts(one).join(' , ');
const written = (pattern) => (one) => pattern.test(text(one));
const several = (one) => policyTexts(one).length > 1;
const CHECKS = [
  'csp-present', 'csp-syntax', 'csp-sources', 'csp-inline', 'csp-any-host', 'csp-scripts-governed', 'csp-allow-list', 'csp-eval',
  'csp-objects', 'csp-base-uri', 'csp-forms', 'csp-handlers', 'csp-nonce', 'csp-insecure-sources', 'csp-styles', 'csp-deprecated', 'csp-ip',
];

const SEVERAL = {
  standard: CSP3('8.1', 'multiple-policies'), quote: 'The impact is that adding additional policies to the list of policies to enforce can only further restrict the capabilities of the protected resource.',
};
const FIRST = {
  standard: CSP3('2.2.1', 'parse-serialized-policy'), quote: 'If policy\'s directive set contains a directive whose name is directive name, continue.',
};
const INLINE = {
  standard: CSP3('6.7.3.2', 'allow-all-inline'), quote: 'If expression matches the nonce-source or hash-source grammar, return "Does Not Allow".',
};
const EFFECTIVE = {
  standard: CSP3('6.8.4', 'should-directive-execute'), quote: 'If policy contains a directive whose name is fallback directive, return "No".',
};
const GRAMMAR = { standard: CSP3('2.3.1', 'framework-directive-source-list'), quote: 'keyword-source = "\'self\'" / "\'unsafe-inline\'" / "\'unsafe-eval\'" / …' };

/** Where the standard says so, whoever complains is right. */
function byStandard(check, holds, about) {
  return [
    { id: `${check}-holds`, check, by: 'outsight', right: 'outsight', when: (one) => page(one) && holds(one), ...about },
    { id: `${check}-missed`, check, by: 'peer', right: 'peer', when: (one) => page(one) && holds(one), ...about },
    { id: `${check}-unfounded`, check, by: 'outsight', right: 'peer', when: (one) => page(one) && !holds(one), ...about },
  ];
}

export const CSP_DECISIONS = [
  {
    id: 'csp-no-page', check: CHECKS, by: 'peer', right: 'open', when: (one) => !page(one),
    why: 'The answer is no page: data, a script or nothing at all. A policy governs documents and workers, so there is nothing for it to restrict; sending one anyway is harmless and some guides advise it.',
    standard: HTML('navigate', 'browsing-the-web.html#loading-a-document'), quote: 'an HTML MIME type: Return the result of loading an HTML document, given navigationParams.',
  },
  {
    id: 'csp-confined', check: CHECKS, by: 'peer', right: 'outsight', when: confined,
    why: 'The policy\'s `sandbox` keeps scripts from running, or gives the page an origin of its own, in which they find nothing.',
    standard: HTML('sandboxing', 'browsers.html#sandboxing'), quote: 'The sandboxed scripts browsing context flag: This flag blocks script execution. […] The sandboxed origin browsing context flag: This flag forces content into an opaque origin, thus preventing it from accessing other content from the same origin.',
  },
  {
    id: 'csp-nothing-about-scripts', check: ['csp-objects', 'csp-styles', 'csp-forms'], by: 'peer', right: 'open', when: (one) => !scriptsGoverned(one),
    why: 'The policy says nothing of scripts. Outsight reports that, once: where injected scripts run, limits on objects, styles and forms keep nothing from them.',
    standard: CSP3('6', 'csp-directives'), quote: 'In order to protect against Cross-site scripting (XSS), web application authors SHOULD include: both the script-src and object-src directives, or include a default-src directive, which covers both scripts and plugins.',
  },
  // A policy is enforced
  {
    id: 'csp-in-meta', peer: 'drheader', check: 'csp-present', by: 'peer', right: 'outsight', when: (one) => (one.policies.meta ?? []).length > 0,
    why: 'The page declares its policy in a `meta` element, which browsers enforce.',
    standard: CSP3('3.3', 'meta-element'), quote: 'A Document may deliver a policy via one or more HTML meta elements whose http-equiv attributes are an ASCII case-insensitive match for the string "Content-Security-Policy".',
  },
  {
    id: 'csp-empty', peer: 'drheader', check: 'csp-present', by: 'outsight', right: 'outsight', when: (one) => policyTexts(one).length === 0,
    why: 'The field is there, and empty: browsers drop a policy without directives.',
    standard: CSP3('2.2.2', 'parse-serialized-policy-list'), quote: 'If policy\'s directive set is empty, continue.',
  },
  // Syntax
  {
    id: 'csp-repeated-directive', check: 'csp-syntax', by: 'peer', right: 'open', when: written(/(?:^|;)\s*([a-z-]+)[^;]*;(?:[^,]*;)?\s*\1[\s;]/i),
    why: 'The Observatory calls the whole policy invalid where a directive is repeated. Browsers keep the first and enforce the policy.', ...FIRST,
  },
  {
    id: 'csp-duplicate-across-policies', peer: 'http-observatory', check: 'csp-syntax', by: 'peer', right: 'outsight', when: several,
    why: 'The directives stand in two policies, each of which is sound.', ...SEVERAL,
  },
  {
    id: 'csp-strict-dynamic-alone', peer: 'http-observatory', check: 'csp-syntax', by: 'peer', right: 'open', when: written(/'strict-dynamic'/i),
    why: 'The Observatory calls the whole policy invalid where `\'strict-dynamic\'` has no nonce or hash beside it. Browsers enforce it, and run no script.',
    standard: CSP3('8.2', 'strict-dynamic-usage'), quote: 'If a script request is triggered by a non-"parser-inserted" script element, it is allowed.',
  },
  {
    id: 'csp-withdrawn-value', peer: 'csp-evaluator', check: 'csp-syntax', by: 'peer', right: 'outsight', when: written(/reflected-xss block/i),
    why: 'In this directive the word stood without quotes. What is wrong is the directive itself, and that is what Outsight reports.',
    standard: CSP3('6', 'csp-directives'),
  },
  {
    id: 'csp-none-beside-others', check: 'csp-syntax', by: 'outsight', right: 'outsight', when: written(/'none' [^;,]|[^;,\s] 'none'(?:[;,\s]|$)/i),
    why: 'Beside other sources `\'none\'` is ignored, so the directive allows what it seems to forbid.',
    standard: CSP3('6.7.2.7', 'match-url-to-source-list'), quote: 'The \'none\' keyword has no effect when other source expressions are present.',
  },
  {
    id: 'csp-ignored-in-meta', check: 'csp-syntax', by: 'outsight', right: 'outsight', when: (one) => (one.policies.meta ?? []).some((policy) => /frame-ancestors|sandbox|report-uri/.test(policy)),
    why: 'One of the directives has no effect in a `meta` element.',
    standard: HTML('`meta http-equiv`', 'semantics.html#attr-meta-http-equiv-content-security-policy'), quote: 'Remove all occurrences of the report-uri, frame-ancestors, and sandbox directives from policy.',
  },
  {
    id: 'csp-repeated-directive-said', check: 'csp-syntax', by: 'outsight', right: 'outsight', when: written(/(?:^|;)\s*([a-z-]+)[^;]*;(?:[^,]*;)?\s*\1(?:[\s;]|$)/i),
    why: 'The directive is there twice, and browsers ignore the second.', ...FIRST,
  },
  {
    id: 'csp-unknown-words', peer: 'http-observatory', check: 'csp-syntax', by: 'outsight', right: 'outsight', when: written(/[:"]|self|none|unsafe|nonce|sha256|script-source|\*\.\*|\/\//i),
    why: 'The Observatory checks neither the names of directives nor the words of sources. Browsers ignore what they do not know, or take it for the name of a host.', ...GRAMMAR,
  },
  {
    id: 'csp-no-host', check: 'csp-syntax', by: 'outsight', right: 'outsight', when: written(/\*\.\*|\s\/\/|\[::1\]|"self"/),
    why: 'Such a source has no form that browsers know, and they ignore it.',
    standard: CSP3('2.3.1', 'framework-directive-source-list'), quote: 'host-part = "*" / [ "*." ] 1*host-char *( "." 1*host-char )',
  },
  // Script and object sources together
  {
    id: 'csp-sources-finer', peer: 'http-observatory', check: 'csp-sources', by: 'outsight', right: 'outsight', when: (one) => inlineRuns(one) || anyHostRuns(one),
    why: 'The Observatory reads `script-src` alone: not the finer directives, not a host `*` with a port, and every word that begins like a nonce or a hash as one.', ...EFFECTIVE,
  },
  {
    id: 'csp-objects-by-data', peer: 'http-observatory', check: ['csp-sources', 'csp-objects'], by: 'outsight', right: 'outsight', when: written(/object-src data:/),
    why: 'Whoever can inject markup can bring its object as a `data:` address along.',
    standard: CSP3('6', 'csp-directives'), quote: 'In either case, authors SHOULD NOT include either \'unsafe-inline\' or data: as valid sources in their policies.',
  },
  {
    id: 'csp-sources-finer-strict', peer: 'http-observatory', check: 'csp-sources', by: 'peer', right: 'outsight', when: (one) => !several(one) && !inlineRuns(one) && !anyHostRuns(one) && scriptsGoverned(one) && written(/script-src-elem/)(one),
    why: 'A finer directive takes the place of the lax `script-src`, or stands alone.', ...EFFECTIVE,
  },
  {
    id: 'csp-sources-no-host', peer: 'http-observatory', check: 'csp-sources', by: 'peer', right: 'outsight', when: written(/\*\.\*/),
    why: '`https://*.*` has no form that browsers know, so it allows nothing. (Outsight reports it as a mistake in the policy\'s text.)',
    standard: CSP3('2.3.1', 'framework-directive-source-list'), quote: 'host-part = "*" / [ "*." ] 1*host-char *( "." 1*host-char )',
  },
  {
    id: 'csp-sources-several', peer: 'http-observatory', check: ['csp-sources', 'csp-objects'], by: 'peer', right: 'outsight', when: (one) => several(one) && !inlineRuns(one) && !anyHostRuns(one),
    why: 'One of several policies is lax, another is not, and both are enforced.', ...SEVERAL,
  },
  // Inline scripts
  {
    id: 'csp-inline-switched-off', check: ['csp-inline', 'csp-sources'], by: 'peer', right: 'outsight', when: (one) => !inlineRuns(one) && written(/'unsafe-inline'.*(?:'nonce-|'sha|'strict-dynamic')|(?:'nonce-|'sha|'strict-dynamic').*'unsafe-inline'/i)(one),
    why: 'A nonce, a hash or `\'strict-dynamic\'` switches `\'unsafe-inline\'` off; it stands there for browsers of old.', ...INLINE,
  },
  {
    id: 'csp-inline-several-policies', check: 'csp-inline', by: 'peer', right: 'outsight', when: (one) => !inlineRuns(one) && several(one),
    why: 'One of several policies allows inline scripts, another forbids them, and both are enforced.', ...SEVERAL,
  },
  {
    id: 'csp-inline-repeated', check: 'csp-inline', by: 'peer', right: 'outsight', when: (one) => !inlineRuns(one) && written(/(script-src) .*;\s*\1 /i)(one),
    why: 'The lax directive is the second of its name, and browsers ignore it.', ...FIRST,
  },
  {
    id: 'csp-inline-unquoted', check: 'csp-inline', by: 'peer', right: 'outsight', when: (one) => !inlineRuns(one) && written(/[^']unsafe-inline(?!')/i)(one),
    why: 'Without quotes `unsafe-inline` is the name of a host. (Outsight reports that as a mistake in the policy\'s text.)', ...GRAMMAR,
  },
  {
    id: 'csp-inline-overridden', check: 'csp-inline', by: 'peer', right: 'outsight', when: (one) => !inlineRuns(one),
    why: 'The lax directive governs no script: a more specific one takes its place.', ...EFFECTIVE,
  },
  ...byStandard('csp-inline', inlineRuns, { why: 'By the rules for inline scripts and handlers, in all policies together, an injected one runs.', ...INLINE }),
  // Hosts
  {
    id: 'csp-host-overridden', check: 'csp-any-host', by: 'peer', right: 'outsight', when: (one) => !anyHostRuns(one) && written(/default-src [^;]*(?:\*|https:|data:).*script-src/i)(one),
    why: 'The evaluator names `default-src` because objects fall back to it; scripts have a directive of their own, which is narrow.', ...EFFECTIVE,
  },
  ...byStandard('csp-any-host', anyHostRuns, {
    why: 'By the rules for matching sources, a script from any host is allowed.',
    standard: CSP3('6.7.2.8', 'match-url-to-source-expression'), quote: 'If expression is the string "*", return "Matches" if […] url\'s scheme is an HTTP(S) scheme.',
  }),
  {
    id: 'csp-governed-by-elem', check: 'csp-scripts-governed', by: 'peer', right: 'outsight', when: scriptsGoverned,
    why: '`script-src-elem` alone says which script elements run.', standard: CSP3('6.1.11', 'directive-script-src-elem'), quote: 'The script-src-elem directive applies to all script requests and script blocks.',
  },
  {
    id: 'csp-hosts-known', peer: 'csp-evaluator', check: 'csp-allow-list', by: 'peer', right: 'open', when: written(/google-analytics/),
    why: 'What a host serves is knowledge, not a standard: the evaluator lists an address of this one that can be misused together with `\'unsafe-eval\'`, which both report by itself.',
    standard: CSP3('8.2', 'strict-dynamic-usage'), quote: 'Host- and path-based policies are tough to get right, especially on sprawling origins like CDNs.',
  },
  {
    id: 'csp-hosts-known-to-outsight', peer: 'csp-evaluator', check: 'csp-allow-list', by: 'outsight', right: 'open', when: page,
    why: 'What a host serves is knowledge, not a standard: Outsight lists one that the evaluator does not.',
    standard: CSP3('8.2', 'strict-dynamic-usage'), quote: 'Host- and path-based policies are tough to get right, especially on sprawling origins like CDNs.',
  },
  // eval
  {
    id: 'csp-eval-in-styles', peer: 'http-observatory', check: 'csp-eval', by: 'peer', right: 'outsight', when: (one) => !evalRuns(one) && written(/style-src[^;]*'unsafe-eval'/i)(one),
    why: 'In `style-src` the keyword allows no script to run.', standard: CSP3('4.4.1', 'can-compile-strings'), quote: 'If policy contains a directive whose name is "script-src", then set source-list to that directive\'s value. Otherwise if policy contains a directive whose name is "default-src", then set source-list to that directive\'s value.',
  },
  ...byStandard('csp-eval', evalRuns, {
    why: 'By the rules for compiling strings, a text can be run as code.',
    standard: CSP3('4.4.1', 'can-compile-strings'), quote: 'If source-list is not null, and does not contain a source expression which is an ASCII case-insensitive match for the string "\'unsafe-eval\'", then […] set result to "Blocked".',
  }),
  // Objects, base, styles, forms
  {
    id: 'csp-objects-governed', peer: 'csp-evaluator', check: 'csp-objects', by: 'peer', right: 'outsight', when: (one) => !objectsFree(one),
    why: 'An empty list allows nothing, and a finer directive takes the place of `default-src`.',
    standard: CSP3('6.7.2.7', 'match-url-to-source-list'), quote: 'An empty source list (that is, a directive without a value: script-src, as opposed to script-src host1) is equivalent to a source list containing \'none\', and will not match any URL.',
  },
  {
    id: 'csp-styles-switched-off', peer: 'drheader', check: 'csp-styles', by: 'peer', right: 'outsight', when: (one) => !stylesFree(one) && !several(one) && written(/'(?:nonce|sha)/i)(one),
    why: 'A nonce or a hash switches `\'unsafe-inline\'` off.', ...INLINE,
  },
  {
    id: 'csp-styles-several', peer: 'drheader', check: 'csp-styles', by: 'peer', right: 'outsight', when: (one) => !stylesFree(one) && several(one),
    why: 'One of several policies allows inline styles, another forbids them, and both are enforced.', ...SEVERAL,
  },
  {
    id: 'csp-styles-overridden', check: 'csp-styles', by: 'peer', right: 'outsight', when: (one) => !stylesFree(one),
    why: 'The lax directive governs no style: a more specific one takes its place, or it is an empty list, which allows nothing.', ...EFFECTIVE,
  },
  // Single sources and directives
  {
    id: 'csp-http-for-everyone', check: 'csp-insecure-sources', by: 'peer', right: 'open', when: written(/(?:script-src|frame-ancestors) http:(?:\/\/\*)?(?:[;,]|$)/i),
    why: '`http:` covers every host, and `https:` too. That is what Outsight reports: scripts from anywhere, frames of anyone.',
    standard: CSP3('6.7.2.9', 'match-schemes'), quote: 'script-src http: is treated as equivalent to script-src http: https:.',
  },
  {
    id: 'csp-http-upgraded', check: 'csp-insecure-sources', by: 'peer', right: 'outsight', when: written(/upgrade-insecure-requests/i),
    why: 'The policy makes browsers ask by HTTPS before they look at the sources.',
    standard: { name: 'Upgrade Insecure Requests §3.2', url: 'https://www.w3.org/TR/upgrade-insecure-requests/#feature-detect' },
  },
  {
    id: 'csp-http-no-host', check: ['csp-insecure-sources', 'csp-ip'], by: 'peer', right: 'outsight', when: written(/\[::1\]/),
    why: 'An address in brackets has no form that browsers know in a policy, and they ignore the source. (Outsight reports it as a mistake in the policy\'s text.)',
    standard: CSP3('2.3.1', 'framework-directive-source-list'), quote: 'host-char = ALPHA / DIGIT / "-"',
  },
  {
    id: 'csp-reports-by-http', check: 'csp-insecure-sources', by: 'peer', right: 'peer', when: written(/report-uri http:/),
    why: 'Reports of a page over HTTPS that go to an `http:` address are mixed content, and do not arrive.',
    standard: MIXED('2', 'mixed-content'), quote: 'A request is mixed content if its url is not a potentially trustworthy URL and the context responsible for loading it prohibits mixed security contexts.',
  },
  {
    id: 'csp-http-scheme', peer: 'csp-evaluator', check: 'csp-insecure-sources', by: 'outsight', right: 'outsight', when: written(/[\s](?:http|ftp):(?:[\s;,]|$)/i),
    why: 'The evaluator looks for `http://` at the beginning of a source, not for `http:` alone, which allows every host by HTTP.',
    standard: CSP3('2.3.1', 'framework-directive-source-list'), quote: 'Schemes such as https: (which matches any resource having the specified scheme)',
  },
  {
    id: 'csp-http-page', check: 'csp-insecure-sources', by: 'peer', right: 'open', when: (one) => one.site === 'plain',
    why: 'The page itself comes by HTTP, and that is what Outsight reports.',
    standard: MIXED('2', 'mixed-content'), quote: 'A request is mixed content if its url is not a potentially trustworthy URL and the context responsible for loading it prohibits mixed security contexts.',
  },
  {
    id: 'csp-handlers-without-hash', check: 'csp-handlers', by: 'peer', right: 'outsight', when: (one) => !written(/'sha256-[a-z0-9]/i)(one),
    why: 'Without a hash beside it `\'unsafe-hashes\'` allows nothing.',
    standard: CSP3('8.3', 'unsafe-hashes-usage'), quote: 'The \'unsafe-hashes\' source expression aims to make CSP deployment simpler and safer in these situations by allowing developers to enable specific handlers via hashes.',
  },
  {
    id: 'csp-withdrawn', check: 'csp-deprecated', by: 'outsight', right: 'outsight', when: written(/plugin-types|require-sri-for|navigate-to|block-all-mixed-content/i),
    why: 'Level 3 no longer has these directives, and browsers ignore them.', standard: CSP3('6', 'csp-directives'),
  },
  ...byStandard('csp-objects', objectsFree, {
    why: 'No policy restricts what is embedded.',
    standard: CSP3('6.1.9', 'directive-object-src'), quote: 'The object-src directive restricts the URLs from which plugin content may be loaded.',
  }),
  {
    id: 'csp-base-harmless', check: 'csp-base-uri', by: 'peer', right: 'outsight', when: (one) => !baseMatters(one),
    why: 'A foreign base moves relative addresses to a foreign host. Where scripts are allowed by host, the policy blocks them there; where the policy lets injected scripts run anyway, the base adds nothing.',
    standard: CSP3('6.3.1', 'directive-base-uri'), quote: 'The base-uri directive restricts the URLs which can be used in a Document\'s base element.',
  },
  ...byStandard('csp-base-uri', baseMatters, {
    why: 'Scripts run by nonce or hash wherever they come from, so an injected `base` moves the relative ones to a foreign host.',
    standard: CSP3('6.3.1', 'directive-base-uri'), quote: 'The base-uri directive restricts the URLs which can be used in a Document\'s base element.',
  }),
  ...byStandard('csp-styles', stylesFree, {
    why: 'No policy restricts styles.',
    standard: CSP3('6.1.13', 'directive-style-src'), quote: 'The style-src directive restricts the locations from which style may be applied to a Document.',
  }),
];

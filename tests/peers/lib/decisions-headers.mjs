// Decisions about transport, framing, sniffing, referrers, resource policies, scripts of third parties and CORS.
import { CSP3, FETCH, HTML, MIXED, REFERRER, RFC6797, RFC9110, SRI } from './standards.mjs';
import { framable, hstsHolds, listed as listOf, sniffs } from './browser.mjs';
import { openToFrames } from './policy.mjs';

const matching = (field, pattern) => (one) => one[field].length === 1 && pattern.test(one[field][0]);
const repeated = (field) => (one) => one[field].length > 1;
const page = (one) => one.kind.body === 'html';
const listed = (field) => (one) => listOf(one[field]);
const KNOWN = new Set([
  'no-referrer', 'no-referrer-when-downgrade', 'same-origin', 'origin', 'strict-origin', 'origin-when-cross-origin',
  'strict-origin-when-cross-origin', 'unsafe-url', 'never', 'default', 'always', 'origin-when-crossorigin',
]);
const MODERN = new Set([...KNOWN].filter((word) => !['never', 'default', 'always', 'origin-when-crossorigin'].includes(word)));
const SAFE = new Set(['no-referrer', 'same-origin', 'strict-origin', 'strict-origin-when-cross-origin']);
/** The last word of the field that browsers know. */
const inField = (one) => listed('referrer')(one).filter((word) => MODERN.has(word)).at(-1);
const shownPage = (one) => page(one) && [200, 302].includes(one.kind.status);
const where = (...conditions) => (one, says) => conditions.every((holds) => holds(one, says));
const not = (holds) => (one) => !holds(one);

export const HEADER_DECISIONS = [
  // HSTS
  {
    id: 'hsts-no-https', check: 'hsts', by: 'peer', right: 'open', when: (one) => one.site === 'plain',
    why: 'The site has no HTTPS at all. The Observatory counts that against HSTS too; Outsight says it once, as missing HTTPS.',
    standard: RFC6797('7.2'), quote: 'An HSTS Host MUST NOT include the STS header field in HTTP responses conveyed over non-secure transport.',
  },
  {
    id: 'hsts-untrusted-certificate', check: 'hsts', by: 'peer', right: 'open', when: (one) => one.site === 'selfsigned',
    why: 'Browsers do not note the field of a site whose certificate they do not trust. The cause is the certificate, for which Outsight caps the score; a rule of its own it does not have yet.',
    standard: RFC6797('8.1'), quote: 'If an HTTP response, received over a secure transport, includes an STS header field […] and there are no underlying secure transport errors or warnings […], the UA MUST […] note the host as a Known HSTS Host.',
  },
  {
    id: 'hsts-white-space', check: 'hsts', by: 'peer', right: 'outsight', when: where(hstsHolds, matching('hsts', /max-age\s+=|=\s+\d/i)),
    why: 'White space around `=` is allowed.',
    standard: RFC6797('6.1'), quote: 'It is based on the Generic Grammar defined in Section 2 of [RFC2616] (which includes a notion of "implied linear whitespace", also known as "implied *LWS").',
  },
  {
    id: 'hsts-repeated-field', check: 'hsts', by: 'peer', right: 'outsight', when: where(hstsHolds, repeated('hsts')),
    why: 'The first of several fields counts, and it is sound.',
    standard: RFC6797('8.1'), quote: 'If a UA receives more than one STS header field in an HTTP response message over secure transport, then the UA MUST process only the first such header field.',
  },
  {
    id: 'hsts-preloaded', check: 'hsts', by: 'outsight', right: 'open', when: (one) => one.site === 'preloaded',
    why: 'The Observatory passes whatever a preloaded host sends. Outsight has no preload list and judges the answer: without the field a host loses its place in the list.',
    standard: RFC6797('12.3'), quote: 'An HSTS pre-loaded list is a facility whereby web site administrators can have UAs preconfigured with HSTS Policy for their site by the UA vendor(s).',
  },
  {
    id: 'hsts-zero-in-quotes', check: 'hsts', by: 'outsight', right: 'outsight', when: where(not(hstsHolds), matching('hsts', /max-age\s*=\s*"0"/i)),
    why: '`max-age="0"` switches HSTS off; the Observatory reads no number in it and calls it six months.',
    standard: RFC6797('6.1'), quote: 'directive-value = token | quoted-string',
  },
  {
    id: 'hsts-malformed', check: 'hsts', by: 'outsight', right: 'outsight', when: not(hstsHolds),
    why: 'Browsers drop a field that does not conform; the Observatory reads the digits that come first, or none, and passes.',
    standard: RFC6797('6.1'), quote: 'UAs MUST ignore any STS header field containing directives, or other header field value data, that does not conform to the syntax defined in this specification.',
  },
  {
    id: 'hsts-exact-value', peer: 'drheader', check: 'hsts', by: 'peer', right: 'outsight', when: hstsHolds,
    why: 'drHEADer accepts one text alone, `max-age=31536000; includeSubDomains`, and blames two years as it blames none.',
    standard: RFC6797('6.1.1'), quote: 'The REQUIRED "max-age" directive specifies the number of seconds, after the reception of the STS header field, during which the UA regards the host (from whom the message was received) as a Known HSTS Host.',
  },
  // Redirection
  {
    id: 'redirect-untrusted-certificate', check: 'redirection', by: 'peer', right: 'open', when: (one) => one.site === 'selfsigned',
    why: 'HTTP leads to HTTPS, with a certificate that browsers do not trust. The cause is the certificate.',
    standard: RFC6797('8.1'), quote: '[…] and there are no underlying secure transport errors or warnings […]',
  },
  {
    id: 'redirect-nothing-served', check: 'redirection', by: 'peer', right: 'open', when: (one) => one.plain?.status >= 400 || one.kind.status >= 400 || one.kind.status === 204,
    why: 'Plain HTTP serves nothing but refusals. For people who type a name a redirect is kinder, and the standard advises one; for an API a refusal is the safer answer, as it is noticed before a token is sent twice.',
    standard: RFC6797('7.2'), quote: 'If an HSTS Host receives an HTTP request message over a non-secure transport, it SHOULD send an HTTP response message containing a status code indicating a permanent redirect, such as status code 301 […].',
  },
  {
    id: 'redirect-in-page', check: 'redirection', by: 'peer', right: 'open', when: (one) => one.plain?.refresh !== undefined,
    why: 'A page over HTTP that leads to HTTPS by `meta refresh` gets people there, and programs not.',
    standard: RFC6797('7.2'), quote: 'If an HSTS Host receives an HTTP request message over a non-secure transport, it SHOULD send an HTTP response message containing a status code indicating a permanent redirect, such as status code 301 […].',
  },
  {
    id: 'redirect-preloaded', check: 'redirection', by: 'outsight', right: 'open', when: (one) => one.site === 'preloaded',
    why: 'Browsers that know the host from their list never ask by HTTP, so the Observatory passes it; everything else does.',
    standard: RFC6797('12.3'), quote: 'An HSTS pre-loaded list is a facility whereby web site administrators can have UAs preconfigured with HSTS Policy for their site by the UA vendor(s).',
  },
  // Framing
  {
    id: 'framing-list', check: 'framing', by: 'peer', right: 'outsight',
    when: where(shownPage, not(framable), (one) => openToFrames(one) === undefined),
    why: 'Equal values in a list are one value, and differing values make browsers refuse the frame.',
    standard: HTML('the `X-Frame-Options` header', 'document-lifecycle.html#the-x-frame-options-header'),
    quote: 'If xFrameOptions\'s size is greater than 1, and xFrameOptions contains any of "deny", "allowall", or "sameorigin", then return false.',
  },
  {
    id: 'framing-by-policy', check: 'framing', by: 'peer', right: 'outsight', when: (one) => openToFrames(one) === false,
    why: 'A policy with `frame-ancestors` governs framing, and X-Frame-Options is not read.',
    standard: HTML('the `X-Frame-Options` header', 'document-lifecycle.html#the-x-frame-options-header'),
    quote: 'If policy\'s directive set contains a frame-ancestors directive, then return true.',
  },
  {
    id: 'framing-no-page', check: 'framing', by: 'peer', right: 'open', when: (one) => !shownPage(one),
    why: 'Data, scripts and error pages have nothing that a visitor could be made to click. Sending the field anyway does no harm, so this is advice, not a flaw.',
    standard: CSP3('6.4.2', 'directive-frame-ancestors'), quote: 'Resources can use this directive to avoid many UI Redressing attacks, by avoiding being embedded into potentially hostile contexts.',
  },
  {
    id: 'framing-allow-from', check: 'framing', by: 'outsight', right: 'outsight', when: where(framable, (one) => listed('frame')(one).some((value) => value.startsWith('allow-from'))),
    why: '`ALLOW-FROM` allows everybody in browsers of today.',
    standard: HTML('the `X-Frame-Options` header', 'document-lifecycle.html#the-x-frame-options-header'),
    quote: 'In particular, HTTP Header Field X-Frame-Options specified an `ALLOW-FROM` variant of the header, but that is not to be implemented.',
  },
  {
    id: 'framing-open-ancestors', check: 'framing', by: 'outsight', right: 'outsight',
    when: (one) => openToFrames(one) === true,
    why: 'The policy names everybody as an ancestor; the Observatory looks only for the directive\'s presence. X-Frame-Options beside it is ignored.',
    standard: HTML('the `X-Frame-Options` header', 'document-lifecycle.html#the-x-frame-options-header'),
    quote: 'If policy\'s directive set contains a frame-ancestors directive, then return true.',
  },
  {
    id: 'framing-in-meta', check: 'framing', by: 'outsight', right: 'outsight', when: where(framable, (one) => (one.policies.meta ?? []).some((text) => text.includes('frame-ancestors'))),
    why: 'In a `meta` element the directive has no effect.',
    standard: HTML('`meta http-equiv`', 'semantics.html#attr-meta-http-equiv-content-security-policy'), quote: 'Remove all occurrences of the report-uri, frame-ancestors, and sandbox directives from policy.',
  },
  {
    id: 'framing-missed', check: 'framing', by: 'peer', right: 'peer', when: where(shownPage, framable),
    why: 'By the rules for framing, any site may frame the page.',
    standard: HTML('the `X-Frame-Options` header', 'document-lifecycle.html#the-x-frame-options-header'),
  },
  // Sniffing
  {
    id: 'nosniff-list', check: 'nosniff', by: 'peer', right: 'outsight', when: not(sniffs),
    why: 'The first value of the list is what counts.',
    standard: FETCH('determine nosniff', 'determine-nosniff'), quote: 'If values[0] is an ASCII case-insensitive match for "nosniff", then return true.',
  },
  {
    id: 'nosniff-nothing-to-sniff', check: 'nosniff', by: 'peer', right: 'outsight', when: (one) => one.kind.status === 204,
    why: 'An answer without content has no type to guess.',
    standard: RFC9110('15.3.5'), quote: 'A 204 response is terminated by the end of the header section; it cannot contain content or trailers.',
  },
  {
    id: 'nosniff-error', check: 'nosniff', by: 'peer', right: 'open', when: (one) => one.kind.status >= 400,
    why: 'Browsers use neither scripts nor styles of an error answer, which is what `nosniff` guards; setting it everywhere is still good practice.',
    standard: FETCH('should response to request be blocked due to nosniff?', 'should-response-to-request-be-blocked-due-to-nosniff?'),
    quote: 'If destination is script-like and mimeType is failure or is not a JavaScript MIME type, then return blocked.',
  },
  // Referrers
  {
    id: 'referrer-old-words', check: 'referrer', by: 'peer', right: 'outsight', when: (one) => shownPage(one) && ['never', 'default'].includes(listed('metaReferrer')(one)[0]),
    why: 'In a `meta` element `never` means `no-referrer` and `default` the default, and the element overrides the field.',
    standard: HTML('`meta name=referrer`', 'semantics.html#meta-referrer'), quote: 'If value is one of the values given in the first column of the following table, then set value to the value given in the second column: […] never: no-referrer; default: the default referrer policy; always: unsafe-url.',
  },
  {
    id: 'referrer-old-word-always', check: 'referrer', by: 'outsight', right: 'outsight', when: (one) => listed('metaReferrer')(one)[0] === 'always',
    why: 'In a `meta` element `always` means `unsafe-url`, and the element overrides the field.',
    standard: HTML('`meta name=referrer`', 'semantics.html#meta-referrer'), quote: 'If value is one of the values given in the first column of the following table, then set value to the value given in the second column: […] always: unsafe-url.',
  },
  {
    id: 'referrer-in-page', check: 'referrer', by: 'outsight', right: 'outsight', when: (one) => ['unsafe-url', 'no-referrer-when-downgrade'].includes(listed('metaReferrer')(one)[0]),
    why: 'A `meta` element sets the policy, and overrides a field. drHEADer does not read the page; the Observatory does not if the type is written `TEXT/HTML`.',
    standard: HTML('`meta name=referrer`', 'semantics.html#meta-referrer'), quote: 'If value is a referrer policy, then set element\'s node document\'s policy container\'s referrer policy to policy.',
  },
  {
    id: 'referrer-overridden-in-page', check: 'referrer', by: 'peer', right: 'outsight', when: (one) => shownPage(one) && ['no-referrer', 'strict-origin'].includes(listed('metaReferrer')(one)[0]),
    why: 'A `meta` element of the page overrides the field.',
    standard: HTML('`meta name=referrer`', 'semantics.html#meta-referrer'), quote: 'If value is a referrer policy, then set element\'s node document\'s policy container\'s referrer policy to policy.',
  },
  {
    id: 'referrer-unknown-in-page', check: 'referrer', by: 'peer', right: 'peer', when: (one) => shownPage(one) && one.metaReferrer.length > 0 && !KNOWN.has(listed('metaReferrer')(one)[0]) && !SAFE.has(inField(one)) && !inField(one)?.startsWith('origin') && one.referrer.length > 0,
    why: 'A `meta` element with an empty or unknown word changes nothing, so the field applies.',
    standard: HTML('`meta name=referrer`', 'semantics.html#meta-referrer'), quote: 'If value is a referrer policy, then set element\'s node document\'s policy container\'s referrer policy to policy.',
  },
  {
    id: 'referrer-nothing-said', check: 'referrer', by: 'peer', right: 'outsight', when: (one) => shownPage(one) && one.referrer.length === 0,
    why: 'There is no field, and at most an element with a word that browsers do not know: their default applies, which gives other sites the origin alone. Outsight notes it as information.',
    standard: REFERRER('3', 'referrer-policies'), quote: 'The default referrer policy is "strict-origin-when-cross-origin".',
  },
  {
    id: 'referrer-no-page', check: 'referrer', by: 'peer', right: 'open', when: not(page),
    why: 'The policy governs what a document, or a module of scripts, fetches. Data fetches nothing; Outsight judges pages alone.',
    standard: REFERRER('4.1', 'referrer-policy-delivery-referrer-policy-header'), quote: 'The Referrer-Policy HTTP header specifies the referrer policy that the user agent applies when determining what referrer information should be included with requests made, and with browsing contexts created from the context of the protected resource.',
  },
  {
    id: 'referrer-error', check: 'referrer', by: 'peer', right: 'open', when: (one) => one.kind.status >= 400,
    why: 'Error pages are documents as well, but carry little that an address could give away.',
    standard: REFERRER('4.1', 'referrer-policy-delivery-referrer-policy-header'), quote: 'The Referrer-Policy HTTP header specifies the referrer policy that the user agent applies when determining what referrer information should be included with requests made […] from the context of the protected resource.',
  },
  {
    id: 'referrer-origin-only', check: 'referrer', by: 'peer', right: 'open', when: (one) => [...listed('referrer')(one), ...listed('metaReferrer')(one)].some((value) => value.startsWith('origin')),
    why: '`origin` and `origin-when-cross-origin` give other sites the origin alone, as the browsers\' default does; they differ from it only towards plain HTTP.',
    standard: REFERRER('3.5', 'referrer-policy-origin'), quote: 'The "origin" policy specifies that only the ASCII serialization of the origin of the request\'s client is sent as referrer information when making both same-origin referrer requests and cross-origin referrer requests from a particular client.',
  },
  {
    id: 'referrer-list', peer: 'drheader', check: 'referrer', by: 'peer', right: 'outsight',
    when: (one) => SAFE.has(inField(one)),
    why: 'A list is a way to name a policy and its fallback, the last word that browsers know counts, and `same-origin` gives other sites nothing at all.',
    standard: REFERRER('8.1', 'parse-referrer-policy-from-header'), quote: 'For each token in policy-tokens, if token is a referrer policy and token is not the empty string, then set policy to token.',
  },
  // Cross-origin resource policy
  {
    id: 'corp-unknown', check: 'corp', by: 'outsight', right: 'outsight', when: (one) => !['same-origin', 'same-site', 'cross-origin'].includes(one.corp.map((value) => value.trim()).join(', ')),
    why: 'The value is compared byte by byte: `SAME-ORIGIN`, or an empty value, is none of the three.',
    standard: FETCH('`Cross-Origin-Resource-Policy` header', 'cross-origin-resource-policy-header'), quote: 'Cross-Origin-Resource-Policy = %s"same-origin" / %s"same-site" / %s"cross-origin" ; case-sensitive',
  },
  {
    id: 'corp-no-resource', check: 'corp', by: 'peer', right: 'open', when: (one) => one.kind.status >= 400 || one.kind.status === 204,
    why: 'An error or an empty answer has little that another site could embed.',
    standard: FETCH('cross-origin resource policy check', 'cross-origin-resource-policy-check'), quote: 'If policy is neither `same-origin`, `same-site`, nor `cross-origin`, then set policy to null.',
  },
  // Scripts of third parties
  {
    id: 'integrity-unknown-digest', check: 'integrity', by: 'outsight', right: 'outsight', when: (one) => /integrity="(?:md5|nonsense)/.test(one.scripts),
    why: 'The attribute has no digest that browsers know, so they check nothing. The Observatory looks for the attribute\'s presence.',
    standard: SRI('does-response-match-metadatalist'), quote: 'If parsedMetadata is empty set, return true.',
  },
  {
    id: 'integrity-same-scheme', check: 'integrity', by: 'peer', right: 'outsight', when: (one) => one.site !== 'plain' && /src="\/\/[^"]*" integrity="sha/.test(one.scripts),
    why: 'An address without a scheme takes that of the page, which is HTTPS.',
    standard: { name: 'RFC 3986 §4.2', url: 'https://www.rfc-editor.org/rfc/rfc3986#section-4.2' }, quote: 'A relative reference that begins with two slash characters is termed a network-path reference.',
  },
  {
    id: 'integrity-no-script', check: 'integrity', by: 'peer', right: 'outsight', when: (one) => /text\/template/.test(one.scripts),
    why: 'An element of this type is a block of data: nothing is fetched or run.',
    standard: HTML('the `script` element', 'scripting.html#prepare-the-script-element'), quote: 'Otherwise, return. (No script is executed, and el\'s type is left as null.)',
  },
  {
    id: 'integrity-page-over-http', check: 'integrity', by: 'peer', right: 'open', when: (one) => one.site === 'plain',
    why: 'The page itself comes by HTTP, and anyone on the way can change it with all its scripts; that is what Outsight reports.',
    standard: SRI('is-response-eligible'), quote: 'In order to mitigate an attacker\'s ability to read data cross-origin by brute-forcing values via integrity checks, responses are only eligible for such checks if they are same-origin or are the result of explicit access granted to the loading origin via CORS.',
  },
  {
    id: 'integrity-of-a-redirect', check: 'integrity', by: 'peer', right: 'outsight', when: (one) => one.kind.status === 302,
    why: 'The body of a redirect is never shown.', standard: FETCH('HTTP fetch', 'http-fetch'),
  },
  {
    id: 'integrity-upgraded', check: 'integrity', by: 'peer', right: 'outsight', when: (one) => /upgrade-insecure-requests/.test((one.policies.http ?? []).join()),
    why: 'The policy makes browsers ask for the script by HTTPS.',
    standard: { name: 'Upgrade Insecure Requests §3.2', url: 'https://www.w3.org/TR/upgrade-insecure-requests/#feature-detect' },
  },
  {
    id: 'integrity-by-http', check: 'integrity', by: 'outsight', right: 'outsight', when: (one) => /src="http:/.test(one.scripts),
    why: 'A script of the same site by plain HTTP is mixed content all the same, and browsers block it.',
    standard: MIXED('2', 'mixed-content'), quote: 'A request is mixed content if its url is not a potentially trustworthy URL and the context responsible for loading it prohibits mixed security contexts.',
  },
  {
    id: 'integrity-in-noscript', check: 'integrity', by: 'outsight', right: 'peer', when: (one) => /noscript/.test(one.scripts),
    why: 'Inside `noscript` no script ever runs: with scripting the content is text, without it no script does.',
    standard: HTML('the `noscript` element', 'scripting.html#the-noscript-element'), quote: 'The noscript element represents nothing if scripting is enabled, and represents its children if scripting is disabled.',
  },
  {
    id: 'integrity-type-in-capitals', check: 'integrity', by: 'outsight', right: 'outsight', when: (one) => one.kind.type === 'TEXT/HTML',
    why: 'The Observatory takes `TEXT/HTML` for no page.', standard: RFC9110('8.3.1'), quote: 'The type and subtype tokens are case-insensitive.',
  },
  // Cross-origin sharing
  {
    id: 'cors-reflected-credentials', check: 'cors', by: 'outsight', right: 'outsight', when: (one) => one.cors?.credentials === 'true',
    why: 'The answer to a request from a foreign origin names that origin (or `null`, which any site can have) and allows credentials. The Observatory sends no Origin that it could compare in a live scan, so its result for this never occurs.',
    standard: FETCH('CORS check', 'concept-cors-check'), quote: 'If the result of byte-serializing a request origin with request is not origin, then return failure. […] If credentials is `true`, then return success.',
  },
];

// Decisions about cookies.
import { COOKIES } from './standards.mjs';

const SESSION = /^(?:session_id|PHPSESSID|JSESSIONID|connect\.sid|sid|jwt|auth_token|access_token|login)=/;
const any = (pattern) => (one) => one.cookies.some((cookie) => pattern.test(cookie));

/** Whether a cookie names a domain that the host is not under. */
const foreign = (one) => one.cookies.some((cookie) => {
  const domain = /;\s*domain=\.?([^;\s]+)/i.exec(cookie)?.[1];
  return domain !== undefined && !`.${one.host}`.endsWith(`.${domain}`);
});

export const COOKIE_DECISIONS = [
  {
    id: 'cookie-overwritten', check: 'cookies', by: 'outsight', right: 'peer', when: (one) => one.cookies.length === 2 && /^session_id=b2/.test(one.cookies[1]),
    why: 'The second cookie of the same name, domain and path takes the first one\'s place in the same answer.',
    standard: COOKIES('5.7', 'storage-model'), quote: 'If the cookie store contains a cookie with the same name, domain, host-only-flag, and path as the newly-created cookie: […] Remove the old-cookie from the cookie store.',
  },
  {
    id: 'cookie-foreign-domain', check: 'cookies', by: 'outsight', right: 'outsight', when: (one, { ours }) => foreign(one) && ours.startsWith('cookie-refused'),
    why: 'The cookie names a domain that is not the host\'s. Browsers never store it, and that is what Outsight says; the Observatory sees no cookie.',
    standard: COOKIES('5.7', 'storage-model'), quote: 'If the canonicalized request-host does not domain-match the domain-attribute: Abort these steps and ignore the cookie entirely.',
  },
  {
    id: 'cookie-foreign-domain-said', check: 'cookies', by: 'peer', right: 'outsight', when: foreign,
    why: 'The cookie names a domain that is not the host\'s, so browsers never store it, and its attributes protect nothing.',
    standard: COOKIES('5.7', 'storage-model'), quote: 'If the canonicalized request-host does not domain-match the domain-attribute: Abort these steps and ignore the cookie entirely.',
  },
  {
    id: 'cookie-secure-over-http', check: 'cookies', by: 'peer', right: 'outsight', when: (one) => one.site === 'plain' && any(/;\s*secure/i)(one),
    why: 'A cookie with Secure that comes over plain HTTP is refused, so there is nothing to protect.',
    standard: COOKIES('5.7', 'storage-model'), quote: 'If the request-uri does not denote a "secure" connection (as defined by the user agent), and the cookie\'s secure-only-flag is true, then abort these steps and ignore the cookie entirely.',
  },
  {
    id: 'cookie-readable-over-http', check: 'cookies', by: 'peer', right: 'peer', when: (one) => one.site === 'plain' && one.cookies.some((cookie) => SESSION.test(cookie) && !/httponly|max-age=(?:0|-)|1970/i.test(cookie)),
    why: 'Scripts can read the session of a site without HTTPS as well.',
    standard: COOKIES('4.1.2.6', 'the-httponly-attribute'), quote: 'The HttpOnly attribute limits the scope of the cookie to HTTP requests.',
  },
  {
    id: 'cookie-over-http', check: 'cookies', by: 'peer', right: 'open', when: (one) => one.site === 'plain',
    why: 'The site has no HTTPS, so its cookies cannot be marked Secure; what Outsight reports is the missing HTTPS.',
    standard: COOKIES('4.1.2.5', 'the-secure-attribute'), quote: 'The Secure attribute limits the scope of the cookie to "secure" channels (where "secure" is defined by the user agent).',
  },
  {
    id: 'cookie-expired', check: 'cookies', by: 'peer', right: 'outsight', when: any(/max-age=(?:0|-)|1970/i),
    why: 'The cookie is being deleted: browsers store nothing that attributes could protect.',
    standard: COOKIES('5.7', 'storage-model'), quote: 'A cookie is "expired" if the cookie has an expiry date in the past. The user agent MUST evict all expired cookies from the cookie store if, at any time, an expired cookie exists in the cookie store.',
  },
  {
    id: 'cookie-name-contains', check: 'cookies', by: 'peer', right: 'outsight', when: any(/^(?:assessment|obsession|blogindex)=/),
    why: 'The Observatory takes every name that contains `sess` or `login` for a session; these are words that happen to contain them.',
    standard: COOKIES('8.4', 'session-identifiers'), quote: 'Instead of storing session information directly in a cookie (where it might be exposed to or replayed by an attacker), servers commonly store a nonce (or "session identifier") in a cookie.',
  },
  {
    id: 'cookie-samesite-unknown', check: 'cookies', by: 'peer', right: 'outsight', when: any(/samesite(?:=(?!lax|strict|none)|;|$)/i),
    why: 'An unknown or empty SameSite is the same as none at all, which the Observatory lets pass where it is simply absent.',
    standard: COOKIES('5.6.7', 'the-samesite-attribute-2'), quote: 'Let enforcement be "Default". […] If cookie-av\'s attribute-value is a case-insensitive match for "Lax", set enforcement to "Lax".',
  },
  {
    id: 'cookie-samesite-unknown-said', check: 'cookies', by: 'outsight', right: 'outsight', when: (one, { ours }) => /unknown-word|left-to/.test(ours) && any(/samesite(?:=(?!lax;|lax$|strict|none)|;|$)/i)(one),
    why: 'SameSite has a word that browsers do not know (the last one counts), so the session is as open as without it.',
    standard: COOKIES('5.6.7', 'the-samesite-attribute-2'), quote: 'Let enforcement be "Default". […] If cookie-av\'s attribute-value is a case-insensitive match for "Lax", set enforcement to "Lax".',
  },
  {
    id: 'cookie-refused-over-http', check: 'cookies', by: 'outsight', right: 'outsight', when: (one) => one.site === 'plain' && any(/;\s*secure/i)(one),
    why: 'A cookie with Secure that comes over plain HTTP is refused, so what relies on it does not work.',
    standard: COOKIES('5.7', 'storage-model'), quote: 'If the request-uri does not denote a "secure" connection (as defined by the user agent), and the cookie\'s secure-only-flag is true, then abort these steps and ignore the cookie entirely.',
  },
  {
    id: 'cookie-not-a-session', peer: 'drheader', check: 'cookies', by: 'peer', right: 'outsight', when: any(/^(?:theme|lang|XSRF-TOKEN|csrftoken)=[^;]*;.*secure/i),
    why: 'Scripts are meant to read a preference, and must read a token that they send back in a field; nothing is gained by HttpOnly.',
    standard: COOKIES('4.1.2.6', 'the-httponly-attribute'), quote: 'The HttpOnly attribute limits the scope of the cookie to HTTP requests. In particular, the attribute instructs the user agent to omit the cookie when providing access to cookies via "non-HTTP" APIs.',
  },
  {
    id: 'cookie-anticsrf-samesite', check: 'cookies', by: 'peer', right: 'open', when: any(/csrf/i),
    why: 'A token against forgery that is compared with a field of the form protects without SameSite. Asking for it is advice.',
    standard: COOKIES('8.8', 'samesite-cookies'), quote: 'SameSite cookies offer a robust defense against CSRF attack when deployed in strict mode, and when supported by the client.',
  },
  {
    id: 'cookie-without-name', peer: 'drheader', check: 'cookies', by: 'peer', right: 'open', when: any(/^(?:=|novalue)/),
    why: 'A cookie without a name is sent back as its value alone. drHEADer takes all of it for the name; nothing says what it is for.',
    standard: COOKIES('5.6', 'the-set-cookie-header-field-2'), quote: 'If the name-value-pair string lacks a %x3D ("=") character, then the name string is empty, and the value string is the value of name-value-pair.',
  },
  {
    id: 'cookie-refused', check: 'cookies', by: 'outsight', right: 'outsight', when: any(/^__(?:Host|Secure)-/i),
    why: 'Browsers refuse the cookie, so the session that it carries does not work as meant. The Observatory sees no cookie, drHEADer no rule of prefixes.',
    standard: COOKIES('5.7', 'storage-model'), quote: 'If the cookie-name begins with a case-insensitive match for the string "__Host-", then abort these steps and ignore the cookie entirely unless the cookie meets all the following criteria: […]',
  },
  {
    id: 'cookie-samesite-missing', check: 'cookies', by: 'outsight', right: 'open', when: (one, { ours }) => ours.includes('left-to-the-browser') && !ours.includes('unprotected'),
    why: 'A session cookie leaves SameSite to the browser, and browsers differ. The Observatory withholds a bonus for that, Outsight reports it as low.',
    standard: COOKIES('5.6.7', 'the-samesite-attribute-2'), quote: 'Let enforcement be "Default".',
  },
  {
    id: 'cookie-session-names', peer: 'http-observatory', check: 'cookies', by: 'outsight', right: 'outsight', when: any(/^(?:connect\.sid|sid|jwt|auth_token|access_token)=/),
    why: 'These are names that frameworks give to sessions and tokens (`connect.sid` is that of Express); the Observatory knows `sess` and `login`.',
    standard: COOKIES('8.4', 'session-identifiers'), quote: 'Instead of storing session information directly in a cookie (where it might be exposed to or replayed by an attacker), servers commonly store a nonce (or "session identifier") in a cookie.',
  },
  {
    id: 'cookie-of-a-load-balancer', peer: 'http-observatory', check: 'cookies', by: 'outsight', right: 'open', when: any(/^heroku-session-affinity=/),
    why: 'The Observatory leaves out this one name, which a hosting service sets and its users cannot change.',
    standard: COOKIES('8.3', 'clear-text'), quote: 'Unless sent over a secure channel (such as TLS), the information in the Cookie and Set-Cookie header fields is transmitted in the clear.',
  },
];

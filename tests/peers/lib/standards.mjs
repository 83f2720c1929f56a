// The standards that decisions quote.
export const RFC6797 = (section) => ({ name: `RFC 6797 §${section}`, url: `https://www.rfc-editor.org/rfc/rfc6797#section-${section}` });
export const FETCH = (name, anchor) => ({ name: `Fetch, ${name}`, url: `https://fetch.spec.whatwg.org/#${anchor}` });
export const HTML = (name, page) => ({ name: `HTML, ${name}`, url: `https://html.spec.whatwg.org/multipage/${page}` });
export const CSP3 = (section, anchor) => ({ name: `CSP Level 3 §${section}`, url: `https://www.w3.org/TR/CSP3/#${anchor}` });
export const REFERRER = (section, anchor) => ({ name: `Referrer Policy §${section}`, url: `https://www.w3.org/TR/referrer-policy/#${anchor}` });
export const COOKIES = (section, anchor) => ({
  name: `RFC 6265bis §${section}`, url: `https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#name-${anchor}`,
});
export const SRI = (anchor) => ({ name: 'Subresource Integrity', url: `https://www.w3.org/TR/SRI/#${anchor}` });
export const RFC9110 = (section) => ({ name: `RFC 9110 §${section}`, url: `https://www.rfc-editor.org/rfc/rfc9110#section-${section}` });
export const MIXED = (section, anchor) => ({ name: `Mixed Content §${section}`, url: `https://www.w3.org/TR/mixed-content/#${anchor}` });

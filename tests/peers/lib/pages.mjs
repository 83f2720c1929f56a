// The bodies of responses, and what the plain HTTP side and cross-origin requests are answered with.

const INTEGRITY = 'sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb';
const THIRD = 'cdn.third.test/lib.js';

/** Markup with the scripts of a page. */
export const SCRIPTS = [
  '', '', '',
  '<script>run()</script>',
  '<script src="/app.js"></script>',
  '<script src="app.js"></script>',
  `<script src="/app.js" integrity="${INTEGRITY}"></script>`,
  '<script src="https://HOST/app.js"></script>',
  '<script src="https://cdn.compare.example/app.js"></script>',
  '<script src="http://cdn.compare.example/app.js"></script>',
  `<script src="https://${THIRD}"></script>`,
  `<script src="https://${THIRD}" integrity="${INTEGRITY}" crossorigin="anonymous"></script>`,
  `<script src="https://${THIRD}" integrity="${INTEGRITY}"></script>`,
  `<script src="https://${THIRD}" integrity="" crossorigin="anonymous"></script>`,
  `<script src="https://${THIRD}" integrity="md5-1B2M2Y8AsgTpgAmY7PhCfg==" crossorigin="anonymous"></script>`,
  `<script src="https://${THIRD}" integrity="nonsense" crossorigin="anonymous"></script>`,
  `<script src="//${THIRD}"></script>`,
  `<script src="//${THIRD}" integrity="${INTEGRITY}" crossorigin="anonymous"></script>`,
  `<script src="http://${THIRD}"></script>`,
  `<script src="http://${THIRD}" integrity="${INTEGRITY}" crossorigin="anonymous"></script>`,
  `<SCRIPT SRC="HTTPS://CDN.THIRD.TEST/LIB.JS"></SCRIPT>`,
  `<script src=" https://${THIRD} "></script>`,
  `<script type="module" src="https://${THIRD}"></script>`,
  `<script type="text/template" src="https://${THIRD}"></script>`,
  `<!-- <script src="https://${THIRD}"></script> -->`,
  `<template><script src="https://${THIRD}"></script></template>`,
  `<noscript><script src="https://${THIRD}"></script></noscript>`,
  '<script src="data:text/javascript,run()"></script>',
  '<base href="https://cdn.third.test/"><script src="lib.js"></script>',
  `<script src="/app.js"></script><script src="https://${THIRD}"></script>`,
  `<script src="https://${THIRD}" integrity="${INTEGRITY}" crossorigin></script><script src="https://other.third.test/a.js"></script>`,
  `<link rel="stylesheet" href="https://cdn.third.test/style.css">`,
  `<link rel="stylesheet" href="https://cdn.third.test/style.css"><script src="/app.js"></script>`,
];

const CONTROLS = ['<p>Welcome</p>', '<form action="/login" method="post"><input name="user"><button>Sign in</button></form>'];

/** Kinds of answers: status, Content-Type (none where empty), and what the body is. */
export const KINDS = [
  ...Array(22).fill({ status: 200, type: 'text/html; charset=utf-8', body: 'html' }),
  { status: 200, type: 'TEXT/HTML', body: 'html' },
  { status: 200, type: 'text/html;charset=utf-8', body: 'html' },
  { status: 200, type: 'application/xhtml+xml', body: 'html' },
  { status: 401, type: 'text/html', body: 'html' },
  { status: 403, type: 'text/html', body: 'html' },
  { status: 404, type: 'text/html', body: 'html' },
  { status: 500, type: 'text/html', body: 'html' },
  { status: 302, type: 'text/html', body: 'html', location: '/start' },
  ...Array(5).fill({ status: 200, type: 'application/json', body: 'json' }),
  { status: 200, type: 'application/problem+json', body: 'json' },
  { status: 401, type: 'application/json', body: 'json' },
  { status: 404, type: 'application/json', body: 'json' },
  { status: 200, type: 'text/plain', body: 'text' },
  { status: 200, type: 'text/javascript', body: 'script' },
  { status: 200, type: '', body: 'json' },
  { status: 204, type: '', body: 'empty' },
];

/** What http:// answers; HOST is the name of the case. `null` closes the port. */
export const PLAIN = [
  ...Array(6).fill({ status: 301, location: 'https://HOST/' }),
  { status: 308, location: 'https://HOST/' },
  { status: 302, location: 'https://HOST/' },
  { status: 307, location: 'HTTPS://HOST/' },
  { status: 301, location: 'https://HOST:443/' },
  { status: 301, location: 'https://other.compare.example/' },
  { status: 301, location: 'http://other.compare.example/' },
  { status: 301, location: 'http://HOST/step' },
  { status: 301, location: 'https://other.compare.example/through-http' },
  { status: 200, same: true },
  { status: 200, same: true },
  { status: 200, refresh: 'https://HOST/' },
  { status: 403 },
  { status: 404 },
  { status: 426 },
  { status: 500 },
  null,
  null,
];

/** How cross-origin requests are answered. */
export const CORS = [
  ...Array(8).fill(null),
  { origin: '*' },
  { origin: '*', credentials: 'true' },
  { origin: 'reflect' },
  { origin: 'reflect', credentials: 'true' },
  { origin: 'null' },
  { origin: 'null', credentials: 'true' },
  { origin: 'https://partner.example' },
  { origin: 'https://partner.example', credentials: 'true' },
];

/** The body of a response. `meta` are the elements that declare policies. */
export function body(kind, { host, scripts, meta, controls }) {
  if (kind === 'json') return '{"id":7,"name":"Ada","items":[1,2,3]}';
  if (kind === 'text') return 'Welcome to the service.\n';
  if (kind === 'script') return 'export const version = 7;\n';
  if (kind === 'empty') return '';
  const head = `<meta charset="utf-8">${meta}<title>Case</title>`;
  return `<!doctype html><html lang="en"><head>${head}${scripts.replaceAll('HOST', host)}</head><body>${CONTROLS[controls]}</body></html>`;
}

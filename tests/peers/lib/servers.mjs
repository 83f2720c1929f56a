// Serves the generated responses byte by byte over HTTPS and HTTP on loopback. The Host field chooses the response.
//
// Answers are written to the socket as they are, so that repeats, case and white space reach every client unchanged.
import net from 'node:net';
import tls from 'node:tls';

/** Both ports are open here. */
const BOTH = '127.77.0.1';
/** Only 443 is open here. */
const SECURE_ONLY = '127.77.0.2';
/** Only 80 is open here. */
const PLAIN_ONLY = '127.77.0.3';

const LIMIT = 64 * 1024;
const REASONS = { 200: 'OK', 204: 'No Content', 301: 'Moved Permanently', 302: 'Found', 307: 'Temporary Redirect', 308: 'Permanent Redirect' };

export function addressOf(one) {
  if (one.site === 'plain') return PLAIN_ONLY;
  return one.plain === null ? SECURE_ONLY : BOTH;
}

/** Starts all listeners; returns a function that closes them. */
export async function serve(responses, certificates) {
  const byHost = new Map(responses.map((one) => [one.host, one]));
  const context = (pair) => tls.createSecureContext(pair);
  const trusted = context(certificates.trusted);
  const selfSigned = context(certificates.selfSigned);
  const options = {
    ...certificates.trusted,
    ALPNProtocols: ['http/1.1'],
    SNICallback: (name, done) => done(null, name.endsWith('.selfsigned.example') ? selfSigned : trusted),
  };
  const secure = (socket) => converse(socket, (request) => answerSecure(byHost, request));
  const plain = (socket) => converse(socket, (request) => answerPlain(byHost, request));
  const servers = await Promise.all([
    listen(tls.createServer(options, secure), BOTH, 443),
    listen(tls.createServer(options, secure), SECURE_ONLY, 443),
    listen(net.createServer(plain), BOTH, 80),
    listen(net.createServer(plain), PLAIN_ONLY, 80),
  ]);
  return () => servers.forEach((server) => server.close());
}

function listen(server, address, port) {
  server.on('tlsClientError', () => {});
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, address, () => done(server));
  });
}

/** Answers one request after the other on a connection. Requests have no bodies here. */
function converse(socket, answer) {
  let received = '';
  socket.on('error', () => socket.destroy());
  socket.setTimeout(30_000, () => socket.destroy());
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1');
    if (received.length > LIMIT) return socket.destroy();
    for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
      socket.write(Buffer.from(answer(parse(received.slice(0, end))), 'utf8'));
      received = received.slice(end + 4);
    }
    return undefined;
  });
}

function parse(head) {
  const [line, ...rest] = head.split('\r\n');
  const [method, target] = line.split(' ');
  const fields = Object.fromEntries(rest.map((field) => [field.split(':')[0].toLowerCase(), field.slice(field.indexOf(':') + 1).trim()]));
  const host = (fields.host ?? '').split(':')[0].toLowerCase();
  return { method, path: target.replace(/^https?:\/\/[^/]+/i, '').split('?')[0], host, origin: fields.origin };
}

function answerSecure(byHost, request) {
  const one = byHost.get(request.host);
  if (!one) return elsewhere(request);
  return answerSame(one, request);
}

function answerPlain(byHost, request) {
  const one = byHost.get(request.host);
  if (!one) return elsewhere(request);
  if (one.plain.same) return answerSame(one, request);
  if (one.plain.location && request.path === '/step') return redirect(request, 302, `https://${one.host}/`);
  if (one.plain.location) return redirect(request, one.plain.status, one.plain.location.replace('HOST', one.host));
  const refresh = one.plain.refresh?.replace('HOST', one.host);
  const page = refresh ? `<!doctype html><meta http-equiv="refresh" content="0; url=${refresh}">` : '<!doctype html><p>Not here.</p>';
  return write(request, one.plain.status, [['Content-Type', 'text/html']], page);
}

/** The response itself, for every path but robots.txt; a redirect's goal is the same page without the redirect. */
function answerSame(one, request) {
  if (request.path === '/robots.txt') return write(request, 404, [['Content-Type', 'text/plain']], 'none\n');
  const shared = crossOrigin(one.cors, request);
  if (request.method === 'OPTIONS') return write(request, 204, shared, '');
  const arrived = one.kind.location && request.path === one.kind.location;
  const fields = arrived ? one.fields.filter(([name]) => name !== 'Location') : one.fields;
  return write(request, arrived ? 200 : one.kind.status, [...fields, ...shared], one.body);
}

function crossOrigin(cors, { origin, method }) {
  if (!cors || !origin) return [];
  const allowed = cors.origin === 'reflect' ? origin : cors.origin;
  const fields = [['Access-Control-Allow-Origin', allowed], ['Vary', 'Origin']];
  if (cors.credentials) fields.push(['Access-Control-Allow-Credentials', cors.credentials]);
  if (method === 'OPTIONS') fields.push(['Access-Control-Allow-Methods', 'GET']);
  return fields;
}

/** Other names: one that leads back through plain HTTP, else a page. */
function elsewhere(request) {
  if (request.path === '/through-http') return redirect(request, 302, 'http://other.compare.example/back');
  if (request.path === '/back') return redirect(request, 302, 'https://other.compare.example/');
  return write(request, 200, [['Content-Type', 'text/html']], '<!doctype html><p>Elsewhere.</p>');
}

function redirect(request, status, location) {
  return write(request, status, [['Location', location]], '');
}

function write(request, status, fields, text) {
  const length = status === 204 ? [] : [['Content-Length', String(Buffer.byteLength(text))]];
  const head = [...fields, ...length].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${REASONS[status] ?? 'Status'}\r\n${head}\r\n${request.method === 'HEAD' ? '' : text}`;
}

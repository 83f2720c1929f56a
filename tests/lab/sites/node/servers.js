// The smallest server that each framework's guide shows: `node servers.js NAME PORT`.
const [name, port] = [process.argv[2], Number(process.argv[3])];
const host = '127.0.0.1';
const page = '<!doctype html><title>Lab</title><h1>Hello</h1><form method="post" action="/login"><input name="user"></form>';

const servers = {
  express() {
    const app = require('express')();
    app.get('/', (request, response) => response.send(page));
    app.get('/api/items', (request, response) => response.json([{ id: 1, name: 'pen' }]));
    app.get('/boom', () => { throw new Error('boom'); });
    app.listen(port, host);
  },
  'express-session'() {
    const app = require('express')();
    app.use(require('express-session')({ secret: String(process.pid), resave: false, saveUninitialized: true }));
    app.get('/', (request, response) => response.send(page));
    app.listen(port, host);
  },
  'express-helmet'() {
    const app = require('express')();
    app.use(require('helmet')());
    app.get('/', (request, response) => response.send(page));
    app.listen(port, host);
  },
  fastify() {
    const app = require('fastify')();
    app.get('/', async () => ({ hello: 'world' }));
    app.listen({ port, host });
  },
  koa() {
    const app = new (require('koa'))();
    app.use(async (context) => { context.body = context.path === '/' ? page : (context.status = 404, 'Not Found'); });
    app.listen(port, host);
  },
  'koa-catch-all'() {
    const app = new (require('koa'))();
    app.use(async (context) => { context.body = 'Hello World'; });
    app.listen(port, host);
  },
  async hapi() {
    const server = require('@hapi/hapi').server({ port, host });
    server.route({ method: 'GET', path: '/', handler: () => 'Hello World!' });
    await server.start();
  },
  async nest() {
    require('reflect-metadata');
    const { Module, Controller, Get, Inject } = require('@nestjs/common');
    const { NestFactory } = require('@nestjs/core');
    class App { hello() { return 'Hello World!'; } }
    Controller()(App);
    Get()(App.prototype, 'hello', Object.getOwnPropertyDescriptor(App.prototype, 'hello'));
    class Root {}
    Module({ controllers: [App] })(Root);
    const app = await NestFactory.create(Root, { logger: false });
    await app.listen(port, host);
  },
  hono() {
    const { Hono } = require('hono');
    const app = new Hono();
    app.get('/', (context) => context.json({ ok: true }));
    require('@hono/node-server').serve({ fetch: app.fetch, port, hostname: host });
  },
  polka() {
    require('polka')().get('/', (request, response) => response.end('Hello')).listen(port, host);
  },
  restify() {
    const server = require('restify').createServer();
    server.get('/', (request, response, next) => { response.send({ hello: 'world' }); next(); });
    server.listen(port, host);
  },
  async apollo() {
    const { ApolloServer } = require('@apollo/server');
    const { startStandaloneServer } = require('@apollo/server/standalone');
    const server = new ApolloServer({
      typeDefs: 'type Query { book(id: ID!): Book } type Book { id: ID! title: String! }',
      resolvers: { Query: { book: (parent, { id }) => ({ id, title: 'Lab' }) } },
    });
    await startStandaloneServer(server, { listen: { port, host } });
  },
  'node-http'() {
    require('http').createServer((request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ data: 'Hello World!' }));
    }).listen(port, host);
  },
};

Promise.resolve(servers[name]()).catch((error) => { console.error(error); process.exit(1); });

"""The smallest server that each framework's guide shows: `python servers.py NAME PORT`."""
import sys

PAGE = '<!doctype html><title>Lab</title><h1>Hello</h1><form method="post" action="/login"><input name="user"></form>'


def flask_app(debug):
    import flask
    app = flask.Flask(__name__)
    app.add_url_rule("/", "home", lambda: PAGE)
    app.add_url_rule("/api/items", "items", lambda: {"items": [1]})
    return app


def fastapi_app():
    import fastapi
    app = fastapi.FastAPI()

    @app.get("/")
    def home():
        return {"hello": "world"}

    return app


def starlette_app():
    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse
    from starlette.routing import Route
    return Starlette(debug=True, routes=[Route("/", lambda request: HTMLResponse(PAGE))])


def litestar_app():
    from litestar import Litestar, get

    @get("/")
    async def home() -> dict[str, str]:
        return {"hello": "world"}

    return Litestar([home])


def uvicorn(app, port):
    import uvicorn
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


def main(name, port):
    if name in ("flask", "flask-debug"):
        debug = name == "flask-debug"
        flask_app(debug).run("127.0.0.1", port, debug=debug, use_reloader=False)
    elif name == "fastapi":
        uvicorn(fastapi_app(), port)
    elif name == "starlette":
        uvicorn(starlette_app(), port)
    elif name == "litestar":
        uvicorn(litestar_app(), port)
    elif name == "aiohttp":
        from aiohttp import web
        app = web.Application()

        async def home(request):
            return web.Response(text=PAGE, content_type="text/html")

        app.router.add_get("/", home)
        web.run_app(app, host="127.0.0.1", port=port, print=None)
    elif name == "tornado":
        import asyncio
        import tornado.web

        class Home(tornado.web.RequestHandler):
            def get(self):
                self.write(PAGE)

        async def serve():
            tornado.web.Application([("/", Home)]).listen(port, "127.0.0.1")
            await asyncio.Event().wait()

        asyncio.run(serve())
    elif name == "bottle":
        import bottle
        bottle.route("/")(lambda: PAGE)
        bottle.run(host="127.0.0.1", port=port, quiet=True)
    elif name == "falcon":
        import falcon
        from wsgiref.simple_server import make_server

        class Home:
            def on_get(self, request, response):
                response.media = {"hello": "world"}

        app = falcon.App()
        app.add_route("/", Home())
        make_server("127.0.0.1", port, app).serve_forever()
    else:
        raise SystemExit(f"no server is called {name}")


main(sys.argv[1], int(sys.argv[2]))

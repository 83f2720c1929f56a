"""The servers of the laboratory: what each needs, how it is started, what it is called.

A server is started in a folder of its own, with `{port}`, `{work}` (what `lab.py setup` installed), `{sites}` (the sources
beside this file) and `{here}` (the server's own folder) filled in. Every server listens on 127.0.0.1 alone and runs with
the settings that its package or its guide ships; what had to be set so that it runs without root on a chosen port is here
to be read.
"""
from dataclasses import dataclass, field

DEBIAN = """
    nginx apache2 caddy lighttpd haproxy varnish h2o mini-httpd tomcat10 php-cli php-cgi php-sqlite3 php-mysql ruby-sinatra
    puma libmojolicious-perl libdancer2-perl prometheus etcd-server influxdb adminer phpmyadmin wordpress
    mariadb-server netdata transmission-daemon cups nodejs npm maven golang python3-venv
""".split()


@dataclass
class Server:
    """One server: `start` is its command line, `files` are written into its folder before."""

    name: str
    start: str
    files: dict[str, str] = field(default_factory=dict)
    before: str = ""
    env: dict[str, str] = field(default_factory=dict)
    path: str = "/"
    wait: int = 30


NGINX = """
daemon off; pid {here}/pid; error_log {here}/error.log;
events {}
http {
  include /etc/nginx/mime.types; access_log off;
  client_body_temp_path {here}/b; proxy_temp_path {here}/p; fastcgi_temp_path {here}/f; uwsgi_temp_path {here}/u; scgi_temp_path {here}/s;
  server { listen 127.0.0.1:{port}; {inside} }
}
"""

APACHE = """
ServerRoot {here}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {here}/pid
ErrorLog {here}/error.log
Mutex file:{here}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
LoadModule mime_module /usr/lib/apache2/modules/mod_mime.so
LoadModule autoindex_module /usr/lib/apache2/modules/mod_autoindex.so
LoadModule negotiation_module /usr/lib/apache2/modules/mod_negotiation.so
LoadModule status_module /usr/lib/apache2/modules/mod_status.so
TypesConfig /etc/mime.types
DocumentRoot {root}
<Directory {root}>
  Options Indexes FollowSymLinks
  Require all granted
</Directory>
{more}
"""


def nginx(name: str, inside: str) -> Server:
    conf = NGINX.replace("{inside}", inside)
    return Server(name, "/usr/sbin/nginx -p {here} -c {here}/nginx.conf", {"nginx.conf": conf})


def apache(name: str, root: str, more: str = "") -> Server:
    conf = APACHE.replace("{root}", root).replace("{more}", more)
    return Server(name, "/usr/sbin/apache2 -d {here} -f {here}/apache.conf -DFOREGROUND", {"apache.conf": conf})


def node(name: str) -> Server:
    return Server(name, "node {work}/node/servers.js " + name + " {port}", env={"NODE_PATH": "{work}/node/node_modules"})


def python(name: str) -> Server:
    return Server(name, "{work}/venv/bin/python {sites}/python/servers.py " + name + " {port}")


DJANGO = "{work}/venv/bin/python manage.py runserver --noreload 127.0.0.1:{port}"
DJANGO_NEW = "{work}/venv/bin/django-admin startproject lab . && {work}/venv/bin/python manage.py migrate -v 0"

SERVERS = [
    nginx("nginx", "root /var/www/html; index index.html index.nginx-debian.html;"),
    nginx("nginx-autoindex", "root {sites}/static/..; autoindex on;"),
    nginx("nginx-stub-status", "root {sites}/static; location /nginx_status { stub_status; }"),
    nginx("nginx-spa", "root {sites}/static; try_files $uri /index.html;"),
    nginx("nginx-auth", "root {sites}/static; location / { return 401; }"),
    nginx("nginx-login-redirect", "location = /login { root {sites}/static; try_files /index.html =404; } location / { return 302 /login; }"),
    nginx("nginx-forbidden", "location / { return 403; }"),
    apache("apache", "/usr/share/apache2/default-site"),
    apache("apache-status", "{sites}/static", "<Location /server-status>\n  SetHandler server-status\n</Location>"),
    apache("apache-listing", "{sites}"),
    Server("caddy-files", "caddy file-server --listen 127.0.0.1:{port} --root {sites}/static", env={"HOME": "{here}"}),
    Server("caddy-browse", "caddy file-server --browse --listen 127.0.0.1:{port} --root {sites}/static", env={"HOME": "{here}"}),
    Server("lighttpd", "lighttpd -D -f {here}/lighttpd.conf", {"lighttpd.conf": """
server.document-root = "{sites}/static"
server.bind = "127.0.0.1"
server.port = {port}
index-file.names = ( "index.html" )
include_shell "/usr/share/lighttpd/create-mime.conf.pl"
"""}),
    Server("haproxy-no-backend", "haproxy -db -f {here}/haproxy.cfg", {"haproxy.cfg": """
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend web
  bind 127.0.0.1:{port}
  default_backend none
backend none
"""}),
    Server("haproxy-stats", "haproxy -db -f {here}/haproxy.cfg", {"haproxy.cfg": """
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend web
  bind 127.0.0.1:{port}
  stats enable
  stats uri /haproxy?stats
"""}),
    Server("varnish-no-backend", "varnishd -F -n {here}/v -a 127.0.0.1:{port} -b 127.0.0.1:1"),
    Server("h2o", "h2o -c {here}/h2o.conf", {"h2o.conf": """
listen:
  host: 127.0.0.1
  port: {port}
hosts:
  default:
    paths:
      /:
        file.dir: {sites}/static
"""}),
    Server("mini-httpd", "mini_httpd -D -h 127.0.0.1 -p {port} -d {sites}/static"),
    Server("tomcat", "/usr/share/tomcat10/bin/catalina.sh run", {"conf/server.xml": """
<Server port="-1"><Service name="Catalina"><Connector port="{port}" address="127.0.0.1"/>
<Engine name="Catalina" defaultHost="localhost"><Host name="localhost" appBase="webapps"/></Engine></Service></Server>
"""}, before="mkdir -p temp logs webapps && cp /etc/tomcat10/web.xml conf/ && cp -r /usr/share/tomcat10-root/default_root webapps/ROOT",
           env={"CATALINA_HOME": "/usr/share/tomcat10", "CATALINA_BASE": "{here}", "CATALINA_TMPDIR": "{here}/temp"}),
    Server("php", "php -S 127.0.0.1:{port} -t {sites}/php"),
    Server("adminer", "php -S 127.0.0.1:{port} -t /usr/share/adminer"),
    Server("phpmyadmin", "php -S 127.0.0.1:{port} -t /usr/share/phpmyadmin"),
    Server("wordpress-setup", "php -S 127.0.0.1:{port} -t {here}/site",
           before="cp -rL /usr/share/wordpress {here}/site && rm -f {here}/site/wp-config.php"),
    node("express"),
    node("express-session"),
    node("express-helmet"),
    node("fastify"),
    node("koa"),
    node("koa-catch-all"),
    node("hapi"),
    node("nest"),
    node("hono"),
    node("polka"),
    node("restify"),
    node("apollo"),
    node("node-http"),
    Server("next", "node {work}/node/node_modules/next/dist/bin/next start -H 127.0.0.1 -p {port} {work}/node/next", wait=60),
    Server("next-dev", "node {work}/node/node_modules/next/dist/bin/next dev -H 127.0.0.1 -p {port} {here}/site",
           before="mkdir -p {here}/site && cp -r {sites}/next/app {here}/site/ && ln -sfn {work}/node/node_modules {here}/site/node_modules",
           env={"NEXT_TELEMETRY_DISABLED": "1"}, wait=90),
    Server("vite-dev", "node {work}/node/node_modules/vite/bin/vite.js --host 127.0.0.1 --port {port} {here}/site",
           before="mkdir -p {here}/site && cp -r {sites}/vite/. {here}/site/"),
    Server("serve", "node {work}/node/node_modules/serve/build/main.js -n -L -l tcp://127.0.0.1:{port} {sites}/static"),
    Server("http-server", "node {work}/node/node_modules/http-server/bin/http-server -a 127.0.0.1 -p {port} -s {sites}/static"),
    Server("json-server", "node {work}/node/node_modules/json-server/lib/cli/bin.js --host 127.0.0.1 --port {port} db.json",
           {"db.json": '{"posts":[{"id":1,"title":"Lab"}]}'}),
    python("flask"),
    python("flask-debug"),
    python("fastapi"),
    python("starlette"),
    python("litestar"),
    python("aiohttp"),
    python("tornado"),
    python("bottle"),
    python("falcon"),
    Server("django-debug", DJANGO, before=DJANGO_NEW),
    Server("django", DJANGO, before=DJANGO_NEW + " && sed -i 's/^DEBUG = .*/DEBUG = False/; s/^ALLOWED_HOSTS = .*/ALLOWED_HOSTS = [\"*\"]/' lab/settings.py"),
    Server("django-rest", DJANGO, {"urls.txt": """
from django.urls import path, include
from rest_framework import routers, serializers, viewsets
from django.contrib.auth.models import User


class Users(serializers.HyperlinkedModelSerializer):
    class Meta:
        model = User
        fields = ["url", "username", "email"]


class UserViews(viewsets.ModelViewSet):
    queryset = User.objects.all()
    serializer_class = Users


router = routers.DefaultRouter()
router.register("users", UserViews)
urlpatterns = [path("", include(router.urls))]
"""}, before=DJANGO_NEW + " && cp urls.txt lab/urls.py && sed -i \"s/^INSTALLED_APPS = \\[/&'rest_framework',/\" lab/settings.py"),
    Server("python-http", "python3 -m http.server -b 127.0.0.1 -d {sites} {port}"),
    Server("sinatra", "ruby {sites}/ruby/sinatra_app.rb {port}"),
    Server("mojolicious", "perl {sites}/perl/mojo.pl daemon -l http://127.0.0.1:{port}"),
    Server("dancer", "perl {sites}/perl/dancer.pl", env={"LAB_PORT": "{port}"}),
    Server("go-files", "{work}/go/lab files {port} {sites}/static"),
    Server("go-pprof", "{work}/go/lab pprof {port}"),
    Server("gin", "{work}/go/lab gin {port}"),
    Server("echo", "{work}/go/lab echo {port}"),
    Server("spring", "java -jar {work}/spring/target/lab-1.jar --server.address=127.0.0.1 --server.port={port}", wait=60),
    Server("spring-open", "java -jar {work}/spring/target/lab-1.jar --server.address=127.0.0.1 --server.port={port} "
           "--management.endpoints.web.exposure.include=* --management.endpoint.health.show-details=always", wait=60),
    Server("prometheus", "prometheus --web.listen-address=127.0.0.1:{port} --storage.tsdb.path={here}/data --config.file={here}/prometheus.yml",
           {"prometheus.yml": "global: {}\n"}),
    Server("etcd", "etcd --data-dir {here}/data --listen-client-urls http://127.0.0.1:{port} --advertise-client-urls http://127.0.0.1:{port} "
           "--listen-peer-urls http://127.0.0.1:0 --initial-advertise-peer-urls http://127.0.0.1:2380 --initial-cluster default=http://127.0.0.1:2380"),
    Server("influxdb", "influxd -config {here}/influx.conf", {"influx.conf": """
reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
  dir = "{here}/meta"
[data]
  dir = "{here}/data"
  wal-dir = "{here}/wal"
[http]
  bind-address = "127.0.0.1:{port}"
"""}),
    Server("netdata", "netdata -D -i 127.0.0.1 -p {port} -c {here}/netdata.conf", {"netdata.conf": """
[global]
    run as user = root
[directories]
    cache = {here}/cache
    lib = {here}/lib
    log = {here}/log
[plugins]
    apps = no
    cgroups = no
[cloud]
    enabled = no
"""}, before="mkdir -p cache lib log"),
    Server("transmission", "transmission-daemon -f --rpc-bind-address 127.0.0.1 -p {port} -g {here}/config --no-dht --no-portmap --no-lpd -P 0 --no-auth --no-utp",
           env={"HOME": "{here}"}),
    Server("cups", "cupsd -f -c {here}/cupsd.conf -s {here}/cups-files.conf", {"cupsd.conf": """
Listen 127.0.0.1:{port}
WebInterface Yes
<Location />
  Order allow,deny
  Allow localhost
</Location>
""", "cups-files.conf": """
ServerRoot {here}
StateDir {here}/state
CacheDir {here}/cache
RequestRoot {here}/spool
TempDir {here}/spool/tmp
ErrorLog {here}/error.log
AccessLog {here}/access.log
PageLog {here}/page.log
"""}, before="mkdir -p state cache spool/tmp"),
]

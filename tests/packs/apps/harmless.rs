//! The same addresses with what may be there: pages of a shop, an interface that answers properly, tools that ask for
//! credentials or tell what everyone may know, and a site that refuses politely.

use super::super::site::{Asked, Said};
use super::{html, json, text};

/// Pages of a shop whose names sound like tools.
pub(super) fn shop(asked: &Asked<'_>) -> Option<Said> {
    let page =
        |title: &str| html(format!("<!doctype html><title>{title}</title><h1>{title}</h1><a href=/cart>Cart</a>"));
    Some(match asked.target {
        "/" => page("Flower"),
        "/flows" => json(r#"[{"id":"rhine","type":"river","length":1230}]"#),
        "/collections" => json(r#"{"status":"ok","result":{"spring":["tulip"]}}"#),
        "/pods" => json(r#"{"kind":"peas","items":["garden pea"]}"#),
        "/beans" => json(r#"[{"bean":"arabica","scope":"espresso"}]"#),
        "/trace" => json(r#"[{"info":{"method":"post","path":"in transit"}}]"#),
        "/console" | "/console/login/LoginForm.jsp" => page("Game consoles"),
        "/playground" => page("Swings for your playground"),
        "/stats" | "/haproxy?stats" => page("Statistics"),
        "/status" => page("All systems operational"),
        "/silk/" => page("Silk scarves"),
        "/telescope/requests" => page("Telescopes on request"),
        "/script" => page("Scripts and fonts"),
        "/logs" => page("Logs and firewood"),
        "/config" => json(r#"{"theme":"dark","apiHost":"https://api.shop.example"}"#),
        "/env.js" => Said::new(200, "text/javascript", "window.env = { API: '/api', SITE_KEY: '6Lc-public' };"),
        "/dump" => page("Dump trucks"),
        "/redoc" | "/docs" => page("Documents"),
        "/files/" | "/uploads/" => page("Files for download"),
        "/examples/servlets/" | "/elmah" => page("Elm trees"),
        "/phpinfo.php" | "/info.php" | "/test.php" => page("About us"),
        "/version" => text("2.4.1\n"),
        _ => return None,
    })
}

/// An interface that tells its state and what the caller may know.
pub(super) fn interface(asked: &Asked<'_>) -> Option<Said> {
    Some(match asked.target.split('?').next().unwrap_or_default() {
        "/" => json(r#"{"name":"shop","version":"1.4.0","docs":"/docs"}"#),
        "/health" | "/healthz" | "/api/health" => json(r#"{"status":"ok","uptime":12.5,"checks":{"database":"up"}}"#),
        "/actuator/health" => json(r#"{"status":"UP","groups":["liveness","readiness"]}"#),
        "/env" | "/api/env" => json(r#"{"env":"production","region":"eu-1"}"#),
        "/debug" | "/api/debug" => json(r#"{"debug":false}"#),
        "/api/test" => json(r#"{"ok":true,"path":"/api/test"}"#),
        "/api/config" | "/config.json" | "/api/settings" => {
            json(r#"{"password":{"minLength":12},"host":"shop.example"}"#)
        }
        "/api/users" => json(r#"{"error":"unauthorized","users":[]}"#),
        "/api/admin" | "/api/internal" => json(r#"{"error":{"code":401,"message":"Sign in"}}"#),
        "/api/status" => json(r#"{"status":"ok","version":{"number":"1.4.0"}}"#),
        "/api/services" => json(r#"{"data":["haircut"],"total":1}"#),
        "/api/org" => json(r#"{"id":1,"name":"Acme"}"#),
        "/graphql" => json(r#"{"errors":[{"message":"GraphQL introspection is not allowed"}]}"#),
        "/processes" => json(r#"[{"pid":1,"name":"order to cash"}]"#),
        "/metrics" => json(r#"{"orders":12,"visitors":7}"#),
        "/query" => json(r#"{"results":[]}"#),
        "/_ignition/health-check" => json(r#"{"status":"ok"}"#),
        "/api/contents" => json(r#"{"type":"directory","items":[]}"#),
        "/v1/sys/health" => json(r#"{"initialized":true,"sealed":false,"standby":false}"#),
        "/api/users/admin/check" => Said::new(404, "application/json", r#"{"message":"Not found"}"#),
        "/wp-admin/install.php" => {
            html("<body class=\"wp-core-ui\"><h1>Already Installed</h1><a href=/wp-login.php>Log In</a>")
        }
        _ => return None,
    })
}

/// Tools that ask for credentials, and what everyone may know.
pub(super) fn tools(asked: &Asked<'_>) -> Option<Said> {
    if asked.head.starts_with("OPTIONS / ") {
        return Some(Said::new(200, "text/plain", "").with("DAV", "1").with("Allow", "OPTIONS, GET, HEAD, PROPFIND"));
    }
    let basic = |realm: &str| {
        Said::new(401, "text/html", "<h1>401</h1>").with("WWW-Authenticate", &format!("Basic realm=\"{realm}\""))
    };
    let sign_in = |title: &str| html(format!("<title>{title}</title><form><input type=\"password\"></form>"));
    Some(match asked.target {
        "/manager/html" => basic("Tomcat Manager Application"),
        "/hangfire" | "/sidekiq" | "/flower/" | "/haproxy?stats" => basic("private"),
        "/phpmyadmin/" => sign_in("phpMyAdmin"),
        "/adminer.php" => sign_in("Login - Adminer"),
        "/h2-console/" => html("<title>H2 Console</title><h1>Sorry, remote connections are disabled</h1>"),
        "/login" => html("<title>Grafana</title><script>window.grafanaBootData = {}</script>"),
        "/metrics" => Said::new(
            200,
            "text/plain; version=0.0.4",
            "# HELP process_cpu_seconds_total Time.\n# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total 7\n",
        ),
        "/openapi.json" => json(r#"{"openapi":"3.1.0","info":{"title":"Shop","version":"1"},"paths":{}}"#),
        "/docs" => html("<title>Shop - Swagger UI</title><div id=\"swagger-ui\"></div>"),
        "/version" => json(r#"{"major":"1","minor":"29","gitVersion":"v1.29.1","goVersion":"go1.21.6"}"#),
        "/actuator" => json(
            r#"{"_links":{"self":{"href":"http://a/actuator","templated":false},"health":{"href":"http://a/actuator/health","templated":false}}}"#,
        ),
        "/actuator/health" => json(r#"{"status":"UP"}"#),
        "/wp-json/wp/v2/users" => json(r#"[{"id":1,"name":"Anna","slug":"anna","avatar_urls":{}}]"#),
        "/xmlrpc.php" => Said::new(405, "text/plain;charset=UTF-8", "XML-RPC server accepts POST requests only."),
        _ => return None,
    })
}

/// What is there says no, with the words of the open tool in the refusal.
pub(super) fn refusing(asked: &Asked<'_>) -> Option<Said> {
    let refuse = |status: u16, body: &str| Said::new(status, "application/json", body);
    Some(match asked.target {
        "/actuator/env" => refuse(403, r#"{"propertySources":[{"name":"a","properties":{}}]}"#),
        "/actuator/heapdump" => refuse(401, "JAVA PROFILE 1.0.2"),
        "/api/v1/namespaces" => refuse(403, r#"{"kind":"Status","status":"Failure","reason":"Forbidden","code":403}"#),
        "/_all_dbs" => refuse(401, r#"{"error":"unauthorized","reason":"You are not a server admin."}"#),
        "/api/org" => refuse(401, r#"{"message":"Unauthorized"}"#),
        "/v1/agent/self" => refuse(403, "Permission denied"),
        "/solr/admin/info/system?wt=json" => refuse(401, r#"{"error":"authentication required"}"#),
        "/api/contents?content=0" => refuse(403, r#"{"message":"Forbidden","reason":null}"#),
        "/telescope/requests" => Said::new(403, "text/html", "<title>Telescope</title>window.Telescope"),
        "/server-status" => Said::new(403, "text/html", "<h1>Apache Server Status for a</h1><dl>"),
        "/rails/info/routes" => Said::new(404, "text/html", "<table id=route_table><th>Controller#Action</th>"),
        "/wp-content/debug.log" => Said::new(403, "text/plain", "[03-Feb-2026 04:05:06 UTC] hello"),
        "/api/admin/users" => refuse(403, r#"[{"id":1,"email":"anna@shop.example"}]"#),
        _ => return None,
    })
}

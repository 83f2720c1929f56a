//! PHP, Python, Ruby and JavaScript: frameworks in debug mode, and routes that were left behind.

use super::super::site::{Asked, Said};
use super::{html, json, password, text};

/// A hosting with WordPress, Laravel and Symfony in it.
pub(super) fn php(asked: &Asked<'_>) -> Option<Said> {
    let secret = password();
    Some(match asked.target {
        "/phpinfo.php" => html(format!(
            "<title>PHP 8.2.7 - phpinfo()</title><table><tr><td class=\"e\">DB_PASSWORD </td><td class=\"v\">{secret} </td></tr></table>"
        )),
        "/fpm-status" => text(
            "pool:                 www\nprocess manager:      dynamic\nstart time:           03/Feb/2026:04:05:06 +0000\nstart since:          7\naccepted conn:        12\n",
        ),
        "/phpmyadmin/" => html(
            "<title>localhost | phpMyAdmin 5.2.1</title><div id=\"pma_navigation\" data-config-navigation-width=\"240\"></div>",
        ),
        "/telescope/requests" => {
            html("<title>Telescope - Shop</title><link href=\"/vendor/telescope/app.css\"><div id=\"telescope\"></div>")
        }
        "/_ignition/health-check" => json(r#"{"can_execute_commands":true}"#),
        "/_debugbar/open" => {
            json(r#"[{"id":"X1","datetime":"2026-02-03 04:05:06","utime":1770091445.1,"method":"GET","uri":"/login"}]"#)
        }
        "/horizon/api/stats" => json(
            r#"{"failedJobs":0,"jobsPerMinute":12,"pausedMasters":0,"periods":{},"processes":3,"status":"running"}"#,
        ),
        "/log-viewer" => {
            html("<title>Log Viewer - Shop</title><script>window.LogViewer = {\"version\":\"3\"}</script>")
        }
        "/_profiler/empty/search/results?limit=10" => {
            html("<title>Symfony Profiler</title><a href=\"/_profiler/latest\">Latest</a>")
        }
        "/wp-json/wp/v2/users" => json(
            r#"[{"id":1,"name":"Anna","url":"","slug":"anna","avatar_urls":{"24":"https://pictures.example/a"},"email":"anna@shop.example"}]"#,
        ),
        "/wp-content/debug.log" => text(
            "[03-Feb-2026 04:05:06 UTC] PHP Notice:  Undefined index: cart in /srv/www/wp-content/plugins/cart/cart.php on line 31\n",
        ),
        "/xmlrpc.php" => Said::new(405, "text/plain;charset=UTF-8", "XML-RPC server accepts POST requests only."),
        "/wp-login.php" => html(
            "<form name=\"loginform\" id=\"loginform\" action=\"https://a.example/wp-login.php\"><input type=\"password\" name=\"pwd\"></form>",
        ),
        "/wp-admin/setup-config.php" => html(
            "<title>WordPress &rsaquo; Setup Configuration File</title><body class=\"wp-core-ui\"><a href=\"setup-config.php?step=1\" class=\"button\">Let us go!</a>",
        ),
        _ => return None,
    })
}

/// Django with Silk, Flask with its debugger, Jupyter, and a Rails in development mode.
pub(super) fn python_and_ruby(asked: &Asked<'_>) -> Option<Said> {
    let asks_for_page = asked.head.contains("Accept: text/html");
    Some(match asked.target.split('?').next().unwrap_or_default() {
        "/silk/" => html("<title>Silky - Summary - Silk</title><a href=\"/silk/requests/\">Requests</a>"),
        "/__debug__/render_panel/" => json(
            r#"{"content":"Data for this panel isn't available anymore. Please reload the page and retry.","scripts":[]}"#,
        ),
        "/console" => html(
            "<title>Console // Werkzeug Debugger</title><script>var CONSOLE_MODE = true, EVALEX = true, SECRET = 'a';</script>",
        ),
        "/api/contents" => json(
            r#"{"name":"","path":"","last_modified":"2026-02-03T04:05:06Z","created":"2026-02-03T04:05:06Z","content":null,"format":null,"mimetype":null,"size":null,"writable":true,"type":"directory"}"#,
        ),
        "/flower/" => html("<title>Flower</title><a href=\"/flower/workers\">Workers</a>"),
        "/sidekiq" => {
            html("<title>Sidekiq</title><a href=\"/sidekiq/busy\">Busy</a><a href=\"/sidekiq/retries\">Retries</a>")
        }
        "/graphql" if asks_for_page => {
            html("<title>GraphiQL</title><script src=\"/static/graphiql/graphiql.min.js\"></script>")
        }
        "/graphql" if asked.target.contains("__schema") => json(
            r#"{"data":{"__schema":{"queryType":{"name":"Query"},"types":[{"name":"Query"},{"name":"__Schema"}]}}}"#,
        ),
        "/rails/info/properties" => html(
            "<table><tr><td class=\"name\">Rails version</td><td class=\"value\">8.0.1</td></tr><tr><td class=\"name\">Ruby version</td><td class=\"value\">ruby 3.3.0</td></tr></table>",
        ),
        "/rails/info/routes" => {
            html("<table id='route_table'><th>Helper</th><th>Path</th><th>Controller#Action</th></table>")
        }
        _ => return None,
    })
}

/// A Vite development server that reads every file, and routes for debugging that were left behind.
pub(super) fn javascript(asked: &Asked<'_>) -> Option<Said> {
    let secret = password();
    let connection = ["postgres", "://app:", &secret, "@db.internal/app"].concat();
    if asked.head.starts_with("OPTIONS /seed ") {
        return Some(Said::new(204, "text/plain", "").with("Allow", "GET, HEAD, OPTIONS"));
    }
    Some(match asked.target {
        "/" => html("<!doctype html><title>Shop</title><div id=app></div><script src=/app.js></script>"),
        "/app.js.map" => json(r#"{"version":3,"sources":["../src/app.ts"],"mappings":"AAAA"}"#),
        "/@vite/client" => Said::new(
            200,
            "text/javascript",
            "import \"/node_modules/vite/dist/client/env.mjs\";\nclass HMRContext {}\nconsole.debug('[vite] connecting...');\n",
        ),
        "/@fs/etc/os-release?raw" => Said::new(
            200,
            "text/javascript",
            "export default \"PRETTY_NAME=\\\"Linux 12\\\"\\nNAME=\\\"Linux\\\"\\nVERSION_ID=\\\"12\\\"\\nID=linux\\n\"",
        ),
        "/api/debug" => {
            json(r#"{"pid":4711,"cwd":"/srv/app","memory":{"rss":51380224,"heapUsed":12},"versions":{"v8":"12.4.1"}}"#)
        }
        "/api/env" => {
            json(format!(r#"{{"NODE_ENV":"production","PATH":"/usr/local/bin:/usr/bin","JWT_SECRET":"{secret}"}}"#))
        }
        "/api/admin/users" => json(format!(
            r#"[{{"id":1,"email":"anna@shop.example","role":"admin","passwordHash":"{}"}}]"#,
            ["$2b", "$10$", &secret.repeat(4)].concat()
        )),
        "/__ENV.js" => Said::new(
            200,
            "application/javascript",
            format!("window.__ENV = {{\"NEXT_PUBLIC_API\":\"/api\",\"SESSION_SECRET\":\"{secret}\"}};"),
        ),
        "/health" => json(format!(r#"{{"status":"degraded","database":{{"url":"{connection}","ok":false}}}}"#)),
        _ => return None,
    })
}

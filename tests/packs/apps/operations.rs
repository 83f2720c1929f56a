//! Servers, stores, proxies and what watches them, all without credentials.

use super::super::site::{Asked, Said};
use super::{html, json, text};

/// One of each at one address, as no site has them together.
pub(super) fn everything(asked: &Asked<'_>) -> Option<Said> {
    if asked.head.starts_with("OPTIONS / ") {
        let methods = "OPTIONS,GET,HEAD,POST,PUT,DELETE,PROPFIND,MKCOL,LOCK";
        return Some(Said::new(200, "text/plain", "").with("DAV", "1,2").with("Allow", methods));
    }
    servers(asked.target).or_else(|| stores(asked.target))
}

fn servers(target: &str) -> Option<Said> {
    Some(match target {
        "/server-status" => html(
            "<h1>Apache Server Status for a.example (via 192.0.2.1)</h1><dl><dt>Total accesses: 7</dt></dl><table><tr><td>192.0.2.4</td><td>GET /reset?t=1 HTTP/1.1</td></tr></table>",
        ),
        "/nginx_status" => text(
            "Active connections: 2 \nserver accepts handled requests\n 9 9 12 \nReading: 0 Writing: 1 Waiting: 1 \n",
        ),
        "/elmah.axd" => html(
            "<title>Error log for ROOT on WEB1 (Page #1)</title><h1 id=\"PageTitle\">Error Log for <span>ROOT</span> on WEB1</h1><a href=\"/elmah.axd/rss\">RSS Feed</a>",
        ),
        "/hangfire" => html(
            "<title>Overview – Hangfire Dashboard</title><div id=\"hangfireConfig\" data-pollinterval=\"2000\" data-pollurl=\"/hangfire/stats\"></div>",
        ),
        "/debug/pprof/" => html(
            "<html><head><title>/debug/pprof/</title></head><body>Types of profiles available:<a href='goroutine?debug=1'>goroutine</a>",
        ),
        "/debug/vars" => json(r#"{"cmdline":["/srv/app","-listen=:80"],"memstats":{"Alloc":1,"TotalAlloc":2}}"#),
        "/haproxy?stats" => html(
            "<html><head><title>Statistics Report for HAProxy</title></head><h3>&gt; General process information</h3><table class=\"tbl\"></table>",
        ),
        "/config/" => json(
            r#"{"admin":{"listen":"0.0.0.0:2019"},"apps":{"http":{"servers":{"srv0":{"listen":[":443"],"routes":[{"handle":[]}]}}}}}"#,
        ),
        "/files/" => html(
            "<title>Index of /files/</title><h1>Index of /files/</h1><a href=\"../\">../</a><a href=\"shop.sql\">shop.sql</a>",
        ),
        _ => return None,
    })
}

fn stores(target: &str) -> Option<Said> {
    Some(match target {
        "/" => json(
            r#"{"name":"es01","cluster_name":"logs","cluster_uuid":"q1","version":{"number":"8.11.1","lucene_version":"9.8.0"},"tagline":"You Know, for Search"}"#,
        ),
        "/version" => json(
            r#"{"Platform":{"Name":"Docker Engine - Community"},"Version":"27.1.1","ApiVersion":"1.46","MinAPIVersion":"1.24","Os":"linux"}"#,
        ),
        "/pods" => json(r#"{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"web"}}]}"#),
        "/solr/admin/info/system?wt=json" => {
            json(r#"{"responseHeader":{"status":0,"QTime":3},"mode":"std","lucene":{"solr-spec-version":"9.4.0"}}"#)
        }
        "/collections" => json(r#"{"result":{"collections":[{"name":"docs"}]},"status":"ok","time":0.00001}"#),
        "/v1/agent/self" => {
            json(r#"{"Config":{"Datacenter":"dc1","NodeName":"n1"},"Member":{"Name":"n1","Addr":"192.0.2.9"}}"#)
        }
        "/api/v1/status/config" => json(
            r#"{"status":"success","data":{"yaml":"global:\n  scrape_interval: 1m\nscrape_configs:\n- job_name: node\n"}}"#,
        ),
        "/api/status" => json(
            r#"{"name":"kb","uuid":"u","version":{"number":"8.11.1","build_hash":"a1","build_number":1},"status":{"overall":{"level":"available"}},"metrics":{"process":{}}}"#,
        ),
        _ => return None,
    })
}

//! Reading a site over loopback: sites as bundlers build them, bounds, and servers that lead crawlers astray.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use super::world::{World, events, of_kind};
use crate::packs::each_request;

/// Looks for a marker in whatever a site serves.
const RULE: &str = "id: marker\ntitle: A marker is served\nseverity: medium\ncategory: secrets\napplies_to: response\n\
    match: { body: { contains: MARKER- } }\nfix: F\n\
    tests:\n  it is there: { given: { body: let a='MARKER-1' }, expect: match }\n  it is not: { given: { body: x }, expect: clean }\n";

/// What a server was asked.
type Log = Arc<Mutex<Vec<String>>>;
type Answer = Box<dyn Fn(&str) -> Vec<u8> + Send + Sync>;

/// A server that answers by path and remembers what it was asked.
struct Site {
    port: u16,
    asked: Log,
    /// The heads of all requests.
    heads: Log,
}

impl Site {
    fn start(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let answer: Arc<Answer> = Arc::new(Box::new(answer));
        let (asked, heads): (Log, Log) = Default::default();
        let log = (Arc::clone(&asked), Arc::clone(&heads));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer) = (log.clone(), Arc::clone(&answer));
                std::thread::spawn(move || serve(stream, (&log.0, &log.1), &answer));
            }
        });
        Self { port, asked, heads }
    }

    /// A built site: path and body; what is not there is answered with the fallback of a single-page application.
    fn of(files: &'static [(&'static str, &'static str)]) -> Self {
        Self::start(move |path| match files.iter().find(|(known, _)| *known == path) {
            Some((path, body)) => ok(media(path), body),
            None => ok("text/html", "<!doctype html><title>Shop</title><div id=app></div>"),
        })
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("not poisoned").clone()
    }

    /// Scans with the rule of this file; gives the events.
    fn scan(&self, more: &[&str]) -> Vec<Value> {
        let world = World::new();
        world.write("r.yaml", RULE);
        let flags = ["scan", "-r", "r.yaml", "-f", "jsonl", "--verdicts", "--per-host-rate", "0", "--timeout", "5s"];
        let ran = world.run(&[&flags[..], more, &[&self.url()]].concat());
        assert!(ran.code == 0 && !ran.err.contains("panicked"), "{} {}", ran.code, ran.err);
        events(&ran.out)
    }

    /// Paths of the places of the finding.
    fn places(&self, events: &[Value]) -> Vec<String> {
        let findings = of_kind(events, "finding");
        assert!(findings.len() <= 1, "one cause is one finding: {findings:?}");
        let places = findings.first().and_then(|finding| finding["places"].as_array()).cloned().unwrap_or_default();
        let path = |place: &Value| place["url"].as_str().map(|url| url.replace(self.url().trim_end_matches('/'), ""));
        places.iter().filter_map(path).collect()
    }
}

fn serve(stream: TcpStream, (log, heads): (&Mutex<Vec<String>>, &Mutex<Vec<String>>), answer: &Answer) {
    each_request(stream, |head| {
        let target = head.split(' ').nth(1).unwrap_or("/").to_owned();
        heads.lock().expect("not poisoned").push(head.to_owned());
        log.lock().expect("not poisoned").push(target.clone());
        answer(target.split('?').next().unwrap_or("/"))
    });
}

fn media(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript",
        Some("json" | "map" | "webmanifest") => "application/json",
        Some("txt") => "text/plain",
        Some("xml") => "application/xml",
        _ => "text/html",
    }
}

fn ok(media: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    with_head(&format!("HTTP/1.1 200 OK\r\nContent-Type: {media}"), body)
}

fn with_head(head: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    [format!("{head}\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

fn reading(events: &[Value]) -> Value {
    of_kind(events, "host")[0]["reading"].clone()
}

const VITE: &[(&str, &str)] = &[
    (
        "/",
        r#"<!doctype html><script type="module" crossorigin src="/assets/index-a1.js"></script><link rel="modulepreload" href="/assets/vendor-b2.js">"#,
    ),
    (
        "/assets/index-a1.js",
        "const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=[\"assets/Cart-c3.js\",\"assets/Cart-c3.css\"])))=>i.map(i=>d[i]);import{a}from\"./vendor-b2.js\";\nconst r=()=>import(\"./Admin-d4.js\"),k='MARKER-entry'\n//# sourceMappingURL=index-a1.js.map",
    ),
    (
        "/assets/index-a1.js.map",
        r#"{"version":3,"sources":["../src/main.ts"],"sourcesContent":["const k='MARKER-map'"],"mappings":""}"#,
    ),
    ("/assets/vendor-b2.js", "export const a=1"),
    ("/assets/Cart-c3.js", "let cart='MARKER-cart'"),
    ("/assets/Admin-d4.js", "let admin='MARKER-admin'"),
    ("/.vite/manifest.json", r#"{"src/hidden.ts":{"file":"assets/Hidden-e5.js"}}"#),
    ("/assets/Hidden-e5.js", "let hidden='MARKER-hidden'"),
];

#[test]
fn a_site_of_vite_is_read_to_its_last_chunk_and_fallbacks_are_dropped() {
    let site = Site::of(VITE);
    let events = site.scan(&[]);
    assert_eq!(
        site.places(&events),
        [
            "/assets/Admin-d4.js",
            "/assets/Cart-c3.js",
            "/assets/Hidden-e5.js",
            "/assets/index-a1.js",
            "/assets/index-a1.js.map"
        ]
    );
    let finding = of_kind(&events, "finding")[0];
    let index = finding["places"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|it| it["url"].as_str().is_some_and(|url| url.ends_with("a1.js")));
    assert_eq!(index.map(|place| (place["line"].as_u64(), place["offset"].is_u64())), Some((Some(2), true)));
    assert!(finding["places"].as_array().expect("a list").iter().all(|place| place["seen_in"].is_null()));
    let reading = reading(&events);
    assert_eq!((&reading["read"], &reading["missing"]), (&7.into(), &0.into()), "{reading}");
    assert_eq!(of_kind(&events, "verdict")[0]["outcome"], "match");
    let again = site.scan(&[]);
    assert_eq!(site.places(&again), site.places(&events));
}

const NEXT: &[(&str, &str)] = &[
    (
        "/",
        r#"<!doctype html><script src="/_next/static/chunks/webpack-1.js" async></script><script src="/_next/static/chunks/main-2.js" async></script><script id="__NEXT_DATA__" type="application/json">{"props":{},"page":"/","buildId":"Bq7"}</script>"#,
    ),
    (
        "/_next/static/chunks/webpack-1.js",
        r#"(()=>{r.u=e=>272===e?"static/chunks/272-x.js":"static/chunks/"+(({4:"d3"})[e]||e)+"."+({4:"aa",5:"bb"})[e]+".js",r.p="/_next/"})()"#,
    ),
    ("/_next/static/chunks/main-2.js", "let main=1"),
    ("/_next/static/chunks/272-x.js", "let x='MARKER-272'"),
    ("/_next/static/chunks/d3.aa.js", "let d='MARKER-d3'"),
    ("/_next/static/chunks/5.bb.js", "let five='MARKER-5'"),
    (
        "/_next/static/Bq7/_buildManifest.js",
        r#"self.__BUILD_MANIFEST=function(s){return{"/":[s],"/account":[s,"static/chunks/pages/account-9.js"],sortedPages:["/"]}}("static/chunks/29-c.js"),self.__BUILD_MANIFEST_CB&&self.__BUILD_MANIFEST_CB()"#,
    ),
    ("/_next/static/chunks/pages/account-9.js", "let a='MARKER-account'"),
    ("/_next/static/chunks/29-c.js", "let c='MARKER-29'"),
    ("/account", "<!doctype html><title>Account</title>"),
];

const ANGULAR: &[(&str, &str)] = &[
    (
        "/",
        r#"<!doctype html><base href="/"><app-root></app-root><link rel="modulepreload" href="chunk-QX.js"><script src="polyfills-A.js" type="module"></script><script src="main-B.js" type="module"></script>"#,
    ),
    ("/main-B.js", r#"import{a}from"./chunk-QX.js";var r=[{path:"x",loadComponent:()=>import("./chunk-LZ.js")}]"#),
    ("/polyfills-A.js", "let p=1"),
    ("/chunk-QX.js", "let q=1"),
    ("/chunk-LZ.js", "let l='MARKER-lazy'"),
    ("/ngsw.json", r#"{"configVersion":1,"assetGroups":[{"name":"app","urls":["/chunk-SW.js"]}],"hashTable":{}}"#),
    ("/chunk-SW.js", "let s='MARKER-sw'"),
];

const NUXT: &[(&str, &str)] = &[
    (
        "/",
        r#"<!doctype html><script type="module" src="/_nuxt/entry.1.js"></script><script>window.__NUXT__={};window.__NUXT__.config={app:{buildId:"b-1",buildAssetsDir:"/_nuxt/"}}</script>"#,
    ),
    ("/_nuxt/entry.1.js", r#"const d=(m.f=["./index.2.js","./cart.3.js"]);const c=()=>import("./cart.3.js")"#),
    ("/_nuxt/index.2.js", "let i='MARKER-index'"),
    ("/_nuxt/cart.3.js", "let c='MARKER-cart'"),
    ("/_nuxt/builds/meta/b-1.json", r#"{"id":"b-1","prerendered":["/","/hidden"]}"#),
    ("/hidden", "<!doctype html><title>Hidden</title><p>MARKER-page"),
];

const CRA: &[(&str, &str)] = &[
    ("/", r#"<!doctype html><script defer="defer" src="/static/js/main.a1.js"></script>"#),
    (
        "/static/js/main.a1.js",
        r#"(()=>{t.u=e=>"static/js/"+e+"."+{787:"c3"}[e]+".chunk.js",t.p="/"})();navigator.serviceWorker.register("/service-worker.js")"#,
    ),
    ("/static/js/787.c3.chunk.js", "let c='MARKER-787'"),
    (
        "/asset-manifest.json",
        r#"{"files":{"main.js":"/static/js/main.a1.js","x.js":"/static/js/x.d4.chunk.js"},"entrypoints":["static/js/main.a1.js"]}"#,
    ),
    ("/static/js/x.d4.chunk.js", "let x='MARKER-x'"),
    ("/service-worker.js", "importScripts('/workbox.js');self.__WB=[{url:'/static/js/sw.e5.js',revision:null}]"),
    ("/workbox.js", "let w=1"),
    ("/static/js/sw.e5.js", "let s='MARKER-sw'"),
];

#[test]
fn sites_of_next_angular_nuxt_and_webpack_are_read() {
    let next = Site::of(NEXT);
    assert_eq!(
        next.places(&next.scan(&[])),
        ["272-x.js", "29-c.js", "5.bb.js", "d3.aa.js", "pages/account-9.js"]
            .map(|name| format!("/_next/static/chunks/{name}"))
    );
    let angular = Site::of(ANGULAR);
    assert_eq!(angular.places(&angular.scan(&[])), ["/chunk-LZ.js", "/chunk-SW.js"]);
    let nuxt = Site::of(NUXT);
    assert_eq!(nuxt.places(&nuxt.scan(&[])), ["/_nuxt/cart.3.js", "/_nuxt/index.2.js", "/hidden"]);
    let cra = Site::of(CRA);
    assert_eq!(
        cra.places(&cra.scan(&[])),
        ["/static/js/787.c3.chunk.js", "/static/js/sw.e5.js", "/static/js/x.d4.chunk.js"]
    );
}

#[test]
fn flags_bound_the_crawl_and_other_rules_do_without_it() {
    let site = Site::of(VITE);
    let without = site.scan(&["--no-crawl"]);
    assert!(
        reading(&without).is_null() && !site.asked().iter().any(|path| path.ends_with(".js")),
        "{:?}",
        site.asked()
    );
    let few = site.scan(&["--crawl-limit", "2"]);
    assert_eq!((&reading(&few)["requests"], reading(&few)["left"]["requests"].is_u64()), (&2.into(), true));
    let world = World::new();
    let headers = world.run(&["scan", "--category", "headers", "-f", "jsonl", "--per-host-rate", "0", &site.url()]);
    assert!(reading(&events(&headers.out)).is_null());
    world.write("r.yaml", RULE);
    let dry = world.run(&["scan", "-r", "r.yaml", "--dry-run", "--crawl-limit", "17", &site.url()]);
    assert!(dry.out.contains("at most 17 for reading the site") && dry.out.contains("/robots.txt"), "{}", dry.out);
    let explained = world.run(&["explain", "marker", &site.url(), "-r", "r.yaml", "--per-host-rate", "0"]);
    assert!(explained.out.contains("/assets/Cart-c3.js") && explained.out.contains("match"), "{}", explained.out);
    let told = world.run(&["scan", "-r", "r.yaml", "--per-host-rate", "0", &site.url()]);
    assert!(told.out.contains("crawl: 7 found, 7 read"), "{}", told.out);
}

#[test]
fn robots_txt_is_obeyed() {
    let site = Site::start(|path| match path {
        "/robots.txt" => ok("text/plain", "User-agent: *\nDisallow: /secret/\nSitemap: /map.xml\n"),
        "/" => {
            ok("text/html", "<script src=/secret/a.js></script><script src=/b.js></script><a href=/secret/page>x</a>")
        }
        "/map.xml" => ok("application/xml", "<urlset><url><loc>/from-map</loc></url></urlset>"),
        "/b.js" | "/secret/a.js" => ok("text/javascript", format!("let m='MARKER-{path}'")),
        "/from-map" => ok("text/html", "<p>MARKER-map"),
        _ => with_head("HTTP/1.1 404 Not Found\r\nContent-Type: text/html", "no"),
    });
    let events = site.scan(&[]);
    assert_eq!(site.places(&events), ["/b.js", "/from-map"]);
    assert!(!site.asked().iter().any(|path| path.starts_with("/secret")), "{:?}", site.asked());
    assert_eq!(reading(&events)["left"]["robots"], 2);
}

#[test]
fn servers_that_lead_astray_cost_no_more_than_the_bounds() {
    let bomb = {
        let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        (0..64).for_each(|_| coder.write_all(&[b' '; 1 << 20]).expect("in memory"));
        coder.finish().expect("a stream")
    };
    let large = vec![b'x'; 7 << 20];
    let site = Site::start(move |path| match path {
        "/" => {
            let scripts: String = (0..10_000).map(|nth| format!("<script src=/s/{nth}.js></script>")).collect();
            ok(
                "text/html",
                format!(
                    "<script src=/huge.js></script><script src=/slow.js></script><a href=/cal/1>c</a><script src=/loop.js></script>{scripts}"
                ),
            )
        }
        "/robots.txt" => ok("text/plain", "Sitemap: /bomb.xml.gz\n".repeat(1000)),
        "/bomb.xml.gz" => ok("application/gzip", &bomb),
        "/huge.js" => ok("text/javascript", &large),
        "/slow.js" => {
            std::thread::sleep(Duration::from_secs(1));
            ok("text/javascript", "let s='MARKER-slow'")
        }
        "/loop.js" => with_head("HTTP/1.1 302 Found\r\nLocation: /loop.js?again", ""),
        _ if path.starts_with("/cal/") => {
            let day: u64 = path.trim_start_matches("/cal/").parse().unwrap_or(0);
            ok("text/html", format!("<title>{day}</title><a href=/cal/{}>next</a>", day + 1))
        }
        // Every script names many more.
        _ => {
            let more: String = (0..500).map(|nth| format!("import('.{path}/{nth}.js');")).collect();
            ok("text/javascript", format!("{more}let a='{path}'"))
        }
    });
    let events = site.scan(&["--crawl-depth", "1000"]);
    assert!(site.asked().len() < 330, "{}", site.asked().len());
    let reading = reading(&events);
    assert_eq!(reading["requests"], 300, "{reading}");
    assert!(reading["found"].as_u64().is_some_and(|found| found < 20_000), "{reading}");
    assert_eq!(site.places(&events), ["/slow.js"]);
    let notes = of_kind(&events, "host")[0]["notes"].to_string();
    assert!(notes.contains("only the beginning was read") && notes.contains("over the bound"), "{notes}");
}

#[test]
fn what_the_user_gave_for_a_host_goes_to_no_other_origin() {
    let other = Site::of(&[("/x.js", "let x='MARKER-x'"), ("/robots.txt", "User-agent: *\nDisallow:")]);
    let elsewhere = format!("{}x.js", other.url());
    let site = Site::start(move |path| match path {
        "/" => ok("text/html", format!("<script src=/own.js></script><script src={elsewhere}></script>")),
        "/own.js" => ok("text/javascript", "let own='MARKER-own'"),
        _ => with_head("HTTP/1.1 404 Not Found\r\nContent-Type: text/html", "no"),
    });
    let events = site.scan(&["-H", "Authorization: Bearer Zq7xT0k3n", "-H", "X-Team: blue"]);
    let finding = of_kind(&events, "finding")[0].to_string();
    assert!(finding.contains("/own.js") && finding.contains(&format!(":{}/x.js", other.port)), "{finding}");
    let given = |site: &Site, path: &str| -> Vec<bool> {
        let heads = site.heads.lock().expect("not poisoned");
        let of_path = heads.iter().filter(|head| head.starts_with(&format!("GET {path} ")));
        of_path.map(|head| head.contains("Zq7xT0k3n") && head.contains("X-Team")).collect()
    };
    assert_eq!(given(&site, "/own.js"), [true]);
    assert_eq!((given(&other, "/x.js"), given(&other, "/robots.txt")), (vec![false], vec![false]));
    let heads = other.heads.lock().expect("not poisoned").join("");
    assert!(!heads.contains("Zq7x") && !heads.to_lowercase().contains("x-team"), "{heads}");
}

#[test]
fn no_output_tells_what_an_address_holds() {
    let site = Site::of(&[(
        "/",
        "<script src='https://deploy:S3cretPw@cdn.other.net/a.js?X-Amz-Signature=Zq7xcanaryVwHd8Kp2Lm'></script>MARKER-1",
    )]);
    let world = World::new();
    world.write("r.yaml", RULE);
    for format in ["text", "json", "jsonl"] {
        let ran = world.run(&["scan", "-r", "r.yaml", "-f", format, "-v", "--per-host-rate", "0", &site.url()]);
        let told = format!("{}{}", ran.out, ran.err);
        assert!(told.contains("cdn.other.net"), "{format}: {told}");
        assert!(!told.contains("S3cretPw") && !told.contains("canary"), "{format}: {told}");
    }
}

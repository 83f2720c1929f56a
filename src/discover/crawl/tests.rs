//! Crawls of sites in memory.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use super::*;
use crate::base::{Scheme, Secret, Timestamp};
use crate::observation::{Exchange, Header, HttpProbe, Timing};
use crate::predicate::Hops;

/// A site: host, path and query, as far as they are told → status, type, body. What it does not have is answered with 404.
struct Site {
    files: HashMap<String, (u16, &'static str, String)>,
    asked: RefCell<Vec<String>>,
}

impl Site {
    fn of(files: &[(&str, &str)]) -> Self {
        let file = |(path, body): &(&str, &str)| {
            let media = match path.rsplit('.').next() {
                Some("js") => "text/javascript",
                Some("json" | "map") => "application/json",
                Some("txt") => "text/plain",
                _ => "text/html",
            };
            ((*path).to_owned(), (200, media, (*body).to_owned()))
        };
        Self { files: files.iter().map(file).collect(), asked: RefCell::default() }
    }

    fn with(mut self, path: &str, status: u16, media: &'static str, body: impl Into<String>) -> Self {
        self.files.insert(path.to_owned(), (status, media, body.into()));
        self
    }

    fn answer(&self, origin: &Origin, target: &str) -> ReplyState {
        let path = target.split('?').next().unwrap_or_default();
        self.asked.borrow_mut().push(format!("{}{target}", origin.host()));
        let missing = (404, "text/html", "<h1>Not found</h1>".to_owned());
        let abroad = [target, path].map(|path| format!("{}{path}", origin.host()));
        let names = abroad.iter().map(String::as_str).chain([target, path]);
        let (status, media, body) = names.filter_map(|name| self.files.get(name)).next().unwrap_or(&missing);
        let field = |name: &'static str, value: &str| Header { name: name.into(), value: value.to_owned().into() };
        let mut headers = vec![field("Content-Type", media)];
        if (300..400).contains(status) {
            headers.push(field("Location", body));
        }
        if let Some((_, _, map)) = self.files.get(&format!("{path}@SourceMap")) {
            headers.push(field("SourceMap", map));
        }
        let response = Response {
            version: "HTTP/1.1",
            status: *status,
            reason: Bytes::new(),
            headers,
            head: Bytes::new(),
            body: body.clone().into(),
            wire_bytes: 0,
            truncated: None,
            anomalies: Vec::new(),
        };
        let probe = HttpProbe::new(origin.clone(), "GET".into(), target.to_owned().into(), Secret::new(Bytes::new()));
        let exchange = Exchange {
            probe: Arc::new(probe),
            response: Ok(response),
            at: Timestamp::UNIX_EPOCH,
            timing: Timing::default(),
            remote: None,
            tls: None,
        };
        ReplyState::Answered(Hops::single(Arc::new(Answer::new(exchange))))
    }
}

fn own() -> Origin {
    Origin::new(Scheme::Https, "www.shop.example", 443).expect("valid")
}

/// Crawls; `hold`: how many answers are held back before the first of them is given, so that timing differs.
fn crawl(site: &Site, bounds: CrawlBounds, hold: usize) -> (Vec<String>, CrawlAccount) {
    let allows = |origin: &Origin| origin.host().ends_with("shop.example") && origin.scheme == Scheme::Https;
    let mut crawl = Crawl::new(own(), bounds, Box::new(allows));
    let random = [site.answer(&own(), "/xqzrandom"), site.answer(&own(), "/xqzrandom/xqzrandom.txt")];
    crawl.begin(&site.answer(&own(), "/robots.txt"), &random, &[site.answer(&own(), "/")]);
    let (mut judged, mut asked) = (Vec::new(), Vec::new());
    let mut rounds = 0;
    while !crawl.is_over() {
        rounds += 1;
        assert!(rounds < 10_000, "it does not end: {:?}", crawl.account);
        asked.extend(crawl.wanted());
        if asked.len() > hold || crawl.wanted().is_empty() {
            let Some(one) = (!asked.is_empty()).then(|| asked.remove(0)) else { continue };
            assert_eq!(crawl.due(), Some(one.nth));
            if crawl.take(&site.answer(&one.origin, &one.target)) == Taken::Judge {
                judged.push(format!("{}{}", if one.origin == own() { "" } else { one.origin.host() }, one.target));
            }
        }
    }
    let account = crawl.finish();
    let left: u64 = account.passed.values().map(|(count, _)| count).sum();
    assert_eq!(account.found, account.files() + account.missing + left, "{account:?}");
    (judged, account)
}

fn shop() -> Site {
    Site::of(&[
        (
            "/",
            r#"<script src=/assets/index-1.js></script><script src="https://static.shop.example/s.js"></script><script src="https://cdn.example.net/x.js"></script><a href=/about>a</a><a href=/admin/x>b</a><a href=/chat>c</a>"#,
        ),
        ("/robots.txt", "User-agent: *\nDisallow: /admin\nSitemap: https://www.shop.example/map.xml"),
        (
            "/assets/index-1.js",
            "import('./lazy-2.js');import('./gone-3.js');fetch('/config.json')\n//# sourceMappingURL=index-1.js.map",
        ),
        ("/assets/index-1.js.map", r#"{"version":3,"sources":["a.ts"],"sourcesContent":["x"],"mappings":""}"#),
        ("/assets/lazy-2.js", "let lazy=import('./index-1.js?again')"),
        ("/config.json", r#"{"api":"/api"}"#),
        ("/s.js", "let s=1"),
        ("/about", "<title>About</title><script src=/assets/copy.js></script><a href=/about/team>t</a>"),
        ("/assets/copy.js", "let s=1"),
        ("/about/team", "<title>Team</title><a href=/about/team/deep>d</a>"),
        ("/chat", "<h1>Not found</h1>"),
        ("/map.xml", "<urlset><url><loc>https://www.shop.example/news</loc></url></urlset>"),
        ("/news", "<title>News</title>"),
    ])
}

#[test]
fn a_site_is_read_in_an_order_that_timing_does_not_change() {
    let (judged, account) = crawl(&shop(), CrawlBounds::default(), 0);
    assert_eq!(
        judged,
        [
            "/assets/index-1.js",
            "/assets/index-1.js.map",
            "/assets/lazy-2.js",
            "/config.json",
            "static.shop.example/s.js",
            "/about",
            "/map.xml",
            "/about/team",
            "/news",
        ]
    );
    let passed: Vec<(&str, u64)> = account.passed.iter().map(|(why, (count, _))| (why.name(), *count)).collect();
    assert_eq!(passed, [("robots", 1), ("scope", 1), ("depth", 1), ("duplicate", 1), ("query", 1), ("fallback", 1)]);
    assert_eq!(account.missing, 1, "gone-3.js");
    for hold in [1, 3, 7] {
        assert_eq!(crawl(&shop(), CrawlBounds::default(), hold), (judged.clone(), account.clone()), "{hold}");
    }
    let notes = account.notes().join("\n");
    assert!(
        notes.contains("crawl: 16 found, 9 read (3 pages, 3 scripts, 1 source maps, 1 configurations, 1 sitemaps)"),
        "{notes}"
    );
    assert!(notes.contains("https://www.shop.example/admin/x"), "{notes}");
}

#[test]
fn depth_zero_reads_what_the_page_loads() {
    let (judged, _) = crawl(&shop(), CrawlBounds { depth: 0, ..CrawlBounds::default() }, 0);
    assert!(judged.contains(&"/assets/lazy-2.js".to_owned()) && !judged.iter().any(|path| path.contains("about")));
    let (judged, account) = crawl(&shop(), CrawlBounds { requests: 2, ..CrawlBounds::default() }, 0);
    assert_eq!((judged.len(), account.asked), (1, 2), "a script, and the robots.txt of the other host");
    assert!(account.passed.contains_key(&Passed::Requests));
    let (judged, account) = crawl(&shop(), CrawlBounds { bytes: 120, ..CrawlBounds::default() }, 0);
    assert!(judged.len() < 3 && account.passed.contains_key(&Passed::Bytes), "{judged:?} {account:?}");
}

#[test]
fn a_host_whose_robots_txt_fails_is_left_alone() {
    let closed = shop().with("/robots.txt", 503, "text/plain", "busy");
    let (judged, account) = crawl(&closed, CrawlBounds::default(), 0);
    assert!(judged.is_empty() && account.no_robots, "{judged:?}");
    let closed = closed.with("static.shop.example/robots.txt", 404, "text/plain", "none");
    let (judged, account) = crawl(&closed, CrawlBounds::default(), 0);
    assert_eq!(judged, ["static.shop.example/s.js"]);
    let notes = account.notes().join("\n");
    assert!(notes.contains("could not be had") && notes.contains("1 read (1 scripts)"), "{notes}");
    let open = shop().with("/robots.txt", 404, "text/html", "<p>");
    assert_eq!(crawl(&open, CrawlBounds::default(), 0).0.len(), 7, "without the sitemap that it would name");
    let named = shop().with("/robots.txt", 200, "text/plain", "User-agent: Outsight\nDisallow: /");
    assert!(crawl(&named, CrawlBounds::default(), 0).0.is_empty());
}

#[test]
fn another_origin_is_asked_for_its_robots_txt_once_and_before_its_files() {
    let page: String =
        (1..=3).map(|nth| format!("<script src=https://static.shop.example/s{nth}.js></script>")).collect();
    let mut site = Site::of(&[("/", &page), ("/robots.txt", "User-agent: *\nDisallow:")])
        .with("static.shop.example/robots.txt", 302, "text/html", "https://www.shop.example/static-robots.txt")
        .with("/static-robots.txt", 200, "text/plain", "User-agent: *\nDisallow: /s2");
    for nth in 1..=3 {
        site = site.with(&format!("/s{nth}.js"), 200, "text/javascript", format!("let s={nth}"));
    }
    for hold in [0, 2, 7] {
        site.asked.borrow_mut().clear();
        let (judged, account) = crawl(&site, CrawlBounds { depth: 0, ..CrawlBounds::default() }, hold);
        assert_eq!(judged, ["static.shop.example/s1.js", "static.shop.example/s3.js"]);
        assert_eq!(account.passed.get(&Passed::Robots).map(|(count, _)| *count), Some(1));
        let asked = site.asked.borrow();
        let abroad: Vec<&str> = asked.iter().map(String::as_str).filter(|at| at.starts_with("static")).collect();
        assert_eq!(abroad.first(), Some(&"static.shop.example/robots.txt"));
        assert_eq!(abroad.iter().filter(|at| at.ends_with("robots.txt")).count(), 1, "{abroad:?}");
        assert!(!abroad.contains(&"static.shop.example/s2.js"));
    }
    let many: String = (0..9).map(|nth| format!("<script src=https://h{nth}.shop.example/a.js></script>")).collect();
    let (_, account) = crawl(&Site::of(&[("/", &many)]), CrawlBounds { origins: 4, ..CrawlBounds::default() }, 0);
    assert_eq!((account.missing, account.passed.get(&Passed::Hosts).map(|(count, _)| *count)), (4, Some(5)));
}

#[test]
fn addresses_that_act_are_not_asked_for_whatever_leads_to_them() {
    let page = "<a href='/product/1?add-to-cart=5'>buy</a><a href='/index.php?task=user.logout'>out</a>\
        <a href=/me>me</a><script src=/_next/static/Bq7/_buildManifest.js></script><script src=/delete></script>\
        <script src=/assets/ResetPassword-a1.js></script>";
    let site = Site::of(&[
        ("/", page),
        ("/_next/static/Bq7/_buildManifest.js", r#"self.__BUILD_MANIFEST={"/logout":["static/chunks/out-1.js"]}"#),
        ("/assets/ResetPassword-a1.js", "let reset=1"),
    ]);
    let site = site.with("/me", 302, "text/html", "/logout");
    let (judged, account) = crawl(&site, CrawlBounds::default(), 0);
    assert_eq!(judged, ["/_next/static/Bq7/_buildManifest.js", "/assets/ResetPassword-a1.js"]);
    let asked = site.asked.borrow().join(" ");
    assert!(!["add-to-cart", "logout", "delete"].iter().any(|word| asked.contains(word)), "{asked}");
    // The page's three, the route of the manifest, and where `/me` leads to, which the route named before.
    assert_eq!(account.passed.get(&Passed::Action).map(|(count, _)| *count), Some(4), "{account:?}");
    let site = Site::of(&[("/", "<a href=/me>me</a>")]).with("/me", 302, "text/html", "/logout");
    let (_, account) = crawl(&site, CrawlBounds::default(), 0);
    assert_eq!(account.passed.get(&Passed::Action).map(|(count, _)| *count), Some(1), "{account:?}");
    assert!(!site.asked.borrow().iter().any(|at| at.contains("logout")));
}

#[test]
fn addresses_that_differ_in_their_query_are_counted_and_a_redirect_to_one_is_followed_once() {
    let page = "<a href='/?p=1'>1</a><a href='/index.php?route=a'>a</a><a href='/index.php?route=b'>b</a><a href='/index.php?route=b'>b</a>";
    let site = Site::of(&[("/", page), ("/index.php?route=a", "<title>A</title>")]);
    let (judged, account) = crawl(&site, CrawlBounds::default(), 0);
    assert_eq!(judged, ["/index.php?route=a"]);
    assert_eq!((account.found, account.passed.get(&Passed::Query).map(|(count, _)| *count)), (3, Some(2)));
    let site = Site::of(&[("/", "<script src=/app.js></script>"), ("/app.js?v=2", "let app=2")]);
    let site = site.with("/app.js", 302, "text/html", "/app.js?v=2");
    assert_eq!(crawl(&site, CrawlBounds::default(), 0).0, ["/app.js?v=2"]);
    let circle = Site::of(&[("/", "<script src=/app.js></script>")])
        .with("/app.js", 302, "text/html", "/app.js?v=2")
        .with("/app.js?v=2", 302, "text/html", "/app.js?v=3");
    let (judged, account) = crawl(&circle, CrawlBounds::default(), 0);
    assert!(judged.is_empty() && account.passed.contains_key(&Passed::Query), "{account:?}");
}

#[test]
fn what_a_server_refuses_is_not_missing() {
    let page: String =
        ["a", "b", "c", "d", "e"].iter().map(|name| format!("<script src=/{name}.js></script>")).collect();
    let site = Site::of(&[("/", &page)])
        .with("/a.js", 429, "text/html", "slow down")
        .with("/b.js", 403, "text/html", "no")
        .with("/c.js", 503, "text/html", "busy")
        .with("/d.js", 410, "text/html", "gone");
    let (judged, account) = crawl(&site, CrawlBounds { depth: 0, ..CrawlBounds::default() }, 0);
    assert!(judged.is_empty() && account.missing == 2, "{account:?}");
    let (count, first) = account.passed.get(&Passed::Refused).expect("some are refused");
    assert_eq!((*count, &**first), (3, "https://www.shop.example/a.js (status 429)"));
}

#[test]
fn traps_end() {
    // Every page of a calendar leads to the next.
    let mut calendar = Site::of(&[("/", "<a href=/2026/1/1>1</a>")]);
    for day in 1..400 {
        let page = format!("<title>{day}</title><a href=/2026/1/{}>n</a><a href=\"/d/{day}/x\">x</a>", day + 1);
        calendar = calendar.with(&format!("/2026/1/{day}"), 200, "text/html", page);
    }
    let (judged, account) = crawl(&calendar, CrawlBounds { depth: 1000, ..CrawlBounds::default() }, 0);
    assert!(judged.len() <= 10 && account.passed.contains_key(&Passed::Pages), "{judged:?}");

    // Words instead of numbers: the bound on pages holds.
    let words: String = (0..500)
        .map(|nth| {
            format!(
                "<a href=/{}>x</a>",
                data_encoding::BASE32
                    .encode(format!("{nth}").as_bytes())
                    .to_lowercase()
                    .replace(['=', '2', '3', '4', '5', '6', '7'], "q")
            )
        })
        .collect();
    let (_, account) = crawl(&Site::of(&[("/", &words)]), CrawlBounds::default(), 0);
    assert!(account.asked <= 60, "{account:?}");

    // Ten thousand script elements, and scripts that name each other without end.
    let scripts: String = (0..10_000).map(|nth| format!("<script src=/s{nth}.js></script>")).collect();
    let (judged, account) = crawl(&Site::of(&[("/", &scripts)]), CrawlBounds::default(), 0);
    assert!(judged.is_empty() && account.asked == 300 && account.over > 0, "{account:?}");
    let mut chain = Site::of(&[("/", "<script src=/c0.js></script>")]);
    for nth in 0..100 {
        chain = chain.with(&format!("/c{nth}.js"), 200, "text/javascript", format!("import('./c{}.js')", nth + 1));
    }
    let (judged, account) = crawl(&chain, CrawlBounds::default(), 0);
    assert!(judged.len() <= 8 && account.passed.contains_key(&Passed::Deep), "{judged:?}");

    // Redirects in a circle, out of scope, and without end.
    let mut loops =
        Site::of(&[("/", "<script src=/a.js></script><script src=/out.js></script><script src=/r0.js></script>")])
            .with("/a.js", 302, "text/html", "/b.js")
            .with("/b.js", 302, "text/html", "/a.js")
            .with("/out.js", 302, "text/html", "http://169.254.169.254/latest.js");
    for nth in 0..20 {
        loops = loops.with(&format!("/r{nth}.js"), 302, "text/html", format!("/r{}.js", nth + 1));
    }
    let (judged, account) = crawl(&loops, CrawlBounds::default(), 0);
    assert!(judged.is_empty() && account.asked < 12, "{account:?}");
    assert!(
        account.passed.contains_key(&Passed::Scope) && account.passed.contains_key(&Passed::Redirect),
        "{account:?}"
    );
}

#[test]
fn a_source_map_is_found_by_the_field_that_names_it() {
    let site = Site::of(&[("/", "<script src=/js/a.js></script>"), ("/js/a.js", "let a")])
        .with("/js/a.js@SourceMap", 200, "", "/maps/of-a.json")
        .with("/maps/of-a.json", 200, "application/json", r#"{"version":3,"sources":["a"],"mappings":""}"#);
    let (judged, account) = crawl(&site, CrawlBounds { depth: 0, ..CrawlBounds::default() }, 0);
    assert_eq!((judged, account.missing), (vec!["/js/a.js".to_owned(), "/maps/of-a.json".to_owned()], 0));
}

#[test]
fn neighbours_are_asked_for_once_a_folder_unless_they_are_there() {
    let page = "<script src=/js/a.js></script><script src=/js/b.js></script><script src=/js/c.js></script>";
    let site = Site::of(&[("/", page), ("/js/a.js", "let a"), ("/js/b.js", "let b"), ("/js/c.js", "let c")]);
    let (judged, account) = crawl(&site, CrawlBounds { depth: 0, ..CrawlBounds::default() }, 0);
    assert_eq!((judged.len(), account.asked), (3, 4));
    let map = |name: &str| format!(r#"{{"version":3,"sources":["{name}"],"mappings":""}}"#);
    let site =
        site.with("/js/a.js.map", 200, "application/json", map("a")).with("/js/c.js.map", 200, "text/plain", map("c"));
    let (judged, account) = crawl(&site, CrawlBounds { depth: 0, ..CrawlBounds::default() }, 0);
    assert_eq!(judged, ["/js/a.js", "/js/b.js", "/js/c.js", "/js/a.js.map", "/js/c.js.map"]);
    assert_eq!((account.asked, account.missing), (6, 0));
}

//! Goldens of the readers, on text as bundlers write it: a line an address, `?` before those that are guessed.

use super::*;

fn at(url: &str, kind: Kind, body: &str) -> Vec<String> {
    with(url, kind, body, &[], &[])
}

fn with(url: &str, kind: Kind, body: &str, links: &[&[u8]], known: &[&str]) -> Vec<String> {
    let url = Url::parse(url).expect("a URL");
    let known: Vec<Url> = known.iter().map(|url| Url::parse(url).expect("a URL")).collect();
    let text = Text { url: &url, kind, body: body.as_bytes(), links, source_map: None, known: &known };
    let line = |address: &Address| {
        let shown = address.url.as_str().strip_prefix("https://shop.example").unwrap_or(address.url.as_str());
        format!("{}{} {shown}", if address.is_guess { "?" } else { "" }, address.kind.words())
    };
    read(&text).addresses.iter().map(line).collect()
}

const PAGE: &str = "https://shop.example/de/start";

#[test]
fn pages_name_scripts_preloads_maps_and_links() {
    let page = r#"<!DOCTYPE html><html><head><base href="/app/"><meta charset=utf-8>
<script type="module" crossorigin src="assets/index-BrT2x.js?v=3&amp;x=1"></script>
<script nomodule src='assets/legacy.js'></script><SCRIPT SRC=//cdn.shop.example/lib.js></SCRIPT>
<link rel="modulepreload" crossorigin href="assets/vendor-a1.js"><link rel=preload as=script href=assets/p.js>
<link rel="preload" as="style" href="a.css"><link rel=stylesheet href=b.css><link rel=manifest href=/site.webmanifest>
<link rel="prefetch" href="assets/about-c3.js" as="script"><link rel=icon href=/favicon.ico>
<script type="importmap">{"imports":{"vue":"/vendor/vue.js","lib/":"/lib/"},"scopes":{"/x/":{"y":"./y.js"}}}</script>
<!-- <script src="commented.js"></script> -->
<script>import("./lazy-1.js");navigator.serviceWorker.register('/sw.js')</script>
<script type="application/json">{"chunk":"assets\/data.js"}</script></head>
<body><a href="../about?x=1#y">A</a><a href=mailto:x@y.example>M</a><a href="/logout">L</a><a href=/price.pdf>P</a>
<iframe src="frame.html"></iframe></body></html>"#;
    assert_eq!(
        with(PAGE, Kind::Page, page, &[b"</early.js>; rel=modulepreload, </s.css>; rel=preload; as=style"], &[]),
        [
            "scripts /app/assets/index-BrT2x.js?v=3&x=1",
            "scripts /app/assets/legacy.js",
            "scripts https://cdn.shop.example/lib.js",
            "scripts /app/assets/vendor-a1.js",
            "scripts /app/assets/p.js",
            "manifests /site.webmanifest",
            "scripts /app/assets/about-c3.js",
            "scripts /vendor/vue.js",
            "scripts /app/y.js",
            "scripts /early.js",
            "service workers /sw.js",
            "scripts /app/lazy-1.js",
            "?manifests /app/.vite/manifest.json",
            "pages /about?x=1",
            "pages /logout",
            "pages /app/frame.html",
        ]
    );
}

#[test]
fn scripts_of_vite_name_their_imports_and_preload_lists() {
    let script = r#"const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["assets/Cart-x1.js","assets/Cart-x1.css","assets/pay-y2.js"])))=>i.map(i=>d[i]);
import{a as b}from"./vendor-a1.js";import"./side.js";export*from'../shared/z.js';const c=()=>import("./Cart-x1.js");
var l={"./af.js":"K/tc","./ar.js":1};const w=new Worker(new URL("/assets/worker-w1.js",import.meta.url),{type:"module"});
let s=import(/* @vite-ignore */ "./dyn.js");console.log("see main.js.LICENSE.txt");
//# sourceMappingURL=index-BrT2x.js.map"#;
    let url = "https://shop.example/app/assets/index-BrT2x.js";
    assert_eq!(
        at(url, Kind::Script, script),
        [
            "source maps /app/assets/index-BrT2x.js.map",
            "scripts /app/assets/Cart-x1.js",
            "scripts /app/assets/dyn.js",
            "scripts /app/assets/side.js",
            "scripts /app/assets/vendor-a1.js",
            "scripts /app/shared/z.js",
            "scripts /app/assets/pay-y2.js",
            "scripts /assets/worker-w1.js",
        ]
    );
}

#[test]
fn pages_and_manifests_of_next() {
    let page = r#"<script src="/_next/static/chunks/webpack-1a.js" async=""></script><script src="/_next/static/chunks/main-2b.js"></script>
<script>(self.__next_f=self.__next_f||[]).push([1,"3:I[4707,[\"177\",\"static/chunks/app/layout-ab12.js\"],\"default\"]\n"])</script>
<script id="__NEXT_DATA__" type="application/json">{"props":{},"page":"/","query":{},"buildId":"Xy_Z-9","isFallback":false}</script>"#;
    assert_eq!(
        at("https://shop.example/", Kind::Page, page),
        [
            "scripts /_next/static/chunks/webpack-1a.js",
            "scripts /_next/static/chunks/main-2b.js",
            "scripts /_next/static/chunks/app/layout-ab12.js",
            "scripts /_next/static/Xy_Z-9/_buildManifest.js",
            "scripts /_next/static/Xy_Z-9/_ssgManifest.js",
        ]
    );
    let manifest = r#"self.__BUILD_MANIFEST=function(s,c){return{__rewrites:{afterFiles:[]},"/":[s,"static/chunks/pages/index-0a.js"],"/about":["static/chunks/pages/about-1b.js"],"/p/[id]":[c,"static/chunks/pages/p/%5Bid%5D-2c.js"],sortedPages:["/","/_app"]}}("static/chunks/29-x.js",0),self.__BUILD_MANIFEST_CB&&self.__BUILD_MANIFEST_CB()"#;
    assert_eq!(
        at("https://shop.example/_next/static/Xy_Z-9/_buildManifest.js", Kind::Script, manifest),
        [
            "?source maps /_next/static/Xy_Z-9/_buildManifest.js.map",
            "scripts /_next/static/chunks/pages/index-0a.js",
            "scripts /_next/static/chunks/pages/about-1b.js",
            "scripts /_next/static/chunks/pages/p/%5Bid%5D-2c.js",
            "scripts /_next/static/chunks/29-x.js",
            "pages /",
            "pages /about",
        ]
    );
}

#[test]
fn runtimes_of_webpack_and_lists_of_workers() {
    let runtime = r#"(()=>{var o={};i.u=e=>"static/js/"+({12:"cart"}[e]||e)+"."+{12:"aa11",77:"bb22"}[e]+".chunk.js",i.p="/shop/",i.miniCssF=e=>"static/css/"+e+".css"})();
//# sourceMappingURL=data:application/json;base64,e30="#;
    assert_eq!(
        at("https://shop.example/shop/static/js/runtime.js", Kind::Script, runtime),
        [
            "?source maps /shop/static/js/runtime.js.map",
            "scripts /shop/static/js/cart.aa11.chunk.js",
            "scripts /shop/static/js/77.bb22.chunk.js"
        ]
        .map(str::to_owned)
    );
    let worker = r#"importScripts("/workbox-1.js");precacheAndRoute([{url:"index.html",revision:"1"},{'revision':null,'url':'assets/x.js'},{url:"offline",revision:null},{url:"a.css"}])"#;
    assert_eq!(
        at("https://shop.example/sw.js", Kind::Worker, worker),
        ["pages /offline", "scripts /assets/x.js", "?source maps /sw.js.map", "scripts /workbox-1.js"]
            .map(str::to_owned)
    );
}

#[test]
fn pages_of_nuxt_angular_remix_and_svelte() {
    let nuxt = r#"<script type="module" src="/_nuxt/entry.a1.js" crossorigin></script><script>window.__NUXT__={};window.__NUXT__.config={public:{},app:{baseURL:"/",buildId:"5f6e-1",buildAssetsDir:"/_nuxt/",cdnURL:""}}</script>"#;
    assert_eq!(
        at("https://shop.example/", Kind::Page, nuxt),
        ["scripts /_nuxt/entry.a1.js", "manifests /_nuxt/builds/meta/5f6e-1.json"].map(str::to_owned)
    );
    let angular = r#"<body><app-root ng-version="19.0.1"></app-root><link rel="modulepreload" href="chunk-QX7.js"><script src="main-AB.js" type="module"></script>"#;
    assert_eq!(
        at("https://shop.example/", Kind::Page, angular),
        ["scripts /chunk-QX7.js", "scripts /main-AB.js", "?manifests /ngsw.json"].map(str::to_owned)
    );
    let remix = r#"<script>window.__remixManifest={"entry":{"module":"/build/entry.client-1.js","imports":["/build/_shared/chunk-2.js"]},"routes":{"root":{"id":"root","module":"/build/root-3.js"}},"url":"/build/manifest-4.js"};</script>"#;
    assert_eq!(
        at("https://shop.example/", Kind::Page, remix),
        ["/build/entry.client-1.js", "/build/_shared/chunk-2.js", "/build/root-3.js", "/build/manifest-4.js"]
            .map(|path| format!("scripts {path}"))
    );
    let svelte = r#"<link rel="modulepreload" href="./_app/immutable/entry/start.C1.js"><script>{__sveltekit_1={base:""};Promise.all([import("./_app/immutable/entry/start.C1.js"),import("./_app/immutable/entry/app.C2.js")])}</script>"#;
    assert_eq!(
        at("https://shop.example/", Kind::Page, svelte),
        ["scripts /_app/immutable/entry/start.C1.js", "scripts /_app/immutable/entry/app.C2.js"].map(str::to_owned)
    );
}

#[test]
fn manifests_and_configurations() {
    let assets = r#"{"files":{"main.css":"/static/css/main.1.css","main.js":"/static/js/main.2.js","static/js/787.3.chunk.js":"/static/js/787.3.chunk.js","main.js.map":"/static/js/main.2.js.map"},"entrypoints":["static/js/main.2.js"]}"#;
    assert_eq!(
        at("https://shop.example/asset-manifest.json", Kind::Manifest, assets),
        ["scripts /static/js/main.2.js", "scripts /static/js/787.3.chunk.js", "source maps /static/js/main.2.js.map"]
            .map(str::to_owned)
    );
    let vite = r#"{"src/main.ts":{"file":"assets/main-1.js","src":"src/main.ts","isEntry":true,"dynamicImports":["src/Cart.vue"]},"src/Cart.vue":{"file":"assets/Cart-2.js"}}"#;
    assert_eq!(
        at("https://shop.example/app/.vite/manifest.json", Kind::Manifest, vite),
        ["scripts /app/assets/main-1.js", "scripts /app/assets/Cart-2.js"].map(str::to_owned)
    );
    let angular = r#"{"configVersion":1,"index":"/index.html","assetGroups":[{"name":"app","urls":["/chunk-A.js","/index.html"]}],"hashTable":{"/main-B.js":"1f"}}"#;
    assert_eq!(
        at("https://shop.example/ngsw.json", Kind::Manifest, angular),
        ["scripts /chunk-A.js", "scripts /main-B.js"].map(str::to_owned)
    );
    let script = r#"fetch("/config.json").then(r=>r.json());n.get("/assets/env.js?t=1");x.open("GET","/api/config");fetch("https://other.example/config.json");fetch("/api/users")"#;
    let found = at("https://shop.example/app.js", Kind::Script, script);
    for config in ["configurations /config.json", "configurations /assets/env.js?t=1", "configurations /api/config"] {
        assert!(found.iter().any(|line| line == config), "{config}: {found:?}");
    }
    assert!(!found.iter().any(|line| line.contains("other") || line.contains("users")), "{found:?}");
}

#[test]
fn sitemaps_name_pages_and_other_sitemaps() {
    let map = "<?xml version=\"1.0\"?><urlset><url><loc> https://shop.example/a?x=1&amp;y=2 </loc></url><url><loc><![CDATA[https://shop.example/b]]></loc></url><url><loc>https://shop.example/c.pdf</loc></url></urlset>";
    let expected = ["pages /a?x=1&y=2", "pages /b"].map(str::to_owned);
    assert_eq!(at("https://shop.example/sitemap.xml", Kind::Sitemap, map), expected);
    let index = "<sitemapindex><sitemap><loc>https://shop.example/s1.xml.gz</loc></sitemap></sitemapindex>";
    assert_eq!(at("https://shop.example/sitemap.xml", Kind::Sitemap, index), ["sitemaps /s1.xml.gz"]);
    assert_eq!(at("https://shop.example/s.txt", Kind::Sitemap, "https://shop.example/t\r\n"), ["pages /t"]);
}

#[test]
fn a_bomb_of_a_sitemap_is_unpacked_to_its_bound() {
    use std::io::Write as _;
    let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let block = vec![b' '; 1 << 20];
    (0..64).for_each(|_| coder.write_all(&block).expect("in memory"));
    let bomb = coder.finish().expect("a stream");
    assert_eq!(unpacked(&bomb).len(), 4 << 20);
    assert!(unpacked(b"\x1f\x8bnonsense").is_empty() && unpacked(b"<a>") == b"<a>".as_slice());
}

#[test]
fn kinds_are_told_by_their_first_bytes() {
    for (kind, body, is_so) in [
        (Kind::Script, "<!doctype html>", false),
        (Kind::Script, "\u{feff}!function(){}", true),
        (Kind::Script, "", false),
        (Kind::Manifest, " {\"a\":1}", true),
        (Kind::Manifest, "<html>", false),
        (Kind::Map, r#"{"version":3,"sources":["a.ts"],"mappings":""}"#, true),
        (Kind::Map, ")]}'\n{\"version\":3,\"sections\":[]}", true),
        (Kind::Map, r#"{"error":"not found"}"#, false),
        (Kind::Sitemap, "<?xml", true),
        (Kind::Config, "window.env={}", true),
    ] {
        assert_eq!(is_of_kind(kind, body.as_bytes()), is_so, "{kind:?} {body}");
    }
}

#[test]
fn much_is_bounded_and_linear() {
    let many: String = (0..10_000).map(|nth| format!("import(\"./c{nth}.js\");")).collect();
    let url = Url::parse("https://shop.example/a.js").expect("a URL");
    let text = Text { url: &url, kind: Kind::Script, body: many.as_bytes(), links: &[], source_map: None, known: &[] };
    let found = read(&text);
    assert!(found.addresses.len() <= 2000 && found.over > 0);
    let hostile = [
        "\"",
        "import(",
        "<script ",
        "{1:\"a\",",
        ".u=e=>",
        "<a href=",
        "js\"",
        "/*",
        "<loc>",
        "&",
        "/*import(/**/",
        "import(/**/",
    ];
    for hostile in hostile {
        for kind in [Kind::Page, Kind::Script, Kind::Worker, Kind::Manifest, Kind::Sitemap] {
            let work = |bytes: usize| {
                let body = hostile.repeat(bytes / hostile.len());
                literals::work::take();
                read(&Text { url: &url, kind, body: body.as_bytes(), links: &[], source_map: None, known: &[] });
                literals::work::take()
            };
            let (small, large) = (work(32 << 10), work(128 << 10));
            assert!(large <= 5 * small, "{hostile} {kind:?}: {small} {large}");
        }
    }
}

#[test]
fn what_is_cut_is_counted() {
    let url = Url::parse("https://shop.example/").expect("a URL");
    let over = |kind: Kind, body: &str| {
        let text = Text { url: &url, kind, body: body.as_bytes(), links: &[], source_map: None, known: &[] };
        let found = read(&text);
        (found.over, found.is_skimmed)
    };
    let links = |most: usize| (0..most).map(|nth| format!("<a href=/{nth}>x</a><a href=/0>x</a>")).collect::<String>();
    assert_eq!((over(Kind::Page, &links(500)), over(Kind::Page, &links(507))), ((0, false), (7, false)));
    let imports: Vec<String> = (0..207).map(|nth| format!("\"m{nth}\":\"/m{nth}.js\"")).collect();
    let map = format!("<script type=importmap>{{\"imports\":{{{}}}}}</script>", imports.join(","));
    assert_eq!(over(Kind::Page, &map).0, 7);
    let sitemap: String = (0..207).map(|nth| format!("<url><loc>https://shop.example/{nth}</loc></url>")).collect();
    assert_eq!(over(Kind::Sitemap, &sitemap), (7, false));
    assert_eq!(over(Kind::Sitemap, &"https://shop.example/x\n".repeat(203)), (3, false));
    assert_eq!(over(Kind::Script, &"a='/x.js';".repeat(20_001)), (0, true));
    let pages: Vec<String> = (0..303).map(|nth| format!("\"/p{nth}\"")).collect();
    assert_eq!(over(Kind::Manifest, &format!("{{\"prerendered\":[{}]}}", pages.join(","))), (3, false));
}

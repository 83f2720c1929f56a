//! How far a crawl goes.
//!
//! Invariant: every list of a crawl has its bound here. Must never import anything above `wire`.

/// Bounds of one site's crawl.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrawlBounds {
    /// Requests, the host's own robots.txt apart.
    pub requests: u64,
    /// Bytes of a file, content codings undone.
    pub file: u64,
    /// Bytes of a source map.
    pub map: u64,
    /// Bytes of all answers together.
    pub bytes: u64,
    /// Links that are followed from the first page to another page; 0 reads what that page itself loads.
    pub depth: u32,
    /// Files that name each other in turn, from a page on.
    pub chain: u32,
    /// Pages.
    pub pages: usize,
    /// Pages whose addresses differ in numbers only.
    pub alike: usize,
    /// Source maps.
    pub maps: usize,
    /// Configurations.
    pub configs: usize,
    /// Other origins of the site.
    pub origins: usize,
    /// Redirects of one address.
    pub redirects: u32,
    /// Addresses that wait.
    pub waiting: usize,
    /// Requests whose answers are awaited at the same time.
    pub at_once: usize,
}

impl Default for CrawlBounds {
    fn default() -> Self {
        Self {
            requests: 300,
            file: 5 << 20,
            map: 20 << 20,
            bytes: 60 << 20,
            depth: 2,
            chain: 8,
            pages: 50,
            alike: 5,
            maps: 50,
            configs: 10,
            origins: 30,
            redirects: 3,
            waiting: 5000,
            at_once: 8,
        }
    }
}

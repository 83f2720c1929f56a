//! One exchange with everything that is parsed from it at most once.
//!
//! Invariant: parsing is lazy, bounded and shared: however many rules ask, JSON, HTML and header views are built once.
//! Must never import a folder above `expr`.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use scraper::Html;
use serde_json::Value as Json;

use super::content::class::{Class, Evidence, classify};
use super::content::html::{self, Page};
use super::content::json::{self, JsonBody};
use super::content::{charset, prose};
use super::head::{self, Head};
use super::page;
use super::tokens::{Keywords, TokenScan, TokenSource};
use super::transcript::Transcript;
use crate::base::{Lines, Reservation, Timestamp, Unknown, Value};
use crate::observation::{Exchange, Response};

/// What documents may cost without being reserved.
const LIGHT: usize = 2 << 20;
/// Bytes of an item of a page, roughly.
const ITEM: usize = 1 << 10;

/// A finished exchange and what pays for it: all that is worth keeping of an answer that nobody looks at.
#[derive(Debug)]
pub struct Received {
    exchange: Exchange,
    paid: Option<Reservation>,
}

impl Received {
    /// An exchange with its part of the byte budget, which it holds as long as it lives.
    pub fn new(exchange: Exchange, paid: Option<Reservation>) -> Self {
        Self { exchange, paid }
    }

    /// Bytes that keeping it in memory costs, roughly.
    pub fn weight(&self) -> usize {
        size_of::<Self>() + self.exchange.weight()
    }
}

/// An exchange as conditions see it. Where there was no response, everything is as of an empty one.
#[derive(Debug)]
pub struct Answer {
    received: Arc<Received>,
    /// What pays for what is heavy of all that is made from it; given back with it.
    paid: Mutex<Option<Reservation>>,
    text: OnceLock<Bytes>,
    class: OnceLock<Result<Class, Unknown>>,
    json: OnceLock<JsonBody>,
    page: OnceLock<Result<Option<Mutex<Page>>, Unknown>>,
    prose: OnceLock<Option<(Bytes, bool)>>,
    resources: OnceLock<Result<Vec<Value>, Unknown>>,
    forms: OnceLock<Result<Vec<Value>, Unknown>>,
    lines: OnceLock<Lines>,
    head: Head,
    /// The texts in which tokens are searched, while all rules are asked at once.
    tokens: Mutex<Option<Arc<TokenScan>>>,
    pub(super) transcript: Transcript,
}

impl Answer {
    /// Wraps a finished exchange.
    pub fn new(exchange: Exchange) -> Self {
        Self::of(Arc::new(Received::new(exchange, None)))
    }

    /// The answer that was received, of which nothing is parsed yet.
    pub fn of(received: Arc<Received>) -> Self {
        Self {
            received,
            paid: Mutex::new(None),
            text: OnceLock::new(),
            class: OnceLock::new(),
            json: OnceLock::new(),
            page: OnceLock::new(),
            prose: OnceLock::new(),
            resources: OnceLock::new(),
            forms: OnceLock::new(),
            lines: OnceLock::new(),
            head: Head::default(),
            tokens: Mutex::new(None),
            transcript: Transcript::default(),
        }
    }

    /// What was received, to be kept without anything that is parsed from it.
    pub fn received(&self) -> &Arc<Received> {
        &self.received
    }

    /// Reserves what is about to be made of the body, where that is much: ordinary pages cost little beside their number.
    ///
    /// # Errors
    /// Where the byte budget is used up.
    pub(super) fn pay(&self, cost: usize) -> Result<(), Unknown> {
        let Some(budget) = self.received.paid.as_ref().filter(|_| cost > LIGHT) else { return Ok(()) };
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        if paid.get_or_insert_with(|| budget.beside()).try_grow(cost) { Ok(()) } else { Err(Unknown::Budget) }
    }

    /// The exchange itself.
    pub fn exchange(&self) -> &Exchange {
        &self.received.exchange
    }

    /// The response, where there was one.
    pub fn response(&self) -> Option<&Response> {
        self.received.exchange.response.as_ref().ok()
    }

    /// The decoded body, as bytes.
    pub fn body(&self) -> Bytes {
        self.response().map(|response| response.body.clone()).unwrap_or_default()
    }

    /// The line of the body on which a byte stands, from 1.
    pub fn line_at(&self, at: usize) -> u64 {
        let body = self.body();
        self.lines.get_or_init(|| Lines::of(&body)).line_at(&body, at)
    }

    /// Whether the body goes on beyond what is here.
    pub fn is_truncated(&self) -> bool {
        self.response().is_some_and(|response| response.truncated.is_some())
    }

    /// Values of all field lines of that name, case ignored, in order.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Bytes> {
        self.response().into_iter().flat_map(move |response| response.header(name))
    }

    /// The cookies that it sets, as maps (the view `cookie`). `now` is the host's clock, the same for all who ask.
    pub fn cookies(&self, now: Timestamp) -> &[Value] {
        let origin = &self.received.exchange.probe.origin;
        self.response().map_or(&[], |response| self.head.cookies(response, now, origin))
    }

    /// A view of its head (`hsts`, `cache` …); `None` where there is no such view, or no response.
    ///
    /// # Errors
    /// Where field lines may be missing from what was read.
    pub fn view(&self, name: &str) -> Result<Option<&Value>, Unknown> {
        self.response().map_or(Ok(None), |response| self.head.view(name, response))
    }

    /// Its content security policies, those that are enforced or those that only report.
    ///
    /// # Errors
    /// Where some may be missing from what was read.
    pub fn policies(&self, enforced: bool) -> Result<&[Value], Unknown> {
        let Some(response) = self.response() else { return Ok(&[]) };
        if !enforced {
            return self.head.reported(response);
        }
        self.head.enforced(response, || {
            let metas = self.with_html(|page, whole| {
                (whole || html::has_body(page)).then(|| html::meta_http_equiv(page, head::ENFORCED))
            })?;
            metas.unwrap_or_else(|| Some(Vec::new())).ok_or(Unknown::CutOff)
        })
    }

    /// Whether all field lines are known.
    ///
    /// # Errors
    /// Why they are not: the head could not be read, or was over a limit.
    pub fn has_whole_head(&self) -> Result<(), Unknown> {
        self.response().map_or(Ok(()), head::is_known)
    }

    /// The facts of the TLS session that it came over. `now` is the host's clock, the same for all who ask.
    pub fn tls(&self, now: Timestamp) -> Option<&Value> {
        self.received.exchange.tls.as_ref().map(|session| self.head.tls(session, now))
    }

    /// The body as UTF-8 text; not copied where it is UTF-8 already.
    pub fn text(&self) -> &Bytes {
        self.text.get_or_init(|| {
            let content_type = self.header("content-type").last();
            charset::to_utf8(&self.body(), content_type.map(|field| &field[..]), self.is_truncated())
        })
    }

    /// The class of the content; unknown where a cut-off body leaves it open.
    ///
    /// # Errors
    /// Why it could not be told.
    pub fn class(&self) -> Result<Class, Unknown> {
        *self.class.get_or_init(|| {
            let body = self.body();
            let content_type: Vec<&[u8]> = self.header("content-type").map(|field| &field[..]).collect();
            classify(&Evidence {
                content_type: &content_type,
                body: &body,
                truncated: self.is_truncated(),
                is_json: &|| Ok(self.json()?.is_some_and(|json| json.is_object() || json.is_array())),
            })
        })
    }

    /// Looks for the keywords of all rules at once, and keeps what was found for those who ask until
    /// [`Answer::forget_tokens`].
    pub fn find_keywords(&self, keywords: &Arc<Keywords>) -> Arc<TokenScan> {
        let scan = Arc::new(TokenScan::of(&self.body(), keywords));
        *self.tokens.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&scan));
        scan
    }

    /// Lets go of what [`Answer::find_keywords`] made, which is as large as the body.
    pub fn forget_tokens(&self) {
        *self.tokens.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The texts in which a source's tokens are searched, and the numbers of its keywords there.
    pub(super) fn tokens(&self, source: &TokenSource) -> (Arc<TokenScan>, Vec<u32>) {
        let known = self.tokens.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let of_all = known.and_then(|scan| scan.ids(source).map(|ids| (scan, ids)));
        of_all.unwrap_or_else(|| {
            let scan = Arc::new(TokenScan::of(&self.body(), &Arc::new(Keywords::of([source]))));
            let ids = scan.ids(source).unwrap_or_default();
            (scan, ids)
        })
    }

    /// The body as a JSON document; `None` where it is none.
    ///
    /// # Errors
    /// Why it could not be told: cut off, or over the bounds on depth and size.
    pub fn json(&self) -> Result<Option<&Json>, Unknown> {
        let parse = || match self.pay(json::cost(&self.body())) {
            Ok(()) => json::parse(&self.body(), self.is_truncated()),
            Err(why) => JsonBody::Unknown(why),
        };
        match self.json.get_or_init(parse) {
            JsonBody::Document(document) => Ok(Some(document)),
            JsonBody::Other => Ok(None),
            JsonBody::Unknown(why) => Err(*why),
        }
    }

    /// Reads the page; `None` where the answer is no page. The flag says whether the tree is of the whole page.
    ///
    /// # Errors
    /// Why it could not be told whether it is one.
    pub fn with_html<T>(&self, read: impl FnOnce(&Html, bool) -> T) -> Result<Option<T>, Unknown> {
        if self.class()? != Class::Html {
            return Ok(None);
        }
        let page = self.page.get_or_init(|| {
            let Ok(text) = std::str::from_utf8(self.text()) else { return Ok(None) };
            let text = stable_part(text, self.is_truncated());
            self.pay(html::cost(text))?;
            let mut page = html::parse(text);
            page.whole &= !self.is_truncated();
            Ok(Some(Mutex::new(page)))
        });
        let page = page.as_ref().map_err(|why| *why)?;
        Ok(page.as_ref().map(|page| {
            let page = page.lock().unwrap_or_else(PoisonError::into_inner);
            read(&page.html, page.whole)
        }))
    }

    /// What the page loads; nothing where the answer is no page.
    ///
    /// # Errors
    /// Where there may be more than was read.
    pub fn resources(&self) -> Result<&[Value], Unknown> {
        let known = self.resources.get_or_init(|| self.of_page(page::resources));
        known.as_deref().map_err(|why| *why)
    }

    /// Where the page's forms are sent; nothing where the answer is no page.
    ///
    /// # Errors
    /// Where there may be more than was read.
    pub fn forms(&self) -> Result<&[Value], Unknown> {
        let known = self.forms.get_or_init(|| self.of_page(page::forms));
        known.as_deref().map_err(|why| *why)
    }

    fn of_page(
        &self,
        read: impl FnOnce(&page::Page, &Html) -> Result<Vec<Value>, Unknown>,
    ) -> Result<Vec<Value>, Unknown> {
        let found = self.with_html(|html, whole| {
            let page = page::Page::at(&self.received.exchange.probe.url(), html);
            if whole { page.map_or(Ok(Vec::new()), |page| read(&page, html)) } else { Err(Unknown::CutOff) }
        })?;
        let items = found.unwrap_or_else(|| Ok(Vec::new()))?;
        self.pay(items.len() * ITEM)?;
        Ok(items)
    }

    /// The prose of a page (text outside `pre`, `code`, `script` and the like) and whether it is all of it; `None` where
    /// the answer is no page.
    ///
    /// # Errors
    /// Why it could not be told whether it is one.
    pub fn prose(&self) -> Result<Option<(Bytes, bool)>, Unknown> {
        if let Some(known) = self.prose.get() {
            return Ok(known.clone());
        }
        let made = self.with_html(|html, whole| {
            let mut text = prose::of_page(html);
            if !whole {
                // The line may go on: it ends here only because the page does.
                text.truncate(text.trim_end_matches('\n').len());
            }
            (Bytes::from(text), whole)
        })?;
        Ok(self.prose.get_or_init(|| made).clone())
    }
}

/// A cut page up to its last tag: what follows may be half a tag or half a character reference.
fn stable_part(text: &str, truncated: bool) -> &str {
    match memchr::memrchr(b'>', text.as_bytes()) {
        _ if !truncated => text,
        Some(at) => text.get(..=at).unwrap_or(text),
        None => "",
    }
}

//! The HTML parser, fed slice by slice, with an eye on attributes.
//!
//! The parser compares each attribute of a tag with all before it, so one tag of some megabytes would keep it busy for
//! hours. As long as it gives no token it may be within a tag: what separates attributes is counted there. Invariant: the
//! comparisons of one page are bounded by [`WORK`], give or take those within one slice at a time.
//! Must never import a folder above `expr`.

use std::cell::{Cell, Ref};

use ego_tree::NodeId;
use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::TreeSink as _;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use scraper::{Html, HtmlTreeSink};

/// Comparisons of attributes that one page may cost.
const WORK: usize = 1 << 27;
/// Bytes that are fed at a time.
const SLICE: usize = 1024;

/// A parser that can be stopped between slices.
pub(super) struct Feeder {
    tokenizer: Tokenizer<Watched>,
    queue: BufferQueue,
    /// Separators since the last token.
    separators: usize,
    work: usize,
}

struct Watched {
    builder: TreeBuilder<NodeId, HtmlTreeSink>,
    gave: Cell<bool>,
}

impl TokenSink for Watched {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        // Errors are told within a tag, too.
        if !matches!(token, Token::ParseError(_)) {
            self.gave.set(true);
        }
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

impl Feeder {
    pub(super) fn new() -> Self {
        let opts = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
        let builder = TreeBuilder::new(HtmlTreeSink::new(Html::new_document()), opts);
        let tokenizer = Tokenizer::new(Watched { builder, gave: Cell::new(false) }, TokenizerOpts::default());
        Self { tokenizer, queue: BufferQueue::default(), separators: 0, work: 0 }
    }

    /// Feeds a piece of the page; false where the page costs too much, and then the rest of the piece is left out.
    pub(super) fn feed(&mut self, mut piece: &str) -> bool {
        while !piece.is_empty() {
            let (slice, rest) = split(piece);
            self.queue.push_back(StrTendril::from_slice(slice));
            self.tokenizer.sink.gave.set(false);
            self.drain();
            let separators = slice.bytes().filter(|b| b.is_ascii_whitespace() || b"/\"'".contains(b)).count();
            if self.tokenizer.sink.gave.get() {
                self.separators = separators;
            } else {
                self.separators += separators;
                self.work = self.work.saturating_add(self.separators * separators);
            }
            if self.work > WORK {
                return false;
            }
            piece = rest;
        }
        true
    }

    /// The tree so far.
    pub(super) fn html(&self) -> Ref<'_, Html> {
        self.tokenizer.sink.builder.sink.0.borrow()
    }

    /// The tree, every open element closed.
    pub(super) fn finish(self) -> Html {
        self.drain();
        self.tokenizer.end();
        self.tokenizer.sink.builder.sink.finish()
    }

    fn drain(&self) {
        while !matches!(self.tokenizer.feed(&self.queue), TokenizerResult::Done) {}
    }
}

/// The next slice, which ends between two characters, and the rest.
fn split(text: &str) -> (&str, &str) {
    let end = (0..=SLICE.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.split_at(end.filter(|end| *end > 0).unwrap_or(text.len()))
}

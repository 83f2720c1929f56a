//! One exchange with everything that is parsed from it at most once.
//!
//! Invariant: parsing is lazy, bounded and shared: however many rules ask, JSON, HTML and header views are built once.
//! Must never import a folder above `expr`.

use crate::observation::{Exchange, Response};

/// An exchange as conditions see it.
#[derive(Debug)]
pub struct Answer {
    exchange: Exchange,
}

impl Answer {
    /// Wraps a finished exchange.
    pub fn new(exchange: Exchange) -> Self {
        Self { exchange }
    }

    /// The exchange itself.
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// The response, where there was one.
    pub fn response(&self) -> Option<&Response> {
        self.exchange.response.as_ref().ok()
    }
}

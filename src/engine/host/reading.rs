//! A host reads its site: the crawl's requests go the way of all requests, and its answers to the passive rules.
//!
//! Invariant: the crawl begins when all that every scan asks for is in, and never holds up a rule's own requests but by the
//! pace of the host. Must never import anything above `discover`.

use std::sync::Arc;

use super::Host;
use crate::engine::crawl::ROBOTS;
use crate::engine::requests::{Who, Wish};
use crate::engine::survey::get;
use crate::plan::Follow;

impl Host {
    /// Asks for robots.txt, where the site is to be read.
    pub(super) fn ask_for_robots(&mut self) {
        if !self.crawling.is_wanted() {
            return;
        }
        match get(&self.shared.orders, &self.facts, ROBOTS) {
            Ok(probe) => self.send_for(Who::Robots, Follow::LANDING, Arc::new(probe)),
            Err(_) => self.crawling.stop(),
        }
    }

    /// Goes on reading as far as the answers allow.
    pub(super) async fn read_on(&mut self) {
        if self.stopped {
            self.crawling.stop();
            return;
        }
        if self.survey.has_pages() {
            let survey = &self.survey;
            self.crawling.begin(|| survey.random(), || survey.pages()).await;
        }
        for reply in self.crawling.read().await {
            self.survey.read(reply);
        }
        let shared = Arc::clone(&self.shared);
        for (nth, probe) in self.crawling.wanted(&shared.orders, &self.facts) {
            self.send_for(Who::Crawl(nth), Follow::NOTHING, probe);
        }
    }

    fn send_for(&mut self, who: Who, follow: Follow, probe: Arc<crate::observation::HttpProbe>) {
        let wish = Wish { who, follow, hops: Vec::new(), shared: true };
        if let Some((wish, answer)) = self.wish(probe, wish) {
            self.go_on(wish, answer);
        }
    }
}

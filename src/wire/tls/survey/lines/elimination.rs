//! Elimination: what the server chooses of a list is taken out, and the rest is offered again.
//!
//! Must never open a socket.

use crate::observation::Told;

/// What is left to offer, and what was taken of it.
#[derive(Debug)]
pub struct Elimination<T> {
    left: Vec<T>,
    taken: Vec<T>,
    over: bool,
}

impl<T: Copy + PartialEq> Elimination<T> {
    /// Of all these.
    pub fn of(left: Vec<T>) -> Self {
        Self { left, taken: Vec::new(), over: false }
    }

    /// What is left to offer.
    pub fn left(&self) -> &[T] {
        &self.left
    }

    /// What was taken so far, in that order.
    pub fn taken(&self) -> &[T] {
        &self.taken
    }

    /// Whether it has ended.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Takes out what was chosen; whether it was there to be chosen.
    pub fn take(&mut self, item: T) -> bool {
        let is_left = self.left.contains(&item);
        if is_left {
            self.add(item);
        }
        is_left
    }

    /// Counts as taken what was chosen, whether or not it was offered.
    pub fn add(&mut self, item: T) {
        self.left.retain(|left| *left != item);
        if !self.taken.contains(&item) {
            self.taken.push(item);
        }
    }

    /// Ends it: each item with what was said to it, those that were taken first; `rest` is what was said to all others.
    pub fn end(&mut self, rest: Told) -> Vec<(T, Told)> {
        self.over = true;
        let taken = self.taken.drain(..).map(|item| (item, Told::Accepted));
        taken.chain(self.left.drain(..).map(|item| (item, rest))).collect()
    }
}

//! Ways through a map: one that lies in memory, and one that stands partly on a shelf.

use std::cmp::Ordering;
use std::iter::Peekable;

/// A way through a tree in memory, or through what was listed.
#[derive(Clone, Debug)]
pub enum Run<A, T> {
    /// Through a tree.
    Tree(A),
    /// Through a list.
    Listed(std::vec::IntoIter<T>),
}

impl<T, A: Iterator<Item = T>> Iterator for Run<A, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        match self {
            Self::Tree(tree) => tree.next(),
            Self::Listed(list) => list.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Tree(tree) => tree.size_hint(),
            Self::Listed(list) => list.size_hint(),
        }
    }
}

impl<T, A: DoubleEndedIterator<Item = T>> DoubleEndedIterator for Run<A, T> {
    fn next_back(&mut self) -> Option<T> {
        match self {
            Self::Tree(tree) => tree.next_back(),
            Self::Listed(list) => list.next_back(),
        }
    }
}

/// The union of two ways in order; what is on both is met once, as it is on the first.
pub(super) struct Merged<A: Iterator, B: Iterator> {
    first: Peekable<A>,
    second: Peekable<B>,
}

impl<A: Iterator, B: Iterator<Item = A::Item>> Merged<A, B> {
    pub(super) fn new(first: A, second: B) -> Self {
        Self {
            first: first.peekable(),
            second: second.peekable(),
        }
    }
}

impl<T: Ord, A: Iterator<Item = T>, B: Iterator<Item = T>> Iterator for Merged<A, B> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let order = match (self.first.peek(), self.second.peek()) {
            (Some(first), Some(second)) => first.cmp(second),
            (None, _) => Ordering::Greater,
            (_, None) => Ordering::Less,
        };
        match order {
            Ordering::Less => self.first.next(),
            Ordering::Greater => self.second.next(),
            Ordering::Equal => {
                self.second.next();
                self.first.next()
            }
        }
    }
}

//! Numbers for the things that labels and persons mention.

use std::collections::{BTreeMap, BTreeSet};

use super::compiled::Numbers;

/// Things with their places in their order.
#[derive(Default)]
pub(super) struct Numbered<T>(pub(super) BTreeMap<T, u32>);

impl<T: Ord> Numbered<T> {
    pub(super) fn of(things: impl IntoIterator<Item = T>) -> Self {
        let things: BTreeSet<T> = things.into_iter().collect();
        Self(things.into_iter().zip(0..).collect())
    }

    /// The numbers of what labels mention.
    ///
    /// What a label asks for must never be left out, so that all labels are numbered first.
    pub(super) fn all<'t>(&self, things: impl IntoIterator<Item = &'t T>) -> Numbers
    where
        T: 't,
    {
        things.into_iter().map(|thing| self.0[thing]).collect()
    }

    /// The numbers of what persons have: what no label mentions is of no use.
    pub(super) fn known<'t>(&self, things: impl IntoIterator<Item = &'t T>) -> Numbers
    where
        T: 't,
    {
        things
            .into_iter()
            .filter_map(|thing| self.0.get(thing).copied())
            .collect()
    }
}

//! Sets and maps of a few entries, kept in order in one piece of memory: a mark has one or two of most things, and is read
//! from a text that is in order already.

use std::borrow::Borrow;

/// A set, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Set<T>(Vec<T>);

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Ord> Set<T> {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds an entry; whether it was not there.
    pub(crate) fn insert(&mut self, entry: T) -> bool {
        if self.0.last().is_none_or(|last| *last < entry) {
            self.0.push(entry);
            return true;
        }
        match self.0.binary_search(&entry) {
            Ok(_) => false,
            Err(place) => {
                self.0.insert(place, entry);
                true
            }
        }
    }

    pub(crate) fn contains<Q: Ord + ?Sized>(&self, wanted: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.iter().any(|entry| entry.borrow() == wanted)
    }

    pub(crate) fn last(&self) -> Option<&T> {
        self.0.last()
    }

    pub(crate) fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.0.retain(keep);
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Ord> Extend<T> for Set<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, entries: I) {
        for entry in entries {
            self.insert(entry);
        }
    }
}

impl<T: Ord> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(entries: I) -> Self {
        let mut set = Self::new();
        set.extend(entries);
        set
    }
}

impl<T: Ord, const N: usize> From<[T; N]> for Set<T> {
    fn from(entries: [T; N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'s, T> IntoIterator for &'s Set<T> {
    type Item = &'s T;
    type IntoIter = std::slice::Iter<'s, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// A map, in order of its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Map<K, V>(Vec<(K, V)>);

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord, V> Map<K, V> {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Where a key stands, or belongs.
    fn place(&self, key: &K) -> Result<usize, usize> {
        match self.0.last() {
            Some((last, _)) if last >= key => self.0.binary_search_by(|(known, _)| known.cmp(key)),
            _ => Err(self.0.len()),
        }
    }

    /// Adds an entry; the value that stood in its place.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(place) => self
                .0
                .get_mut(place)
                .map(|entry| std::mem::replace(&mut entry.1, value)),
            Err(place) => {
                self.0.insert(place, (key, value));
                None
            }
        }
    }

    /// The value of a key, an empty one if there was none.
    pub(crate) fn of(&mut self, key: &K) -> &mut V
    where
        K: Clone,
        V: Default,
    {
        let place = self.place(key).unwrap_or_else(|place| {
            self.0.insert(place, (key.clone(), V::default()));
            place
        });
        &mut self.0[place].1
    }

    /// The value of the first entry whose key is so.
    pub(crate) fn find(&self, wanted: impl Fn(&K) -> bool) -> Option<&V> {
        self.0.iter().find(|(key, _)| wanted(key)).map(|(_, value)| value)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.iter().map(|(key, _)| key)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn they_hold_what_the_standard_library_s_hold(entries in prop::collection::vec((0_u8..20, any::<u8>()), 0..40)) {
            let (mut set, mut map) = (Set::new(), Map::new());
            let (mut known_set, mut known_map) = (BTreeSet::new(), BTreeMap::new());
            for (key, value) in &entries {
                prop_assert_eq!(set.insert(*key), known_set.insert(*key));
                prop_assert_eq!(map.insert(*key, *value), known_map.insert(*key, *value));
                prop_assert_eq!(*map.of(key), known_map[key]);
                prop_assert!(set.contains(key));
            }
            prop_assert!(set.iter().eq(&known_set) && map.iter().eq(&known_map));
            prop_assert_eq!((set.len(), map.len()), (known_set.len(), known_map.len()));
            prop_assert_eq!(set.contains(&20), false);
            prop_assert_eq!(map.find(|key| *key == 3), known_map.get(&3));
            set.retain(|entry| entry % 2 == 0);
            known_set.retain(|entry| entry % 2 == 0);
            prop_assert!(set.into_iter().eq(known_set));
        }
    }
}

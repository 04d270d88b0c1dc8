//! Maps that are cheap to copy: a copy shares everything with the original until one of them changes.
//!
//! Readers hold a copy of the whole state while the next one is made from it. What is about reports can also be found by
//! report: that index is kept by the map itself, so that no change can forget it. A map can rest on a [`Shelf`]: then only
//! what was looked at or changed is in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Index;
use std::sync::Arc;

use imbl::ordmap::DiffItem;
use imbl::ordset::DiffItem as SetItem;
use imbl::{OrdMap, OrdSet};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::{ReportId, Stored};

mod run;
mod shelf;

use run::Merged;
pub use run::Run;
use shelf::Aside;
pub use shelf::Shelf;

/// A value that may be about reports, by which it is then found as well. Which ones never changes while it is kept: what
/// becomes about others is inserted anew.
pub trait About {
    /// Calls `each` with every report that the value is about.
    fn each_report(&self, each: &mut dyn FnMut(&ReportId));
}

/// What things are kept under: names in order, each with a spelling under which it is stored.
pub trait Key: Ord + Clone + ToString {}

impl<K: Ord + Clone + ToString> Key for K {}

/// A map in the order of its keys, of which copies cost as good as nothing.
#[derive(Clone)]
pub struct Kept<K, V> {
    /// What is in memory: all of it, or what differs from the shelf.
    all: OrdMap<K, Arc<V>>,
    /// What is on the shelf and no longer in the map.
    gone: OrdSet<K>,
    by_report: OrdMap<ReportId, OrdSet<K>>,
    aside: Option<Arc<Aside<K, V>>>,
}

impl<K: Key, V: About + Clone> Kept<K, V> {
    /// Rests on a shelf from now on, which has everything that is in the map. What is about reports is not found by report
    /// there, so this is for what is about none.
    pub(crate) fn rest_on(&mut self, kind: &'static str, shelf: &Arc<dyn Shelf>)
    where
        K: Stored,
        V: DeserializeOwned,
    {
        let aside = Some(Arc::new(Aside::new(kind, shelf.clone())));
        *self = Self {
            aside,
            ..Self::default()
        };
    }

    /// How many values are in memory.
    pub fn loose(&self) -> usize {
        self.all.len() + self.aside.as_ref().map_or(0, |aside| aside.looked_at())
    }

    /// The value under a key.
    pub fn get<Q: Ord + ToString + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: std::borrow::Borrow<Q>,
    {
        self.found(key).map(|(_, value)| value.as_ref())
    }

    /// The value under a key, to be held beyond this copy.
    pub fn shared(&self, key: &K) -> Option<Arc<V>> {
        self.found(key).map(|(_, value)| value.clone())
    }

    /// The key itself as it is kept, with its value: both live as long as this copy.
    pub fn pair(&self, key: &K) -> Option<(&K, &V)> {
        self.found(key).map(|(key, value)| (key, value.as_ref()))
    }

    fn found<Q: Ord + ToString + ?Sized>(&self, key: &Q) -> Option<(&K, &Arc<V>)>
    where
        K: std::borrow::Borrow<Q>,
    {
        let aside = || {
            let aside = self.aside.as_ref().filter(|_| !self.gone.contains(key))?;
            aside.get(&key.to_string())
        };
        self.all.get_key_value(key).or_else(aside)
    }

    /// The value under a key, to be changed in this copy only. Which reports it is about must stay as it is.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        if self.aside.is_some() && !self.all.contains_key(key) {
            let (key, value) = self.found(key)?;
            let (key, value) = (key.clone(), value.clone());
            self.all.insert(key, value);
        }
        self.all.get_mut(key).map(Arc::make_mut)
    }

    /// Whether there is something under a key.
    pub fn contains_key(&self, key: &K) -> bool {
        self.found(key).is_some()
    }

    /// Puts a value under a key, in place of what was there.
    pub fn insert(&mut self, key: K, value: V) {
        self.forget(&key);
        value.each_report(&mut |report| {
            self.by_report.entry(report.clone()).or_default().insert(key.clone());
        });
        self.gone.remove(&key);
        self.all.insert(key, Arc::new(value));
    }

    /// Takes out what is under a key.
    pub fn remove(&mut self, key: &K) {
        self.forget(key);
        self.all.remove(key);
        if self.aside.is_some() {
            self.gone.insert(key.clone());
        }
    }

    /// The place of a key, empty or not.
    pub fn entry(&mut self, key: K) -> Place<'_, K, V> {
        Place { map: self, key }
    }

    /// Keeps only what `keep` says.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &V) -> bool) {
        let gone = self.iter().filter(|(key, value)| !keep(key, value));
        let gone: Vec<K> = gone.map(|(key, _)| key.clone()).collect();
        for key in &gone {
            self.remove(key);
        }
    }

    /// What is about a report, in the order of the keys.
    pub fn of(&self, report: &ReportId) -> impl Iterator<Item = &V> {
        let keys = self.by_report.get(report).into_iter().flatten();
        keys.filter_map(|key| self.get(key))
    }

    /// The keys of what is about a report, in order.
    pub fn keys_of(&self, report: &ReportId) -> impl Iterator<Item = &K> {
        self.by_report.get(report).into_iter().flatten()
    }

    /// What is about any of these reports, each once and in the order of the keys.
    pub fn of_any<'m>(&'m self, reports: &BTreeSet<ReportId>) -> impl Iterator<Item = &'m V> + use<'m, K, V> {
        let keys = reports.iter().filter_map(|report| self.by_report.get(report));
        let keys: BTreeSet<&K> = keys.flatten().collect();
        keys.into_iter().filter_map(|key| self.get(key))
    }

    /// The reports that something in this map is about.
    pub fn reports(&self) -> impl Iterator<Item = &ReportId> {
        self.by_report.keys()
    }

    /// Whether anything in this map is about a report.
    pub fn any_of(&self, report: &ReportId) -> bool {
        self.by_report.contains_key(report)
    }

    /// Reads what rests on a shelf as long as `each` says to go on, and keeps none of it in memory. What changed since is not among
    /// it.
    pub fn each_aside(&self, mut each: impl FnMut(K, V) -> bool) {
        if let Some(aside) = &self.aside {
            aside.each(&mut each);
        }
    }

    /// All pairs. Of what rests on a shelf, all of it is read: see [`Kept::walk`].
    pub fn iter(&self) -> Pairs<'_, K, V> {
        match self.aside {
            None => {
                let lend: Lend<'_, K, V> = |(key, value)| (key, value.as_ref());
                Run::Tree(self.all.iter().map(lend))
            }
            Some(_) => Run::Listed(self.walk(None).collect::<Vec<_>>().into_iter()),
        }
    }

    /// The pairs from a key on, read one by one as far as somebody goes.
    pub fn walk(&self, from: Option<&K>) -> impl Iterator<Item = (&K, &V)> {
        self.keys_from(from).filter_map(|key| self.pair(key))
    }

    fn keys_from(&self, from: Option<&K>) -> impl Iterator<Item = &K> {
        let here = match from {
            Some(from) => self.all.range(from.clone()..),
            None => self.all.range::<_, K>(..),
        };
        let aside = self.aside.as_ref().map(|aside| aside.keys(from));
        let aside = aside.into_iter().flatten().filter(|key| !self.gone.contains(*key));
        Merged::new(here.map(|(key, _)| key), aside)
    }

    /// All keys.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + Clone {
        match self.aside {
            None => Run::Tree(self.all.iter().map(|(key, _)| key)),
            Some(_) => Run::Listed(self.keys_from(None).collect::<Vec<_>>().into_iter()),
        }
    }

    /// All values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + Clone {
        self.iter().map(|(_, value)| value)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self.aside {
            None => self.all.len(),
            Some(_) => self.keys_from(None).count(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys_from(None).next().is_none()
    }

    /// Whether both are the same copy, so that nothing can differ; `false` says nothing.
    pub fn is_same(&self, other: &Self) -> bool {
        let aside = match (&self.aside, &other.aside) {
            (None, None) => true,
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            _ => false,
        };
        aside && self.all.ptr_eq(&other.all) && self.gone.ptr_eq(&other.gone)
    }

    /// The keys under which both are not the same, where they are copies of one map that changed since; `None` says nothing.
    pub fn differing(&self, other: &Self) -> Option<BTreeSet<K>>
    where
        V: PartialEq,
    {
        let aside = match (&self.aside, &other.aside) {
            (None, None) => true,
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            _ => false,
        };
        let changed = self.all.diff(&other.all).map(|item| match item {
            DiffItem::Add(key, _) | DiffItem::Remove(key, _) => key,
            DiffItem::Update { new, .. } => new.0,
        });
        let gone = self.gone.diff(&other.gone).map(|item| match item {
            SetItem::Add(key) | SetItem::Remove(key) => key,
        });
        aside.then(|| changed.cloned().chain(gone.cloned()).collect())
    }

    /// Whether what is found by report is exactly what there is: what a test compares.
    pub fn is_indexed(&self) -> bool {
        let anew: Self = self.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        anew.by_report == self.by_report
    }

    fn forget(&mut self, key: &K) {
        // What rests on a shelf is about no report.
        let Some(old) = self.all.get(key).filter(|_| self.aside.is_none()).cloned() else {
            return;
        };
        old.each_report(&mut |report| {
            if let Some(keys) = self.by_report.get_mut(report) {
                keys.remove(key);
                if keys.is_empty() {
                    self.by_report.remove(report);
                }
            }
        });
    }
}

/// The place of a key in a [`Kept`] map.
pub struct Place<'m, K, V> {
    map: &'m mut Kept<K, V>,
    key: K,
}

impl<'m, K: Key, V: About + Clone> Place<'m, K, V> {
    /// What is there, after `make` has filled an empty place.
    ///
    /// # Panics
    /// Never: the place was filled just before.
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'m mut V {
        if !self.map.contains_key(&self.key) {
            self.map.insert(self.key.clone(), make());
        }
        self.map.get_mut(&self.key).expect("it was filled just before")
    }

    /// What is there, or this value.
    pub fn or_insert(self, value: V) -> &'m mut V {
        self.or_insert_with(|| value)
    }

    /// What is there, or a value made of nothing.
    pub fn or_default(self) -> &'m mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

impl<K: Key, V: About + Clone> Default for Kept<K, V> {
    fn default() -> Self {
        Self {
            all: OrdMap::new(),
            gone: OrdSet::new(),
            by_report: OrdMap::new(),
            aside: None,
        }
    }
}

impl<K: Key, V: About + Clone> FromIterator<(K, V)> for Kept<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut map = Self::default();
        for (key, value) in pairs {
            map.insert(key, value);
        }
        map
    }
}

/// The pairs of a [`Kept`] map, in the order of the keys.
pub type Pairs<'m, K, V> = Run<Tree<'m, K, V>, (&'m K, &'m V)>;
type Tree<'m, K, V> =
    std::iter::Map<imbl::ordmap::Iter<'m, K, Arc<V>, imbl::shared_ptr::DefaultSharedPtr>, Lend<'m, K, V>>;
type Lend<'m, K, V> = fn((&'m K, &'m Arc<V>)) -> (&'m K, &'m V);

impl<'m, K: Key, V: About + Clone> IntoIterator for &'m Kept<K, V> {
    type Item = (&'m K, &'m V);
    type IntoIter = Pairs<'m, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Key, V: About + Clone> Index<&K> for Kept<K, V> {
    type Output = V;

    fn index(&self, key: &K) -> &V {
        self.get(key).expect("nothing is kept under this key")
    }
}

impl<K: Key, V: PartialEq + About + Clone> PartialEq for Kept<K, V> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.aside, &other.aside) {
            (None, None) => self.all == other.all,
            _ => self.walk(None).eq(other.walk(None)),
        }
    }
}

impl<K: fmt::Debug + Key, V: fmt::Debug + About + Clone> fmt::Debug for Kept<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Serialize + Key, V: Serialize + About + Clone> Serialize for Kept<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de, K: Deserialize<'de> + Key, V: Deserialize<'de> + About + Clone> Deserialize<'de> for Kept<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(BTreeMap::deserialize(deserializer)?.into_iter().collect())
    }
}

macro_rules! about {
    ($($kind:ty => |$value:ident, $each:ident| $body:expr;)*) => {
        $(impl About for $kind {
            fn each_report(&self, $each: &mut dyn FnMut(&ReportId)) {
                let $value = self;
                $body
            }
        })*
    };
    ($($kind:ty),* $(,)?) => {
        $(impl About for $kind {
            fn each_report(&self, _: &mut dyn FnMut(&ReportId)) {}
        })*
    };
}

about! {
    crate::request::Consent => |consent, each| each(&consent.report);
    crate::request::Substitute => |substitute, each| each(&substitute.report);
    crate::state::RequestCase => |case, each| each(&case.request.report);
    crate::embargo::Embargo => |embargo, each| each(&embargo.report);
    crate::disclosure::Recall => |recall, each| each(&recall.report);
    crate::disclosure::Override => |made, each| each(&made.report);
    crate::disclosure::Opening => |opening, each| each(&opening.report);
    crate::disclosure::Disclosure => |disclosure, each| each(&disclosure.report);
    (crate::ids::PartyPath, crate::disclosure::Notice) => |told, each| each(told.1.report());
    crate::second::Pending => |pending, each| each(&pending.report);
    crate::source::ExposureAnswer => |answer, each| each(&answer.report);
    crate::source::ProtectedSource => |source, each| source.reports.iter().for_each(each);
}

about! {
    crate::party::Party,
    crate::contact::Contacts,
    crate::deputy::Deputy,
    crate::keys::KeyRing,
    crate::party::Person,
    crate::party::Audience,
    crate::party::LocalRule,
    crate::receipt::MessageReceipt,
    crate::receipt::Standing,
    crate::receipt::TakenIn,
    crate::arrangement::Arrangement,
    crate::state::Holding,
    crate::links::Links,
    Vec<crate::fact::Fact>,
    crate::incident::Incident,
    (crate::ids::PartyPath, crate::incident::IncidentNotice),
    crate::briefing::Briefing,
    crate::installed::InstalledScheme,
    entente_marking::us::Register,
    crate::life::Narrowings,
    crate::repeat::UsedKey,
    String,
    u32,
    jiff::Timestamp,
}

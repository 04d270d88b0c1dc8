//! The order of a collection, and what of it a filter wants.

use std::collections::{BTreeSet, HashMap};

use entente_core::{ArrangementId, ReportId};
use jiff::Timestamp;

use super::filter::{Filter, Version};
use super::stock::{Key, Stock};

/// What of a collection is in sight, in the order of dates.
#[derive(Debug)]
pub(super) struct Sorted {
    pub(super) places: Vec<Placed>,
    /// Whether there is an object both in 2.0 and in 2.1.
    mixed: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub(super) date: i64,
    pub(super) stock: u32,
    pub(super) key: u32,
    first: bool,
    last: bool,
    /// Whether there is no later version of STIX of it.
    latest_spec: bool,
}

impl Sorted {
    /// Of two that are the same object in the same version the one that came first stands for both.
    pub(super) fn of<'s>(stocks: impl Iterator<Item = &'s Stock>, arrangement: Option<&ArrangementId>) -> Self {
        let within = |stock: &Stock| match arrangement {
            None => stock.terms.is_empty(),
            Some(id) => stock.terms.contains(id),
        };
        let stocks: Vec<&Stock> = stocks.collect();
        let mut places: Vec<Placed> = Vec::new();
        for (n, stock) in stocks.iter().enumerate().filter(|(_, stock)| within(stock)) {
            for (k, date) in stock.dates.iter().enumerate() {
                places.push(Placed {
                    date: *date,
                    stock: u32::try_from(n).unwrap_or(u32::MAX),
                    key: u32::try_from(k).unwrap_or(u32::MAX),
                    first: true,
                    last: true,
                    latest_spec: true,
                });
            }
        }
        places.sort_unstable_by_key(|place| place.date);
        let key = |place: &Placed| stocks.get(place.stock as usize)?.keys.get(place.key as usize);
        let mut by_id: HashMap<&str, Vec<usize>> = HashMap::with_capacity(places.len());
        let mut twice = BTreeSet::new();
        for (n, place) in places.iter().enumerate() {
            let Some(own) = key(place) else { continue };
            let same = by_id.entry(own.id.as_ref()).or_default();
            let known =
                |other: &&usize| places.get(**other).and_then(key).map(|known| &known.version) == Some(&own.version);
            match same.iter().find(known) {
                Some(_) => {
                    twice.insert(n);
                }
                None => same.push(n),
            }
        }
        let several: Vec<Vec<usize>> = by_id.into_values().filter(|all| all.len() > 1).collect();
        let mut mixed = false;
        for all in several {
            let facts: Vec<(usize, bool, Option<Timestamp>)> = all
                .iter()
                .filter_map(|n| places.get(*n).and_then(key).map(|key| (*n, key.is_20, key.at())))
                .collect();
            let has_21 = facts.iter().any(|(_, is_20, _)| !is_20);
            mixed |= has_21 && facts.iter().any(|(_, is_20, _)| *is_20);
            let latest = |fact: &&(usize, bool, Option<Timestamp>)| !fact.1 || !has_21;
            let (first, last) = ends(facts.iter().filter(latest).map(|(n, _, at)| (*n, *at)));
            for (n, is_20, _) in &facts {
                if let Some(place) = places.get_mut(*n) {
                    place.latest_spec = !is_20 || !has_21;
                    place.first = first == Some(*n);
                    place.last = last == Some(*n);
                }
            }
        }
        if !twice.is_empty() {
            let mut n = 0;
            places.retain(|_| {
                n += 1;
                !twice.contains(&(n - 1))
            });
        }
        Self { places, mixed }
    }
}

/// Of places with their versions the first and the last.
fn ends(all: impl Iterator<Item = (usize, Option<Timestamp>)>) -> (Option<usize>, Option<usize>) {
    let mut sorted: Vec<(Option<Timestamp>, usize)> = all.map(|(n, at)| (at, n)).collect();
    sorted.sort_unstable();
    (sorted.first().map(|(_, n)| *n), sorted.last().map(|(_, n)| *n))
}

/// What a filter wants, made ready for many objects.
pub(super) struct Wanted<'f> {
    filter: &'f Filter,
    /// For which versions of STIX, where any are named.
    specs: Option<(bool, bool)>,
    /// The first and the last among those that are wanted, where these are others than among all.
    ends: Option<(BTreeSet<usize>, BTreeSet<usize>)>,
}

impl<'f> Wanted<'f> {
    pub(super) fn of(filter: &'f Filter, sorted: &Sorted, stocks: &[(&(ReportId, u32), &Stock)]) -> Self {
        let named = |version: &str| filter.spec_versions.iter().any(|wanted| wanted == version);
        let specs = (!filter.spec_versions.is_empty()).then(|| (named("2.0"), named("2.1")));
        let ends = specs.filter(|_| sorted.mixed).map(|specs| {
            let mut by_id: HashMap<&str, Vec<(usize, Option<Timestamp>)>> = HashMap::new();
            for (n, place) in sorted.places.iter().enumerate() {
                let stock = stocks.get(place.stock as usize);
                let key = stock.and_then(|(_, stock)| stock.keys.get(place.key as usize));
                if let Some(key) = key.filter(|key| is_of(specs, key)) {
                    by_id.entry(key.id.as_ref()).or_default().push((n, key.at()));
                }
            }
            let both: Vec<_> = by_id.into_values().map(|all| ends(all.into_iter())).collect();
            let firsts = both.iter().filter_map(|(first, _)| *first).collect();
            (firsts, both.iter().filter_map(|(_, last)| *last).collect())
        });
        Self { filter, specs, ends }
    }

    pub(super) fn takes(&self, n: usize, place: &Placed, key: &Key) -> bool {
        let one = |list: &[String], value: &str| list.is_empty() || list.iter().any(|wanted| wanted == value);
        let (first, last) = match &self.ends {
            Some((firsts, lasts)) => (firsts.contains(&n), lasts.contains(&n)),
            None => (place.first, place.last),
        };
        let version = |wanted: &Version| match wanted {
            Version::First => first,
            Version::Last => last,
            Version::All => true,
            Version::At(at) if key.version.is_empty() => place.date == at.as_microsecond(),
            Version::At(at) => key.at() == Some(*at),
        };
        let versions = &self.filter.versions;
        one(&self.filter.ids, &key.id)
            && one(&self.filter.types, key.kind())
            && self.specs.map_or(place.latest_spec, |specs| is_of(specs, key))
            && (versions.is_empty() && last || versions.iter().any(version))
    }
}

fn is_of((old, new): (bool, bool), key: &Key) -> bool {
    if key.is_20 { old } else { new }
}

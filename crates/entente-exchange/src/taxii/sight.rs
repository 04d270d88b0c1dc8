//! What one caller sees of all collections, and since when.
//!
//! A client asks for what was added after a moment, and must not miss anything. So an object's date is the moment at which it
//! came into this caller's sight, by whatever way: it arrived, it was marked anew, an embargo ran out, the caller was put on a
//! distribution. No two dates are the same, and none is given that is not after all dates given before.
//!
//! What is in sight is worked out anew only where something changed that could let anybody see more. What a page shows is
//! decided for the page besides (see [`super::entries`]).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use entente_core::{ArrangementId, CLOCK_TOLERANCE, PersonId, ReportId, State};
use entente_desk::Moment;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::filter::Filter;
use super::moment_text;
use super::order::{Sorted, Wanted};
use super::stock::{Key, Looking, Stock, names, sum};
use crate::exporting::Unconsented;

/// An object in its place.
#[derive(Clone, Copy, Debug)]
pub struct Spot<'s> {
    /// The report that it is of.
    pub report: &'s ReportId,
    /// The version of the report.
    pub version: u32,
    /// Its name.
    pub key: &'s Key,
    /// When it came into sight.
    pub added: Timestamp,
}

impl Spot<'_> {
    /// Its version; where it has none, when it came.
    pub fn version_text(&self) -> String {
        match self.key.version.is_empty() {
            true => moment_text(self.added),
            false => self.key.version.to_string(),
        }
    }
}

/// Dates that follow each other: the first, and how many.
type DateRun = (i64, usize);

/// What was remembered of an earlier run of the node.
#[derive(Clone, Debug, Default)]
enum Memory {
    /// The caller has never been here.
    #[default]
    None,
    /// The caller has been here, and what they saw is forgotten: they get everything anew.
    Lost,
    /// What they saw.
    Kept(HashMap<(ReportId, u32), (String, Vec<DateRun>)>),
}

/// A stock as it is remembered: the names in it as one digest, and runs of dates that follow each other.
#[derive(Debug, Serialize, Deserialize)]
struct Remembered {
    report: ReportId,
    version: u32,
    names: String,
    dates: Vec<DateRun>,
}

#[derive(Debug, Serialize, Deserialize)]
struct File {
    last: i64,
    stocks: Vec<Remembered>,
}

/// What one caller sees, and since when.
#[derive(Debug, Default)]
pub struct Sight {
    stocks: BTreeMap<(ReportId, u32), Stock>,
    /// What was true when it was worked out.
    looked: Option<(State, Timestamp)>,
    /// The last date that was given.
    last: i64,
    memory: Memory,
    sorted: Mutex<HashMap<Option<ArrangementId>, Arc<Sorted>>>,
}

/// What of the reports has to be looked at.
enum Which {
    Nothing,
    These(BTreeSet<ReportId>),
    /// All, of which these, where it is known, are other than they were.
    All(Option<BTreeSet<ReportId>>),
}

impl Sight {
    /// What was seen in an earlier run of the node, as [`Sight::remembered`] wrote it; `None` where it cannot be read any more.
    pub fn resumed(file: Option<&[u8]>) -> Self {
        let read = file.and_then(|bytes| serde_json::from_slice::<File>(bytes).ok());
        let Some(file) = read else {
            return Self {
                memory: Memory::Lost,
                ..Self::default()
            };
        };
        let kept = file.stocks.into_iter();
        let kept = kept.map(|stock| ((stock.report, stock.version), (stock.names, stock.dates)));
        Self {
            last: file.last,
            memory: Memory::Kept(kept.collect()),
            ..Self::default()
        }
    }

    /// What is to be remembered beyond this run of the node.
    pub fn remembered(&self) -> Vec<u8> {
        let stocks = self.stocks.iter().map(|((report, version), stock)| Remembered {
            report: report.clone(),
            version: *version,
            names: names(&stock.keys),
            dates: runs(&stock.dates),
        });
        let file = File {
            last: self.last,
            stocks: stocks.collect(),
        };
        serde_json::to_vec(&file).unwrap_or_default()
    }

    /// Looks what a person may have now. Gives whether anything came into sight or went out of it.
    pub fn look(&mut self, moment: &Moment<'_>, person: &PersonId, now: Timestamp) -> bool {
        let state = moment.state();
        let which = self.which(state, now);
        if matches!(which, Which::Nothing) {
            return false;
        }
        let world = Unconsented::of(moment);
        let alone = world.moment(moment);
        let mut looking = Looking::new(&alone, person, now);
        let mut changed = false;
        let mut fresh = Vec::new();
        match which {
            Which::Nothing => {}
            Which::These(ids) => {
                for id in &ids {
                    changed |= self.report(id, true, &mut looking, &mut fresh);
                }
            }
            Which::All(other) => {
                let gone: BTreeSet<ReportId> = self.stocks.keys().map(|(id, _)| id.clone()).collect();
                let here = alone.state().reports.keys().cloned();
                for id in here.chain(gone).collect::<BTreeSet<_>>() {
                    let anew = other.as_ref().is_none_or(|other| other.contains(&id));
                    changed |= self.report(&id, anew, &mut looking, &mut fresh);
                }
            }
        }
        changed |= !fresh.is_empty();
        self.date(fresh, now);
        self.looked = Some((state.clone(), now));
        self.memory = Memory::Kept(HashMap::new());
        if changed {
            self.sorted = Mutex::default();
        }
        changed
    }

    /// What has to be looked at, since something is other than it was or a moment has come.
    fn which(&self, state: &State, now: Timestamp) -> Which {
        let Some((before, at)) = &self.looked else {
            return Which::All(None);
        };
        let changed = before.reports.differing(&state.reports);
        let expired = |stock: &Stock| stock.expires.is_some_and(|end| *at < end && end <= now);
        if !before.opens_as(state) || comes_between(state, *at, now) || self.stocks.values().any(expired) {
            return Which::All(changed);
        }
        match changed {
            None => Which::All(None),
            Some(ids) if ids.is_empty() => Which::Nothing,
            Some(ids) => Which::These(ids),
        }
    }

    /// Looks at all versions of one report. What came into sight is left for [`Sight::date`].
    fn report(&mut self, id: &ReportId, anew: bool, looking: &mut Looking<'_>, fresh: &mut Vec<Fresh>) -> bool {
        let versions = looking.versions(id);
        let held: Vec<u32> = self
            .stocks
            .range((id.clone(), 0)..=(id.clone(), u32::MAX))
            .map(|((_, version), _)| *version)
            .collect();
        let mut changed = false;
        for version in held.iter().filter(|version| !versions.contains(version)) {
            changed |= self.stocks.remove(&(id.clone(), *version)).is_some();
        }
        for version in versions {
            let key = (id.clone(), version);
            let may = looking.may(id, version);
            let known = self.stocks.get(&key);
            let seen = may.as_ref().map(|(_, may, titled)| sum(may, *titled));
            if known.is_some_and(|known| !anew && Some(known.seen) == seen) {
                continue;
            }
            let found = may.and_then(|(held, may, titled)| {
                let stock = looking.stock((held, &may, titled))?;
                Some((stock, held.created))
            });
            changed |= known.is_some() && found.is_none();
            match found {
                None => {
                    self.stocks.remove(&key);
                }
                Some((stock, created)) => self.take(key, stock, created, fresh),
            }
        }
        changed
    }

    /// Takes over what is in sight of a version; what was in sight before keeps its date.
    fn take(&mut self, key: (ReportId, u32), mut stock: Stock, created: Timestamp, fresh: &mut Vec<Fresh>) {
        if let Memory::Kept(kept) = &mut self.memory
            && let Some((_, runs)) = kept.remove(&key).filter(|(known, _)| *known == names(&stock.keys))
        {
            let dates = runs
                .iter()
                .flat_map(|(start, n)| (0..).take(*n).map(move |k| start + k));
            stock.dates = dates.take(stock.keys.len()).collect();
        }
        stock.dates.resize(stock.keys.len(), 0);
        let mut came = stock.dates.contains(&0);
        if let Some(before) = self.stocks.get(&key) {
            let dates = before.keys.iter().zip(&before.dates);
            let known: HashMap<(&str, &str), i64> = dates
                .map(|(key, date)| ((key.id.as_ref(), key.version.as_ref()), *date))
                .collect();
            // A report names what is in it: where that is other than it was, it is to be had anew.
            let same = before.seen == stock.seen && before.keys.len() == stock.keys.len();
            for (key, date) in stock.keys.iter().zip(&mut stock.dates) {
                let held = known.get(&(key.id.as_ref(), key.version.as_ref()));
                *date = held.filter(|_| same || key.kind() != "report").copied().unwrap_or(0);
            }
            came = stock.dates.contains(&0) || before.keys.len() != stock.keys.len();
        }
        if came {
            fresh.push(Fresh {
                created,
                key: key.clone(),
            });
        }
        self.stocks.insert(key, stock);
    }

    /// Gives what came into sight its dates. What was there when the caller came first has that of its report.
    fn date(&mut self, mut fresh: Vec<Fresh>, now: Timestamp) {
        let first = matches!(self.memory, Memory::None) && self.looked.is_none();
        fresh.sort_by(|one, other| (one.created, &one.key).cmp(&(other.created, &other.key)));
        for Fresh { created, key } in fresh {
            let Some(stock) = self.stocks.get_mut(&key) else {
                continue;
            };
            let at = if first { created.min(now) } else { now };
            for date in stock.dates.iter_mut().filter(|date| **date == 0) {
                self.last = at.as_microsecond().max(self.last + 1);
                *date = self.last;
            }
        }
    }

    /// The arrangements under which anything is in sight; none for what is under none.
    pub(super) fn arrangements(&self) -> BTreeSet<Option<ArrangementId>> {
        let of = |stock: &Stock| match stock.terms.is_empty() {
            true => vec![None],
            false => stock.terms.iter().cloned().map(Some).collect(),
        };
        self.stocks.values().flat_map(of).collect()
    }

    /// The first so many places of a collection that a filter wants, in the order of dates.
    pub fn spots(&self, arrangement: Option<&ArrangementId>, filter: &Filter, limit: usize) -> Vec<Spot<'_>> {
        let sorted = self.sorted(arrangement);
        let from = filter.from().map_or(i64::MIN, Timestamp::as_microsecond);
        let start = sorted.places.partition_point(|place| place.date <= from);
        let stocks: Vec<(&(ReportId, u32), &Stock)> = self.stocks.iter().collect();
        let wanted = Wanted::of(filter, &sorted, &stocks);
        let mut found = Vec::new();
        for (n, place) in sorted.places.iter().enumerate().skip(start) {
            let Some(((report, version), stock)) = stocks.get(place.stock as usize) else {
                continue;
            };
            let Some(key) = stock.keys.get(place.key as usize) else {
                continue;
            };
            if wanted.takes(n, place, key) {
                found.push(Spot {
                    report,
                    version: *version,
                    key,
                    added: Timestamp::from_microsecond(place.date).unwrap_or_default(),
                });
                if found.len() == limit {
                    break;
                }
            }
        }
        found
    }

    fn sorted(&self, arrangement: Option<&ArrangementId>) -> Arc<Sorted> {
        let mut all = self.sorted.lock().unwrap_or_else(PoisonError::into_inner);
        let key = arrangement.cloned();
        let made = all
            .entry(key)
            .or_insert_with(|| Arc::new(Sorted::of(self.stocks.values(), arrangement)));
        made.clone()
    }
}

/// A version of which something came into sight.
struct Fresh {
    created: Timestamp,
    key: (ReportId, u32),
}

/// Whether a moment lies between two at which something opens or closes: embargoes and arrangements, with what clocks may differ by.
fn comes_between(state: &State, from: Timestamp, to: Timestamp) -> bool {
    let ends = state.embargoes.values().filter_map(|embargo| embargo.until);
    let terms = state.arrangements.values();
    let terms = terms.flat_map(|terms| [terms.not_before, terms.starts, terms.expires]);
    ends.chain(terms.flatten()).any(|end| {
        let open = end.checked_add(CLOCK_TOLERANCE).unwrap_or(end);
        from < end && end <= to || from < open && open <= to
    })
}

/// Dates as runs of those that follow each other.
fn runs(dates: &[i64]) -> Vec<DateRun> {
    let mut runs: Vec<DateRun> = Vec::new();
    for date in dates {
        match runs.last_mut() {
            Some((start, n)) if i64::try_from(*n).is_ok_and(|n| *start + n == *date) => *n += 1,
            _ => runs.push((*date, 1)),
        }
    }
    runs
}

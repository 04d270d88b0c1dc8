//! Reports by class: those that are decided alike for everybody stand together, with the words that are searched in one piece.
//!
//! Whoever lists decides one report of each class. Classes of which they may know nothing are left out as a whole; in the others their
//! words are searched, so that how long a search takes says nothing of what is hidden. What is found is put together in the order of
//! ids.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use imbl::Vector;
use memchr::memmem::Finder;

use crate::ids::ReportId;
use crate::lines::{Line, Lines, Shape};
use crate::report::Distribution;

/// The words of many rows, each in lower case and ended by a line feed.
#[derive(Debug, Default)]
struct Words {
    text: String,
    /// Where each row begins.
    starts: Vec<usize>,
}

impl Words {
    fn push(&mut self, words: &str) {
        self.starts.push(self.text.len());
        self.text.push_str(&words.to_lowercase());
        self.text.push('\n');
    }

    /// The rows from one on in which something begins, in order; one in which it does so twice may come twice.
    fn rows_with<'w>(&'w self, sought: &'w Finder<'_>, from: usize) -> impl Iterator<Item = usize> + 'w {
        let begin = self.starts.get(from).copied().unwrap_or(self.text.len());
        let hits = sought.find_iter(&self.text.as_bytes()[begin..]);
        hits.map(move |hit| self.starts.partition_point(|start| *start <= begin + hit) - 1)
    }
}

/// Reports of one shape and one distribution.
#[derive(Debug)]
pub struct Class {
    shape: Shape,
    distribution: Arc<Distribution>,
    ids: Vec<ReportId>,
    names: Words,
    titles: Words,
}

impl Class {
    /// What decides about each of them, but for who is on their distribution.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Who here has a need to know of each of them.
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// Those after one, in order.
    pub fn after(&self, after: Option<&ReportId>) -> impl Iterator<Item = &ReportId> {
        self.ids[self.place(after)..].iter()
    }

    /// Those after one in whose id something is, in lower case, or in whose title where titles are searched too; in order.
    pub fn with<'c>(
        &'c self,
        sought: &'c Finder<'_>,
        titles: bool,
        after: Option<&ReportId>,
    ) -> impl Iterator<Item = &'c ReportId> {
        let from = self.place(after);
        let titles = titles.then(|| self.titles.rows_with(sought, from));
        let rows = itertools::merge(self.names.rows_with(sought, from), titles.into_iter().flatten());
        itertools::Itertools::dedup(rows).filter_map(|row| self.ids.get(row))
    }

    fn place(&self, after: Option<&ReportId>) -> usize {
        after.map_or(0, |after| self.ids.partition_point(|id| id <= after))
    }
}

/// All reports by class, as they were once.
#[derive(Debug, Default)]
pub struct Classes {
    all: Vec<Class>,
    /// Those that have no line: they are looked at one by one.
    apart: Vec<ReportId>,
}

impl Classes {
    /// Sorts all reports into classes.
    pub fn of(lines: Lines<'_>) -> Self {
        let mut classes = Self::default();
        let mut places = HashMap::new();
        for (id, line) in lines.from(None) {
            let Some(line) = line else {
                classes.apart.push(id.clone());
                continue;
            };
            let all = &mut classes.all;
            let place = match places.entry((line.shape, line.distribution.clone())) {
                Entry::Occupied(place) => *place.get(),
                Entry::Vacant(free) => {
                    all.push(Class {
                        shape: line.shape,
                        distribution: line.distribution.clone(),
                        ids: Vec::new(),
                        names: Words::default(),
                        titles: Words::default(),
                    });
                    *free.insert(all.len() - 1)
                }
            };
            let class = &mut all[place];
            class.ids.push(id.clone());
            class.names.push(id.as_str());
            class.titles.push(&line.title);
        }
        classes
    }

    /// How many reports there are.
    pub fn reports(&self) -> usize {
        self.all.iter().map(|class| class.ids.len()).sum::<usize>() + self.apart.len()
    }
}

/// Which reports something happened to, in order of time: so that what was made of all of them at one moment can be put right at a
/// later one. A copy costs as good as nothing.
#[derive(Clone, Debug, Default)]
pub struct Touches {
    all: Vector<(u64, ReportId)>,
    /// The number of the last that was forgotten.
    before: u64,
}

impl Touches {
    /// Notes that something happened to a report. What happens as one has one number, larger than those of whatever happened before, in
    /// any copy.
    pub fn note(&mut self, number: u64, report: ReportId) {
        self.all.push_back((number, report));
    }

    /// The number of what happened last.
    pub fn last(&self) -> u64 {
        self.all.back().map_or(self.before, |(number, _)| *number)
    }

    /// Which reports were touched after what has a number; `None` where that did not happen here: another copy has gone another way,
    /// or it is still to come.
    pub fn since(&self, number: u64) -> Option<impl Iterator<Item = &ReportId>> {
        Some(self.from(self.after(number)?))
    }

    fn from(&self, place: usize) -> impl Iterator<Item = &ReportId> {
        self.all.iter().skip(place).map(|(_, report)| report)
    }

    /// Forgets what happened up to what has a number; nothing where that did not happen here.
    pub fn forget(&mut self, number: u64) {
        if let Some(after) = self.after(number) {
            self.all = self.all.skip(after);
            self.before = number;
        }
    }

    fn after(&self, number: u64) -> Option<usize> {
        if number == self.before {
            return Some(0);
        }
        let later = |known: &(u64, ReportId)| match known.0 <= number {
            true => Ordering::Less,
            false => Ordering::Greater,
        };
        let place = self.all.binary_search_by(later).unwrap_or_else(|place| place);
        let last = place.checked_sub(1).and_then(|last| self.all.get(last))?;
        (last.0 == number).then_some(place)
    }
}

/// All reports as they are now, by class: those that something happened to since they were sorted are apart.
#[derive(Clone, Copy, Debug)]
pub struct Sorted<'l> {
    lines: Lines<'l>,
    classes: &'l Classes,
    touches: &'l Touches,
    /// How much of that had happened when they were sorted.
    known: usize,
}

impl<'l> Sorted<'l> {
    /// Reports that were sorted when the last thing that had happened had a number; `None` where that did not happen here.
    pub fn new(lines: Lines<'l>, (classes, number): (&'l Classes, u64), touches: &'l Touches) -> Option<Self> {
        Some(Self {
            lines,
            classes,
            touches,
            known: touches.after(number)?,
        })
    }

    /// The classes, as they were.
    pub fn classes(&self) -> &'l [Class] {
        &self.classes.all
    }

    /// The reports that are to be looked at one by one, in no order; some may be named more than once.
    pub fn apart(&self) -> impl Iterator<Item = &'l ReportId> + use<'l> {
        self.classes.apart.iter().chain(self.touches.from(self.known))
    }

    /// The line of a report as it is now; `None` where there is no such report any more.
    pub fn line(&self, id: &ReportId) -> Option<Option<&'l Arc<Line>>> {
        self.lines.get(id)
    }

    /// Whether a report is still of a class.
    pub fn is_of(&self, id: &ReportId, class: &Class) -> bool {
        let line = self.line(id).flatten();
        line.is_some_and(|line| line.shape == class.shape && line.distribution == class.distribution)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing test may stop")]

    use super::*;

    fn id(n: u64) -> ReportId {
        ReportId::new(format!("R-{n}")).unwrap()
    }

    #[test]
    fn what_happened_elsewhere_or_is_still_to_come_is_not_among_it() {
        let mut touches = Touches::default();
        assert_eq!(touches.since(0).map(Iterator::count), Some(0));
        touches.note(3, id(3));
        let earlier = touches.clone();
        let mut other = touches.clone();
        other.note(4, id(4));
        touches.note(5, id(5));
        touches.note(8, id(8));
        let since = |touches: &Touches, number| touches.since(number).map(|ids| ids.cloned().collect::<Vec<_>>());
        assert_eq!(since(&touches, 3), Some(vec![id(5), id(8)]));
        assert_eq!(since(&touches, 8), Some(vec![]));
        assert_eq!(since(&touches, 4), None, "it happened in another copy");
        assert_eq!(since(&other, 5), None);
        assert_eq!(since(&earlier, 5), None, "it is still to come");
        touches.forget(4);
        assert_eq!(touches.all.len(), 3);
        touches.forget(5);
        assert_eq!((touches.all.len(), touches.last()), (1, 8));
        assert_eq!(since(&touches, 5), Some(vec![id(8)]));
        assert_eq!(since(&touches, 3), None, "it was forgotten");
        touches.forget(8);
        assert_eq!((touches.all.is_empty(), touches.last()), (true, 8));
        assert_eq!(since(&touches, 8), Some(vec![]));
    }

    #[test]
    fn rows_are_found_by_what_stands_in_them_in_lower_case() {
        let mut words = Words::default();
        for row in ["Port of ŁÓDŹ", "", "A port, a Port", "nothing"] {
            words.push(row);
        }
        let rows = |sought: &str, from| {
            let finder = Finder::new(sought);
            itertools::Itertools::dedup(words.rows_with(&finder, from)).collect::<Vec<_>>()
        };
        assert_eq!(rows("port", 0), [0, 2]);
        assert_eq!(rows("port", 1), [2]);
        assert_eq!(rows("łódź", 0), [0]);
        assert_eq!(rows("nothing", 3), [3]);
        assert_eq!(rows("n", 4), Vec::<usize>::new());
    }
}

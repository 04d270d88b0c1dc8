//! The lines of all reports, as the state keeps them: taken once beside everything else, and kept up with every event; and the
//! classes that they are sorted into, anew once much has happened.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use entente_core::{Changes, Classes, Lines, ReportId, Sorted, State, Stock, Touches};
use entente_store::DocKey;

/// The most reports that something happened to before the stock takes them in.
const CHANGED: usize = 4096;

/// The part of all reports, one in so many, to which something may happen before they are sorted anew: they are looked at one by one.
const PART: usize = 64;

/// How often a process that lists is to look whether the stock has to be taken: at its start, and after the state was read anew.
pub const STOCK_LOOKED_AT: Duration = Duration::from_secs(5);

/// What a stock is taken of: the reports that the state left on its shelf at one moment.
#[derive(Default)]
struct Root {
    begun: AtomicBool,
    taken: OnceLock<Stock>,
}

/// All reports by class, as they were when what has a number had happened.
#[derive(Default)]
struct Sorting {
    /// None where nothing was sorted yet.
    classes: Option<Classes>,
    number: u64,
    /// What was sorted later.
    next: OnceLock<Arc<Sorting>>,
}

/// A stock, and what has happened since the moment it is of. A copy costs as good as nothing.
#[derive(Clone, Default)]
pub(crate) struct Stocked {
    root: Arc<Root>,
    changes: Changes,
    sorting: Arc<Sorting>,
    /// What has happened since that was sorted.
    touches: Touches,
}

impl Stocked {
    /// All lines, once the stock was taken.
    pub(crate) fn lines(&self) -> Option<Lines<'_>> {
        Some(Lines::new(self.root.taken.get()?, &self.changes))
    }

    /// All reports by class, once they were sorted.
    pub(crate) fn sorted(&self) -> Option<Sorted<'_>> {
        let newest = self.newest_sorting();
        let classes = newest.classes.as_ref()?;
        Sorted::new(self.lines()?, (classes, newest.number), &self.touches)
    }

    /// What was sorted last of what has happened here: who looks at an earlier moment is not shown a later one.
    fn newest_sorting(&self) -> &Arc<Sorting> {
        let mut newest = &self.sorting;
        while let Some(next) = newest
            .next
            .get()
            .filter(|next| self.touches.since(next.number).is_some())
        {
            newest = next;
        }
        newest
    }

    /// Sorts all reports into classes, where that was not done yet or much has happened since.
    pub(crate) fn sort(&self) {
        let Some(lines) = self.lines() else { return };
        let newest = self.newest_sorting();
        let many = newest
            .classes
            .as_ref()
            .map(|classes| CHANGED.max(classes.reports() / PART));
        let since = self.touches.since(newest.number).map_or(0, Iterator::count);
        if many.is_none_or(|many| since > many) {
            let _ = newest.next.set(Arc::new(Sorting {
                classes: Some(Classes::of(lines)),
                number: self.touches.last(),
                next: OnceLock::new(),
            }));
        }
    }

    /// Whether the stock is being taken.
    pub(crate) fn is_under_way(&self) -> bool {
        self.root.begun.load(Ordering::Acquire) && self.root.taken.get().is_none()
    }

    /// What is kept where the state rests on another shelf: what was taken, or is being taken, goes on; else the new shelf is what to begin with.
    pub(crate) fn rest(&mut self) {
        if self.root.taken.get().is_none() && !self.root.begun.load(Ordering::Acquire) {
            *self = Self::default();
        }
    }

    /// Keeps up with what an event touched; the mark is that of the state after it.
    pub(crate) fn note(&mut self, (state, mark): (&State, u64), touched: &[DocKey]) {
        for key in touched.iter().filter(|key| key.kind == "report") {
            if let Ok(id) = ReportId::stored(&*key.id) {
                let holding = state.reports.get(&id);
                self.touches.note(mark, id.clone());
                self.changes.note(id, holding);
            }
        }
        let newest = self.newest_sorting().clone();
        self.touches.forget(newest.number);
        self.sorting = newest;
        if self.changes.len() > CHANGED
            && let Some(taken) = self.root.taken.get()
        {
            let root = Root::default();
            let _ = root.taken.set(taken.after(&self.changes));
            self.root = Arc::new(root);
            self.changes = Changes::default();
        }
    }

    /// Takes the stock of what the state of this moment left on its shelf, where nobody has begun to.
    ///
    /// Where it is not to go on, such as after something could not be read, nothing was taken, and the next shelf is what to begin with.
    pub(crate) fn take(&self, state: &State, go_on: &dyn Fn() -> bool) {
        if self.root.begun.swap(true, Ordering::AcqRel) {
            return;
        }
        let mut stock = Stock::default();
        state.reports.each_aside(|id, holding| {
            stock.insert(id, &holding);
            go_on()
        });
        match go_on() {
            true => {
                let _ = self.root.taken.set(stock);
            }
            false => self.root.begun.store(false, Ordering::Release),
        }
    }
}

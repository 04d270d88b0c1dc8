//! The lines of all reports, as the state keeps them: taken once beside everything else, and kept up with every event.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use entente_core::{Changes, Lines, ReportId, State, Stock};
use entente_store::DocKey;

/// The most reports that something happened to before the stock takes them in.
const CHANGED: usize = 4096;

/// How often a process that lists is to look whether the stock has to be taken: at its start, and after the state was read anew.
pub const STOCK_LOOKED_AT: Duration = Duration::from_secs(5);

/// What a stock is taken of: the reports that the state left on its shelf at one moment.
#[derive(Default)]
struct Root {
    begun: AtomicBool,
    taken: OnceLock<Stock>,
}

/// A stock, and what has happened since the moment it is of. A copy costs as good as nothing.
#[derive(Clone, Default)]
pub(crate) struct Stocked {
    root: Arc<Root>,
    changes: Changes,
}

impl Stocked {
    /// All lines, once the stock was taken.
    pub(crate) fn lines(&self) -> Option<Lines<'_>> {
        Some(Lines::new(self.root.taken.get()?, &self.changes))
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

    /// Keeps up with what an event touched.
    pub(crate) fn note(&mut self, state: &State, touched: &[DocKey]) {
        for key in touched.iter().filter(|key| key.kind == "report") {
            if let Ok(id) = ReportId::stored(&*key.id) {
                let holding = state.reports.get(&id);
                self.changes.note(id, holding);
            }
        }
        if self.changes.len() > CHANGED
            && let Some(taken) = self.root.taken.get()
        {
            let root = Root::default();
            let _ = root.taken.set(taken.after(&self.changes));
            *self = Self {
                root: Arc::new(root),
                changes: Changes::default(),
            };
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

//! Decisions made again over what was known then.

use entente_core::{Context, DecisionId, Event, Replayed, SourceGuard};

use crate::error::NodeError;
use crate::held::Held;
use crate::pinned::Pinned;

impl Pinned {
    /// Makes a recorded decision again: over the state that the log gives at its event, with what was kept with it, by the
    /// rules of today. Gives the number of the event with it; `None` where no such decision was recorded here.
    ///
    /// # Errors
    /// When the store fails, or what was decided about is not in the log any more.
    pub fn replay(&self, id: &DecisionId) -> Result<Option<(u64, Replayed)>, NodeError> {
        let mut held = Held::default();
        let mut found = None;
        self.store().events(1, |record| {
            if found.is_some() {
                return;
            }
            if let Event::DecisionKept(basis) = &record.event.event
                && basis.id == *id
            {
                let exposure = SourceGuard::new(held.state());
                let context = Context {
                    now: basis.at,
                    groups: &held.library().groups,
                    schemes: &held.library().schemes,
                    policy: held.rules(),
                    exposure: &exposure,
                };
                let replayed = basis.replay(held.state(), self.state(), &context);
                found = Some((record.seq, replayed));
                return;
            }
            held.apply(&record.event.event);
        })?;
        match found {
            None => Ok(None),
            Some((seq, replayed)) => {
                let replayed = replayed.map_err(entente_core::CommandRefusal::from)?;
                Ok(Some((seq, replayed)))
            }
        }
    }
}

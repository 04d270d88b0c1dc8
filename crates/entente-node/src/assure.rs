//! What this party did with another's material, proved from its ledger.

use std::collections::BTreeSet;
use std::ops::Range;

use entente_assurance::{Assurance, Content, Records, Unread, Writing};
use entente_core::{Event, PartyPath, PortionRef};
use entente_ledger::{Log, Proof};
use entente_store::Store;

use crate::error::NodeError;
use crate::held::Held;
use crate::pinned::Pinned;

/// The store's records and the public ledger.
struct Kept<'k> {
    store: &'k Store<Held>,
    log: Log,
}

impl Records for Kept<'_> {
    fn events(&self, each: &mut dyn FnMut(u64, &Event)) -> Result<(), Unread> {
        Ok(self
            .store
            .events(1, |recorded| each(recorded.seq, &recorded.event.event))?)
    }

    fn prove(&self, index: u64) -> Result<(Proof, Vec<u8>), Unread> {
        Ok(self.log.prove(index)?)
    }

    fn content(&self, seq: u64) -> Result<Option<Content>, Unread> {
        let content = self.store.opening(seq)?.map(|opening| Content {
            salt: opening.salt,
            payload: opening.payload,
            texts: opening.texts,
        });
        Ok(content)
    }

    fn entries(&self, range: Range<u64>) -> Result<Vec<Vec<u8>>, Unread> {
        Ok(self.store.entries(range)?)
    }
}

impl Pinned {
    /// Signs the ledger, and writes the assurance for a party from it; see [`Writing::write`].
    ///
    /// # Errors
    /// When the ledger cannot be signed, or the assurance not written.
    pub fn assure(
        &self,
        whom: &PartyPath,
        since: Option<u64>,
        banner: &dyn Fn(&BTreeSet<PortionRef>) -> String,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Assurance, NodeError> {
        let by = self.home()?.clone();
        let keys = self.keys()?;
        self.publish()?;
        let (size, checkpoint) = self.node().published()?;
        let records = Kept {
            store: self.store(),
            log: self.log()?,
        };
        let witnessed = self.node().witnessed()?.map(|(size, note)| (size, note.render()));
        let writing = Writing {
            by,
            witnessed,
            state: self.state(),
            checkpoint,
            size,
            signer: keys.signer(),
            records: &records,
            banner,
        };
        Ok(writing.write(whom, since, progress)?)
    }
}

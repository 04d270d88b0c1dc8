//! What the writer, and what reads beside it, need of a provider besides its steps.

use crate::error::StoreError;
use crate::provider::Provider;
use crate::rows::Tables;

/// Looks at the tables of one moment.
pub(crate) type Look<'l> = &'l mut dyn FnMut(Tables<'_>) -> Result<(), StoreError>;

/// A provider that keeps its bytes in tables.
pub(crate) trait Engine: Provider + Send {
    /// Looks at one moment, with the keys of the root that counts at it.
    fn moment(&self, read: Look<'_>) -> Result<(), StoreError>;

    /// Puts documents in place of all that are there, in one step.
    fn anew(&mut self, fill: Look<'_>) -> Result<(), StoreError>;

    /// Brings what an interrupted step left half destroyed to its end. Every shelf is given up for it.
    fn finish(&self) -> Result<(), StoreError>;

    /// Gives up every shelf: what they look at is held for nobody any more.
    fn let_go(&self);

    /// Where other nodes may write between two steps of this one: the server, for a person.
    fn server(&self) -> Option<String>;
}

/// What reads beside the writer.
pub(crate) trait Reading: Send + Sync {
    /// Looks at one moment, with the keys of the root that counts at it.
    fn moment(&self, read: Look<'_>) -> Result<(), StoreError>;

    /// Lets go of what nobody reads by now: whoever writes closes last, and leaves nothing behind.
    fn let_go(&self) {}
}

//! A command that a program sends again under the same key is carried out once.

use super::{Context, Decided, Refusal};
use crate::event::Event;
use crate::ids::PersonId;
use crate::repeat::UsedKey;
use crate::state::State;

/// Uses a key for a command; both are what is kept of them.
pub(super) fn use_key(
    state: &State,
    caller: PersonId,
    key: String,
    command: String,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    match state.used_key(&caller, &key, context.now) {
        Some(known) if known.command == command => Err(Refusal::DoneBefore),
        Some(_) => Err(Refusal::OtherCommand),
        None => Ok(Decided::events([Event::KeyUsed(UsedKey {
            caller,
            key,
            command,
            at: context.now,
        })])),
    }
}

//! Which keys a log, or an assurance from it, has to be signed with.

use entente_core::Party;
use entente_ledger::Verifier;

use super::Global;
use crate::failure::Failure;
use crate::input;
use entente_node::Pinned;

/// The keys to trust: those named; else, for this node's own ledger, its own, and for others', all that are known. A
/// log must be signed by the party that it is named after, so a partner's key does not make a log this node's.
pub(super) fn keys(global: &Global, named: &[String], own: bool) -> Result<Vec<Verifier>, Failure> {
    let mut texts = Vec::new();
    for text in named {
        match crate::seat::path(std::path::Path::new(text)).exists() {
            // A former key verifies only what was taken in before it was replaced.
            true => texts.extend(
                (input::json::<entente_seal::PublicKeys>(std::path::Path::new(text))?.signing)
                    .into_iter()
                    .take(1),
            ),
            false => texts.push(text.clone()),
        }
    }
    if named.is_empty() {
        return keys_of(&global.node()?, own);
    }
    parsed(&texts)
}

/// The keys that a node trusts: its own, or those of all parties that it knows.
pub(super) fn keys_of(node: &Pinned, own: bool) -> Result<Vec<Verifier>, Failure> {
    let home = node.home()?;
    let trusted = node
        .state()
        .parties
        .values()
        .filter(|party| !own || party.path == *home);
    // Of others only the keys that hold now; this party's own log also bears what it signed with its former ones.
    let counting = |party: &Party| if party.path == *home { usize::MAX } else { 1 };
    let keys = trusted.flat_map(|party| party.signing_keys.iter().take(counting(party)).cloned());
    parsed(&keys.collect::<Vec<_>>())
}

fn parsed(texts: &[String]) -> Result<Vec<Verifier>, Failure> {
    let read = texts.iter().map(|text| {
        Verifier::parse(text).map_err(|error| Failure::usage(format!("`{text}` is neither a file nor a key: {error}")))
    });
    read.collect()
}

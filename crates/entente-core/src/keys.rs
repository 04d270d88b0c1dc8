//! The keys of parties: how one follows another, which was declared compromised, and links that are frozen.
//!
//! Keys succeed each other by a statement signed with the old one. Whoever shows other keys without it is believed only by
//! a fingerprint that a person typed in. Signatures are verified where files are read; what follows from them is decided here.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::PartyPath;
use crate::party::Party;
use crate::state::State;

/// A party's word that a key of its own takes the place of another; both keys signed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succession {
    /// The party.
    pub party: PartyPath,
    /// The key that is replaced, as a verifier key.
    pub from: String,
    /// The key that follows it.
    pub to: String,
    /// The key to encrypt with that goes with it.
    pub recipient: String,
    /// When, by the party's clock: shown, never compared.
    pub at: Timestamp,
    /// The signed statement, so that it can be handed on.
    pub note: String,
}

/// Keys that somebody shows for a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeysShown {
    /// The party.
    pub party: PartyPath,
    /// Its signing key, as a verifier key.
    pub signing: String,
    /// The key to encrypt with.
    pub recipient: String,
    /// Statements that lead to it, each with both signatures verified.
    pub successions: Vec<Succession>,
    /// Whether a person typed in the fingerprint of just these keys.
    pub by_fingerprint: bool,
}

/// What is known of a party's keys besides those that hold now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRing {
    /// The successions that were taken in, oldest first.
    #[serde(default)]
    pub successions: Vec<Succession>,
    /// Keys that were replaced, each with the moment by this party's clock.
    #[serde(default)]
    pub replaced: BTreeMap<String, Timestamp>,
    /// Keys declared compromised, each with the moment from which on nothing that it signed counts.
    #[serde(default)]
    pub compromised: BTreeMap<String, Timestamp>,
    /// The signing key whose fingerprint a person typed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<String>,
    /// Since when and why nothing is taken from the party or sealed to it, until a fingerprint is typed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<(Timestamp, String)>,
}

impl KeyRing {
    /// A succession of the same key that leads elsewhere.
    pub fn forks(&self, shown: &Succession) -> bool {
        let mut known = self.successions.iter();
        known.any(|known| known.from == shown.from && known.to != shown.to)
    }

    pub(crate) fn freeze(&mut self, at: Timestamp, why: &str) {
        self.frozen.get_or_insert_with(|| (at, why.to_owned()));
    }
}

impl Party {
    /// The signing key that holds now.
    pub fn current_key(&self) -> Option<&str> {
        self.signing_keys.first().map(String::as_str)
    }

    /// Signing keys that were replaced: they verify only what was received before.
    pub fn former_keys(&self) -> impl Iterator<Item = &str> {
        self.signing_keys.iter().skip(1).map(String::as_str)
    }
}

impl State {
    /// Since when and why the link with a party is frozen.
    pub fn frozen(&self, party: &PartyPath) -> Option<&(Timestamp, String)> {
        self.key_rings.get(party)?.frozen.as_ref()
    }

    /// The party whose key this is: by the whole verifier key, or by its beginning up to the second `+`.
    pub fn key_owner(&self, key: &str) -> Option<(&PartyPath, &str)> {
        let means = |known: &str| known == key || known.rsplit_once('+').is_some_and(|(name, _)| name == key);
        let listed = self.parties.values().flat_map(|party| {
            let ring = self.key_rings.get(&party.path);
            let replaced = ring.into_iter().flat_map(|ring| ring.replaced.keys());
            let keys = party.signing_keys.iter().chain(replaced);
            keys.map(move |known| (&party.path, known.as_str()))
        });
        listed.into_iter().find(|(_, known)| means(known))
    }

    /// Puts the keys that hold from now on in place; the others are kept as former ones.
    pub(crate) fn set_keys(&mut self, party: &PartyPath, keys: (&str, &str), by_fingerprint: bool, at: Timestamp) {
        let (signing, recipient) = keys;
        let ring = self.key_rings.entry(party.clone()).or_default();
        if by_fingerprint {
            ring.frozen = None;
            ring.confirmed = Some(signing.to_owned());
        }
        ring.replaced.remove(signing);
        let Some(known) = self.parties.get_mut(party) else {
            return;
        };
        if let Some(old) = known.signing_keys.first().filter(|old| *old != signing) {
            ring.replaced.insert(old.clone(), at);
        }
        known.signing_keys.retain(|key| key != signing);
        known.signing_keys.insert(0, signing.to_owned());
        known.recipient = Some(recipient.to_owned());
    }
}

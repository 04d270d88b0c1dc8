//! Passkeys (`WebAuthn`): what is kept of them, and what is remembered between a question and its answer. The checks are those of
//! the `webauthn-rs` crate; each passkey asks for its owner (user verification), so that it counts as two proofs.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use entente_core::PersonId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url,
    Uuid,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use super::accounts::{AccountError, Accounts, File};
use super::codes;

/// How long somebody may take with their authenticator.
const PATIENCE: Duration = Duration::from_secs(300);
/// Questions that are open at once.
const MOST: usize = 1000;
/// Passkeys of one person.
const EACH: usize = 20;
/// Characters of the id under which one is shown and removed.
const ID: usize = 16;

/// Somebody's passkey.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    person: PersonId,
    /// What its owner calls it.
    name: String,
    /// Who its owner is to the authenticator: a number that says nothing.
    handle: Uuid,
    since: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used: Option<Timestamp>,
    key: Passkey,
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.key.cred_id() == other.key.cred_id()
    }
}

impl Eq for Kept {}

/// A passkey as its owner is shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// By what it is removed.
    pub(crate) id: String,
    /// What its owner calls it.
    pub(crate) name: String,
    /// Since when.
    pub(crate) since: Timestamp,
    /// When it was last used.
    pub(crate) used: Option<Timestamp>,
}

/// Why a passkey does not count.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoPasskey {
    /// This node cannot have any.
    #[error("{0}")]
    Unset(String),
    /// The question was not asked, was answered, or is too old.
    #[error("that took too long, or was answered already: begin again")]
    Late,
    /// The answer does not hold.
    #[error("the answer of your device does not hold: {0}")]
    Unproved(String),
    /// There are too many.
    #[error("more than {EACH} passkeys of one person are too many; remove one first")]
    Full,
    /// The accounts cannot be read or written.
    #[error(transparent)]
    Accounts(#[from] AccountError),
}

enum Question {
    Register(PersonId, Uuid, PasskeyRegistration),
    Enter(DiscoverableAuthentication),
}

/// Questions that wait for their answers, each once.
#[derive(Default)]
pub(crate) struct Questions(Mutex<HashMap<String, (Question, Instant)>>);

impl Questions {
    fn ask(&self, question: Question) -> Result<String, NoPasskey> {
        let key = codes::code(52).map_err(AccountError::from)?;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (_, since)| since.elapsed() < PATIENCE);
        if all.len() >= MOST {
            return Err(NoPasskey::Late);
        }
        all.insert(codes::kept(&key), (question, Instant::now()));
        Ok(key)
    }

    fn take(&self, key: &str) -> Result<Question, NoPasskey> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all
            .remove(&codes::kept(key))
            .filter(|(_, since)| since.elapsed() < PATIENCE);
        Ok(found.ok_or(NoPasskey::Late)?.0)
    }
}

/// What checks passkeys for the pages at an origin.
///
/// # Errors
/// When browsers cannot make passkeys there.
pub(crate) fn checks(origin: &str) -> Result<Webauthn, NoPasskey> {
    let unset = |_| NoPasskey::Unset("the operator has to set `origin`, the address that browsers see".to_owned());
    let url: Url = origin.parse().map_err(|_| unset(()))?;
    let host = url.host_str().unwrap_or_default().to_owned();
    let named = url.domain().is_some();
    let safe = url.scheme() == "https" || host == "localhost" || host.ends_with(".localhost");
    if !named || !safe {
        return Err(NoPasskey::Unset(
            "browsers make passkeys for a name over TLS, or for `*.localhost`: the operator sets `origin`".to_owned(),
        ));
    }
    let built = WebauthnBuilder::new(&host, &url).and_then(|builder| builder.rp_name("Entente").build());
    built.map_err(|error| NoPasskey::Unset(error.to_string()))
}

fn id_of(key: &Passkey) -> String {
    let bytes: &[u8] = key.cred_id().as_ref();
    let digest = codes::kept_exactly(&codes::hex(bytes));
    digest.get(..ID).unwrap_or_default().to_owned()
}

fn json<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, NoPasskey> {
    serde_json::from_str(text).map_err(|error| NoPasskey::Unproved(error.to_string()))
}

fn options(of: impl Serialize) -> Result<Value, NoPasskey> {
    serde_json::to_value(of).map_err(|error| NoPasskey::Unproved(error.to_string()))
}

/// A passkey that was proved to be this person's, and is not kept yet.
pub(crate) struct Made(Kept);

/// The passkey that a browser answered with, to a question that was put to this person.
///
/// # Errors
/// When the answer does not hold, or is not this person's.
pub(crate) fn made(
    (checks, questions): (&Webauthn, &Questions),
    person: &PersonId,
    (key, answer, name): (&str, &str, &str),
    now: Timestamp,
) -> Result<Made, NoPasskey> {
    let Question::Register(whose, handle, state) = questions.take(key)? else {
        return Err(NoPasskey::Late);
    };
    if whose != *person {
        return Err(NoPasskey::Late);
    }
    let answer: RegisterPublicKeyCredential = json(answer)?;
    let made = checks.finish_passkey_registration(&answer, &state);
    Ok(Made(Kept {
        person: whose,
        name: name.chars().filter(|c| !c.is_control()).take(60).collect(),
        handle,
        since: now,
        used: None,
        key: made.map_err(|error| NoPasskey::Unproved(error.to_string()))?,
    }))
}

impl File {
    /// Keeps a passkey that is nobody's yet.
    fn keep(&mut self, kept: Kept) -> Result<(), NoPasskey> {
        if self.passkeys.contains(&kept) {
            return Err(NoPasskey::Unproved("it is somebody's already".to_owned()));
        }
        self.passkeys.push(kept);
        Ok(())
    }
}

impl Accounts {
    /// Somebody's passkeys, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn passkeys(&self, person: &PersonId) -> Result<Vec<Shown>, AccountError> {
        let file = self.read()?;
        let mine = file.passkeys.iter().filter(|kept| kept.person == *person);
        let shown = mine.map(|kept| Shown {
            id: id_of(&kept.key),
            name: kept.name.clone(),
            since: kept.since,
            used: kept.used,
        });
        Ok(shown.collect())
    }

    /// Begins a passkey of somebody: the key of the question, and what the browser is asked.
    ///
    /// # Errors
    /// When there are too many, or the machine gives no chance.
    pub(crate) fn begin_passkey(
        &self,
        (checks, questions): (&Webauthn, &Questions),
        person: &PersonId,
    ) -> Result<(String, Value), NoPasskey> {
        let file = self.read()?;
        let mine: Vec<&Kept> = file.passkeys.iter().filter(|kept| kept.person == *person).collect();
        if mine.len() >= EACH {
            return Err(NoPasskey::Full);
        }
        let handle = mine.first().map(|kept| kept.handle);
        let handle = handle.map_or_else(fresh, Ok)?;
        let known = mine.iter().map(|kept| kept.key.cred_id().clone()).collect();
        let began = checks.start_passkey_registration(handle, person.as_str(), person.as_str(), Some(known));
        let (asked, state) = began.map_err(|error| NoPasskey::Unproved(error.to_string()))?;
        let mut asked = options(asked)?;
        // So that it signs in without a name.
        asked["publicKey"]["authenticatorSelection"]["residentKey"] = Value::from("required");
        asked["publicKey"]["authenticatorSelection"]["requireResidentKey"] = Value::from(true);
        let key = questions.ask(Question::Register(person.clone(), handle, state))?;
        Ok((key, asked))
    }

    /// Keeps the passkey that the browser answers with.
    ///
    /// # Errors
    /// When the answer does not hold, or is not this person's.
    pub(crate) fn keep_passkey(
        &self,
        both: (&Webauthn, &Questions),
        person: &PersonId,
        given: (&str, &str, &str),
        now: Timestamp,
    ) -> Result<(), NoPasskey> {
        let Made(kept) = made(both, person, given, now)?;
        self.change(|file| Ok(file.keep(kept)))?
    }

    /// Makes an account for a code that is signed in to with a passkey; the person's earlier account ends. Gives a recovery code
    /// where this was the first administrator's.
    ///
    /// # Errors
    /// When the code cannot be used, or the passkey is somebody's already.
    pub(crate) fn make_by_passkey(&self, code: &str, made: Made) -> Result<Option<String>, NoPasskey> {
        let recovery = codes::code(24).map_err(AccountError::from)?;
        let Made(kept) = made;
        Ok(self.change(|file| {
            let setup = file.used(code, kept.since)?;
            file.end_account(&kept.person);
            // One that is somebody's already changes nothing, and the code is not used up.
            file.keep(kept).map_err(|_| AccountError::Code)?;
            Ok(file.recoverable(setup, recovery))
        })?)
    }

    /// Removes a passkey of somebody; gives whether there was one.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn remove_passkey(&self, person: &PersonId, id: &str) -> Result<bool, AccountError> {
        self.change(|file| {
            let before = file.passkeys.len();
            file.passkeys
                .retain(|kept| kept.person != *person || id_of(&kept.key) != id);
            Ok(file.passkeys.len() < before)
        })
    }

    /// Asks whoever is there for a passkey: the same question for everybody.
    ///
    /// # Errors
    /// When too many are asked, or the machine gives no chance.
    pub(crate) fn ask_passkey(
        &self,
        (checks, questions): (&Webauthn, &Questions),
    ) -> Result<(String, Value), NoPasskey> {
        let began = checks.start_discoverable_authentication();
        let (asked, state) = began.map_err(|error| NoPasskey::Unproved(error.to_string()))?;
        let mut asked = options(asked)?;
        if let Some(asked) = asked.as_object_mut() {
            // A button asks, not the field of a name.
            asked.remove("mediation");
        }
        Ok((questions.ask(Question::Enter(state))?, asked))
    }

    /// Whose passkey answered.
    ///
    /// # Errors
    /// When the answer does not hold.
    pub(crate) fn passkey_of(
        &self,
        (checks, questions): (&Webauthn, &Questions),
        (key, answer): (&str, &str),
        now: Timestamp,
    ) -> Result<PersonId, NoPasskey> {
        let Question::Enter(state) = questions.take(key)? else {
            return Err(NoPasskey::Late);
        };
        let unproved = |said: String| NoPasskey::Unproved(said);
        let answer: PublicKeyCredential = json(answer)?;
        let (handle, id) = checks
            .identify_discoverable_authentication(&answer)
            .map_err(|error| unproved(error.to_string()))?;
        let fits = |kept: &&Kept| {
            let known: &[u8] = kept.key.cred_id().as_ref();
            kept.handle == handle && known == id
        };
        let known = self.read()?.passkeys.iter().find(fits).cloned();
        let known = known.ok_or_else(|| unproved("it is nobody's here".to_owned()))?;
        let held = checks.finish_discoverable_authentication_v2(&answer, state, &known.key);
        let held = held.map_err(|error| unproved(error.to_string()))?;
        if !held.user_verified() {
            return Err(unproved("it did not ask for its owner".to_owned()));
        }
        self.change(|file| {
            for kept in file.passkeys.iter_mut().filter(|kept| **kept == known) {
                kept.key.update_credential(&held);
                kept.used = Some(now);
            }
            Ok(())
        })?;
        Ok(known.person)
    }
}

fn fresh() -> Result<Uuid, NoPasskey> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| NoPasskey::Accounts(AccountError::Chance(error.into())))?;
    Ok(Uuid::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_for_names_that_browsers_trust() {
        for (origin, fits) in [
            ("https://entente.example", true),
            ("https://entente.example:8443", true),
            ("http://usa-svc.localhost:8420", true),
            ("http://localhost:8420", true),
            ("http://entente.example", false),
            ("https://127.0.0.1:8420", false),
            ("http://127.0.0.1:8420", false),
            ("", false),
        ] {
            assert_eq!(checks(origin).is_ok(), fits, "{origin}");
        }
    }

    #[test]
    fn a_question_is_answered_once_by_whom_it_was_asked_and_never_by_nonsense() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::of(folder.path());
        let (checks, questions) = (checks("http://localhost:1").unwrap(), Questions::default());
        let both = (&checks, &questions);
        let [one, other] = ["GBR/a", "GBR/b"].map(|name| PersonId::new(name).unwrap());
        let now = Timestamp::now();
        let (key, asked) = accounts.begin_passkey(both, &one).unwrap();
        assert_eq!(
            asked["publicKey"]["authenticatorSelection"]["userVerification"],
            "required"
        );
        let keep = |person, key: &str| accounts.keep_passkey(both, person, (key, "{}", "x"), now);
        assert!(matches!(keep(&other, &key), Err(NoPasskey::Late)), "another's question");
        assert!(
            matches!(keep(&one, &key), Err(NoPasskey::Late)),
            "a question is answered once"
        );
        let (key, _) = accounts.begin_passkey(both, &one).unwrap();
        assert!(
            matches!(keep(&one, &key), Err(NoPasskey::Unproved(_))),
            "nonsense is no passkey"
        );
        let (key, asked) = accounts.ask_passkey(both).unwrap();
        assert_eq!(
            asked["publicKey"]["allowCredentials"].as_array().map(Vec::len),
            Some(0),
            "the same for everybody"
        );
        assert!(accounts.passkey_of(both, (&key, "{}"), now).is_err());
        let (register, _) = accounts.begin_passkey(both, &one).unwrap();
        assert!(
            matches!(accounts.passkey_of(both, (&register, "{}"), now), Err(NoPasskey::Late)),
            "one kind of question is not answered by another"
        );
        assert!(!accounts.remove_passkey(&one, "x").unwrap());
    }
}

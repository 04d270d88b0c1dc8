//! How one key of a party follows another: a statement signed with both.
//!
//! It is a C2SP signed note of its own, so that it can be handed on: whoever knows the old key can check it, whoever brings
//! it. The new key signs too, so that nobody can claim a key that is another's.

use entente_ledger::{Note, NoteSigner, Verifier};

use crate::keys::KeyError;

/// The first line of every statement.
const FORMAT: &str = "entente-succession/1";

/// A party's word that a key of its own takes the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The party.
    pub party: String,
    /// The key that is replaced, as a verifier key.
    pub from: String,
    /// The key that follows it.
    pub to: String,
    /// The age recipient that goes with it.
    pub recipient: String,
    /// When, by the party's clock.
    pub at: String,
}

const FIELDS: [&str; 5] = ["party", "from", "to", "recipient", "at"];

impl Statement {
    fn text(&self) -> String {
        let values = [&self.party, &self.from, &self.to, &self.recipient, &self.at];
        let lines = FIELDS
            .iter()
            .zip(values)
            .map(|(name, value)| format!("{name} {value}\n"));
        format!("{FORMAT}\n{}", lines.collect::<String>())
    }

    pub(crate) fn sign(&self, old: &NoteSigner, new: &NoteSigner) -> Result<String, KeyError> {
        let unfit = |_| KeyError::Succession("it cannot be written as a signed note".to_owned());
        let mut note = Note::new(&self.text()).map_err(unfit)?;
        old.sign(&mut note);
        new.sign(&mut note);
        Ok(note.render())
    }

    /// Reads a statement and checks both signatures.
    ///
    /// # Errors
    /// When it is not one, or not signed by both keys that it names.
    pub fn read(note: &str) -> Result<Self, KeyError> {
        let bad = |why: &str| KeyError::Succession(why.to_owned());
        let parsed = Note::parse(note.as_bytes()).map_err(|_| bad("it is not a signed note"))?;
        let mut lines = parsed.text().lines();
        if lines.next() != Some(FORMAT) {
            return Err(bad("it is of another kind or a newer program"));
        }
        let mut field = |name: &str| {
            let value = lines.next().and_then(|line| line.strip_prefix(name)?.strip_prefix(' '));
            let value = value.filter(|value| !value.is_empty() && !value.chars().any(char::is_control));
            value
                .map(str::to_owned)
                .ok_or_else(|| KeyError::Succession(format!("it has no `{name}`")))
        };
        let statement = Self {
            party: field("party")?,
            from: field("from")?,
            to: field("to")?,
            recipient: field("recipient")?,
            at: field("at")?,
        };
        if statement.text() != parsed.text() || statement.from == statement.to {
            return Err(bad("it is not written as such statements are"));
        }
        for key in [&statement.from, &statement.to] {
            let verifier = Verifier::parse(key).ok().filter(|key| key.name() == statement.party);
            let signed = verifier.is_some_and(|key| parsed.verify(&[key]).is_ok());
            if !signed {
                return Err(KeyError::Succession(format!("{key} did not sign it")));
            }
        }
        Ok(statement)
    }
}

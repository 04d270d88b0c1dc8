//! Identities of providers: which person each is.

use entente_core::PersonId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::accounts::{AccountError, Accounts, CodeUse};
use super::codes;

/// Somebody's identity at a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// Whose.
    pub person: PersonId,
    /// The provider, as the settings name it.
    pub provider: String,
    /// Its issuer.
    pub issuer: String,
    /// Who, for the issuer.
    pub subject: String,
    /// Since when.
    pub since: Timestamp,
}

impl Accounts {
    /// Whose an identity is.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn bound(&self, issuer: &str, subject: &str) -> Result<Option<PersonId>, AccountError> {
        let file = self.read()?;
        let fits = |bound: &&Bound| bound.issuer == issuer && bound.subject == subject;
        Ok(file.bound.iter().find(fits).map(|bound| bound.person.clone()))
    }

    /// Everybody's identities.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn all_bound(&self) -> Result<Vec<Bound>, AccountError> {
        Ok(self.read()?.bound.clone())
    }

    /// Makes an identity a person's by their code, which is used up; another of theirs at the same issuer ends.
    ///
    /// # Errors
    /// When the code cannot be used, or the file cannot be written.
    pub(crate) fn bind(&self, code: &str, bound: Bound) -> Result<(), AccountError> {
        self.change(|file| {
            let found = file.codes.remove(&codes::kept(code)).ok_or(AccountError::Code)?;
            let ended = found.until.is_some_and(|until| until <= bound.since);
            if ended || found.purpose != CodeUse::Account(bound.person.clone()) {
                return Err(AccountError::Code);
            }
            file.bound.retain(|known| {
                known.issuer != bound.issuer || known.person != bound.person && known.subject != bound.subject
            });
            file.bound.push(bound);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_one_person_s_by_one_code() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::of(folder.path());
        let now = Timestamp::UNIX_EPOCH;
        let of = |name: &str, subject: &str| Bound {
            person: PersonId::new(name).unwrap(),
            provider: "ministry".to_owned(),
            issuer: "https://login.example".to_owned(),
            subject: subject.to_owned(),
            since: now,
        };
        let code = |name: &str| {
            accounts
                .give_code(CodeUse::Account(PersonId::new(name).unwrap()), now)
                .unwrap()
        };
        let first = code("GBR/a");
        assert!(
            accounts.bind(&first, of("GBR/b", "1")).is_err(),
            "another's code binds nobody"
        );
        accounts.bind(&first, of("GBR/a", "1")).unwrap();
        assert!(accounts.bind(&first, of("GBR/a", "2")).is_err(), "a code is used once");
        let person = |issuer, subject| {
            accounts
                .bound(issuer, subject)
                .unwrap()
                .map(|person| person.to_string())
        };
        assert_eq!(person("https://login.example", "1").as_deref(), Some("GBR/a"));
        assert_eq!(
            person("https://login.example/", "1"),
            None,
            "an issuer is its very letters"
        );
        accounts.bind(&code("GBR/b"), of("GBR/b", "1")).unwrap();
        assert_eq!(
            person("https://login.example", "1").as_deref(),
            Some("GBR/b"),
            "one identity, one person"
        );
        accounts.bind(&code("GBR/b"), of("GBR/b", "9")).unwrap();
        assert_eq!(person("https://login.example", "1"), None, "one person, one identity");
    }
}

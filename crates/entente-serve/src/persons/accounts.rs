//! Accounts: what proves that somebody is the person whom the register describes. Kept in one file of the data folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use entente_core::PersonId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::bound::Bound;
use super::codes::{self, NoChance};
use super::passkeys::Kept;
use super::remembered::Remembered;
use super::totp::Totp;
use crate::settings::Sessions;

/// How long a code for a new account can be used.
const INVITED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long a login is not written down anew.
const SEEN_AGAIN: SignedDuration = SignedDuration::from_secs(30);

/// What somebody signs in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Whose it is.
    pub person: PersonId,
    /// What is kept of the password.
    pub password: String,
    /// The secret shared with a telephone.
    pub totp: Totp,
    /// Since when.
    pub since: Timestamp,
}

/// What a code is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "for", content = "person")]
pub enum CodeUse {
    /// The first administrator, or another one where all are gone; from this machine only.
    Setup,
    /// An account of this person, or new means to sign in with.
    Account(PersonId),
    /// To sign in as this person without more, from this machine only: for demonstrations.
    Demonstration(PersonId),
}

/// A code that was given out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Code {
    /// What for.
    #[serde(flatten)]
    pub purpose: CodeUse,
    /// Until when; a written recovery code has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// What a token is for: one kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// To read what the person may read.
    Read,
    /// To ask for decisions.
    Evaluate,
    /// To do what the person may do.
    Act,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Read, Self::Evaluate, Self::Act];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Evaluate => "evaluate",
            Self::Act => "act",
        }
    }
}

/// A program's token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// What it is called.
    pub name: String,
    /// In whose name.
    pub person: PersonId,
    /// What for.
    pub scope: Scope,
    /// Until when.
    pub until: Timestamp,
}

/// Somebody who is signed in at the command line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Who.
    pub person: PersonId,
    /// Since when.
    pub began: Timestamp,
    /// When a command was last given.
    pub seen: Timestamp,
}

impl Login {
    pub(super) fn lasts(&self, lasting: &Sessions, now: Timestamp) -> bool {
        let minutes = |n: u64| SignedDuration::from_mins(i64::try_from(n).unwrap_or(i64::MAX / 60));
        now.duration_since(self.seen) < minutes(lasting.idle_minutes)
            && now.duration_since(self.began) < minutes(lasting.hours.saturating_mul(60))
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct File {
    #[serde(default)]
    accounts: BTreeMap<String, Account>,
    /// Identities of providers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) bound: Vec<Bound>,
    /// Passkeys, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) passkeys: Vec<Kept>,
    /// By what is kept of each.
    #[serde(default)]
    pub(super) codes: BTreeMap<String, Code>,
    /// By what is kept of each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) tokens: BTreeMap<String, Token>,
    /// By what is kept of each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) logins: BTreeMap<String, Login>,
}

impl File {
    /// Uses a code up; whether it was for the first administrator.
    pub(super) fn used(&mut self, code: &str, now: Timestamp) -> Result<bool, AccountError> {
        let found = self.codes.remove(&codes::kept(code)).ok_or(AccountError::Code)?;
        match found.until.is_some_and(|until| until <= now) {
            true => Err(AccountError::Code),
            false => Ok(found.purpose == CodeUse::Setup),
        }
    }

    /// Keeps a recovery code for the first administrator, and gives it to be written down.
    pub(super) fn recoverable(&mut self, setup: bool, recovery: String) -> Option<String> {
        let code = Code {
            purpose: CodeUse::Setup,
            until: None,
        };
        setup.then(|| {
            self.codes.insert(codes::kept(&recovery), code);
            recovery
        })
    }

    /// Ends what somebody signed in with before.
    pub(super) fn end_account(&mut self, person: &PersonId) {
        self.accounts.retain(|_, known| known.person != *person);
    }
}

/// Why an account was not made or found.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The file cannot be read or written.
    #[error("{}: {error}", .path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The code is none, was used, or has run out.
    #[error("this code cannot be used, or cannot be used any more; ask an administrator for another")]
    Code,
    /// The name is taken.
    #[error("somebody else signs in as `{0}`; choose another name")]
    Taken(String),
    /// The password is too short or too long.
    #[error("a password has at least 12 characters; three or four words are good")]
    Length,
    /// The password cannot be hashed.
    #[error("the password cannot be kept: {0}")]
    Hash(String),
    /// The machine gives no chance.
    #[error(transparent)]
    Chance(#[from] NoChance),
}

/// All accounts of a node. What counts is what stands in the file each time: a command beside may have changed it.
#[derive(Debug)]
pub struct Accounts {
    path: PathBuf,
    lock: PathBuf,
    file: Remembered<File>,
}

impl Accounts {
    /// The accounts in a data folder; none where there is no file.
    pub fn of(data: &Path) -> Self {
        Self {
            path: data.join("accounts.json"),
            lock: data.join("accounts.lock"),
            file: Remembered::default(),
        }
    }

    fn failed(&self, error: impl Into<std::io::Error>) -> AccountError {
        AccountError::File {
            path: self.path.clone(),
            error: error.into(),
        }
    }

    pub(super) fn read(&self) -> Result<Arc<File>, AccountError> {
        let made = |bytes: &[u8]| Ok(serde_json::from_slice(bytes)?);
        self.file.read(&self.path, made).map_err(|error| self.failed(error))
    }

    /// Changes the accounts, one at a time; what counts is what stands in the file.
    pub(super) fn change<T>(
        &self,
        change: impl FnOnce(&mut File) -> Result<T, AccountError>,
    ) -> Result<T, AccountError> {
        let lock = entente_files::open(&self.lock).map_err(|error| self.failed(error))?;
        lock.lock().map_err(|error| self.failed(error))?;
        let mut file = File::clone(&*self.read()?);
        let done = change(&mut file)?;
        let bytes = serde_json::to_vec_pretty(&file).map_err(|error| self.failed(error))?;
        entente_files::write(&self.path, &bytes).map_err(|error| self.failed(error))?;
        Ok(done)
    }

    /// The account with this name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn named(&self, name: &str) -> Result<Option<Account>, AccountError> {
        Ok(self.read()?.accounts.get(name).cloned())
    }

    /// Who has an account, by name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn people(&self) -> Result<Vec<(String, PersonId)>, AccountError> {
        let file = self.read()?;
        let accounts = file.accounts.iter();
        Ok(accounts
            .map(|(name, account)| (name.clone(), account.person.clone()))
            .collect())
    }

    /// A fresh code, shown once.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn give_code(&self, purpose: CodeUse, now: Timestamp) -> Result<String, AccountError> {
        let code = codes::code(20)?;
        let until = now.checked_add(INVITED).ok();
        self.change(|file| {
            file.codes.retain(|_, code| code.until.is_none_or(|until| now < until));
            file.codes.insert(codes::kept(&code), Code { purpose, until });
            Ok(())
        })?;
        Ok(code)
    }

    /// The only code of this kind that can be used from now on: the codes of the starts before are void.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn give_setup_code(&self, now: Timestamp) -> Result<String, AccountError> {
        let code = codes::code(20)?;
        self.keep_setup_code(&code, now)?;
        Ok(code)
    }

    /// The same with a code that was given out already: that of the link on which the party was made.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_setup_code(&self, code: &str, now: Timestamp) -> Result<(), AccountError> {
        let kept = Code {
            purpose: CodeUse::Setup,
            until: now.checked_add(INVITED).ok(),
        };
        self.change(|file| {
            file.codes.retain(|_, code| code.purpose != CodeUse::Setup);
            file.codes.insert(codes::kept(code), kept);
            Ok(())
        })
    }

    /// Whether nobody can sign in yet.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn is_empty(&self) -> Result<bool, AccountError> {
        let file = self.read()?;
        Ok(file.accounts.is_empty() && file.passkeys.is_empty())
    }

    /// What a code is for, as long as it can be used.
    ///
    /// # Errors
    /// When the file cannot be read, or the code cannot be used.
    pub fn purpose_of(&self, code: &str, now: Timestamp) -> Result<CodeUse, AccountError> {
        let file = self.read()?;
        let found = file.codes.get(&codes::kept(code));
        let found = found.filter(|found| found.until.is_none_or(|until| now < until));
        Ok(found.ok_or(AccountError::Code)?.purpose.clone())
    }

    /// Makes an account for a code, which is used up; the person's earlier account ends. Gives a recovery code where this was
    /// the first administrator's.
    ///
    /// # Errors
    /// When the code cannot be used, the name is taken, or the file cannot be written.
    pub fn make(&self, code: &str, name: &str, account: Account) -> Result<Option<String>, AccountError> {
        let now = account.since;
        let recovery = codes::code(24)?;
        self.change(|file| {
            let setup = file.used(code, now)?;
            if file
                .accounts
                .get(name)
                .is_some_and(|known| known.person != account.person)
            {
                return Err(AccountError::Taken(name.to_owned()));
            }
            file.end_account(&account.person);
            file.accounts.insert(name.to_owned(), account);
            Ok(file.recoverable(setup, recovery))
        })
    }

    /// A fresh token, shown once. Another of the same name ends.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn give_token(&self, token: Token, now: Timestamp) -> Result<String, AccountError> {
        let secret = codes::code(52)?;
        self.change(|file| {
            file.tokens
                .retain(|_, known| now < known.until && known.name != token.name);
            file.tokens.insert(codes::kept(&secret), token);
            Ok(())
        })?;
        Ok(secret)
    }

    /// Whose a token is, and what for, as long as it lasts.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn token(&self, secret: &str, now: Timestamp) -> Result<Option<(PersonId, Scope)>, AccountError> {
        let file = self.read()?;
        let found = file.tokens.get(&codes::kept(secret));
        let found = found.filter(|token| now < token.until);
        Ok(found.map(|token| (token.person.clone(), token.scope)))
    }

    /// The tokens that last.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn tokens(&self, now: Timestamp) -> Result<Vec<Token>, AccountError> {
        let file = self.read()?;
        let tokens = file.tokens.values();
        Ok(tokens.filter(|token| now < token.until).cloned().collect())
    }

    /// Ends a token; gives whether there was one.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn end_token(&self, name: &str) -> Result<bool, AccountError> {
        self.change(|file| {
            let before = file.tokens.len();
            file.tokens.retain(|_, token| token.name != name);
            Ok(file.tokens.len() < before)
        })
    }

    /// Signs somebody in at the command line; gives their token.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn begin_login(&self, person: PersonId, now: Timestamp) -> Result<String, AccountError> {
        let token = codes::code(52)?;
        let login = Login {
            person,
            began: now,
            seen: now,
        };
        self.change(|file| {
            file.logins.insert(codes::kept(&token), login);
            Ok(())
        })?;
        Ok(token)
    }

    /// Who is signed in by a token, as long as that lasts; it goes on with every command.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn login(&self, token: &str, lasting: &Sessions, now: Timestamp) -> Result<Option<PersonId>, AccountError> {
        let key = codes::kept(token);
        let file = self.read()?;
        let known = file.logins.get(&key).filter(|known| known.lasts(lasting, now));
        let Some(known) = known else { return Ok(None) };
        // Not every command writes the file.
        if now.duration_since(known.seen) >= SEEN_AGAIN {
            self.change(|file| {
                file.logins.retain(|_, login| login.lasts(lasting, now));
                if let Some(login) = file.logins.get_mut(&key) {
                    login.seen = now;
                }
                Ok(())
            })?;
        }
        Ok(Some(known.person.clone()))
    }

    /// Signs out.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn end_login(&self, token: &str) -> Result<(), AccountError> {
        self.change(|file| {
            file.logins.remove(&codes::kept(token));
            Ok(())
        })
    }

    /// Who is signed in at the command line.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn logins(&self, lasting: &Sessions, now: Timestamp) -> Result<Vec<Login>, AccountError> {
        let file = self.read()?;
        let logins = file.logins.values();
        Ok(logins.filter(|login| login.lasts(lasting, now)).cloned().collect())
    }

    /// Checks the digits of a telephone for a name; digits count once.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn digits_fit(&self, name: &str, digits: &str, now: Timestamp) -> Result<bool, AccountError> {
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        self.change(|file| {
            let account = file.accounts.get_mut(name);
            Ok(account.is_some_and(|account| account.totp.accept(digits, seconds)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(person: &str) -> Account {
        Account {
            person: PersonId::new(person).unwrap(),
            password: String::new(),
            totp: Totp::fresh().unwrap(),
            since: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_code_makes_one_account_and_is_used_up() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::of(folder.path());
        let now = Timestamp::UNIX_EPOCH;
        let person = PersonId::new("GBR.CAB/lane").unwrap();
        let code = accounts.give_code(CodeUse::Account(person.clone()), now).unwrap();
        assert_eq!(accounts.purpose_of(&code, now).unwrap(), CodeUse::Account(person));
        assert_eq!(accounts.make(&code, "lane", account("GBR.CAB/lane")).unwrap(), None);
        assert!(matches!(
            accounts.make(&code, "lane", account("GBR.CAB/lane")),
            Err(AccountError::Code)
        ));
        let kept = std::fs::read_to_string(folder.path().join("accounts.json")).unwrap();
        assert!(!kept.contains(&code), "only what is kept of it stands in the file");
        assert!(Accounts::of(folder.path()).named("lane").unwrap().is_some());
    }

    #[test]
    fn a_code_runs_out_and_a_name_is_one_person_s() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::of(folder.path());
        let now = Timestamp::UNIX_EPOCH;
        let of = |name: &str| CodeUse::Account(PersonId::new(name).unwrap());
        let code = accounts.give_code(of("GBR/a"), now).unwrap();
        let later = now + SignedDuration::from_hours(7 * 24);
        assert!(accounts.purpose_of(&code, later).is_err());
        accounts.make(&code, "a", account("GBR/a")).unwrap();
        let other = accounts.give_code(of("GBR/b"), now).unwrap();
        assert!(matches!(
            accounts.make(&other, "a", account("GBR/b")),
            Err(AccountError::Taken(_))
        ));
        assert!(accounts.purpose_of(&other, now).is_ok(), "what failed used nothing up");
    }

    #[test]
    fn the_first_administrator_gets_a_recovery_code() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::of(folder.path());
        let now = Timestamp::UNIX_EPOCH;
        let first = accounts.give_setup_code(now).unwrap();
        let second = accounts.give_setup_code(now).unwrap();
        assert!(accounts.purpose_of(&first, now).is_err(), "only the newest can be used");
        let recovery = accounts.make(&second, "admin", account("GBR/admin")).unwrap().unwrap();
        assert_eq!(
            accounts.purpose_of(&recovery, Timestamp::now()).unwrap(),
            CodeUse::Setup
        );
    }
}

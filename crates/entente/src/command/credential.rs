//! `--credential`: persons as an issuer that is pinned describes them, instead of attributes that somebody types.

use std::path::PathBuf;

use clap::Args;
use entente_core::{Person, PersonChange, PersonId};
use entente_desk::persons::by_credential;
use entente_exchange::credential::Asked;
use entente_node::Pinned;
use entente_serve::CredentialError;
use jiff::Timestamp;

use super::Global;
use crate::failure::{Exit, Failure};
use crate::{input, node};

/// Credentials.
#[derive(Clone, Debug, Args)]
pub(crate) struct CredentialArgs {
    /// A person by the credential of an issuer that `serve.toml` pins (SD-JWT); may be given several times.
    #[arg(long, value_name = "FILE")]
    credential: Vec<PathBuf>,
    /// The word that the holder was asked to sign, where the credential is bound to a key.
    #[arg(long, value_name = "WORD", requires = "credential")]
    nonce: Option<String>,
}

impl CredentialArgs {
    /// Whether there are any.
    pub(crate) fn is_empty(&self) -> bool {
        self.credential.is_empty()
    }

    /// The persons whom they describe.
    pub(crate) fn persons(&self, node: &Pinned, global: &Global) -> Result<Vec<Person>, Failure> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        let settings = node::settings(None, &global.data)?;
        let home = node.home()?;
        let asked = Asked {
            home,
            nonce: self.nonce.as_deref(),
            schemes: node.schemes(),
            now: Timestamp::now(),
        };
        let read = self.credential.iter().map(|file| {
            let person = entente_serve::person_of(&settings, &input::text(file)?, &asked);
            person.map_err(|error| match error {
                CredentialError::Refused(_) => Failure::new(Exit::Denied, format!("{}: {error}", file.display())),
                _ => Failure::failed(error),
            })
        });
        read.collect()
    }

    /// The same persons for an audience: what is recorded of somebody goes before what a caller brings, so the two have to agree.
    pub(crate) fn audience(&self, node: &Pinned, global: &Global) -> Result<(Vec<PersonId>, Vec<Person>), Failure> {
        let persons = self.persons(node, global)?;
        for person in &persons {
            let known = node.state().persons.get(&person.id);
            let same = |known: &Person| {
                (&known.citizenships, &known.clearances, &known.accesses)
                    == (&person.citizenships, &person.clearances, &person.accesses)
            };
            if known.is_some_and(|known| !same(known)) {
                return Err(Failure::failed(format!(
                    "{} is known here otherwise than the credential says; take it in first, with `entente person add --credential FILE`",
                    person.id
                )));
            }
        }
        Ok((persons.iter().map(|person| person.id.clone()).collect(), persons))
    }

    /// What the credentials make of the persons whom they describe.
    pub(super) fn changes(&self, node: &Pinned, global: &Global) -> Result<Vec<PersonChange>, Failure> {
        Ok(self.persons(node, global)?.into_iter().map(by_credential).collect())
    }
}

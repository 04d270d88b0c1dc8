//! Credentials about people: the issuers that the operator pinned, and where their lists of status are.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use entente_core::{PartyPath, Person};
use entente_exchange::credential::{self, Asked, Issuer, Refused};
use serde::{Deserialize, Serialize};

use crate::downloading::{Known, download};
use crate::settings::{Settings, SettingsError, is_secured, wrong};

/// The largest list of status that is read, as it is packed.
const MAX_LIST: u64 = 8 << 20;

/// An issuer of credentials, as the settings have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedIssuer {
    /// A file with its public keys: a JWK, or a set of them.
    pub keys: PathBuf,
    /// The types of its credentials that are taken (`vct`).
    pub types: Vec<String>,
    /// Of whose people it may speak.
    pub parties: Vec<PartyPath>,
    /// For which schemes its word about clearances and accesses counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schemes: Vec<String>,
    /// Whether credentials are taken that have no status.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_status: bool,
    /// Claims that say nothing here, and are passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignores: Vec<String>,
    /// The certificate that whoever serves its lists shows, where it is not one that this machine trusts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// By the address that names a list of status in credentials: the file that has it here, or an address to ask.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub status: BTreeMap<String, String>,
}

/// Why a credential is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// It does not count.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// What was pinned cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

/// The person whom a credential describes, by the issuers of the settings.
///
/// # Errors
/// When it does not count, or what is pinned cannot be read.
pub fn person_of(settings: &Settings, text: &str, asked: &Asked<'_>) -> Result<Person, CredentialError> {
    let issuers = settings.issuers.iter().map(|(name, pinned)| pinned.issuer(name));
    let issuers: Vec<Issuer> = issuers.collect::<Result<_, SettingsError>>()?;
    let status = |issuer: &Issuer, list: &str| settings.issuers[&issuer.name].list(&issuer.name, list);
    Ok(credential::read(text, &issuers, &status, asked)?)
}

/// Whether a place is one to ask, and no file.
fn is_address(place: &str) -> bool {
    place.starts_with("https://") || place.starts_with("http://")
}

impl PinnedIssuer {
    pub(crate) fn below(&mut self, place: &impl Fn(&mut PathBuf)) {
        place(&mut self.keys);
        self.certificate.iter_mut().for_each(place);
        for list in self.status.values_mut().filter(|list| !is_address(list)) {
            let mut path = PathBuf::from(list.as_str());
            place(&mut path);
            *list = path.to_string_lossy().into_owned();
        }
    }

    pub(crate) fn check(&self, name: &str) -> Result<(), SettingsError> {
        let setting = |what: &str| format!("issuers.\"{name}\".{what}");
        if self.types.is_empty() || self.parties.is_empty() {
            return Err(wrong(
                setting("types"),
                "nothing would be taken from it; list the types of its credentials, and in `parties` whose people it speaks of",
            ));
        }
        for place in self.status.values().filter(|place| is_address(place)) {
            is_secured(&setting("status"), place)?;
        }
        Ok(())
    }

    fn issuer(&self, name: &str) -> Result<Issuer, SettingsError> {
        let setting = || format!("issuers.\"{name}\".keys");
        let file = bytes(&self.keys).map_err(|problem| wrong(setting(), problem))?;
        let keys = credential::keys(&file);
        let keys = keys.map_err(|problem| wrong(setting(), format!("{}: {problem}", self.keys.display())))?;
        Ok(Issuer {
            name: name.to_owned(),
            keys,
            types: self.types.iter().cloned().collect(),
            parties: self.parties.iter().cloned().collect(),
            schemes: self.schemes.iter().cloned().collect(),
            without_status: self.without_status,
            ignores: self.ignores.iter().cloned().collect(),
        })
    }

    /// The list at an address, as it is here now.
    fn list(&self, name: &str, list: &str) -> Result<String, String> {
        let place = self.status.get(list).ok_or_else(|| {
            format!("nobody here knows the list {list}; `[issuers.\"{name}\".status]` in `serve.toml` says where it is")
        })?;
        let read = match is_address(place) {
            true => {
                let got = download(place, self.certificate.as_deref(), &Known::default());
                let got = got.map_err(|error| format!("{place}: {error}"))?;
                got.map(|got| got.body.to_vec()).unwrap_or_default()
            }
            false => bytes(Path::new(place))?,
        };
        String::from_utf8(read).map_err(|_| format!("{place} is no status list"))
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut read = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(MAX_LIST + 1).read_to_end(&mut read).map_err(failed)?;
    match read.len() as u64 > MAX_LIST {
        true => Err(format!("{} is larger than {MAX_LIST} bytes", path.display())),
        false => Ok(read),
    }
}

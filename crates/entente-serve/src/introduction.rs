//! Introductions: a file in which a party says under which keys it writes and where it is reached, signed with those keys.
//!
//! Whoever gets it compares the fingerprint with a person of the other party, by voice. That fingerprint is of the keys, and the
//! keys sign the rest: address and certificate need no comparison of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use entente_core::{Command, Party, PartyPath, State};
use entente_ledger::{Note, Verifier};
use entente_node::{NodeError, keyring};
use entente_seal::{KeyPair, PublicKeys};
use serde::{Deserialize, Serialize};

use crate::settings::{Partner, Settings, SettingsError, Tls};

/// The largest invitation read: keys, an address and a chain of certificates.
pub const MAX_INVITATION: usize = 64 << 10;

/// What a party says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// Its keys.
    pub keys: PublicKeys,
    /// Where it is reached; absent where it takes files only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The certificate that it shows there, as PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
}

/// Why an invitation is none.
#[derive(Debug, thiserror::Error)]
pub enum InvitationError {
    /// It is not a signed invitation.
    #[error("it is no invitation: {0}; ask the partner for what its `entente partner invite` wrote")]
    Malformed(String),
    /// The keys in it did not sign it.
    #[error("the keys in it did not sign it: it was changed on the way, so do not use it")]
    Unsigned,
    /// It cannot be kept.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The certificate that stands in it is not there yet.
    #[error(
        "{}: {error}; set `own_certificate_for` or `[tls]` in serve.toml, and start `entente serve` once", .path.display()
    )]
    Certificate {
        /// Where it would be.
        path: PathBuf,
        /// Why it cannot be read.
        error: std::io::Error,
    },
    /// Nobody of the partner has said the fingerprint.
    #[error(
        "nothing was taken in: the invitation is of {party}, fingerprint {fingerprint}; let a person of {party} read theirs to you"
    )]
    Unsaid {
        /// Whose it is.
        party: PartyPath,
        /// That of the keys in it.
        fingerprint: String,
    },
    /// Somebody said another fingerprint.
    #[error(
        "THE FINGERPRINTS DIFFER, and nothing was taken in: the invitation has {0}. Somebody may have put other keys into it; get \
         it by another way"
    )]
    Differs(String),
    /// It is of the party that it was given to.
    #[error("this is this party's own invitation; give it to a partner")]
    Own,
    /// Other keys are known of the party.
    #[error(
        "THE KEYS OF {0} ARE NOT THOSE KNOWN HERE, and nothing was taken in. If it changed its keys, ask a person there, compare \
         fingerprints, and take them in"
    )]
    OtherKeys(PartyPath),
    /// The keys cannot be taken in.
    #[error(transparent)]
    Keys(#[from] NodeError),
}

impl Invitation {
    /// This party's own invitation: its keys, where it is reached, if by network, and the certificate that it shows there.
    ///
    /// # Errors
    /// When there is no certificate yet.
    pub fn own(
        keys: &KeyPair,
        address: Option<String>,
        settings: &Settings,
        data: &Path,
    ) -> Result<Self, InvitationError> {
        let secured = address.as_ref().is_some_and(|address| address.starts_with("https://"));
        let certificate = || {
            let tls = settings.tls.clone();
            let path = tls.map_or_else(|| Tls::own(data).certificate, |tls| tls.certificate);
            let read = std::fs::read_to_string(&path);
            read.map_err(|error| InvitationError::Certificate { path, error })
        };
        Ok(Self {
            keys: keys.public(),
            certificate: secured.then(certificate).transpose()?,
            address,
        })
    }

    /// What makes the party known, once a person of it has said the fingerprint of its keys.
    ///
    /// # Errors
    /// When nobody said it, it is another one, or other keys are known here.
    pub fn introduces(&self, state: &State, said: &str) -> Result<Vec<Command>, InvitationError> {
        let (party, fingerprint) = (self.party()?, self.keys.fingerprint());
        let plain = |text: &str| text.replace([' ', '-'], "").to_uppercase();
        match plain(said) {
            said if said.is_empty() => return Err(InvitationError::Unsaid { party, fingerprint }),
            said if said != plain(&fingerprint) => return Err(InvitationError::Differs(fingerprint)),
            _ => {}
        }
        let added = self.introduced(state, &party)?;
        // A person has just typed in the fingerprint of these keys.
        let shown = keyring::shown(&self.keys, party, true)?;
        Ok(vec![Command::SetParty(added), Command::SetKeys(Box::new(shown))])
    }

    /// The party as it is introduced. Other keys than those known here are refused.
    fn introduced(&self, state: &State, party: &PartyPath) -> Result<Party, InvitationError> {
        let (signing, recipient) = (&self.keys.signing, &self.keys.recipient);
        if state.home.as_ref() == Some(party) {
            return Err(InvitationError::Own);
        }
        let Some(mut known) = state.parties.get(party).cloned() else {
            return Ok(Party {
                name: party.to_string(),
                path: party.clone(),
                client_of: BTreeSet::default(),
                signing_keys: signing.clone(),
                recipient: Some(recipient.clone()),
            });
        };
        let has = !known.signing_keys.is_empty() || known.recipient.is_some();
        let same = known.signing_keys.first() == signing.first() && known.recipient.as_ref() == Some(recipient);
        if has && !same {
            return Err(InvitationError::OtherKeys(party.clone()));
        }
        if !has {
            known.signing_keys.clone_from(signing);
            known.recipient = Some(recipient.clone());
        }
        Ok(known)
    }

    /// The invitation as a file, signed.
    ///
    /// # Errors
    /// When it cannot stand in a note.
    pub fn signed(&self, keys: &KeyPair) -> Result<String, InvitationError> {
        let malformed = |error: &dyn std::fmt::Display| InvitationError::Malformed(error.to_string());
        let text = serde_json::to_string(self).map_err(|error| malformed(&error))?;
        let mut note = Note::new(&format!("entente/invitation/v1\n{text}\n")).map_err(|error| malformed(&error))?;
        keys.signer().sign(&mut note);
        Ok(note.render())
    }

    /// Reads a file, and verifies that the keys in it signed it.
    ///
    /// # Errors
    /// When it is none, or was changed.
    pub fn read(bytes: &[u8]) -> Result<Self, InvitationError> {
        let malformed = |error: &dyn std::fmt::Display| InvitationError::Malformed(error.to_string());
        if bytes.len() > MAX_INVITATION {
            return Err(malformed(&"it is too large"));
        }
        let note = Note::parse(bytes).map_err(|error| malformed(&error))?;
        let text = note.text().strip_prefix("entente/invitation/v1\n");
        let text = text.ok_or_else(|| malformed(&"it does not begin as one"))?;
        let invitation: Self = serde_json::from_str(text).map_err(|error| malformed(&error))?;
        invitation.keys.check().map_err(|error| malformed(&error))?;
        let current = invitation.keys.signing.first().map(|key| Verifier::parse(key));
        let current = current.and_then(Result::ok).ok_or(InvitationError::Unsigned)?;
        match note.verify(&[current]) {
            Ok(signed) if !signed.is_empty() => Ok(invitation),
            _ => Err(InvitationError::Unsigned),
        }
    }

    /// The party that it is of.
    ///
    /// # Errors
    /// When its name is none.
    pub fn party(&self) -> Result<PartyPath, InvitationError> {
        PartyPath::new(&self.keys.party).map_err(|error| InvitationError::Malformed(error.to_string()))
    }

    /// Keeps where the party is reached in a data folder, and gives it; nothing where it takes files only.
    ///
    /// # Errors
    /// When the address cannot be used, or the disk fails.
    pub fn keep(&self, data: &Path) -> Result<Option<Partner>, InvitationError> {
        let party = self.party()?;
        let folder = folder(data);
        let Some(address) = self.address.clone() else {
            return Ok(None);
        };
        let certificate = folder.join(format!("{party}.pem"));
        let partner = Partner {
            address,
            certificate: self.certificate.is_some().then(|| certificate.clone()),
        };
        partner.check(&party)?;
        let path = folder.join(format!("{party}.toml"));
        let kept = Partner {
            certificate: self
                .certificate
                .is_some()
                .then(|| PathBuf::from(format!("{party}.pem"))),
            ..partner.clone()
        };
        let text = toml::to_string(&kept).map_err(|error| InvitationError::Malformed(error.to_string()))?;
        let write = || {
            entente_files::create_folder(&folder)?;
            if let Some(pem) = &self.certificate {
                entente_files::write(&certificate, pem.as_bytes())?;
            }
            entente_files::write(&path, text.as_bytes())
        };
        write().map_err(|error| SettingsError::File {
            path: path.clone(),
            error,
        })?;
        Ok(Some(partner))
    }
}

fn folder(data: &Path) -> PathBuf {
    data.join("partners")
}

/// The partners whose invitations were accepted in a data folder.
pub(crate) fn accepted(data: &Path) -> Result<BTreeMap<PartyPath, Partner>, SettingsError> {
    let folder = folder(data);
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| SettingsError::File { path, error }
    };
    let mut partners = BTreeMap::new();
    if !folder.exists() {
        return Ok(partners);
    }
    for entry in std::fs::read_dir(&folder).map_err(failed(&folder))? {
        let path = entry.map_err(failed(&folder))?.path();
        let named = path.file_stem().and_then(|name| name.to_str()).map(PartyPath::new);
        let (Some(Ok(party)), Some("toml")) = (named, path.extension().and_then(|end| end.to_str())) else {
            continue;
        };
        let text = std::fs::read_to_string(&path).map_err(failed(&path))?;
        let mut partner: Partner = toml::from_str(&text).map_err(|error| SettingsError::Syntax {
            path: path.clone(),
            problem: error.to_string(),
        })?;
        if let Some(certificate) = &mut partner.certificate {
            *certificate = folder.join(&*certificate);
        }
        partners.insert(party, partner);
    }
    Ok(partners)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invitation() -> (KeyPair, Invitation) {
        let keys = KeyPair::generate("GBR.CAB").unwrap();
        let invitation = Invitation {
            keys: keys.public(),
            address: Some("https://gbr.example:8420".to_owned()),
            certificate: Some("-----BEGIN CERTIFICATE-----\n".to_owned()),
        };
        (keys, invitation)
    }

    #[test]
    fn an_invitation_reads_back_and_a_changed_one_does_not() {
        let (keys, invitation) = invitation();
        let file = invitation.signed(&keys).unwrap();
        assert_eq!(Invitation::read(file.as_bytes()).unwrap(), invitation);
        for (from, to) in [
            ("gbr.example", "evil.example"),
            ("BEGIN", "BEGAN"),
            ("GBR.CAB", "GBR.CAC"),
        ] {
            let changed = file.replace(from, to);
            assert!(Invitation::read(changed.as_bytes()).is_err(), "{from}");
        }
        // Keys of somebody else in it, and signed by those named.
        let others = KeyPair::generate("GBR.CAB").unwrap();
        let mixed = Invitation {
            keys: others.public(),
            ..invitation
        }
        .signed(&keys)
        .unwrap();
        assert!(matches!(
            Invitation::read(mixed.as_bytes()),
            Err(InvitationError::Unsigned)
        ));
    }

    #[test]
    fn what_is_accepted_is_a_setting_and_the_settings_file_goes_before() {
        let (_, invitation) = invitation();
        let data = tempfile::tempdir().unwrap();
        invitation.keep(data.path()).unwrap();
        let party = PartyPath::new("GBR.CAB").unwrap();
        let settings = Settings::of(None, data.path(), None).unwrap();
        assert_eq!(settings.partners[&party].address, "https://gbr.example:8420");
        assert!(
            settings.partners[&party]
                .certificate
                .as_ref()
                .is_some_and(|path| path.exists())
        );
        let text = "[partners.\"GBR.CAB\"]\naddress = \"http://127.0.0.1:1\"\n";
        std::fs::write(data.path().join("serve.toml"), text).unwrap();
        let settings = Settings::of(None, data.path(), None).unwrap();
        assert_eq!(settings.partners[&party].address, "http://127.0.0.1:1");
    }

    #[test]
    fn an_address_in_clear_is_refused() {
        let (_, invitation) = invitation();
        let data = tempfile::tempdir().unwrap();
        for address in ["http://gbr.example:1", "file:///etc/passwd", "gbr"] {
            let address = Some(address.to_owned());
            assert!(
                Invitation {
                    address,
                    ..invitation.clone()
                }
                .keep(data.path())
                .is_err()
            );
        }
        assert!(Settings::of(None, data.path(), None).unwrap().partners.is_empty());
    }
}

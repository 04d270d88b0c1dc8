//! What one node knows beyond the schemes that every node has: policies it installed, and lists of its own.
//!
//! ```
//! use entente_marking::installed::{self, Library};
//! use entente_marking::{MarkKind, SchemeId, builtin, spif};
//!
//! let (_, alliance) = spif::BUILTIN[2];
//! let file = alliance.replace("ALLIANCE", "LEAGUE").replace("2.25.115083528602733865852968498816419052597", "2.25.7");
//! let scheme = installed::read(&file, builtin::schemes(), None)?;
//! let library = Library::with([scheme], None);
//! let league = library.schemes.get(&SchemeId::new("league"), None).unwrap();
//! assert!(league.check("LEAGUE SECRET", MarkKind::Banner, None).is_valid());
//! # Ok::<(), installed::CannotInstall>(())
//! ```

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::spif::{ClassificationReading, Policy, SpifError, SpifScheme};
use crate::us::{Register, UsIc};
use crate::{Groups, SchemeId, Schemes, builtin};

/// The longest name of a scheme, in bytes.
const MAX_NAME: usize = 64;

/// Why a policy file cannot be installed, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotInstall {
    /// The file is not a usable policy.
    #[error(transparent)]
    File(#[from] SpifError),
    /// The name of the policy gives no name for a scheme that can be told from others.
    #[error("`{name}` cannot name a scheme; give it a name in small letters a to z, digits and `-`")]
    Name {
        /// The name as it stands.
        name: String,
    },
    /// Another scheme has that name.
    #[error("there is a scheme `{id}` already ({title}); one name means one set of rules everywhere")]
    NameTaken {
        /// The name.
        id: SchemeId,
        /// What the other one is.
        title: String,
    },
    /// Another scheme is of the same policy.
    #[error("the policy {oid} is here already, as the scheme `{id}` ({profile})")]
    PolicyTaken {
        /// The object identifier of the policy.
        oid: String,
        /// The scheme's name.
        id: SchemeId,
        /// Its variant.
        profile: String,
    },
}

/// Reads a policy file as a scheme that can stand beside those known. `name` takes the place of the policy's own.
///
/// A higher clearance of an installed policy includes the lower ones (its `hierarchy`). A further version of a policy that is
/// there under the same name is a variant of that scheme.
///
/// # Errors
/// When the file is no policy (with line and column), or its name or object identifier means another scheme.
pub fn read(file: &str, known: &Schemes, name: Option<&str>) -> Result<SpifScheme, CannotInstall> {
    let scheme = scheme(file, name)?;
    let id = crate::Scheme::id(&scheme).clone();
    let text = id.as_str();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if text.is_empty() || text.len() > MAX_NAME || !text.bytes().all(plain) || text.bytes().all(|byte| byte == b'-') {
        return Err(CannotInstall::Name { name: text.to_owned() });
    }
    let oid = scheme.policy().id.clone();
    for other in known.iter() {
        let same_policy = other.policy().is_some_and(|policy| policy.id == oid);
        let same_version = other
            .policy()
            .is_some_and(|policy| policy.version == scheme.policy().version);
        if same_policy && (other.id() != &id || same_version) {
            return Err(CannotInstall::PolicyTaken {
                oid,
                id: other.id().clone(),
                profile: other.profile().to_owned(),
            });
        }
        if other.id() == &id && !same_policy {
            return Err(CannotInstall::NameTaken {
                id,
                title: other.title().to_owned(),
            });
        }
    }
    Ok(scheme)
}

/// The scheme of a policy file, not compared with any other. Its variant names the file: `spif-VERSION:sha256-DIGEST`, so
/// that a mark is read by the very rules that it was written by, at every node, or not at all.
///
/// # Errors
/// When the file is no policy.
pub fn scheme(file: &str, name: Option<&str>) -> Result<SpifScheme, SpifError> {
    let policy = Policy::from_xml(file)?.with_reading(ClassificationReading::Hierarchy);
    let variant = format!("spif-{}:sha256-{}", policy.version, digest(file));
    let scheme = SpifScheme::new(policy).with_profile(variant);
    Ok(match name {
        Some(name) => scheme.named(name),
        None => scheme,
    })
}

/// SHA-256 of a file in lower-case hexadecimal.
pub fn digest(file: &str) -> String {
    Sha256::digest(file.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The digest of the policy file that a variant names, where it names one.
///
/// ```
/// use entente_marking::installed::file_of;
/// assert_eq!(file_of("spif-2:sha256-ab12"), Some("ab12"));
/// assert_eq!(file_of("ic-2016"), None);
/// ```
pub fn file_of(profile: &str) -> Option<&str> {
    profile.rsplit_once(":sha256-").map(|(_, digest)| digest)
}

/// The schemes and groups of one node: the built-in ones, with what it has installed.
#[derive(Clone, Debug)]
pub struct Library {
    /// Schemes by name; those of the node stand after the built-in ones.
    pub schemes: Schemes,
    /// Who belongs to which group.
    pub groups: Groups,
}

impl Default for Library {
    fn default() -> Self {
        Self {
            schemes: builtin::schemes().clone(),
            groups: builtin::groups().clone(),
        }
    }
}

impl Library {
    /// The built-in schemes with these, and with the lists of a register. Of several versions of a scheme, the one given
    /// first is its default.
    pub fn with(installed: impl IntoIterator<Item = SpifScheme>, register: Option<&Register>) -> Self {
        let mut library = Self::default();
        if let Some(register) = register {
            for scheme in [UsIc::ic_2016(), UsIc::dodm_5200_01(), UsIc::ic_ism_2021()] {
                library.schemes.insert(Arc::new(scheme.with_register(register.clone())));
            }
            for group in &register.groups {
                library.groups.insert(group.clone());
            }
        }
        for scheme in installed {
            library.schemes.insert(Arc::new(scheme));
        }
        library
    }
}

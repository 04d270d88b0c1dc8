//! From any scheme's mark to a label, and back.
//!
//! A scheme with a policy file names things as that does. A scheme without one, such as that of the US, has no policy that others
//! could know: its label has the scheme's name for a policy, and the whole mark as one restrictive value, which opens to
//! nobody who does not know it.

use crate::SchemeId;
use crate::scheme::{MarkKind, Marking, Scheme, Schemes};
use crate::spif::{CategoryType, SecurityLabel};

/// The category in which a mark of a scheme without a policy stands.
const MARK: &str = "Portion Mark";

/// The classification of such a label where the mark has no level.
const UNRANKED: &str = "MARKED";

/// Why a label is no mark here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoMark {
    /// Its policy is of no scheme that is known.
    #[error(
        "the label is in the policy {name}{}, which is not known here; `entente scheme add FILE.xml` installs its policy file",
        .id.as_ref().map_or(String::new(), |id| format!(" ({id})"))
    )]
    Policy {
        /// Its name.
        name: String,
        /// Its object identifier.
        id: Option<String>,
    },
    /// The policy does not allow it.
    #[error("the label is not valid in its policy: {0}")]
    Invalid(String),
}

/// The portion mark that a label stands for, in the scheme of its policy.
///
/// ```
/// use entente_marking::builtin::schemes;
/// use entente_marking::stanag::{label_of, mark_of};
///
/// for mark in ["(S//NF)", "(PAP:AMBER)", "(TLP:AMBER+STRICT)", "(NS REL UKR)"] {
///     let label = label_of(mark, schemes()).unwrap();
///     assert_eq!(mark_of(&label, schemes()).unwrap().canonical, mark);
/// }
/// ```
///
/// # Errors
/// Where no scheme here knows the policy, or the policy does not allow the label: nobody may read what it is on.
pub fn mark_of(label: &SecurityLabel, schemes: &Schemes) -> Result<Marking, NoMark> {
    let read = |text: &str, scheme: &dyn Scheme| scheme.check(text, MarkKind::Portion, None).marking;
    if let Some(scheme) = schemes.get(&SchemeId::new(&label.policy.name), None)
        && scheme.policy().is_none()
        && let Some(text) = own(label)
    {
        let profiles = schemes.iter().filter(|other| other.id() == scheme.id());
        let mark = profiles.into_iter().find_map(|scheme| read(text, scheme.as_ref()));
        return mark.ok_or_else(|| NoMark::Invalid(format!("{text} is no mark of {}", scheme.id())));
    }
    let named = |scheme: &&std::sync::Arc<dyn Scheme>| {
        let policy = scheme.policy();
        policy.is_some_and(|policy| match &label.policy.id {
            Some(id) => policy.id == *id,
            None => policy.name.eq_ignore_ascii_case(&label.policy.name),
        })
    };
    let scheme = schemes.iter().find(named).ok_or_else(|| NoMark::Policy {
        name: label.policy.name.clone(),
        id: label.policy.id.clone(),
    })?;
    let Some(policy) = scheme.policy() else {
        return Err(NoMark::Invalid(String::new()));
    };
    let text = policy.display_portion(label, None).map_err(|findings| {
        let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
        NoMark::Invalid(messages.join("; "))
    })?;
    read(&text, scheme.as_ref()).ok_or_else(|| NoMark::Invalid(format!("{text} cannot be read back")))
}

/// The mark in a label of a scheme without a policy.
fn own(label: &SecurityLabel) -> Option<&str> {
    let mut all = label.categories.iter();
    match (all.next(), all.next()) {
        (Some(only), None) if only.tag == MARK && only.kind == CategoryType::Restrictive => Some(&only.value),
        _ => None,
    }
}

/// The label of one mark; nothing where it is none.
pub fn label_of(mark: &str, schemes: &Schemes) -> Option<SecurityLabel> {
    let read = schemes
        .iter()
        .find_map(|scheme| scheme.check(mark, MarkKind::Portion, None).marking)?;
    let same = schemes.iter().filter(|scheme| *scheme.id() == read.scheme);
    let named = same
        .filter_map(|scheme| scheme.security_label(&read.canonical, MarkKind::Portion))
        .find(|label| mark_of(label, schemes).is_ok_and(|back| back.canonical == read.canonical));
    Some(named.unwrap_or_else(|| {
        let level = read.label.levels.values().next();
        let level = level.map_or(UNRANKED, |level| level.name.as_str());
        SecurityLabel::new(read.scheme.as_str(), level).with(MARK, CategoryType::Restrictive, &read.canonical)
    }))
}

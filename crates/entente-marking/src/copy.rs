//! The mark of what is released: a copy for somebody whom the written mark does not list.
//!
//! A release or a consent may add receivers to a release list, and put that list in the place of NOFORN. It never lowers
//! anything else. [`released_mark`] is the only way to such a mark, and holds that law whatever a scheme makes of it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::label::Label;
use crate::release::{Entity, Release};
use crate::scheme::{MarkKind, Marking, Scheme};

/// Whom the list of a copy names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopyList {
    /// The owner and the receivers: who else has the text is not their business.
    #[default]
    Receivers,
    /// Everybody on the written list, and the receivers.
    Whole,
}

/// Why a copy cannot be marked: its text needs a substitute with a mark of its own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{mark} cannot be released as it is: {why}; give a text with a mark of its own instead")]
pub struct NotReleasable {
    /// The written mark.
    pub mark: String,
    /// Why not.
    pub why: String,
}

impl NotReleasable {
    fn new(mark: &str, why: impl Into<String>) -> Self {
        Self {
            mark: mark.to_owned(),
            why: why.into(),
        }
    }
}

/// The portion mark of a copy of what `mark` stands before, for these receivers.
///
/// ```
/// use entente_marking::{CopyList, Entity, released_mark, us::UsIc};
/// let jor = [Entity::new("JOR")].into();
/// let mark = released_mark(&UsIc::ic_2016(), "(S//SI//OC/REL TO USA, GBR)", &jor, CopyList::Receivers)?;
/// assert_eq!(mark.canonical, "(S//SI//OC/REL TO USA, JOR)");
/// # Ok::<(), entente_marking::NotReleasable>(())
/// ```
///
/// # Errors
/// When the written mark is invalid, names no receiver that the scheme knows, or does not allow a release list.
pub fn released_mark(
    scheme: &dyn Scheme,
    mark: &str,
    to: &BTreeSet<Entity>,
    list: CopyList,
) -> Result<Marking, NotReleasable> {
    let written = scheme.check(mark, MarkKind::Portion, None).marking;
    let written = written.ok_or_else(|| NotReleasable::new(mark, "it is not a valid mark"))?;
    let Release::Only(before) = &written.label.release else {
        // A mark without a list of its own says how far a text goes in other words: those stay.
        return Ok(written);
    };
    let text = scheme
        .list_of_copy(mark, to, list)
        .map_err(|why| NotReleasable::new(mark, why))?;
    let checked = scheme.check(&text, MarkKind::Portion, None);
    let fault = checked.findings.iter().find(|finding| finding.is_error());
    if let Some(Finding { message, source, .. }) = fault {
        return Err(NotReleasable::new(mark, format!("as {text} {message} [{source}]")));
    }
    let copy = checked
        .marking
        .ok_or_else(|| NotReleasable::new(mark, format!("{text} is not a valid mark")))?;
    let Release::Only(after) = &copy.label.release else {
        return Err(NotReleasable::new(
            mark,
            format!("{text} would release it to everybody"),
        ));
    };
    let bare = |label: &Label| Label {
        release: Release::Unrestricted,
        ..label.clone()
    };
    let allowed = |had: &BTreeSet<Entity>| -> BTreeSet<Entity> { had | to };
    let kept = bare(&copy.label).dominates(&bare(&written.label))
        && after.full.is_subset(&allowed(&before.full))
        && after.display.is_subset(&allowed(&before.display));
    match kept {
        true => Ok(copy),
        false => Err(NotReleasable::new(
            mark,
            format!("{text} would be laxer than what was written"),
        )),
    }
}

/// Whether a text under this mark may be published as it stands: the mark asks nothing of anybody.
///
/// # Errors
/// When it asks for something: a level, a programme, a list, a circle, a purpose, a handling instruction.
pub fn public_mark(scheme: &dyn Scheme, mark: &str) -> Result<Marking, NotReleasable> {
    let written = scheme.check(mark, MarkKind::Portion, None).marking;
    let written = written.ok_or_else(|| NotReleasable::new(mark, "it is not a valid mark"))?;
    let mut bare = written.label.clone();
    bare.levels.retain(|_, level| level.rank > 0);
    bare.release = Release::Unrestricted;
    match bare == Label::unrestricted() && scheme.is_open(mark) {
        true => Ok(written),
        false => Err(NotReleasable::new(
            mark,
            "it restricts who may have it or how it is handled, so that it is not for the public",
        )),
    }
}

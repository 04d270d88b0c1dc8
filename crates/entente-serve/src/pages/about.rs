//! A form about a report: what of it whoever fills it in may know themselves, and what of that they chose.

use std::collections::BTreeSet;

use entente_core::{PortionId, ReportId};
use entente_desk::reading::Shown;
use serde::Deserialize;

use super::answer::{Desk, Reply, Trouble};
use super::fields::Fields;
use super::frame::Page;
use super::reports::read;

/// What the address of such a form says.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    /// What the report is read for.
    #[serde(default)]
    pub(super) purpose: String,
}

/// The form before anything is typed. The text is read here, so only by somebody's own hand.
pub(super) fn first(
    desk: &mut Desk,
    id: &str,
    wanted: Wanted,
    page: impl FnOnce(&Desk, &Shown, &Fields) -> Result<Page, Trouble>,
) -> Result<Reply, Trouble> {
    if !desk.by_hand {
        return Ok(Reply::To("/reports".to_owned()));
    }
    let shown = held(desk, id, &wanted.purpose)?;
    let typed = Fields::new(vec![("purpose".to_owned(), wanted.purpose)]);
    Ok(Reply::Page(page(desk, &shown, &typed)?))
}

/// The report as whoever asks may read it; nothing where that is nothing of it: nobody gives what they may not know.
pub(super) fn held(desk: &mut Desk, id: &str, purpose: &str) -> Result<Shown, Trouble> {
    let shown = read(desk, &ReportId::new(id)?, None, purpose)?;
    match shown.portions.is_empty() {
        true => Err(Trouble::Nothing),
        false => Ok(shown),
    }
}

/// The portions that whoever asks may know.
pub(super) fn known(shown: &Shown) -> BTreeSet<PortionId> {
    shown.portions.iter().map(|portion| portion.id.clone()).collect()
}

/// Those of them that were chosen.
pub(super) fn chosen(shown: &Shown, fields: &Fields) -> BTreeSet<PortionId> {
    let mut all = known(shown);
    all.retain(|id| fields.all("portions").any(|named| named == id.as_str()));
    all
}

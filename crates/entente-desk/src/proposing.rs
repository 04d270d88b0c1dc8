//! Facts that are proposed for a report: a sentence each, with slots, for whoever writes it down to look at.

use entente_core::{Fact, FactId, Growth, NameError, Portion};
use entente_watch::proposal::{self, Thesaurus};
use entente_watch::text::TextError;

/// Why nothing is proposed.
#[derive(Debug, thiserror::Error)]
pub enum NotProposed {
    /// The text of a portion cannot be read as text.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A fact cannot be called so.
    #[error(transparent)]
    Name(#[from] NameError),
}

/// The facts of these portions, a sentence each; `reveals` says what a sentence may tell of a source.
///
/// # Errors
/// [`NotProposed`].
pub fn proposed<'p>(
    portions: impl IntoIterator<Item = &'p Portion>,
    thesaurus: &Thesaurus,
    reveals: impl Fn(&str) -> Option<String>,
) -> Result<Vec<Fact>, NotProposed> {
    let mut facts = Vec::new();
    for portion in portions {
        let text = entente_watch::text::read_bytes("portion.md", portion.text.as_bytes())?;
        let sentences = text.iter().flat_map(entente_watch::sentences::sentences);
        for (n, sentence) in sentences.map(|span| span.quote).enumerate() {
            let id = FactId::new(format!("{}.{}", portion.id, n + 1))?;
            let found = proposal::propose(id.as_str(), &sentence, thesaurus)?;
            facts.push(Fact {
                id,
                portion: portion.id.clone(),
                slots: found.slots,
                values: found.values,
                reveals: reveals(&sentence),
                text: sentence,
                growth: Growth::default(),
            });
        }
    }
    Ok(facts)
}

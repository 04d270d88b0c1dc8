//! What every set of marking rules can do, and where to find one by name.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::copy::CopyList;
use crate::finding::Finding;
use crate::label::{Label, Level, SchemeId};
use crate::release::Entity;
use crate::spif::{Policy, SecurityLabel};

/// Where a mark stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MarkKind {
    /// On the page: the marking of a whole document.
    Banner,
    /// Before a paragraph.
    Portion,
}

/// A valid mark: its canonical text and its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marking {
    /// The rules it was read by.
    pub scheme: SchemeId,
    /// Where it stands.
    pub kind: MarkKind,
    /// The text as the authority writes it.
    pub canonical: String,
    /// Its meaning.
    pub label: Label,
}

/// The answer to "is this mark right?".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// The mark, when no finding is an error.
    pub marking: Option<Marking>,
    /// The nearest correct text that could be worked out, also for an invalid mark.
    pub canonical: Option<String>,
    /// What is wrong or unusual.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// Whether the text is a valid mark.
    pub fn is_valid(&self) -> bool {
        self.marking.is_some()
    }

    /// The meaning of the text; that of an unintelligible one where it is invalid.
    pub fn label(&self, text: &str) -> Label {
        match &self.marking {
            Some(marking) => marking.label.clone(),
            None => Label::unintelligible(text),
        }
    }
}

/// What a token does to who may read the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// A clearance of this level is needed.
    Clearance,
    /// A read-on or membership is needed.
    ReadOn,
    /// Only the named countries or organisations may receive it.
    Releasability,
    /// The originator decides about further recipients.
    OriginatorControl,
    /// Says how far it may travel, or to whom by name.
    Distribution,
    /// Restricts what it may be used for.
    Purpose,
    /// No effect on persons: a handling instruction.
    Handling,
    /// No effect on persons, and nothing to observe: how far source and content were found reliable.
    Grading,
    /// Not understood: nobody gets access.
    Unknown,
}

/// One token of a mark, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenMeaning {
    /// The token as written.
    pub token: String,
    /// Byte offset where it begins.
    pub start: usize,
    /// Byte offset after its end.
    pub end: usize,
    /// What it means.
    pub meaning: String,
    /// The rule that gives it this meaning, such as `us-ic.dissem.orcon`.
    pub rule: String,
    /// The authority for the rule.
    pub source: String,
    /// What kind of effect it has on who may read the text.
    pub effect: Effect,
    /// That effect in a sentence.
    pub access: String,
    /// What it does in a roll-up.
    #[serde(default)]
    pub rolls_up: String,
    /// What may not stand beside it.
    #[serde(default)]
    pub excludes: Vec<String>,
}

/// One step of a roll-up: which rule decided what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Stable identifier of the rule.
    pub rule: String,
    /// The authority for the rule.
    pub source: String,
    /// What it decided, and from which portions.
    pub message: String,
}

/// The banner of a document, computed from its portions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollup {
    /// The banner's canonical text; `None` where the portions allow none.
    pub banner: Option<Marking>,
    /// How it came about.
    pub steps: Vec<Step>,
    /// What is wrong with the portions; `start` and `end` are offsets within the portion that `message` names.
    pub findings: Vec<Finding>,
}

/// Suggestions that are carried out one after the other; no mark has more faults that anybody would want mended.
const MAX_MENDS: usize = 8;

/// The text with the first suggestion carried out.
fn mend(text: &str, findings: &[Finding]) -> Option<String> {
    let finding = findings
        .iter()
        .find(|finding| finding.is_error() && finding.suggestion.is_some())?;
    let (before, after) = (text.get(..finding.start)?, text.get(finding.end..)?);
    Some(format!("{before}{}{after}", finding.suggestion.as_deref()?))
}

/// What carrying out what is suggested comes to.
pub(crate) enum Mended {
    /// The mark was valid before.
    AsItIs,
    /// A valid mark.
    Valid(String),
    /// A mark whose other faults have no suggestion.
    Faulty(String),
}

/// Carries out what is suggested, one fault after the other.
pub(crate) fn mended(scheme: &(impl Scheme + ?Sized), text: &str, kind: MarkKind) -> Mended {
    let mut checked = scheme.check(text, kind, None);
    if checked.is_valid() {
        return Mended::AsItIs;
    }
    let mut at = text.to_owned();
    for _ in 0..MAX_MENDS {
        let Some(next) = mend(&at, &checked.findings).filter(|next| *next != at) else {
            break;
        };
        checked = scheme.check(&next, kind, None);
        at = next;
        if let Some(marking) = checked.marking {
            return Mended::Valid(marking.canonical);
        }
    }
    Mended::Faulty(at)
}

/// A level or word of a scheme, as it stands on the page and before a paragraph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelWord {
    /// Its place in the scheme's order, higher is stricter; `None` where the scheme has no levels of clearance.
    pub rank: Option<u16>,
    /// The word on the page, such as `NATO SECRET`.
    pub banner: String,
    /// The mark before a paragraph, such as `(NS)`.
    pub portion: String,
    /// The colour that the scheme gives it: a W3C name or `#RRGGBB`.
    pub color: Option<String>,
}

/// A set of marking rules.
pub trait Scheme: Send + Sync {
    /// Its name, such as `us-ic`.
    fn id(&self) -> &SchemeId;

    /// The variant of the rules in force, such as `ic-2016`.
    fn profile(&self) -> &str;

    /// A line about it for lists.
    fn title(&self) -> &str;

    /// Reads one mark. `banner` is the banner of the document it stands in, where that is known: some schemes
    /// let a portion abbreviate what the banner spells out.
    fn check(&self, text: &str, kind: MarkKind, banner: Option<&str>) -> Checked;

    /// Explains every token of a mark, the ones not understood included.
    fn explain(&self, text: &str, kind: MarkKind) -> Vec<TokenMeaning>;

    /// The valid marks nearest to a faulty one, the nearest first: what the findings suggest, carried out. None where
    /// nothing that is suggested makes it valid, or the mark is valid as it is.
    fn nearest(&self, text: &str, kind: MarkKind) -> Vec<String> {
        match mended(self, text, kind) {
            Mended::Valid(canonical) => vec![canonical],
            Mended::AsItIs | Mended::Faulty(_) => Vec::new(),
        }
    }

    /// A level in the scheme's own words: a banner's (`SECRET`), or a portion's (`NS`). For clearances.
    fn level(&self, word: &str) -> Option<Level> {
        let word = word.trim();
        [
            (word.to_owned(), MarkKind::Banner),
            (format!("({word})"), MarkKind::Portion),
        ]
        .into_iter()
        .find_map(|(text, kind)| self.check(&text, kind, None).marking?.label.levels.remove(self.id()))
        .or_else(|| {
            // As the level itself is called: what is shown of a clearance is read again.
            let mut levels = self.words().into_iter().filter_map(|known| {
                let marking = self.check(&known.banner, MarkKind::Banner, None).marking?;
                marking.label.levels.get(self.id()).cloned()
            });
            levels.find(|level| level.name.eq_ignore_ascii_case(word))
        })
    }

    /// Its levels or words, the strictest first. Empty where a mark is put together from parts.
    fn words(&self) -> Vec<LevelWord> {
        Vec::new()
    }

    /// The policy file that the scheme was read from, where there is one.
    fn policy(&self) -> Option<&Policy> {
        None
    }

    /// A mark as a label in the names of the policy, where the scheme has one.
    fn security_label(&self, text: &str, kind: MarkKind) -> Option<SecurityLabel> {
        let _ = (text, kind);
        None
    }

    /// Computes a document's banner from all its portions at once. `banner` is what the document's author wrote
    /// as its banner, if anything; it only serves to read abbreviated portions.
    fn rollup(&self, portions: &[&str], banner: Option<&str>) -> Rollup;

    /// The text of a mark whose release list also admits these. Only [`crate::released_mark`] asks for it, and holds what
    /// comes against the written mark.
    ///
    /// # Errors
    /// Why the scheme writes no such list; the text ends the sentence "it cannot be released: …".
    fn list_of_copy(&self, mark: &str, to: &BTreeSet<Entity>, list: CopyList) -> Result<String, String> {
        let _ = (mark, to, list);
        Err(format!("{} has no words for a longer release list", self.title()))
    }

    /// Whether a mark that asks nothing of a reader says nothing else either: no release list is written in it.
    fn is_open(&self, mark: &str) -> bool {
        let _ = mark;
        true
    }
}

/// The schemes known to a node. Where a scheme has several profiles, the one added first is its default.
#[derive(Clone, Default)]
pub struct Schemes(Vec<Arc<dyn Scheme>>);

impl Schemes {
    /// No schemes at all.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Adds a scheme, or replaces the one with its name and profile.
    pub fn insert(&mut self, scheme: Arc<dyn Scheme>) {
        let place = self
            .0
            .iter()
            .position(|known| known.id() == scheme.id() && known.profile() == scheme.profile());
        match place {
            Some(index) => self.0[index] = scheme,
            None => self.0.push(scheme),
        }
    }

    /// The scheme `id` in the variant `profile`, or in its default one.
    pub fn get(&self, id: &SchemeId, profile: Option<&str>) -> Option<&Arc<dyn Scheme>> {
        self.0
            .iter()
            .find(|scheme| scheme.id() == id && profile.is_none_or(|wanted| wanted == scheme.profile()))
    }

    /// All schemes, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Scheme>> {
        self.0.iter()
    }
}

impl std::fmt::Debug for Schemes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|scheme| (scheme.id(), scheme.profile())))
            .finish()
    }
}

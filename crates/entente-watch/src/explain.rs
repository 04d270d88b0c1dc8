//! How one sentence is read, laid open: for an analyst who asks why something was found, or was not.

use serde::Serialize;

use crate::attribution::Attribution;
use crate::clauses::Clauses;
pub use crate::clauses::Link;
use crate::cues::Kind;
use crate::document::Document;
use crate::language::Language;
use crate::report::Span;
use crate::stance::{ARTICLE, Status, Verdict};

/// A sentence as it was read. See [`crate::Scanner::explain`].
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The sentence.
    pub sentence: Span,
    /// The language its tables are taken from.
    pub language: Language,
    /// Its clauses.
    pub clauses: Vec<ShownClause>,
    /// The words that say who vouches for what.
    pub cues: Vec<ShownCue>,
    /// The slots that were found in it or beside it.
    pub slots: Vec<ShownSlot>,
    /// What was decided of each fact.
    pub decisions: Vec<Decision>,
}

/// A clause.
#[derive(Debug, Clone, Serialize)]
pub struct ShownClause {
    /// Its words.
    pub text: String,
    /// How it hangs on another.
    pub link: Link,
    /// Which clause of the list, from 0, it hangs on.
    pub within: usize,
}

/// A word or phrase that says who vouches for what.
#[derive(Debug, Clone, Serialize)]
pub struct ShownCue {
    /// The verb or the first word of the phrase.
    pub word: String,
    /// `say`, `suggest`, `deny`, `admit`.
    pub kind: &'static str,
    /// Who speaks, where somebody does.
    pub speaker: Option<String>,
    /// The words it reaches.
    pub reaches: String,
    /// Under a negation or condition: states nothing of the kind.
    pub weak: bool,
}

/// A slot and the words that fill it.
#[derive(Debug, Clone, Serialize)]
pub struct ShownSlot {
    /// The fact.
    pub fact: String,
    /// The slot.
    pub slot: String,
    /// The words.
    pub words: String,
}

/// What was decided of one fact.
#[derive(Debug, Clone, Serialize)]
pub struct Decision {
    /// The fact.
    pub fact: String,
    /// Whether the sentence tells it; `false` for a near miss and for what is expressly withheld.
    pub told: bool,
    /// How it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Who says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// Slots that are missing.
    pub missing: Vec<String>,
    /// What decided.
    pub because: &'static str,
}

impl Explanation {
    pub(crate) fn new(document: &Document, attribution: &Attribution, sentence: usize, span: Span) -> Self {
        let clauses = Clauses::cut(document, &document.sentences[sentence]);
        let words = |clause: usize| {
            let words = clauses.tokens(clause).into_iter();
            words.map(|t| document.text(t..t + 1)).collect::<Vec<_>>().join(" ")
        };
        let shown = clauses.list.iter().enumerate().map(|(number, clause)| ShownClause {
            text: words(number),
            link: clause.link,
            within: clause.parent,
        });
        let cues = attribution.cues[sentence].iter().map(|cue| ShownCue {
            word: document.text(cue.verb..cue.verb + 1).to_owned(),
            kind: match cue.kind {
                Kind::Say => "say",
                Kind::Suggest => "suggest",
                Kind::Deny => "deny",
                Kind::Admit => "admit",
            },
            speaker: cue.speaker.as_ref().map(|speaker| speaker.name.clone()),
            reaches: document.text(cue.scope.clone()).to_owned(),
            weak: cue.weak,
        });
        Self {
            sentence: span,
            language: document.language,
            cues: cues.collect(),
            clauses: shown.collect(),
            slots: Vec::new(),
            decisions: Vec::new(),
        }
    }

    pub(crate) fn slot(&mut self, fact: &str, slot: &str, words: &str) {
        self.slots.push(ShownSlot {
            fact: fact.to_owned(),
            slot: slot.to_owned(),
            words: words.to_owned(),
        });
    }

    pub(crate) fn decision(&mut self, fact: &str, verdict: &Verdict, missing: Vec<String>) {
        let speaker = verdict
            .speaker
            .as_ref()
            .map_or(ARTICLE, |speaker| speaker.name.as_str());
        self.decisions.push(Decision {
            fact: fact.to_owned(),
            told: verdict.exposed,
            status: verdict.exposed.then_some(verdict.status),
            speaker: verdict.exposed.then(|| speaker.to_owned()),
            missing,
            because: verdict.because,
        });
    }

    pub(crate) fn near(&mut self, fact: &str, missing: Vec<String>) {
        self.decisions.push(Decision {
            fact: fact.to_owned(),
            told: false,
            status: None,
            speaker: None,
            missing,
            because: "it touches the fact without telling it",
        });
    }
}

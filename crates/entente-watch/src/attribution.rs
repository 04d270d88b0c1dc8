//! Who says so: the cues of each sentence, and whose each quotation is.

use std::collections::HashMap;

use crate::cues::{self, Cue, Kind};
use crate::document::Document;
use crate::names::Names;
use crate::quotations;
use crate::speakers::Speaker;

/// All cues of a text, by sentence, and the speaker of each quotation.
#[derive(Debug, Default)]
pub(crate) struct Attribution {
    pub cues: Vec<Vec<Cue>>,
    pub quotes: HashMap<u32, Speaker>,
}

impl Attribution {
    pub(crate) fn new(document: &Document, names: &Names) -> Self {
        let cues = cues::read(document, names);
        let quotes = quotations::speakers(document, &cues);
        Self { cues, quotes }
    }

    /// By token: whether it only says that somebody speaks. Such words are no content, whatever slots they would fill:
    /// the verb of saying, and a speaker of whom nothing more is told than that.
    pub(crate) fn framing(&self, document: &Document) -> Vec<bool> {
        let mut framing = vec![false; document.tokens.len()];
        let says = self
            .cues
            .iter()
            .flatten()
            .filter(|cue| matches!(cue.kind, Kind::Say | Kind::Suggest) && cue.speaker.is_some() && !cue.nominal);
        for cue in says {
            framing[cue.verb] = true;
            let content = cue
                .head
                .clone()
                .filter(|t| *t != cue.verb && document.word(*t).is_content());
            let bare = content.count() < 2;
            if bare
                && cue
                    .speaker
                    .as_ref()
                    .is_some_and(|speaker| !speaker.named || speaker.press)
            {
                framing[cue.head.clone()].fill(true);
            }
        }
        framing
    }
}

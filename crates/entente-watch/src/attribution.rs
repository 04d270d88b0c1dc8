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

    /// By token: whether it only says who speaks. Such words are no content, whatever slots they would fill.
    pub(crate) fn framing(&self, tokens: usize) -> Vec<bool> {
        let mut framing = vec![false; tokens];
        let says = self
            .cues
            .iter()
            .flatten()
            .filter(|cue| matches!(cue.kind, Kind::Say | Kind::Suggest));
        for cue in says {
            let named = |speaker: &Speaker| speaker.named && !speaker.press;
            let words = match &cue.speaker {
                Some(speaker) if !named(speaker) => cue.head.clone(),
                _ => cue.verb..cue.verb + 1,
            };
            framing[words].fill(true);
        }
        framing
    }
}

//! Who speaks in a quotation, also where its own sentence does not say.

use std::collections::HashMap;

use crate::cues::Cue;
use crate::document::Document;
use crate::speakers::Speaker;

/// Who speaks in each quotation: who is named in its sentence, else in its paragraph, else the last speaker.
pub(crate) fn speakers(document: &Document, cues: &[Vec<Cue>]) -> HashMap<u32, Speaker> {
    let mut speakers: HashMap<u32, Speaker> = HashMap::new();
    let mut last: Option<(usize, Speaker)> = None;
    for (number, sentence) in document.sentences.iter().enumerate() {
        let outside = |s: usize| {
            cues.get(s)
                .into_iter()
                .flatten()
                .filter(|cue| document.tokens[cue.verb].quote == 0)
        };
        let own = outside(number).find_map(|cue| cue.speaker.clone());
        for token in sentence.tokens.clone() {
            let quote = document.tokens[token].quote;
            if quote == 0 || speakers.contains_key(&quote) {
                continue;
            }
            let same = |s: &usize| {
                document
                    .sentences
                    .get(*s)
                    .is_some_and(|other| other.paragraph == sentence.paragraph)
            };
            let before = last
                .as_ref()
                .filter(|(paragraph, _)| *paragraph == sentence.paragraph)
                .map(|(_, s)| s.clone());
            let after = || {
                (number + 1..number + 6)
                    .take_while(same)
                    .find_map(|s| outside(s).find_map(|cue| cue.speaker.clone()))
            };
            let first = document.sentences.partition_point(|s| s.paragraph < sentence.paragraph);
            let opens = token == document.sentences[first].tokens.start;
            let carried = || {
                last.as_ref()
                    .filter(|(paragraph, _)| opens && sentence.paragraph - paragraph <= 2)
                    .map(|(_, s)| s.clone())
            };
            if let Some(speaker) = own.clone().or(before).or_else(after).or_else(carried) {
                speakers.insert(quote, speaker);
            }
        }
        if let Some(speaker) = own {
            last = Some((sentence.paragraph, speaker));
        }
    }
    speakers
}

//! The valid marks nearest to one whose parts do not go together: one word more or less, or a higher level.

use super::UsIc;
use super::mark::{Head, Mark};
use super::vocabulary::{Class, Word};
use crate::finding::Finding;
use crate::scheme::{MarkKind, Scheme};

/// The most marks that are suggested.
const MOST: usize = 3;

impl UsIc {
    /// Valid marks that differ from a faulty one in one thing, stricter ones first. None where a part of it was not read.
    pub(super) fn neighbours(&self, text: &str, kind: MarkKind) -> Vec<String> {
        let read = self.read(text, kind);
        let unread = |finding: &Finding| super::UNREAD.contains(&finding.rule.as_str());
        let Some(mark) = read.mark.filter(|_| !read.findings.iter().any(unread)) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for changed in changes(&mark) {
            let text = self.render(&changed, kind);
            if !found.contains(&text) && self.check(&text, kind, None).is_valid() {
                found.push(text);
            }
        }
        found.truncate(MOST);
        found
    }
}

/// A mark with one thing more, with a higher level, with one thing less.
fn changes(mark: &Mark) -> Vec<Mark> {
    let mut all = Vec::new();
    let mut change = |with: &dyn Fn(&mut Mark)| {
        let mut changed = mark.clone();
        with(&mut changed);
        all.push(changed);
    };
    for words in [&[Word::Noforn][..], &[Word::Orcon], &[Word::Orcon, Word::Noforn]] {
        change(&|mark| mark.words = mark.words.iter().chain(words.iter().copied()).collect());
    }
    for class in [Class::Confidential, Class::Secret, Class::TopSecret] {
        if matches!(mark.head, Head::Us(now) if now < class) {
            change(&|mark| mark.head = Head::Us(class));
        }
    }
    change(&|mark| mark.display = None);
    change(&|mark| mark.rel = None);
    change(&|mark| mark.eyes = None);
    for word in mark.words.iter() {
        change(&|mark| mark.words = mark.words.without(super::words::Words::of(&[word])));
    }
    change(&|mark| mark.fgi = None);
    all
}

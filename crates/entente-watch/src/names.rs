//! The names in a text, and which shorter one stands for which longer one.

use std::collections::HashMap;
use std::ops::Range;

use crate::document::Document;
use crate::language::Class;
use crate::matching::name_at;

/// The proper names of one text.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Last word in lower case → the longest name that ends with it, and how long it is.
    full: HashMap<String, (String, usize)>,
    /// Initials → the name they stand for.
    initials: HashMap<String, String>,
}

impl Names {
    pub(crate) fn new(document: &Document) -> Self {
        let mut names = Self::default();
        let mut counts: HashMap<String, (usize, usize)> = HashMap::new();
        for sentence in &document.sentences {
            let mut at = sentence.tokens.start;
            while at < sentence.tokens.end {
                let mut name = name_at(document, at, sentence.tokens.end);
                at = name.end.max(at + 1);
                name = untitled(document, name);
                // The first word of a sentence has a capital anyway; a headline's words all have.
                if name.is_empty() || sentence.shouted || name.len() > 4 {
                    continue;
                }
                let entry = counts.entry(document.text(name.clone()).to_owned()).or_default();
                *entry = (entry.0 + 1, name.len());
            }
        }
        let mut ranked: Vec<(String, usize, usize)> = counts
            .into_iter()
            .map(|(name, (count, words))| (name, count, words))
            .collect();
        ranked.sort_by(|a, b| b.1.cmp(&a.1).then(b.2.cmp(&a.2)).then(a.0.cmp(&b.0)));
        for (name, _, words) in ranked.into_iter().filter(|(_, _, words)| *words > 1) {
            let parts: Vec<&str> = name.split_whitespace().collect();
            let initials: String = parts.iter().filter_map(|part| part.chars().next()).collect();
            names.initials.entry(initials).or_insert_with(|| name.clone());
            if let Some(last) = parts.last() {
                names.full.entry(last.to_lowercase()).or_insert((name.clone(), words));
            }
        }
        names
    }

    /// The fullest form under which this name stands in the text, without article and titles.
    pub(crate) fn resolve(&self, name: &str) -> String {
        let name = name
            .strip_prefix("The ")
            .or_else(|| name.strip_prefix("the "))
            .unwrap_or(name);
        if name.contains(' ') {
            return name.to_owned();
        }
        let known = self.full.get(&name.to_lowercase()).map(|(full, _)| full);
        let spelled = (name.len() > 1 && name.chars().all(char::is_uppercase))
            .then(|| self.initials.get(name))
            .flatten();
        spelled.or(known).cloned().unwrap_or_else(|| name.to_owned())
    }
}

/// A name without the office before it ("Interior Minister Karl Voss" is Karl Voss) and without an article.
pub(crate) fn untitled(document: &Document, name: Range<usize>) -> Range<usize> {
    let last_title = name
        .clone()
        .rev()
        .skip(1)
        .find(|t| document.word(*t).classes.any(&[Class::Title, Class::Determiner]));
    last_title.map_or(name.clone(), |title| title + 1..name.end)
}

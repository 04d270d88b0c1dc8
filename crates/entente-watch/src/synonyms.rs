//! Words that say the same: forms that no stem joins, and near synonyms. The analyst's words are widened by them, and
//! what a near synonym alone fills counts less.

use std::sync::LazyLock;

use foldhash::HashMap;
use serde::Deserialize;

use crate::language::{LANGUAGES, Language};
use crate::words;

/// Words one of which stands for each other.
#[derive(Debug)]
pub(crate) struct Ring {
    /// Words and phrases, as an analyst writes alternatives.
    pub words: Vec<String>,
    /// Near synonyms, and not forms of one word.
    pub loose: bool,
}

#[derive(Debug, Default, Deserialize)]
struct Rows {
    same: Vec<String>,
    near: Vec<String>,
}

/// The rings of one language.
#[derive(Debug, Default)]
pub(crate) struct Synonyms {
    pub rings: Vec<Ring>,
    /// Stems of a word or phrase → its rings.
    by_stem: HashMap<String, Vec<usize>>,
    /// The same for words that only have to begin so.
    starts: Vec<(String, usize)>,
}

impl Synonyms {
    fn new(language: Language, rows: Rows) -> Self {
        let mut synonyms = Self::default();
        let kinds = [(rows.same, false), (rows.near, true)];
        let rows = kinds
            .into_iter()
            .flat_map(|(rows, loose)| rows.into_iter().map(move |row| (row, loose)));
        for (number, (row, loose)) in rows.enumerate() {
            let words: Vec<String> = row.split(", ").map(str::to_owned).collect();
            for word in &words {
                match word.strip_suffix('*').filter(|start| !start.contains(' ')) {
                    Some(start) => synonyms.starts.push((start.to_owned(), number)),
                    None => synonyms.by_stem.entry(key(language, word)).or_default().push(number),
                }
            }
            synonyms.rings.push(Ring { words, loose });
        }
        synonyms
    }

    /// The rings that a word or phrase of an analyst belongs to.
    pub(crate) fn of(&self, language: Language, alternative: &str) -> Vec<usize> {
        let word = alternative.trim_end_matches('*').to_lowercase();
        let mut rings = self.by_stem.get(&key(language, &word)).cloned().unwrap_or_default();
        if !word.contains(' ') {
            let starts = self.starts.iter().filter(|(start, _)| word.starts_with(start.as_str()));
            rings.extend(starts.map(|(_, ring)| *ring));
        }
        rings.sort_unstable();
        rings.dedup();
        rings
    }
}

fn key(language: Language, phrase: &str) -> String {
    let words = words::split(phrase).into_iter();
    let stems: Vec<String> = words
        .map(|(_, word)| language.stem(&word.to_lowercase()).into_owned())
        .collect();
    stems.join(" ")
}

/// The rings of a language.
pub(crate) fn synonyms(language: Language) -> &'static Synonyms {
    static TABLES: LazyLock<[Synonyms; 6]> = LazyLock::new(|| {
        let mut rows: HashMap<Language, Rows> = serde_json::from_str(include_str!("../tables/synonyms.json"))
            .expect("the table ships with the crate and is parsed by its tests");
        let mut tables = <[Synonyms; 6]>::default();
        for language in LANGUAGES {
            tables[language as usize] = Synonyms::new(language, rows.remove(&language).unwrap_or_default());
        }
        tables
    });
    &TABLES[language as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_a_ring_leads_to_it() {
        for language in LANGUAGES {
            let synonyms = synonyms(language);
            assert!(synonyms.rings.len() > 20, "{language:?}");
            for (number, ring) in synonyms.rings.iter().enumerate() {
                for word in ring.words.iter().filter(|word| !word.contains(['…', ' '])) {
                    assert!(synonyms.of(language, word).contains(&number), "{language:?}: {word}");
                }
            }
        }
        assert!(synonyms(Language::En).of(Language::En, "harbour").is_empty());
    }
}

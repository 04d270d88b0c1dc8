//! Thesauri as word processors install them (`MyThes`, files ending in `.dat`).

use encoding_rs::{Encoding, UTF_8};

use super::Thesaurus;
use crate::Language;

/// Synonyms taken for one word: more are of other meanings.
const MAX_SYNONYMS: usize = 12;
/// Notes behind a word that it is no synonym.
const NOT: [&str; 6] = [
    "antonym",
    "przeciwieństwo",
    "gegenwort",
    "antónimo",
    "antonyme",
    "opposite",
];

/// Where a system keeps its thesaurus of a language, best first.
#[must_use]
pub fn installed(language: Language) -> Vec<String> {
    let names: &[&str] = match language {
        Language::En => &["en_US_v2", "en_US"],
        Language::De => &["de_DE_v2", "de_DE"],
        Language::Fr => &["fr_FR_v2", "fr_FR", "fr"],
        Language::Es => &["es_ES_v2", "es_ES", "es"],
        Language::Pl => &["pl_PL_v2", "pl_PL"],
        Language::Other => &[],
    };
    names
        .iter()
        .map(|name| format!("/usr/share/mythes/th_{name}.dat"))
        .collect()
}

/// Reads a thesaurus: its encoding, then each word with the number of its meanings, and each meaning on a line.
///
/// ```
/// use entente_watch::proposal::mythes;
/// let thesaurus = mythes("UTF-8\nphone|1\n(noun)|telephone|telephone set|speech sound (related term)|cell (antonym)\n".as_bytes());
/// assert_eq!(thesaurus["phone"], ["telephone", "telephone set", "speech sound"]);
/// ```
#[must_use]
pub fn mythes(bytes: &[u8]) -> Thesaurus {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let label = bytes.get(..end).unwrap_or_default();
    let encoding = Encoding::for_label(label).unwrap_or(UTF_8);
    let (text, _, _) = encoding.decode(bytes.get(end..).unwrap_or_default());
    let mut thesaurus = Thesaurus::new();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    while let Some(line) = lines.next() {
        let Some((word, meanings)) = line.split_once('|') else {
            continue;
        };
        let meanings: usize = meanings.trim().parse().unwrap_or(0);
        let mut synonyms: Vec<String> = Vec::new();
        for meaning in lines.by_ref().take(meanings) {
            for synonym in meaning.split('|').skip(1) {
                let (plain, note) = synonym.split_once('(').unwrap_or((synonym, ""));
                let plain = plain.trim();
                let other = NOT.iter().any(|not| note.to_lowercase().contains(not));
                let known = plain.is_empty() || plain.eq_ignore_ascii_case(word) || synonyms.iter().any(|s| s == plain);
                if !other && !known && synonyms.len() < MAX_SYNONYMS {
                    synonyms.push(plain.to_owned());
                }
            }
        }
        thesaurus.entry(word.to_lowercase()).or_default().extend(synonyms);
    }
    thesaurus
}

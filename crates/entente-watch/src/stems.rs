//! Stems: one key for the forms of a word, those too that share no beginning (`nahm` and `genommen`).

use std::borrow::Cow;
use std::sync::LazyLock;

use foldhash::HashMap;
use serde::Deserialize;
use tantivy_stemmers::algorithms;

use crate::language::Language;

/// No word of a language is longer; longer strings are codes and stay as they are.
const LONGEST_WORD: usize = 40;
/// Letters that are left of a German verb without the ending of its past.
const SHORTEST_ROOT: usize = 3;
/// Nouns that look like German participles: `Gewerkschaft`, `Gericht`.
const NOUNS: [&str; 14] = [
    "schaft", "heit", "keit", "biet", "walt", "richt", "sicht", "wicht", "halt", "bot", "schäft", "rücht", "schlecht",
    "spenst",
];

/// What a suffix stemmer does not know of a language.
#[derive(Debug, Default, Deserialize)]
struct Rows {
    /// Base form → other forms, as they are written.
    #[serde(default)]
    forms: HashMap<String, String>,
    /// End of a stem → other ends that are forms of it.
    #[serde(default)]
    endings: HashMap<String, String>,
    /// What may stand before such an end.
    #[serde(default)]
    prefixes: String,
}

#[derive(Debug, Default)]
struct Irregular {
    forms: HashMap<String, String>,
    /// Longest first.
    endings: Vec<(String, String)>,
    prefixes: Vec<String>,
}

impl Irregular {
    fn new(rows: Rows) -> Self {
        let turned = |table: HashMap<String, String>| {
            let pairs = table.into_iter().flat_map(|(base, others)| {
                let others: Vec<String> = others.split_whitespace().map(str::to_owned).collect();
                others.into_iter().map(move |other| (other, base.clone()))
            });
            pairs.collect::<Vec<(String, String)>>()
        };
        let mut endings = turned(rows.endings);
        endings.sort_by_key(|(other, _)| (std::cmp::Reverse(other.len()), other.clone()));
        let mut prefixes: Vec<String> = rows.prefixes.split_whitespace().map(str::to_owned).collect();
        prefixes.sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
        Self {
            forms: turned(rows.forms).into_iter().collect(),
            endings,
            prefixes,
        }
    }
}

impl Irregular {
    /// Whether an end can be a form of a longer word: behind a prefix, or, without a list of these, behind any letters.
    fn may_precede(&self, head: &str, end: &str) -> bool {
        let folded = |prefix: &String| prefix.replace('ü', "u").replace('ö', "o").replace('ä', "a") == head;
        self.prefixes.iter().any(folded) || self.prefixes.is_empty() && head.len() > 1 && end.len() > 2
    }
}

fn irregular(language: Language) -> Option<&'static Irregular> {
    static TABLES: LazyLock<HashMap<Language, Irregular>> = LazyLock::new(|| {
        let rows: HashMap<Language, Rows> = serde_json::from_str(include_str!("../tables/stems.json"))
            .expect("the table ships with the crate and is parsed by its tests");
        rows.into_iter()
            .map(|(language, rows)| (language, Irregular::new(rows)))
            .collect()
    });
    TABLES.get(&language)
}

/// The stem of a lower-case word.
pub(crate) fn stem(language: Language, word: &str) -> Cow<'_, str> {
    if word.len() > LONGEST_WORD || !word.chars().all(char::is_alphabetic) {
        return Cow::Borrowed(word);
    }
    let stem = match language {
        Language::En => english(word),
        Language::Fr => with_ending(language, algorithms::french(word).into_owned()),
        Language::De => german(word),
        Language::Es => with_ending(language, algorithms::spanish(word).into_owned()),
        Language::Pl => polish(word),
        Language::Other => return Cow::Borrowed(word),
    };
    Cow::Owned(stem)
}

fn english(word: &str) -> String {
    let base = irregular(Language::En).and_then(|table| table.forms.get(word));
    let word = base.map_or(word, String::as_str);
    with_agent(word, algorithms::english_porter_2(word).into_owned())
}

/// Porter's stemmer joins people with what they do: `informant` and `information`, `insider` and `inside`.
/// A mark keeps them apart, since to speak of one is not to speak of the other.
fn with_agent(word: &str, stem: String) -> String {
    const AGENTS: [(&str, &str); 6] = [
        ("er", "er"),
        ("or", "er"),
        ("ant", "ant"),
        ("ent", "ant"),
        ("ist", "ist"),
        ("ive", "ive"),
    ];
    // "Engineered" is what an engineer did, and "engineering" too.
    let verb = ["ed", "ing"].iter().find_map(|ending| word.strip_suffix(ending));
    let singular = verb.or_else(|| word.strip_suffix('s')).unwrap_or(word);
    let agent = AGENTS
        .iter()
        .find(|(suffix, _)| singular.ends_with(suffix) && !stem.ends_with(suffix) && stem.len() < singular.len());
    match agent {
        Some((_, mark)) => format!("{stem}~{mark}"),
        None => stem,
    }
}

/// A stem whose end is a form of another one.
fn with_ending(language: Language, stem: String) -> String {
    let Some(table) = irregular(language) else { return stem };
    for (other, base) in &table.endings {
        if let Some(head) = stem.strip_suffix(other.as_str())
            && (head.is_empty() || table.may_precede(head, other))
        {
            return format!("{head}{base}");
        }
    }
    stem
}

/// `Abgehört`, `abzuhören`, `hörte ab`: the stem of `abhören` without its participle's and past's endings.
fn german(word: &str) -> String {
    let infinitive = participle(word).or_else(|| with_zu(word));
    let base = infinitive.as_deref().unwrap_or(word);
    let mut stem = algorithms::german(base).into_owned();
    for _ in 0..2 {
        let past = stem.strip_suffix("et").or_else(|| stem.strip_suffix('t'));
        match past.filter(|root| root.chars().count() >= SHORTEST_ROOT) {
            // The stemmer takes "er" from "lagern" too.
            Some(root) => {
                let root = root
                    .strip_suffix("er")
                    .filter(|root| root.len() >= SHORTEST_ROOT)
                    .unwrap_or(root);
                stem.truncate(root.len());
            }
            None => break,
        }
    }
    with_ending(Language::De, stem)
}

/// What stands behind a German verb's separable prefix, and the prefix.
fn parted(word: &str) -> impl Iterator<Item = (&str, &str)> {
    let table = irregular(Language::De);
    let prefixes = table.into_iter().flat_map(|table| table.prefixes.iter());
    let parted =
        prefixes.filter_map(move |prefix| Some((word.get(..prefix.len())?, word.strip_prefix(prefix.as_str())?)));
    parted.chain([("", word)])
}

fn participle(word: &str) -> Option<String> {
    parted(word).find_map(|(prefix, rest)| {
        let rest = rest.strip_prefix("ge")?;
        let long = |root: &str| root.chars().count() >= SHORTEST_ROOT;
        if NOUNS.iter().any(|noun| rest.ends_with(noun)) {
            return None;
        }
        if let Some(root) = rest.strip_suffix('t').filter(|root| long(root)) {
            let root = root.strip_suffix('e').unwrap_or(root);
            // "Lagern" and "sammeln" have no second e.
            let ending = if root.ends_with("er") || root.ends_with("el") {
                "n"
            } else {
                "en"
            };
            return Some(format!("{prefix}{root}{ending}"));
        }
        // "Gefahren" may be dangers; a root that only a participle has is none.
        let root = rest.strip_suffix("en").filter(|root| long(root))?;
        let changed = irregular(Language::De)?
            .endings
            .iter()
            .any(|(other, _)| *other == algorithms::german(root));
        changed.then(|| format!("{prefix}{rest}"))
    })
}

fn with_zu(word: &str) -> Option<String> {
    parted(word).find_map(|(prefix, rest)| {
        let rest = rest
            .strip_prefix("zu")
            .filter(|rest| !prefix.is_empty() && rest.ends_with('n'))?;
        (rest.chars().count() > SHORTEST_ROOT).then(|| format!("{prefix}{rest}"))
    })
}

/// Letters that are left of a Polish word without its ending.
const SHORTEST_POLISH: usize = 3;

/// `Zgubiony`, `oskarżono`, `zakończona`: what is left of a participle without its ending. `Telefony` and `balony` are none: before
/// the ending stands a soft consonant, and more than a syllable.
fn polish_participle(word: &str) -> Option<&str> {
    const ENDINGS: [&str; 11] = [
        "onych", "onymi", "onego", "onemu", "onej", "onym", "ony", "ona", "one", "ono", "oną",
    ];
    let root = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending))?;
    let soft = root
        .strip_suffix('i')
        .or_else(|| root.ends_with(['ż', 'j', 'c', 'z']).then_some(root))?;
    (soft.chars().count() > SHORTEST_POLISH).then_some(soft)
}

/// A light stemmer: one ending goes, then what softened or filled the end of the root.
fn polish(word: &str) -> String {
    static ENDINGS: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let mut endings: Vec<&str> = include_str!("../tables/endings.pl.txt").split_whitespace().collect();
        endings.sort_by_key(|ending| std::cmp::Reverse(ending.len()));
        endings
    });
    let long = |root: &str| root.chars().count() >= SHORTEST_POLISH;
    let ending = |ending: &&str| word.strip_suffix(ending).filter(|root| long(root));
    let root = polish_participle(word).or_else(|| ENDINGS.iter().find_map(ending));
    let mut letters: Vec<char> = root.unwrap_or(word).chars().collect();
    // "Zataić", "zatajono", "zatajenie"; "ukryć", "ukryte"; "zabić", "zabity".
    let vowel_ends = |letters: &[char]| letters.last().is_some_and(|c| "aeou".contains(*c));
    let changed = match letters.as_slice() {
        [before @ .., 'j'] if before.len() > SHORTEST_POLISH && vowel_ends(before) => 1,
        [.., 'k', 'r', 'y', 't' | 'c'] | [_, _, .., 'b', 'i', 't' | 'c'] => 2,
        _ => 0,
    };
    letters.truncate(letters.len() - changed);
    // "Bunkrze", "bunkier" and "bunkra" have one root.
    if letters.ends_with(&['r', 'z']) && letters.len() > SHORTEST_POLISH {
        letters.pop();
    }
    let vowel = |c: &char| "aeiouyąęó".contains(*c);
    if let [.., before, 'e', last] = letters.as_slice()
        && !vowel(last)
        && letters.len() > SHORTEST_POLISH
    {
        let soft = *before == 'i' && letters.len() > SHORTEST_POLISH + 1;
        let last = *last;
        letters.truncate(letters.len() - if soft { 3 } else { 2 });
        letters.push(last);
    }
    let plain = |c: char| match c {
        'ó' => 'o',
        'ń' => 'n',
        'ś' => 's',
        'ć' => 'c',
        'ź' => 'z',
        other => other,
    };
    let end = letters.len().saturating_sub(2);
    letters
        .iter()
        .enumerate()
        .map(|(at, c)| if at < end { *c } else { plain(*c) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_share_their_stem() {
        for (language, forms) in [
            (Language::En, "buy buys bought buying"),
            (Language::En, "steal stole stolen"),
            (Language::De, "abhören abgehört abhörte abhört abzuhören"),
            (Language::De, "kaufen kauft kaufte gekauft kauf"),
            (Language::De, "übernehmen übernahm übernommen übernimmt übernahme"),
            (
                Language::De,
                "durchsuchen durchsucht durchsuchte durchsuchung durchsuchungen",
            ),
            (Language::De, "gewerkschaft gewerkschaften"),
            (Language::De, "gefahr gefahren"),
            (Language::De, "lagern lagert lagerte lagere gelagert"),
            (Language::De, "stehlen stahl gestohlen stiehlt"),
            (Language::De, "finden fand gefunden findet"),
            (Language::Pl, "magazyn magazynie magazynu"),
            (Language::Pl, "bunkier bunkrze bunkra bunkrem"),
            (Language::Pl, "związek związku związkiem"),
            (
                Language::Pl,
                "przeszukać przeszuka przeszukania przeszukane przeszukiwane przeszukał",
            ),
            (Language::Pl, "oprogramowanie oprogramowania oprogramowaniem"),
            (Language::Pl, "agent agenta agentem"),
            (
                Language::Pl,
                "zamknąć zamknął zamknęli zamknięta zamknięto zamknięcie zamknięcia zamknie",
            ),
            (Language::Pl, "zataić zataił zatajono zatajenie zatajone"),
            (Language::Pl, "ukryć ukrył ukryli ukryto ukryte"),
            (Language::Pl, "zgubić zgubiła zgubiono zgubiony"),
            (Language::Pl, "zabić zabił zabity zabito"),
            (Language::Pl, "milicja milicji milicję milicją"),
            (Language::Pl, "kierownictwo kierownictwie kierownictwa"),
            (Language::Pl, "niepodpisany niepodpisane niepodpisanego"),
            (Language::Pl, "premier premiera premierem"),
            (Language::Pl, "telefon telefonu telefony"),
            (Language::Es, "intervenir intervino intervenido interviene"),
            (Language::Es, "negar niega negó"),
            (Language::Fr, "révéler révélée révèle"),
        ] {
            let stems: std::collections::BTreeSet<String> =
                forms.split(' ').map(|form| stem(language, form).into_owned()).collect();
            assert_eq!(stems.len(), 1, "{forms}: {stems:?}");
        }
        for (language, one, other) in [
            (Language::En, "informant", "information"),
            (Language::De, "gefahr", "fahren"),
            (Language::De, "gericht", "richten"),
        ] {
            assert_ne!(stem(language, one), stem(language, other), "{one}, {other}");
        }
    }
}

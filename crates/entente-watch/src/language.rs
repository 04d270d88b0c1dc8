//! What differs between languages: stemming, and the tables of words that carry stance and attribution.

use std::borrow::Cow;
use std::sync::LazyLock;

use foldhash::HashMap;
use serde::{Deserialize, Serialize};

/// A language with tables of its own, or any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// English.
    En,
    /// French.
    Fr,
    /// German.
    De,
    /// Spanish.
    Es,
    /// Polish.
    Pl,
    /// A language without tables: words match as they stand, stance is not judged.
    Other,
}

/// Every language with tables.
pub const LANGUAGES: [Language; 5] = [Language::En, Language::Fr, Language::De, Language::Es, Language::Pl];

/// Letters that detection looks at; more does not change the answer.
const DETECTION_WINDOW: usize = 8_000;
/// Bytes below which the letters of a text say less of its language than its words.
const SHORT_TEXT: usize = 160;

impl Language {
    /// The language of a text, and whether it is long and clear enough to be sure.
    #[must_use]
    pub fn detect(text: &str) -> (Self, bool) {
        let mut end = text.len().min(DETECTION_WINDOW);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let Some(info) = whatlang::detect(&text[..end]) else {
            return (Self::Other, false);
        };
        let language = match info.lang() {
            whatlang::Lang::Eng => Self::En,
            whatlang::Lang::Fra => Self::Fr,
            whatlang::Lang::Deu => Self::De,
            whatlang::Lang::Spa => Self::Es,
            whatlang::Lang::Pol => Self::Pl,
            _ => Self::Other,
        };
        // A short text is better judged by the words it shares with the tables than by its letters.
        let mut scored = LANGUAGES.map(|l| (known_words(&text[..end], l), l));
        scored.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let [(best, by_words), (second, _), ..] = scored;
        let short = text.len() < SHORT_TEXT;
        if info.is_reliable() && !(short && best > second + 1) {
            return (language, true);
        }
        if best > second {
            return (by_words, best > second + 1);
        }
        (language, false)
    }

    /// The language of a tag such as `en`, `de-AT` or `fr_FR`, if it has tables.
    #[must_use]
    pub fn named(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        match primary.as_str() {
            "en" => Some(Self::En),
            "fr" => Some(Self::Fr),
            "de" => Some(Self::De),
            "es" => Some(Self::Es),
            "pl" => Some(Self::Pl),
            _ => None,
        }
    }

    /// The stem of a lower-case word.
    #[must_use]
    pub fn stem(self, word: &str) -> Cow<'_, str> {
        crate::stems::stem(self, word)
    }

    /// Whether a lower-case word is a verb in the conditional, in which French, Spanish and Polish leave things open.
    pub(crate) fn conditional(self, word: &str) -> bool {
        const FRENCH: [&str; 7] = [
            "attrait", "retrait", "extrait", "portrait", "abstrait", "distrait", "trait",
        ];
        const SPANISH: [&str; 4] = ["comisaría", "secretaría", "notaría", "mayoría"];
        let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
        match self {
            Self::Fr => ends(&["rait", "raient"]) && !ends(&FRENCH),
            Self::Es => ends(&["rían", "dría", "aría", "iría"]) && !SPANISH.contains(&word),
            Self::Pl => ends(&["łby", "łaby", "łoby", "liby", "łyby"]),
            _ => false,
        }
    }

    /// The tables of this language; English ones never stand in for another language's.
    pub(crate) fn lexicon(self) -> &'static Lexicon {
        static TABLES: LazyLock<[Lexicon; 6]> = LazyLock::new(|| {
            [
                (Language::En, include_str!("../tables/en.json")),
                (Language::Fr, include_str!("../tables/fr.json")),
                (Language::De, include_str!("../tables/de.json")),
                (Language::Es, include_str!("../tables/es.json")),
                (Language::Pl, include_str!("../tables/pl.json")),
                (Language::Other, "{}"),
            ]
            .map(|(language, table)| {
                let rows =
                    serde_json::from_str(table).expect("the tables ship with the crate and are parsed by its tests");
                Lexicon::new(language, rows)
            })
        });
        &TABLES[self as usize]
    }
}

/// How many words of a text stand in the tables of a language.
fn known_words(text: &str, language: Language) -> usize {
    let lexicon = language.lexicon();
    text.split(|c: char| !c.is_alphabetic())
        .filter(|word| word.chars().nth(1).is_some() && lexicon.exact.contains_key(&word.to_lowercase()))
        .count()
}

/// A class of words in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Class {
    /// Verbs of saying: the speaker vouches for what follows.
    Say,
    /// Verbs of saying that leave it open: claim, suggest, fear.
    Suggest,
    /// Verbs that deny what follows.
    Deny,
    /// Verbs by which somebody concerned admits what follows.
    Admit,
    /// Verbs that admit only together with one of the words of `right` soon after: "defended his right to".
    Defend,
    /// Verbs that deny together with one of the words of `falsity` soon after: "called the story a fantasy".
    Call,
    /// What such a defence is of.
    Right,
    /// Words for what a text claims: "the claims made by X".
    ClaimNoun,
    /// Words for what a text reports.
    ReportNoun,
    /// Words by which one refers back to what was reported: story, account, this, it.
    Anaphor,
    /// Predicates that deny: false, untrue.
    Falsity,
    /// Predicates that affirm: true, accurate.
    Truth,
    /// Adverbs and adjectives of doubt: allegedly, suspected.
    Hedge,
    /// Modal verbs that leave it open: could, may.
    Modal,
    /// Conditionals: if, whether.
    Condition,
    /// Negations.
    Negation,
    /// Verbs of making known, whose negation says that something was not exposed.
    Reveal,
    /// Words that a subject never contains: subordinators.
    Subordinator,
    /// Coordinating conjunctions.
    Conjunction,
    /// Auxiliaries and adverbs between subject and verb.
    Auxiliary,
    /// Relative pronouns.
    Relative,
    /// Personal pronouns that stand for a speaker.
    Pronoun,
    /// Determiners.
    Determiner,
    /// Possessive determiners and other words that make the next word a noun.
    NounMaker,
    /// Words for people who are not named: official, source.
    Unnamed,
    /// Words in names of newspapers, agencies and channels.
    Press,
    /// Titles before a name.
    Title,
    /// Function words: they carry no content of their own.
    Function,
    /// Abbreviations that end in a full stop within a sentence.
    Abbreviation,
    /// Nouns and verbs whose form is the same, so that more is asked of the context.
    Ambiguous,
    /// Words that begin an embedded question: how, what, which.
    Question,
    /// Names of months and days.
    Calendar,
    /// Numbers in words.
    Number,
    /// Words for money.
    Money,
    /// Prepositions before a place.
    PlacePreposition,
    /// Kinds of place: city, province.
    PlaceNoun,
    /// Words in names of organisations.
    OrgNoun,
    /// Words that open what somebody says: that.
    That,
    /// Words that open what is left open: whether.
    Open,
    /// Words that set a clause against the one before it: but.
    Contrast,
    /// Words that open a clause beside another: although, after.
    Adverbial,
    /// Conjunctions of alternatives: or.
    Either,
    /// "Only", as in "not only".
    Only,
    /// Words that ask or know: know, clear, about.
    Asking,
    /// Verbs whose object did not happen: failed to, refused to.
    Unfulfilled,
    /// Forms of "to be".
    Copula,
    /// Words before the colon of a headline that are nobody: exclusive, update.
    Label,
    /// Words that go with a verb and may stand apart from it: forward, off; ab, vor.
    Particle,
    /// Words at the head of a sentence that lead to somebody in the one before: he, his.
    Leading,
    /// Words behind those according to whom something is: zufolge.
    Postposed,
    /// Words for what nobody knows: unclear whether.
    Unknown,
}

/// A phrase table: the words in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phrases {
    /// "according to", before the speaker.
    According,
    /// "told", "speaking to", before an outlet.
    To,
    /// "citing", "drawing from", before a speaker further down the chain.
    Citing,
    /// "made by", "published by", between a claim or report and its author.
    By,
    /// Longer phrases of doubt.
    HedgePhrase,
    /// Phrases that neither confirm nor deny.
    NoStance,
    /// "first reported by", "exclusive": the credit of an origin.
    Origin,
    /// "no evidence", "cleared … of": what follows is denied.
    Deny,
    /// "accused … of": what follows is alleged.
    Allege,
    /// "was forced to", "a fini par": between a subject and the verb that says what it does.
    Raising,
}

/// A word of a phrase: as it stands, or with a star any word that begins so.
#[derive(Debug, Clone)]
pub(crate) enum Element {
    /// The word itself.
    Word(String),
    /// Any word that begins so (`clear*`).
    Start(String),
    /// Up to [`PARTED`] words between (`…`).
    Gap,
}

/// Words that may stand where a phrase has a gap.
pub(crate) const PARTED: usize = 6;

impl Element {
    fn new(text: &str) -> Self {
        match text.strip_suffix('*') {
            _ if text == "…" => Self::Gap,
            Some(start) => Self::Start(start.to_owned()),
            None => Self::Word(text.to_owned()),
        }
    }

    /// Whether a lower-case word is this element.
    pub(crate) fn is(&self, word: &str) -> bool {
        match self {
            Self::Word(own) => own == word,
            Self::Start(start) => word.starts_with(start.as_str()),
            Self::Gap => false,
        }
    }
}

#[derive(Deserialize)]
struct Rows {
    #[serde(default)]
    words: HashMap<Class, String>,
    #[serde(default)]
    phrases: HashMap<Phrases, Vec<String>>,
}

/// The tables of one language.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    exact: HashMap<String, u64>,
    stems: HashMap<String, u64>,
    phrases: HashMap<Phrases, Vec<Vec<Element>>>,
    /// First words of phrases, with the tables they open.
    opening: HashMap<String, u16>,
    /// The same for words that only have to begin so.
    opening_starts: Vec<(String, u16)>,
    /// The first twelve words of the calendar.
    months: Vec<String>,
}

/// Classes whose words are inflected, so that a stem decides.
const INFLECTED: [Class; 14] = [
    Class::Say,
    Class::Suggest,
    Class::Deny,
    Class::Admit,
    Class::Defend,
    Class::Call,
    Class::Reveal,
    Class::Unnamed,
    Class::Money,
    Class::PlaceNoun,
    Class::OrgNoun,
    Class::Right,
    Class::Falsity,
    Class::Unfulfilled,
];

impl Lexicon {
    fn new(language: Language, rows: Rows) -> Self {
        let mut lexicon = Self::default();
        for (class, words) in rows.words {
            if class == Class::Calendar {
                lexicon.months = words.split_whitespace().take(12).map(str::to_owned).collect();
            }
            for word in words.split_whitespace() {
                if INFLECTED.contains(&class) {
                    *lexicon.stems.entry(language.stem(word).into_owned()).or_default() |= 1 << (class as u64);
                }
                *lexicon.exact.entry(word.to_owned()).or_default() |= 1 << (class as u64);
            }
        }
        for (kind, phrases) in rows.phrases {
            let split = phrases.iter().map(|p| p.split_whitespace().map(Element::new).collect());
            let split: Vec<Vec<Element>> = split.collect();
            for first in split.iter().filter_map(|phrase| phrase.first()) {
                match first {
                    Element::Word(word) => *lexicon.opening.entry(word.clone()).or_default() |= 1 << (kind as u16),
                    Element::Start(start) => lexicon.opening_starts.push((start.clone(), 1 << (kind as u16))),
                    Element::Gap => {}
                }
            }
            lexicon.phrases.insert(kind, split);
        }
        lexicon
    }

    /// Whether a lower-case word, as it stands, is in a class.
    pub(crate) fn has(&self, class: Class, word: &str) -> bool {
        self.exact.get(word).is_some_and(|set| ClassSet(*set).has(class))
    }

    /// The phrases of a table.
    pub(crate) fn phrases(&self, kind: Phrases) -> &[Vec<Element>] {
        self.phrases.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The names of the months, in their order.
    pub(crate) fn months(&self) -> &[String] {
        &self.months
    }

    /// The tables a phrase of which begins with this word.
    pub(crate) fn opens(&self, word: &str) -> PhraseSet {
        let starts = self
            .opening_starts
            .iter()
            .filter(|(start, _)| word.starts_with(start.as_str()));
        let exact = self.opening.get(word).copied().unwrap_or(0);
        PhraseSet(starts.fold(exact, |set, (_, kind)| set | kind))
    }

    /// All classes of a word: those it is listed in, and those of inflected words it shares its stem with.
    pub(crate) fn classes(&self, word: &str, stem: &str) -> ClassSet {
        ClassSet(self.exact.get(word).copied().unwrap_or(0) | self.stems.get(stem).copied().unwrap_or(0))
    }
}

/// A set of phrase tables.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PhraseSet(u16);

impl PhraseSet {
    pub(crate) fn has(self, kind: Phrases) -> bool {
        self.0 & (1 << (kind as u16)) != 0
    }
}

/// A set of word classes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ClassSet(u64);

impl ClassSet {
    pub(crate) fn has(self, class: Class) -> bool {
        self.0 & (1 << (class as u64)) != 0
    }

    /// The same with one more.
    pub(crate) fn with(self, class: Class) -> Self {
        Self(self.0 | 1 << (class as u64))
    }

    pub(crate) fn any(self, classes: &[Class]) -> bool {
        classes.iter().any(|class| self.has(*class))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_join_inflections() {
        for (language, one, other) in [
            (Language::En, "revealed", "revealing"),
            (Language::Fr, "révélée", "révéler"),
            (Language::De, "behaupten", "behaupte"),
            (Language::Es, "reveló", "revelar"),
            (Language::Pl, "samolotem", "samolotu"),
        ] {
            assert_eq!(language.stem(one), language.stem(other), "{language:?}");
        }
    }

    #[test]
    fn every_table_parses_and_languages_are_told_apart() {
        for (language, text) in [
            (
                Language::En,
                "The minister said that the report was not meant for them.",
            ),
            (Language::Fr, "Le ministre a dit que le rapport n'était pas pour eux."),
            (
                Language::De,
                "Der Minister sagte, dass der Bericht nicht für sie bestimmt war.",
            ),
            (Language::Es, "El ministro dijo que el informe no era para ellos."),
            (
                Language::Pl,
                "Minister powiedział, że raport nie był przeznaczony dla nich.",
            ),
        ] {
            assert!(language.lexicon().exact.len() > 50, "{language:?}");
            assert_eq!(Language::detect(text).0, language);
        }
    }
}

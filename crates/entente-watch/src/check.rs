//! Before facts are watched for: how distinctive each is, and which would match everywhere.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use crate::facts::{Facts, Value};
use crate::language::{Class, LANGUAGES, Language};
use crate::scan::Scanner;
use crate::text::{Source, normal};
use crate::words;

/// Share of background texts in which a slot may be found before it tells nothing.
const COMMON_SLOT: f64 = 0.5;
/// Share of background texts in which a whole fact may be found before it is useless.
const COMMON_FACT: f64 = 0.05;
/// Alternatives below which a slot is likely to miss other wordings.
const FEW_ALTERNATIVES: usize = 2;

/// What the check says about one fact.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checked {
    /// The fact's id.
    pub fact: String,
    /// 0 (matches everywhere) to 1 (would hardly match by chance).
    pub distinctive: f64,
    /// Share of the background texts in which the fact was found; absent without a background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<f64>,
    /// What to improve, each with its remedy.
    pub warnings: Vec<String>,
}

/// Checks every fact. `background` is ordinary text of the same domain that discloses nothing: what is found there is noise.
///
/// ```
/// use entente_watch::{check::check, facts::Facts};
/// let facts = Facts::parse(r#"[{"id":"a","text":"He said it.","slots":[{"name":"what","any":["it","said"]}]}]"#)?;
/// let checked = check(facts, &[]);
/// assert!(checked[0].distinctive < 0.3);
/// assert!(checked[0].warnings.iter().any(|w| w.contains("single slot")));
/// # Ok::<(), entente_watch::facts::FactsError>(())
/// ```
#[must_use]
pub fn check(facts: Facts, background: &[Source]) -> Vec<Checked> {
    let scanner = Scanner::new(facts);
    let mut found: BTreeMap<String, HashSet<usize>> = BTreeMap::new();
    for (number, source) in background.iter().enumerate() {
        for finding in scanner.scan([source.clone()]).findings {
            found.entry(finding.fact).or_default().insert(number);
        }
    }
    let vocabularies: Vec<HashSet<String>> = background.iter().map(stems).collect();
    let facts = scanner.facts().list().iter();
    facts
        .map(|fact| {
            let mut warnings = Vec::new();
            let share = (!background.is_empty())
                .then(|| found.get(&fact.id).map_or(0, HashSet::len) as f64 / background.len() as f64);
            if let Some(share) = share.filter(|share| *share > COMMON_FACT) {
                warnings.push(format!(
                    "found in {:.0} % of the background; make its rarest slot mandatory or its alternatives narrower",
                    share * 100.0
                ));
            }
            if fact.slots.len() == 1 {
                warnings.push(
                    "a single slot: any mention of it is a finding; add what has to be said together with it".into(),
                );
            }
            if fact.slots.len() > 2 && !fact.slots.iter().any(|slot| slot.mandatory) {
                warnings.push("no slot is mandatory; mark the one without which nothing is disclosed".into());
            }
            let mut chance = 1.0;
            for slot in &fact.slots {
                let common = commonness(&slot.any, &vocabularies);
                chance *= common;
                for alternative in &slot.any {
                    let share = commonness(std::slice::from_ref(alternative), &vocabularies);
                    if !background.is_empty() && share >= COMMON_SLOT {
                        warnings.push(format!(
                            "`{alternative}` of slot `{}` stands in {:.0} % of the background; leave it out",
                            slot.name,
                            share * 100.0
                        ));
                    }
                }
                if common >= COMMON_SLOT {
                    warnings.push(format!(
                        "slot `{}` matches nearly everywhere; replace its general words",
                        slot.name
                    ));
                }
                if slot.any.is_empty() {
                    warnings.push(format!(
                        "slot `{}` has no alternatives; add the words that would fill it",
                        slot.name
                    ));
                } else if slot.any.len() < FEW_ALTERNATIVES
                    && !slot.any[0].starts_with('@')
                    && !slot.any[0].ends_with('*')
                {
                    warnings.push(format!(
                        "slot `{}` has one alternative; add how else it could be said",
                        slot.name
                    ));
                }
            }
            for value in &fact.values {
                if let Value::Plain(term) = value
                    && words::split(&normal(term)).iter().all(|(_, word)| is_general(word))
                {
                    warnings.push(format!(
                        "value `{term}` is an ordinary word; values must give the fact away by themselves"
                    ));
                }
            }
            let by_slots = if fact.slots.is_empty() { 1.0 } else { 1.0 - chance };
            Checked {
                fact: fact.id.clone(),
                distinctive: (by_slots * 100.0).round() / 100.0,
                background: share,
                warnings,
            }
        })
        .collect()
}

fn stems(source: &Source) -> HashSet<String> {
    let text = source.text.as_str();
    let language = Language::detect(text).0;
    words::split(text)
        .into_iter()
        .map(|(_, word)| language.stem(&word.to_lowercase()).into_owned())
        .collect()
}

fn is_general(word: &str) -> bool {
    let lower = word.to_lowercase();
    Language::En.lexicon().has(Class::Function, &lower)
        || (lower.chars().count() < 3 && !word.chars().any(char::is_numeric))
}

/// How likely a slot is filled by a text that has nothing to do with the fact: measured on the background where there is one,
/// else judged by the alternatives themselves.
fn commonness(any: &[String], vocabularies: &[HashSet<String>]) -> f64 {
    if any.is_empty() {
        return 0.0;
    }
    let parts = |alternative: &str| -> Vec<String> {
        words::split(&normal(alternative))
            .into_iter()
            .map(|(_, w)| w.to_lowercase())
            .collect()
    };
    if !vocabularies.is_empty() {
        let filled = vocabularies.iter().filter(|known| {
            any.iter().any(|alternative| {
                let words = parts(alternative);
                !words.is_empty()
                    && words.iter().all(|word| {
                        known.contains(word) || LANGUAGES.iter().any(|l| known.contains(l.stem(word).as_ref()))
                    })
            })
        });
        return filled.count() as f64 / vocabularies.len() as f64;
    }
    let general = any
        .iter()
        .any(|alternative| alternative.starts_with('@') || parts(alternative).iter().all(|word| is_general(word)));
    if general {
        0.9
    } else {
        (0.02 * any.len() as f64).min(0.5)
    }
}

//! What is said of a fact: asserted, alleged, denied, confirmed, or expressly not exposed.

use std::ops::Range;

pub use entente_core::Status;

use crate::attribution::Attribution;
use crate::cues::{Cue, Kind};
use crate::document::{Document, Sentence};
use crate::facts::Fact;
use crate::language::{Class, LANGUAGES, Language, Lexicon, Phrases};
use crate::matching::Match;
use crate::speakers::Speaker;
use crate::text::normal;
use crate::words;

/// The name under which a text speaks for itself.
pub const ARTICLE: &str = "(article)";

/// The outcome for one match.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    pub status: Status,
    pub speaker: Option<Speaker>,
    pub chain: Vec<Speaker>,
    /// False where the text says that this very thing was not made known.
    pub exposed: bool,
}

/// Words before a verb or a word of the match in which its negation is looked for.
const NEGATION_REACH: usize = 3;
/// Words before a word of the match in which "never" is looked for.
const NEVER_REACH: usize = 8;
/// "Never", in the languages that are read.
const NEVER: [&str; 6] = ["never", "niemals", "jamais", "nunca", "jamás", "nigdy"];
/// Words that begin a claim, in the languages that are read.
const CLAIM: [&str; 6] = ["that", "que", "qu", "dass", "daß", "że"];
/// Words that take a question or claim as so, in the languages that are read.
const AFFIRMATIONS: [&str; 6] = ["yes", "oui", "ja", "sí", "si", "tak"];
/// Words after a match in which "…was not disclosed" is looked for.
const AFTER: usize = 7;

/// How a fact is worded, as far as it changes what a negation or modal means.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wording {
    negative: bool,
    modal: bool,
}

impl Wording {
    pub(crate) fn of(fact: &Fact) -> Self {
        let lexicons = LANGUAGES.map(Language::lexicon);
        let words: Vec<String> = words::split(&normal(&fact.text))
            .into_iter()
            .map(|(_, word)| word.to_lowercase())
            .collect();
        // A fact is one short sentence: the language with most of its function words is the language it is in.
        let count = |lexicon: &Lexicon| words.iter().filter(|word| lexicon.has(Class::Function, word)).count();
        let Some(lexicon) = lexicons.into_iter().rev().max_by_key(|lexicon| count(lexicon)) else {
            return Self {
                negative: false,
                modal: false,
            };
        };
        let has = |class| words.iter().any(|word| lexicon.has(class, word));
        Self {
            negative: has(Class::Negation),
            modal: has(Class::Modal),
        }
    }
}

/// Judges one match.
pub(crate) fn judge(document: &Document, attribution: &Attribution, wording: Wording, found: &Match) -> Verdict {
    let reading = Reading::new(document, found);
    let cues: Vec<&Cue> = attribution.cues[found.sentence]
        .iter()
        .filter(|cue| reading.governed(cue))
        .collect();
    // Innermost first: the cue that stands closest before what it governs; asides last.
    let mut inner: Vec<&Cue> = cues.clone();
    inner.sort_by_key(|cue| (cue.whole, std::cmp::Reverse(cue.scope.start)));
    let quote = reading.quote();
    let quoted = quote.and_then(|id| attribution.quotes.get(&id).cloned());
    let outside = |cue: &&&Cue| quote.is_none_or(|id| document.tokens[cue.verb].quote != id);
    let denier = inner
        .iter()
        .find(|cue| cue.kind == Kind::Deny && !cue.weak && outside(cue))
        .copied();
    let cue = inner
        .iter()
        .find(|cue| quote.is_none() && !cue.weak && cue.speaker.is_some())
        .or_else(|| inner.iter().find(outside))
        .copied();
    let cue = denier.or(cue);
    let speaker = quoted.or_else(|| cue.and_then(|cue| cue.speaker.clone()));
    let mut chain: Vec<Speaker> = Vec::new();
    if let (Some(speaker), Some(cue)) = (&speaker, cue) {
        if speaker.press {
            chain.push(speaker.clone());
            chain.extend(cue.via.iter().cloned());
        } else {
            chain.extend(cue.via.iter().cloned());
            chain.extend(
                inner
                    .iter()
                    .filter(|c| c.whole)
                    .filter_map(|c| c.speaker.clone())
                    .filter(|s| s.press && s != speaker),
            );
            chain.dedup();
            chain.push(speaker.clone());
        }
    } else {
        chain.extend(speaker.clone());
    }
    let exposed = (wording.negative || !reading.withheld()) && !reading.left_open();
    let kinds = |kind| inner.iter().any(|cue| cue.kind == kind && !cue.weak);
    let doubtful = reading.hedged(wording.modal)
        || inner.iter().any(|cue| cue.weak && cue.kind == Kind::Admit)
        || kinds(Kind::Suggest);
    let status = if document.language == Language::Other {
        Status::Asserted
    } else if kinds(Kind::Deny) || reading.called_false() || (!wording.negative && reading.negated()) {
        Status::Denied
    } else if doubtful {
        Status::Alleged
    } else if kinds(Kind::Admit) || reading.affirmed() {
        Status::Confirmed
    } else {
        Status::Asserted
    };
    Verdict {
        status,
        speaker,
        chain,
        exposed,
    }
}

/// Whether a claim follows: "false that …", "falsch, dass …", "nieprawdą jest, że …".
fn introduces_claim(document: &Document, predicate: usize, end: usize) -> bool {
    (predicate + 1..end)
        .take(3)
        .find(|t| !document.is(*t, Class::Auxiliary))
        .is_some_and(|t| CLAIM.contains(&document.word(t).lower.as_str()))
}

/// A match within its sentence.
struct Reading<'a> {
    document: &'a Document,
    sentence: &'a Sentence,
    hits: Vec<Range<usize>>,
    span: Range<usize>,
}

impl<'a> Reading<'a> {
    fn new(document: &'a Document, found: &Match) -> Self {
        let hits = found.hits.iter().map(|(_, r)| r.clone()).collect();
        Self {
            document,
            sentence: &document.sentences[found.sentence],
            hits,
            span: found.tokens(),
        }
    }

    fn governed(&self, cue: &Cue) -> bool {
        // What stands in the subject is neither inside nor outside: "the minister admitted that …".
        let beyond: Vec<&Range<usize>> = self.hits.iter().filter(|hit| !cue.head.contains(&hit.start)).collect();
        beyond.iter().filter(|hit| cue.scope.contains(&hit.start)).count() * 2 > beyond.len()
    }

    fn most(&self, holds: impl Fn(&Range<usize>) -> bool) -> bool {
        self.hits.iter().filter(|hit| holds(hit)).count() * 2 > self.hits.len()
    }

    /// The quotation in which most of it stands.
    fn quote(&self) -> Option<u32> {
        let first = self
            .hits
            .iter()
            .map(|hit| self.document.tokens[hit.start].quote)
            .find(|q| *q != 0)?;
        self.most(|hit| self.document.tokens[hit.start].quote == first)
            .then_some(first)
    }

    /// The clause in which the match begins.
    fn clause_start(&self) -> usize {
        let breaks = |t: &usize| {
            self.document
                .gap(*t)
                .contains([',', ';', ':', '—', '–', '(', '"', '“', '”'])
        };
        (self.sentence.tokens.start..self.span.start)
            .rev()
            .find(breaks)
            .map_or(self.sentence.tokens.start, |t| t + 1)
    }

    fn within(&self, token: usize) -> bool {
        self.hits.iter().any(|hit| hit.contains(&token))
    }

    /// Words of doubt in the clause; a modal counts where most of the match follows it and no embedded question holds it.
    fn hedged(&self, fact_is_modal: bool) -> bool {
        let document = self.document;
        let clause = self.clause_start()..self.span.end;
        let embedded = |token: usize| {
            (clause.start..token)
                .rev()
                .take(8)
                .any(|t| document.is(t, Class::Question) && !document.is(t, Class::Relative))
        };
        let words = clause.clone().filter(|t| !self.within(*t)).any(|t| {
            let word = document.word(t);
            word.classes.has(Class::Hedge)
                || (word.classes.has(Class::ClaimNoun) && t < self.span.start)
                || (word.classes.has(Class::Modal)
                    && !word.capital
                    && !fact_is_modal
                    && !embedded(t)
                    && self.hits.iter().filter(|h| h.start > t).count() * 2 >= self.hits.len())
                || (word.classes.has(Class::Condition) && !embedded(t))
        });
        let end = self.sentence.tokens.end;
        let phrase = clause
            .clone()
            .any(|t| document.phrase_at(Phrases::HedgePhrase, t, end).is_some());
        words || phrase || self.sentence.question
    }

    fn negation_before(&self, token: usize, reach: usize) -> Option<usize> {
        let from = token.saturating_sub(reach).max(self.sentence.tokens.start);
        (from..token)
            .rev()
            .take_while(|t| !self.document.gap(*t).contains([',', ';', ':', '.']))
            .find(|t| {
                let word = self.document.word(*t);
                word.classes.has(Class::Negation) || ["declined", "refused", "stopped"].contains(&word.lower.as_str())
            })
    }

    /// "Never" holds for all that follows in its clause: "I never paid him a single crown".
    fn never_before(&self, token: usize) -> bool {
        let document = self.document;
        let from = token.saturating_sub(NEVER_REACH).max(self.sentence.tokens.start);
        (from..token)
            .rev()
            .take_while(|t| {
                let classes = document.word(*t).classes;
                !document.gap(*t).contains([',', ';', ':', '.', '"', '“', '”'])
                    && !classes.any(&[Class::Conjunction, Class::Subordinator])
            })
            .any(|t| NEVER.contains(&document.word(t).lower.as_str()) && !self.within(t))
    }

    /// "Did not reveal the method", "the method was not disclosed".
    fn withheld(&self) -> bool {
        let document = self.document;
        let end = (self.span.end + AFTER).min(self.sentence.tokens.end);
        let end = (self.span.end.saturating_sub(1)..end)
            .find(|t| document.gap(*t).contains([',', ';', ':']))
            .map_or(end, |t| t + 1);
        (self.clause_start()..end)
            .filter(|t| document.is(*t, Class::Reveal))
            .any(|verb| {
                let Some(negation) = self.negation_before(verb, NEGATION_REACH) else {
                    return false;
                };
                if self.within(negation) || document.word(negation + 1).lower == "only" {
                    return false;
                }
                let after = self.most(|hit| hit.start >= verb);
                let passive = (negation..verb)
                    .any(|t| ["be", "been", "being"].contains(&document.word(t).lower.as_str()))
                    || negation > 0
                        && ["is", "are", "was", "were"].contains(&document.word(negation - 1).lower.as_str());
                after || (passive && self.most(|hit| hit.start <= negation))
            })
    }

    /// "Declined to comment on whether …": nothing was said either way.
    fn left_open(&self) -> bool {
        let end = self.span.start;
        (self.clause_start()..end).any(|t| self.document.phrase_at(Phrases::NoStance, t, end).is_some())
    }

    /// "It is false that …", "it is not true that …": whatever stands between, such as "anyone said".
    fn called_false(&self) -> bool {
        let document = self.document;
        (self.sentence.tokens.start..self.span.start).any(|t| {
            let classes = document.word(t).classes;
            let negated = self.negation_before(t, NEGATION_REACH).is_some();
            (classes.has(Class::Falsity) && !negated || classes.has(Class::Truth) && negated)
                && introduces_claim(document, t, self.span.start)
                && !self.within(t)
        })
    }

    /// "Yes, …" at the head of the quotation: what somebody else asked or said is taken as so.
    fn affirmed(&self) -> bool {
        let Some(quote) = self.quote() else { return false };
        let first = (0..self.span.start)
            .rev()
            .take_while(|t| self.document.tokens[*t].quote == quote)
            .last();
        first.is_some_and(|t| {
            AFFIRMATIONS.contains(&self.document.word(t).lower.as_str()) && self.document.gap(t).contains(',')
        })
    }

    /// A negation that stands right before a word of the match.
    fn negated(&self) -> bool {
        // "The claim that … is false."
        let after = self.span.end..(self.span.end + 4).min(self.sentence.tokens.end);
        let falsity = after
            .clone()
            .any(|t| self.document.is(t, Class::Falsity) && !self.within(t));
        let copula = after
            .clone()
            .next()
            .is_some_and(|t| self.document.is(t, Class::Auxiliary));
        (falsity && copula && after.into_iter().all(|t| !self.document.is(t, Class::Negation)))
            || self.hits.iter().any(|hit| self.never_before(hit.start))
            || self.hits.iter().any(|hit| {
                self.negation_before(hit.start, NEGATION_REACH).is_some_and(|negation| {
                    !self.within(negation)
                        && !["only", "just", "yet", "longer", "least"]
                            .contains(&self.document.word(negation + 1).lower.as_str())
                })
            })
    }
}

/// A denial or admission of something that was reported before: "denied the reports", "this story is false".
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    pub sentence: usize,
    pub tokens: Range<usize>,
    pub status: Status,
    pub speaker: Option<Speaker>,
    pub via: Vec<Speaker>,
    /// Refers back by a word (report, story, this), and not by naming its content again.
    pub anaphoric: bool,
}

/// All such references of a text.
pub(crate) fn references(document: &Document, attribution: &Attribution) -> Vec<Reference> {
    let mut found = Vec::new();
    for (number, sentence) in document.sentences.iter().enumerate() {
        for cue in attribution.cues[number]
            .iter()
            .filter(|cue| matches!(cue.kind, Kind::Deny | Kind::Admit) && !cue.weak)
        {
            let object = if cue.whole {
                sentence.tokens.clone()
            } else {
                cue.scope.clone()
            };
            // "Rejected reports that …" says itself which reports.
            let anaphoric = object.clone().take(7).any(|t| {
                let conjunction = t > object.start && CLAIM.contains(&document.word(t).lower.as_str());
                document.is(t, Class::Anaphor) && !conjunction && !introduces_claim(document, t, object.end)
            });
            found.push(Reference {
                sentence: number,
                tokens: cue.head.start.min(object.start)..object.end,
                status: if cue.kind == Kind::Deny {
                    Status::Denied
                } else {
                    Status::Confirmed
                },
                // "We confirm it" is said by whom the quotation belongs to.
                speaker: attribution
                    .quotes
                    .get(&document.tokens[cue.verb].quote)
                    .or(cue.speaker.as_ref())
                    .cloned(),
                via: cue.via.clone(),
                anaphoric,
            });
        }
        found.extend(verdict_on_report(document, attribution, number, sentence));
    }
    found
}

/// "This story is false", "the reports are true".
fn verdict_on_report(
    document: &Document,
    attribution: &Attribution,
    number: usize,
    sentence: &Sentence,
) -> Option<Reference> {
    let noun = sentence.tokens.clone().find(|t| document.is(*t, Class::Anaphor))?;
    let reach = noun + 1..(noun + 6).min(sentence.tokens.end);
    let predicate = reach
        .clone()
        .find(|t| document.word(*t).classes.any(&[Class::Falsity, Class::Truth]))?;
    if introduces_claim(document, predicate, sentence.tokens.end) {
        // "It is false that …" speaks of what follows, and is read there.
        return None;
    }
    let copula = reach
        .take_while(|t| *t < predicate)
        .any(|t| document.word(t).classes.any(&[Class::Auxiliary, Class::Negation]));
    if !copula {
        return None;
    }
    let negated = (noun..predicate).any(|t| document.is(t, Class::Negation));
    let doubtful = sentence
        .tokens
        .clone()
        .take_while(|t| *t < predicate)
        .any(|t| document.word(t).classes.any(&[Class::Condition, Class::Modal]));
    if doubtful || sentence.question {
        return None;
    }
    let falsity = document.is(predicate, Class::Falsity) != negated;
    let quote = document.tokens[noun].quote;
    let speaker = attribution
        .quotes
        .get(&quote)
        .cloned()
        .or_else(|| attribution.cues[number].iter().find_map(|cue| cue.speaker.clone()));
    Some(Reference {
        sentence: number,
        tokens: noun.max(sentence.tokens.start + 1) - 1..predicate + 1,
        status: if falsity { Status::Denied } else { Status::Confirmed },
        speaker,
        via: Vec::new(),
        anaphoric: true,
    })
}

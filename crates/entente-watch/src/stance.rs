//! What is said of a fact: asserted, alleged, denied, confirmed, or expressly not exposed.

use std::ops::Range;

pub use entente_core::Status;

use crate::attribution::Attribution;
use crate::clauses::{Clauses, Link};
use crate::cues::{Cue, Kind};
use crate::document::{Document, Sentence};
use crate::facts::Fact;
use crate::language::{Class, LANGUAGES, Language, Phrases};
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
    /// All of the match stands in one statement.
    pub together: bool,
    /// What decided, in words.
    pub because: &'static str,
}

/// Words before a verb or a word of the match in which its negation is looked for.
const NEGATION_REACH: usize = 3;
/// Words before a word of the match in which "never" is looked for.
const NEVER_REACH: usize = 8;
/// "Never", in the languages that are read.
const NEVER: [&str; 6] = ["never", "niemals", "jamais", "nunca", "jamás", "nigdy"];
/// Words that begin a claim, in the languages that are read.
pub(crate) const CLAIM: [&str; 6] = ["that", "que", "qu", "dass", "daß", "że"];
/// Words that take a question or claim as so, in the languages that are read.
const AFFIRMATIONS: [&str; 6] = ["yes", "oui", "ja", "sí", "si", "tak"];
/// Words before "whether" in which "unclear" is looked for.
const UNKNOWN_REACH: usize = 4;
/// Words of a phrase that is hardly parted.
const UNPARTED: usize = 3;
/// Forms in which German tells what somebody said: no doubt where it says who did.
const REPORTED: [&str; 7] = ["habe", "hätten", "sei", "seien", "wären", "werde", "würden"];
/// Letters of a verb in that mood that are more than its ending.
const CONDITIONAL: usize = 5;
/// Words behind "soll" in which the verb of a plan is looked for.
const PLAN: usize = 16;
/// Words after a match in which "…was not disclosed" is looked for.
const AFTER: usize = 7;

/// How a fact is worded, as far as it changes what a negation or modal means: in which languages it has one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wording {
    negative: u8,
    modal: u8,
}

impl Wording {
    pub(crate) fn of(fact: &Fact) -> Self {
        let words: Vec<String> = words::split(&normal(&fact.text))
            .into_iter()
            .map(|(_, word)| word.to_lowercase())
            .collect();
        let has = |class: Class| {
            let in_it = |language: &Language| words.iter().any(|word| language.lexicon().has(class, word));
            LANGUAGES
                .into_iter()
                .filter(in_it)
                .fold(0, |set, language| set | 1 << language as u8)
        };
        // A fact is one short sentence: the language with most of its function words is the one that it is in.
        let count = |language: &Language| {
            words
                .iter()
                .filter(|w| language.lexicon().has(Class::Function, w))
                .count()
        };
        let own = LANGUAGES
            .into_iter()
            .rev()
            .max_by_key(count)
            .map_or(0, |language| 1 << language as u8);
        // Whoever tells it in another language negates it there too.
        let set = |class: Class| match has(class) {
            found if found & own != 0 => u8::MAX,
            found => found,
        };
        Self {
            negative: set(Class::Negation),
            modal: set(Class::Modal),
        }
    }

    fn is_negative(self, language: Language) -> bool {
        self.negative >> language as u8 & 1 == 1
    }

    fn is_modal(self, language: Language) -> bool {
        self.modal >> language as u8 & 1 == 1
    }
}

/// Judges one match.
pub(crate) fn judge(document: &Document, attribution: &Attribution, wording: Wording, found: &Match) -> Verdict {
    let reading = Reading::new(document, found);
    // Who does not say how it was done does not say that it was done either.
    let silent = |cue: &Cue| cue.kind == Kind::Say && cue.weak && reading.granted(cue.verb);
    let cues: Vec<&Cue> = attribution.cues[found.sentence]
        .iter()
        .filter(|cue| reading.governed(cue) && !silent(cue))
        .collect();
    // Innermost first: the cue that stands closest before what it governs; asides last.
    let mut inner: Vec<&Cue> = cues.clone();
    inner.sort_by_key(|cue| (cue.whole, std::cmp::Reverse(cue.scope.start)));
    let quote = reading.quote();
    let quoted = quote.and_then(|id| attribution.quotes.get(&id).cloned());
    let outside = |cue: &&&Cue| quote.is_none_or(|id| document.tokens[cue.verb].quote != id);
    let denies = |cue: &&&Cue| cue.kind == Kind::Deny && !cue.weak && outside(cue);
    let denier = inner.iter().find(|cue| denies(cue) && cue.speaker.is_some()).copied();
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
    let negative = wording.is_negative(document.language);
    let (withheld, open) = (!negative && reading.withheld(), reading.left_open());
    let kinds = |kind| inner.iter().any(|cue| cue.kind == kind && !cue.weak);
    let said = inner.iter().any(|cue| !cue.weak && cue.speaker.is_some());
    let doubtful = reading.hedged(wording.is_modal(document.language), said)
        || inner.iter().any(|cue| cue.weak && cue.kind == Kind::Admit)
        || kinds(Kind::Suggest);
    let (status, because) = if document.language == Language::Other {
        (Status::Asserted, "the language has no tables")
    } else if kinds(Kind::Deny) {
        (Status::Denied, "a denial reaches the clause")
    } else if reading.called_false() {
        (Status::Denied, "the clause is called false")
    } else if !negative && reading.negated() {
        (Status::Denied, "the clause is negated")
    } else if doubtful {
        (Status::Alleged, "a word of doubt or a claim holds of the clause")
    } else if kinds(Kind::Admit) {
        (Status::Confirmed, "an admission reaches the clause")
    } else if reading.affirmed() {
        (Status::Confirmed, "the answer begins with yes")
    } else {
        (Status::Asserted, "nothing holds of the clause but that it is said")
    };
    Verdict {
        status,
        speaker,
        chain,
        exposed: !withheld && !open,
        together: reading.together(),
        because: match (withheld, open) {
            (true, _) => "what was not revealed is this clause",
            (_, true) => "it was left open whether it is so",
            _ => because,
        },
    }
}

/// Whether a claim follows: "false that …", "falsch, dass …", "nieprawdą jest, że …".
pub(crate) fn introduces_claim(document: &Document, predicate: usize, end: usize) -> bool {
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
    clauses: Clauses,
    /// The clause in which most of the match stands.
    home: usize,
}

impl<'a> Reading<'a> {
    fn new(document: &'a Document, found: &Match) -> Self {
        let hits: Vec<Range<usize>> = found.hits.iter().map(|(_, r)| r.clone()).collect();
        let sentence = &document.sentences[found.sentence];
        let clauses = Clauses::cut(document, sentence);
        let count = |clause: usize| hits.iter().filter(|hit| clauses.of(hit.start) == clause).count();
        let home = (0..clauses.list.len()).max_by_key(|clause| count(*clause)).unwrap_or(0);
        Self {
            document,
            sentence,
            span: found.tokens(),
            hits,
            clauses,
            home,
        }
    }

    /// Whether what a word says of its clause holds of the match.
    fn holds(&self, token: usize) -> bool {
        self.clauses.holds(self.clauses.of(token), self.home)
    }

    fn governed(&self, cue: &Cue) -> bool {
        // What stands in the subject is neither inside nor outside: "the minister admitted that …".
        let beyond: Vec<&Range<usize>> = self.hits.iter().filter(|hit| !cue.head.contains(&hit.start)).collect();
        // "An informant told police the names": the telling is what the text says, and not what he says.
        if cue.nominal && beyond.len() < self.hits.len() {
            return false;
        }
        if matches!(cue.kind, Kind::Deny | Kind::Admit) && !cue.whole && !self.reached(cue) {
            return false;
        }
        beyond.iter().filter(|hit| cue.scope.contains(&hit.start)).count() * 2 > beyond.len()
    }

    /// Whether no clause that stands by itself parts the words of the match.
    fn together(&self) -> bool {
        let statement = |token: usize| {
            let mut at = self.clauses.of(token);
            while !matches!(self.clauses.list[at].link, Link::Main | Link::Beside) {
                at = self.clauses.list[at].parent;
            }
            at
        };
        let home = self.hits.first().map(|hit| statement(hit.start));
        self.hits.iter().all(|hit| Some(statement(hit.start)) == home)
    }

    /// Whether a denial or admission holds of the clause of the match; in a description it does not.
    fn reached(&self, cue: &Cue) -> bool {
        let own = self.clauses.of(cue.verb);
        own == self.home
            || self.holds(cue.verb)
            || cue.scope.end <= cue.verb
            || self.clauses.list[own].link == Link::Relative
                && self.clauses.list[self.home].link != Link::Relative
                && self.clauses.holds(self.clauses.list[own].parent, self.home)
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

    /// Whether a token is part of what was found; what parts a phrase with a gap is not.
    fn within(&self, token: usize) -> bool {
        let ends = |hit: &Range<usize>| token == hit.start || token + 1 == hit.end || hit.len() <= UNPARTED;
        self.hits.iter().any(|hit| hit.contains(&token) && ends(hit))
    }

    /// Words of doubt in the clause; a modal counts where most of the match follows it, no embedded question holds it, and it
    /// is more than the mood in which German tells what somebody said.
    fn hedged(&self, fact_is_modal: bool, said: bool) -> bool {
        let document = self.document;
        let clause = self.clause_start()..self.span.end;
        let embedded = |token: usize| {
            (clause.start..token)
                .rev()
                .take(8)
                .any(|t| document.is(t, Class::Question) && !document.is(t, Class::Relative))
        };
        let words = (self.sentence.tokens.start..self.span.end)
            .filter(|t| !self.within(*t) && self.holds(*t))
            .any(|t| {
                let word = document.word(t);
                let near = clause.contains(&t);
                // "Apple's reported purchase".
                let attribute = t > self.sentence.tokens.start
                    && word.lower == "reported"
                    && (document.gap(t - 1).starts_with("'s") || document.is(t - 1, Class::NounMaker));
                word.classes.has(Class::Hedge)
                    || attribute
                    || (near && word.classes.has(Class::ClaimNoun) && t < self.span.start)
                    || (near
                        && (word.classes.has(Class::Modal) || self.conditional(t))
                        && (!word.capital || t == self.sentence.tokens.start)
                        && !fact_is_modal
                        && !embedded(t)
                        && !self.planned(t)
                        && !(said && REPORTED.contains(&word.lower.as_str()))
                        && self.hits.iter().filter(|h| h.start > t).count() * 2 >= self.hits.len())
                    || (word.classes.has(Class::Condition) && !embedded(t))
            });
        let end = self.sentence.tokens.end;
        let phrase = (self.sentence.tokens.start..self.span.end)
            .filter(|t| self.holds(*t))
            .any(|t| document.phrase_at(Phrases::HedgePhrase, t, end).is_some() && !self.planned(t));
        words || phrase || self.sentence.question || self.clauses.opened(self.home).is_some()
    }

    /// "Détiendrait", "tendrían": the mood in which French and Spanish tell what is not vouched for.
    fn conditional(&self, token: usize) -> bool {
        let document = self.document;
        let (endings, nouns): (&[&str], &[&str]) = match document.language {
            Language::Fr => (&["rait", "raient"], &["trait", "traits", "frait"]),
            Language::Es => (
                &["aría", "arían", "ería", "erían", "iría", "irían", "dría", "drían"],
                &["ntería", "breria"],
            ),
            _ => return false,
        };
        let word = &document.word(token).lower;
        let ends = |with: &[&str]| with.iter().any(|ending| word.ends_with(ending));
        let noun = token > 0
            && document
                .word(token - 1)
                .classes
                .any(&[Class::Determiner, Class::NounMaker]);
        word.chars().count() > CONDITIONAL && ends(endings) && !ends(nouns) && !noun
    }

    /// "Soll geschlossen werden" is a plan; "soll geschlossen worden sein", "soll gesagt haben" is hearsay.
    fn planned(&self, token: usize) -> bool {
        let document = self.document;
        let modal =
            document.language == Language::De && ["soll", "sollen"].contains(&document.word(token).lower.as_str());
        let mut rest = (token + 1..self.sentence.tokens.end).take(PLAN);
        modal
            && rest.any(|t| {
                let closes = t + 1 == self.sentence.tokens.end || document.breaks(t);
                document.word(t).lower == "werden" && closes
            })
    }

    fn negation_before(&self, token: usize, reach: usize) -> Option<usize> {
        let from = token.saturating_sub(reach).max(self.sentence.tokens.start);
        (from..token)
            .rev()
            .take_while(|t| !self.document.gap(*t).contains([',', ';', ':', '.']))
            .find(|t| {
                let word = self.document.word(*t);
                let same = self.clauses.of(*t) == self.clauses.of(token);
                same && word.classes.any(&[Class::Negation, Class::Unfulfilled])
            })
    }

    /// "Er sagte nicht, ob …": in German the negation follows the verb.
    fn negation_behind(&self, verb: usize) -> Option<usize> {
        let document = self.document;
        let behind = verb + 1..(verb + 1 + NEGATION_REACH).min(self.sentence.tokens.end);
        let same = |t: &usize| self.clauses.of(*t) == self.clauses.of(verb) && document.is(*t, Class::Negation);
        behind
            .into_iter()
            .find(same)
            .filter(|_| document.language == Language::De)
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
        let verbs = (self.sentence.tokens.start..end).filter(|t| document.is(*t, Class::Reveal) && self.holds(*t));
        verbs.into_iter().any(|verb| {
            let negation = self.negation_before(verb, NEGATION_REACH);
            let Some(negation) = negation.or_else(|| self.negation_behind(verb)) else {
                return false;
            };
            if self.within(negation) || document.is(negation + 1, Class::Only) || self.granted(verb) {
                return false;
            }
            let after = self.most(|hit| hit.start >= verb);
            let passive = (negation.min(verb)..verb).any(|t| document.is(t, Class::Copula))
                || negation > 0 && document.is(negation - 1, Class::Copula);
            after || (passive && self.clauses.of(verb) == self.home && self.most(|hit| hit.start <= negation))
        })
    }

    /// "How the agency had tapped the phone": what is asked for is withheld, all the rest is taken for granted. Who or
    /// what somebody is asks for all there is.
    fn granted(&self, verb: usize) -> bool {
        let clause = self.clauses.list[self.home];
        if clause.link != Link::Question || self.clauses.of(verb) == self.home {
            return false;
        }
        let words = self.clauses.tokens(self.home);
        let copula = |at: Option<&usize>| at.is_some_and(|t| self.document.is(*t, Class::Copula));
        let identity = copula(words.last())
            || copula(words.get(1))
                && words.get(2).is_some_and(|t| {
                    self.document
                        .word(*t)
                        .classes
                        .any(&[Class::Determiner, Class::NounMaker])
                });
        !identity
    }

    /// "Declined to comment on whether …": nothing was said either way.
    fn left_open(&self) -> bool {
        let end = self.span.start;
        // "It is unclear whether": nobody refused to say, nobody knows.
        let known = |opened: usize| {
            let before = opened.saturating_sub(UNKNOWN_REACH).max(self.sentence.tokens.start)..opened;
            !before.into_iter().any(|t| self.document.is(t, Class::Unknown))
        };
        if self.clauses.opened(self.home).is_some_and(known) && !self.sentence.question {
            return true;
        }
        (self.sentence.tokens.start..end)
            .any(|t| self.holds(t) && self.document.phrase_at(Phrases::NoStance, t, end).is_some() && !self.granted(t))
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

    /// "Die Behörde hörte das Telefon nicht ab": in German the negation follows what it negates.
    fn negated_behind(&self) -> bool {
        let document = self.document;
        document.language == Language::De
            && (self.span.start..(self.span.end + 3).min(self.sentence.tokens.end)).any(|t| {
                document.word(t).lower == "nicht"
                    && !self.within(t)
                    && self.clauses.of(t) == self.home
                    && !(t + 1 < self.sentence.tokens.end
                        && document.word(t + 1).classes.any(&[Class::Only, Class::Reveal]))
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
            || self.negated_behind()
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

//! A verb of saying: who is its subject, what it says, and how far that goes.

use std::ops::Range;

use super::{Cue, Kind, Reader};
use crate::clauses::Link;
use crate::document::Sentence;
use crate::language::{Class, Language, Phrases};

/// German verbs that deny or admit only with the prefix that stands behind them.
const SEPARABLE: [(&str, &str); 5] = [
    ("gab", "zu"),
    ("wies", "zurück"),
    ("räumte", "ein"),
    ("stritt", "ab"),
    ("tat", "ab"),
];
/// Words behind such a verb in which its prefix is looked for.
const PREFIX_REACH: usize = 16;
/// Words after "called" in which "false" or "a fantasy" is looked for.
const REJECTION: usize = 8;

/// Words of a sentence's end that is nothing but a verb of saying and who says so.
const TAIL: usize = 10;

impl Reader<'_> {
    pub(super) fn verb(&self, sentence: &Sentence, verb: usize) -> Option<Cue> {
        let document = self.document;
        let kind = self.kind(sentence, verb)?;
        let classes = document.word(verb).classes;
        let soon = verb + 1..(verb + 6).min(sentence.tokens.end);
        if self.lacks_prefix(sentence, verb) {
            return None;
        }
        let before = (verb > sentence.tokens.start).then(|| verb - 1);
        // "Allegedly" shares its stem with a verb, and "State" in a name its form.
        let adverb = classes.has(Class::Hedge)
            && (document.word(verb).lower.ends_with("ly") || document.language != Language::En);
        if adverb || before.is_some() && document.word(verb).capital && !sentence.shouted {
            return None;
        }
        if self.nobody(sentence, verb) {
            return None;
        }
        let set_apart = before.is_some_and(|t| document.breaks(t)) || self.grouped(sentence, verb);
        let tail = self.tail(sentence, verb, set_apart);
        if !set_apart && before.is_some_and(|t| document.is(t, Class::NounMaker) && !document.is(t, Class::Pronoun)) {
            return None;
        }
        // "Rejected reports that …": what is rejected is a noun, whatever else its form could be.
        let object = before.is_some_and(|t| document.word(t).classes.any(&[Class::Deny, Class::Admit]));
        if object && classes.any(&[Class::ReportNoun, Class::ClaimNoun, Class::Anaphor]) {
            return None;
        }
        let introduces = soon.take(4).any(|t| document.word(t).lower == "that");
        // A quotation that follows at once is the verb's object, as in: revealed “the list”.
        let opens_quote = self.document.quotes_after(verb) && !document.gap(verb).contains([',', ':']);
        let ends = verb + 1 == sentence.tokens.end
            || (self.document.breaks(verb) && !opens_quote)
            || document.gap(verb).contains('.');
        let by_people = before.is_some_and(|t| self.people(t, verb));
        let plain = introduces || ends || tail.is_some() || kind == Kind::Suggest && by_people;
        if classes.has(Class::Ambiguous) && !plain {
            return None;
        }
        let (subject, mut weak) = self.subjects.before(sentence, verb);
        let gerund = document.word(verb).lower.ends_with("ing") && subject.is_none();
        let (subject, inverted) = match (tail, subject) {
            (Some(tail), _) => (Some(tail), true),
            // "Nach Wochen räumte der Hersteller ein, …".
            (None, Some(subject)) if self.adverbial(&subject) => (self.subjects.after(sentence, verb), false),
            (None, Some(subject)) => (Some(subject), false),
            (None, None) if set_apart && !gerund => (self.subjects.after(sentence, verb), true),
            (None, None) if gerund => (self.subjects.of_clause(sentence, verb), false),
            (None, None) => (None, false),
        };
        let subject = subject?;
        let closing = verb + 1 == sentence.tokens.end && subject.start > sentence.tokens.start;
        let alone = inverted || closing || subject.start == sentence.tokens.start || introduces;
        let speaker = self.speaker(&subject, false);
        let speaker = speaker.or_else(|| self.phrases.anybody(&subject).filter(|_| alone))?;
        weak |= self.no_stance(sentence, verb);
        let apart = !inverted
            && subject.start > sentence.tokens.start
            && self.document.breaks(subject.start - 1)
            && !document.is(subject.start, Class::Conjunction);
        let clause_end = self.clause_end(sentence, verb + 1);
        // "The list was copied, a clerk said in an interview": more stands before the cue than after it.
        let trails = subject.start - sentence.tokens.start.min(subject.start) > sentence.tokens.end - verb;
        // "…, two guards write in a book": what follows the verb is no statement.
        let followed = verb + 1 < sentence.tokens.end
            && document
                .word(verb + 1)
                .classes
                .any(&[Class::PlacePreposition, Class::Calendar]);
        let aside = (followed && !introduces)
            || ends
            || self.document.quotes_after(subject.start.max(1) - 1)
            || (trails && !introduces);
        let closes = verb + 1 == sentence.tokens.end && subject.start > sentence.tokens.start;
        let whole = !gerund && (inverted || (apart && aside) || closes);
        let opens = document.is(sentence.tokens.start, Class::Subordinator);
        let scope = if whole {
            sentence.tokens.clone()
        } else if opens {
            verb + 1..clause_end
        } else if matches!(kind, Kind::Deny | Kind::Admit) {
            self.clauses(sentence).reach(verb, sentence.tokens.end)
        } else {
            verb + 1..sentence.tokens.end
        };
        Some(Cue {
            kind,
            verb,
            speaker: Some(speaker),
            via: Vec::new(),
            head: subject.start.min(verb)..subject.end.max(verb + 1),
            scope,
            whole,
            weak,
            origin: self.originates(sentence, verb),
            nominal: kind == Kind::Say && !inverted && self.nominal(sentence, verb),
        })
    }

    /// What the word says of a statement, if it is such a verb.
    fn kind(&self, sentence: &Sentence, verb: usize) -> Option<Kind> {
        let document = self.document;
        let classes = document.word(verb).classes;
        let within = |reach: usize, class: Class| {
            (verb + 1..(verb + reach).min(sentence.tokens.end)).any(|t| document.is(t, class))
        };
        if classes.has(Class::Deny) || classes.has(Class::Call) && within(REJECTION, Class::Falsity) {
            Some(Kind::Deny)
        } else if classes.has(Class::Admit) || classes.has(Class::Defend) && within(6, Class::Right) {
            Some(Kind::Admit)
        } else if classes.has(Class::Suggest) {
            Some(Kind::Suggest)
        } else {
            classes.has(Class::Say).then_some(Kind::Say)
        }
    }

    /// "Said to be", "Apple's reported purchase": nobody says so.
    fn nobody(&self, sentence: &Sentence, verb: usize) -> bool {
        let document = self.document;
        let next = (verb + 1 < sentence.tokens.end).then(|| document.word(verb + 1).lower.as_str());
        let phrase = || document.phrase_at(Phrases::HedgePhrase, verb, sentence.tokens.end);
        next == Some("to") && phrase().is_some()
            || verb > sentence.tokens.start && document.gap(verb - 1).starts_with("'s")
    }

    /// "…, a indiqué un porte-parole": only auxiliaries stand between the verb and the break before it.
    fn grouped(&self, sentence: &Sentence, verb: usize) -> bool {
        let document = self.document;
        let words = (sentence.tokens.start..verb).rev();
        let first = words
            .take_while(|t| !document.breaks(*t) && document.is(*t, Class::Auxiliary))
            .last();
        document.language != Language::En && first.is_some_and(|t| t > sentence.tokens.start && document.breaks(t - 1))
    }

    /// Who stands behind a verb with which the sentence ends: "…, zapewnia służba."
    fn tail(&self, sentence: &Sentence, verb: usize, set_apart: bool) -> Option<Range<usize>> {
        let document = self.document;
        let short = sentence.tokens.end - verb <= TAIL && verb + 1 < sentence.tokens.end;
        let broken = (verb..sentence.tokens.end - 1).any(|t| document.breaks(t));
        if !set_apart || !short || broken || document.language == Language::En {
            return None;
        }
        let after = self.subjects.after(sentence, verb)?;
        let somebody = self.speaker(&after, false).is_some() || self.phrases.anybody(&after).is_some();
        somebody.then_some(after)
    }

    /// Whether a stretch before a verb is no subject: it begins with a preposition.
    fn adverbial(&self, subject: &Range<usize>) -> bool {
        let opens = self.document.word(subject.start).classes;
        self.document.language == Language::De
            && opens.has(Class::Function)
            && !opens.any(&[
                Class::Determiner,
                Class::NounMaker,
                Class::Leading,
                Class::Pronoun,
                Class::Number,
            ])
    }

    /// Whether a word before a verb is people: "members suspect", "officials fear".
    fn people(&self, token: usize, verb: usize) -> bool {
        let (word, verb) = (self.document.word(token), self.document.word(verb));
        let plural = self.document.language == Language::En && word.lower.ends_with('s') && !verb.lower.ends_with('s');
        word.classes.any(&[Class::Unnamed, Class::Pronoun]) || plural && word.is_content()
    }

    /// Whether a verb's object is a thing: no clause, no quotation and no finite verb follows.
    fn nominal(&self, sentence: &Sentence, verb: usize) -> bool {
        let document = self.document;
        let tells = document.is(verb, Class::Reveal) && !document.word(verb).lower.starts_with("sa");
        if !tells {
            return false;
        }
        let clauses = self.clauses(sentence);
        !(verb..sentence.tokens.end).any(|t| {
            let classes = document.word(t).classes;
            let finite = classes.any(&[Class::Copula, Class::Modal])
                || classes.has(Class::Auxiliary)
                    && !classes.has(Class::Determiner)
                    && !document.word(t).lower.ends_with("ly");
            document.quotes_after(t) && t + 1 < sentence.tokens.end
                || t > verb && finite && !matches!(clauses.list[clauses.of(t)].link, Link::Relative | Link::Beside)
                || clauses.of(t) != clauses.of(verb) && clauses.list[clauses.of(t)].link == Link::Content && t > verb
        })
    }

    /// "Er gab die Liste", and not "er gab zu": some German verbs mean this only with their prefix.
    fn lacks_prefix(&self, sentence: &Sentence, verb: usize) -> bool {
        let stem = self.document.word(verb).stem.as_str();
        let prefix = SEPARABLE
            .iter()
            .find(|(verb, _)| Language::De.stem(verb) == stem)
            .map(|(_, prefix)| *prefix);
        let ahead = || (verb + 1..sentence.tokens.end).take(PREFIX_REACH);
        self.document.language == Language::De
            && prefix.is_some_and(|prefix| {
                !ahead().any(|t| {
                    let closes = t + 1 == sentence.tokens.end || self.document.breaks(t);
                    self.document.word(t).lower == prefix && closes
                })
            })
    }

    fn no_stance(&self, sentence: &Sentence, verb: usize) -> bool {
        let from = verb.saturating_sub(4).max(sentence.tokens.start);
        let to = (verb + 4).min(sentence.tokens.end);
        let phrase = (from..=verb).any(|t| {
            let length = self.document.phrase_at(Phrases::NoStance, t, to);
            length.is_some_and(|length| (t..t + length).contains(&verb))
        });
        let clause = (sentence.tokens.start..verb)
            .rev()
            .take(12)
            .take_while(|t| !self.document.breaks(*t));
        phrase || clause.into_iter().any(|t| self.document.is(t, Class::Condition))
    }

    fn clause_end(&self, sentence: &Sentence, from: usize) -> usize {
        (from..sentence.tokens.end)
            .find(|t| self.document.breaks(*t) && !self.document.quotes_after(*t))
            .map_or(sentence.tokens.end, |t| t + 1)
    }
}

//! Who says so: verbs of saying with their subjects, "according to", inverted quotations, the last speaker carried on.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::document::{Document, Sentence};
use crate::language::{Class, Language, Phrases};
use crate::matching::name_at;
use crate::names::Names;
use crate::quotations;
use crate::speakers::{self, Speaker};

/// What a cue does to what it governs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Say,
    Suggest,
    Deny,
    Admit,
}

/// A word that says who vouches for a part of a sentence, and how.
#[derive(Debug, Clone)]
pub(crate) struct Cue {
    pub kind: Kind,
    pub verb: usize,
    pub speaker: Option<Speaker>,
    /// Outlets and sources the statement went through, outermost first.
    pub via: Vec<Speaker>,
    /// Where the subject and verb stand.
    pub head: Range<usize>,
    pub scope: Range<usize>,
    /// Set aside from the sentence ("…, officials said, …"): governs all of it.
    pub whole: bool,
    /// Under a condition, a negation, or "to": states nothing of the kind.
    pub weak: bool,
    /// Names the place where the story began ("first made by").
    pub origin: bool,
}

/// Words a subject may have before its verb.
const MAX_SUBJECT: usize = 14;
/// Words at the head of a sentence in which the person it is about is looked for.
const TOPIC: usize = 5;
/// Words after "called" in which "false" or "a fantasy" is looked for.
const REJECTION: usize = 8;
/// Words between "according to" and the end of the name.
const MAX_SOURCE: usize = 10;

/// All cues of a text, by sentence, and the speaker of each quotation.
#[derive(Debug, Default)]
pub(crate) struct Attribution {
    pub cues: Vec<Vec<Cue>>,
    pub quotes: HashMap<u32, Speaker>,
}

impl Attribution {
    pub(crate) fn new(document: &Document, names: &Names) -> Self {
        let mut reader = Reader {
            document,
            phrases: speakers::Phrases { document, names },
            last: None,
            last_outlet: None,
        };
        let cues: Vec<Vec<Cue>> = document
            .sentences
            .iter()
            .map(|sentence| reader.sentence(sentence))
            .collect();
        let quotes = quotations::speakers(document, &cues);
        Self { cues, quotes }
    }
}

impl Attribution {
    /// Words that only say who speaks: they are no content, whatever slots they would fill.
    pub(crate) fn framing(&self) -> HashSet<usize> {
        let says = self
            .cues
            .iter()
            .flatten()
            .filter(|cue| matches!(cue.kind, Kind::Say | Kind::Suggest));
        says.flat_map(|cue| {
            let unnamed = cue
                .speaker
                .as_ref()
                .is_some_and(|speaker| !speaker.named || speaker.press);
            if unnamed {
                cue.head.clone()
            } else {
                cue.verb..cue.verb + 1
            }
        })
        .collect()
    }
}

struct Reader<'a> {
    document: &'a Document,
    phrases: speakers::Phrases<'a>,
    /// The person who was last spoken of, for "he said".
    last: Option<Speaker>,
    /// The outlet that was last named, for "the paper wrote".
    last_outlet: Option<Speaker>,
}

impl Reader<'_> {
    fn sentence(&mut self, sentence: &Sentence) -> Vec<Cue> {
        let mut cues = self.according(sentence);
        cues.extend(self.authored(sentence));
        for verb in sentence.tokens.clone() {
            if cues.iter().any(|cue| cue.head.contains(&verb)) {
                continue;
            }
            cues.extend(self.verb(sentence, verb));
        }
        let citing = self.after_phrase(sentence, Phrases::Citing, sentence.tokens.clone());
        let outlets = self.after_phrase(sentence, Phrases::To, sentence.tokens.clone());
        for cue in &mut cues {
            let Some(speaker) = &cue.speaker else { continue };
            if speaker.press {
                cue.via.extend(
                    citing
                        .iter()
                        .filter(|(s, _)| s.name != speaker.name)
                        .map(|(s, _)| s.clone()),
                );
            } else {
                cue.via.extend(
                    outlets
                        .iter()
                        .filter(|(s, _)| s.named && s.name != speaker.name)
                        .map(|(s, _)| s.clone()),
                );
                cue.via.truncate(1);
            }
        }
        if let Some(speaker) = cues
            .iter()
            .rev()
            .filter(|cue| !cue.weak)
            .filter_map(|cue| cue.speaker.as_ref())
            .find(|s| s.named && !s.press)
        {
            self.last = Some(speaker.clone());
        } else if let Some(person) = self.topic(sentence) {
            self.last = Some(person);
        }
        let mut outlets = self
            .phrases
            .runs(&sentence.tokens)
            .into_iter()
            .filter_map(|name| self.phrases.speaker(&name, false));
        self.last_outlet = outlets
            .rfind(|speaker| speaker.named && speaker.press)
            .or(self.last_outlet.take());
        cues
    }

    /// The person a sentence begins with: "Ada Moss was not convinced."
    fn topic(&self, sentence: &Sentence) -> Option<Speaker> {
        let head = sentence.tokens.start..(sentence.tokens.start + TOPIC).min(sentence.tokens.end);
        let name = self.phrases.runs(&head).into_iter().find(|name| name.len() > 1)?;
        self.phrases.speaker(&name, false).filter(|speaker| !speaker.press)
    }

    /// "According to X": the whole sentence when it stands at its end or in the middle, the rest when at its head.
    fn according(&self, sentence: &Sentence) -> Vec<Cue> {
        self.after_phrase(sentence, Phrases::According, sentence.tokens.clone())
            .into_iter()
            .map(|(speaker, head)| Cue {
                kind: Kind::Say,
                verb: head.start,
                speaker: Some(speaker),
                via: Vec::new(),
                scope: sentence.tokens.clone(),
                whole: true,
                weak: false,
                origin: self.originates(sentence, head.start),
                head,
            })
            .collect()
    }

    /// "The claims first made by X that …".
    fn authored(&self, sentence: &Sentence) -> Vec<Cue> {
        let mut cues = Vec::new();
        for (speaker, head) in self.after_phrase(sentence, Phrases::By, sentence.tokens.clone()) {
            let Some(noun) = head.start.checked_sub(1).filter(|n| sentence.tokens.contains(n)) else {
                continue;
            };
            let (claim, report) = (
                self.document.is(noun, Class::ClaimNoun),
                self.document.is(noun, Class::ReportNoun),
            );
            if !(claim || report && speaker.press) {
                continue;
            }
            cues.push(Cue {
                kind: if claim { Kind::Suggest } else { Kind::Say },
                verb: noun,
                speaker: Some(speaker),
                via: Vec::new(),
                scope: head.end..sentence.tokens.end,
                whole: false,
                weak: false,
                origin: self.originates(sentence, head.start),
                head: noun..head.end,
            });
        }
        cues
    }

    fn originates(&self, sentence: &Sentence, at: usize) -> bool {
        let from = at.saturating_sub(6).max(sentence.tokens.start);
        let to = (at + 8).min(sentence.tokens.end);
        self.document
            .language
            .lexicon()
            .phrases(Phrases::Origin)
            .iter()
            .any(|phrase| (from..to).any(|t| self.phrase_at(phrase, t, to)))
    }

    fn phrase_at(&self, phrase: &[String], at: usize, end: usize) -> bool {
        at + phrase.len() <= end
            && phrase
                .iter()
                .zip(at..)
                .all(|(word, t)| self.document.word(t).lower == *word)
    }

    /// The speakers that follow a phrase of a table, each with the range of phrase and name.
    fn after_phrase(&self, sentence: &Sentence, kind: Phrases, within: Range<usize>) -> Vec<(Speaker, Range<usize>)> {
        let mut found: Vec<(Speaker, Range<usize>)> = Vec::new();
        for at in within {
            if found.last().is_some_and(|(_, head)| head.contains(&at)) {
                continue;
            }
            let longest = self
                .document
                .language
                .lexicon()
                .phrases(kind)
                .iter()
                .filter(|p| self.phrase_at(p, at, sentence.tokens.end))
                .map(Vec::len)
                .max();
            let Some(length) = longest else { continue };
            let start = at + length;
            let mut end = start;
            while end < sentence.tokens.end && end - start < MAX_SOURCE {
                let stops = self.document.is(end, Class::Subordinator)
                    || (self.document.is(end, Class::Auxiliary) && end > start);
                if stops {
                    break;
                }
                end += 1;
                if self.breaks(end - 1) {
                    break;
                }
            }
            if let Some(speaker) = self.speaker(&(start..end), kind == Phrases::According) {
                found.push((speaker, at..end));
            }
        }
        found
    }

    fn quoted_gap(&self, token: usize) -> bool {
        self.document.gap(token).contains(['"', '“', '”', '„', '«', '»'])
    }

    fn verb(&self, sentence: &Sentence, verb: usize) -> Option<Cue> {
        let document = self.document;
        let classes = document.word(verb).classes;
        let soon = verb + 1..(verb + 6).min(sentence.tokens.end);
        let rejected =
            || (verb + 1..(verb + REJECTION).min(sentence.tokens.end)).any(|t| document.is(t, Class::Falsity));
        let kind = if classes.has(Class::Deny) || (classes.has(Class::Call) && rejected()) {
            Kind::Deny
        } else if classes.has(Class::Admit)
            || (classes.has(Class::Defend) && soon.clone().any(|t| document.is(t, Class::Right)))
        {
            Kind::Admit
        } else if classes.has(Class::Suggest) {
            Kind::Suggest
        } else if classes.has(Class::Say) {
            Kind::Say
        } else {
            return None;
        };
        let before = (verb > sentence.tokens.start).then(|| verb - 1);
        // "Allegedly" shares its stem with a verb, and "State" in a name its form.
        let adverb = classes.has(Class::Hedge)
            && (document.word(verb).lower.ends_with("ly") || document.language != Language::En);
        if adverb || before.is_some() && document.word(verb).capital && !sentence.shouted {
            return None;
        }
        let set_apart = before.is_some_and(|t| self.breaks(t));
        if !set_apart && before.is_some_and(|t| document.is(t, Class::NounMaker) && !document.is(t, Class::Pronoun)) {
            return None;
        }
        let introduces = soon.take(4).any(|t| document.word(t).lower == "that");
        // A quotation that follows at once is the verb's object, as in: revealed “the list”.
        let opens_quote = self.quoted_gap(verb) && !document.gap(verb).contains([',', ':']);
        let ends =
            verb + 1 == sentence.tokens.end || (self.breaks(verb) && !opens_quote) || document.gap(verb).contains('.');
        let by_people = before.is_some_and(|t| document.word(t).classes.any(&[Class::Unnamed, Class::Pronoun]));
        if classes.has(Class::Ambiguous) && !(introduces || ends || (kind == Kind::Suggest && by_people)) {
            return None;
        }
        let (subject, mut weak) = self.subject_left(sentence, verb);
        let gerund = document.word(verb).lower.ends_with("ing") && subject.is_none();
        let (subject, inverted) = match subject {
            Some(subject) => (Some(subject), false),
            None if set_apart && !gerund => (self.subject_right(sentence, verb), true),
            None if gerund => (self.clause_subject(sentence, verb), false),
            None => (None, false),
        };
        let subject = subject?;
        let speaker = self.speaker(&subject, false)?;
        weak |= self.no_stance(sentence, verb);
        let apart = !inverted
            && subject.start > sentence.tokens.start
            && self.breaks(subject.start - 1)
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
        let aside =
            (followed && !introduces) || ends || self.quoted_gap(subject.start.max(1) - 1) || (trails && !introduces);
        let closes = verb + 1 == sentence.tokens.end && subject.start > sentence.tokens.start;
        let whole = !gerund && (inverted || (apart && aside) || closes);
        let opens = document.is(sentence.tokens.start, Class::Subordinator);
        let scope = if whole {
            sentence.tokens.clone()
        } else if opens {
            verb + 1..clause_end
        } else if matches!(kind, Kind::Deny | Kind::Admit) {
            verb + 1..self.contrast(sentence, verb + 1)
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
        })
    }

    fn no_stance(&self, sentence: &Sentence, verb: usize) -> bool {
        let from = verb.saturating_sub(4).max(sentence.tokens.start);
        let to = (verb + 4).min(sentence.tokens.end);
        let phrase = self
            .document
            .language
            .lexicon()
            .phrases(Phrases::NoStance)
            .iter()
            .any(|p| (from..=verb).any(|t| self.phrase_at(p, t, to) && (t..t + p.len()).contains(&verb)));
        let clause = (sentence.tokens.start..verb)
            .rev()
            .take(12)
            .take_while(|t| !self.breaks(*t));
        phrase || clause.into_iter().any(|t| self.document.is(t, Class::Condition))
    }

    pub(crate) fn clause_end(&self, sentence: &Sentence, from: usize) -> usize {
        (from..sentence.tokens.end)
            .find(|t| self.breaks(*t) && !self.quoted_gap(*t))
            .map_or(sentence.tokens.end, |t| t + 1)
    }

    /// Where a denial or admission ends: at a break that is followed by a new clause.
    fn contrast(&self, sentence: &Sentence, from: usize) -> usize {
        let opens = |t: usize| {
            let classes = self.document.word(t).classes;
            classes.has(Class::Conjunction) || (classes.has(Class::Subordinator) && !classes.has(Class::Relative))
        };
        let ends = (from..sentence.tokens.end.saturating_sub(1))
            .find(|t| self.breaks(*t) && (self.document.gap(*t).contains(';') || opens(*t + 1)));
        ends.map_or(sentence.tokens.end, |t| t + 1)
    }

    /// The subject before a verb, and whether the verb is negated or only an infinitive.
    fn subject_left(&self, sentence: &Sentence, verb: usize) -> (Option<Range<usize>>, bool) {
        let document = self.document;
        let start = sentence.tokens.start;
        let mut at = verb;
        let mut weak = false;
        let mut passive = false;
        while at > start {
            let previous = at - 1;
            if self.breaks(previous) {
                if self.quoted_gap(previous) || passive {
                    return (None, weak);
                }
                return (self.before_apposition(sentence, previous), weak);
            }
            let word = document.word(previous);
            let relative =
                word.classes.has(Class::Relative) && previous > start && !document.is(verb, Class::Ambiguous);
            if word.lower == "to" {
                weak = !document.is(verb, Class::Suggest);
            } else if word.classes.has(Class::Negation) {
                weak = true;
            } else if word.classes.has(Class::Modal) {
                weak |= document.word(verb).classes.any(&[Class::Deny, Class::Admit]);
            } else if relative {
                at = previous;
                break;
            } else if !(word.classes.has(Class::Auxiliary) || word.lower.ends_with("ly") && !word.capital) {
                break;
            }
            passive |= at == verb && ["is", "are", "was", "were", "be", "been", "being"].contains(&word.lower.as_str());
            at = previous;
        }
        if passive || at == start {
            return (None, weak);
        }
        let end = at;
        let mut from = end - 1;
        while from > start
            && end - from < MAX_SUBJECT
            && !self.breaks(from - 1)
            && !document.is(from - 1, Class::Subordinator)
        {
            from -= 1;
        }
        // "Three soldiers who guarded the gate say": the subject stands before the relative clause.
        if from > start + 1
            && document.word(from - 1).classes.has(Class::Relative)
            && document.is(from - 1, Class::Question)
        {
            let last = from - 2;
            from = last;
            while from > start
                && last - from < MAX_SUBJECT
                && !self.breaks(from - 1)
                && !document.is(from - 1, Class::Subordinator)
            {
                from -= 1;
            }
            return (Some(from..last + 1), weak);
        }
        // "Ada Moss, a clerk at the mint said": the apposition was not closed.
        let apposed =
            from > start && self.breaks(from - 1) && !self.quoted_gap(from - 1) && document.is(from, Class::Determiner);
        if apposed && let Some(name) = self.sole_name(sentence, from - 1) {
            return (Some(name), weak);
        }
        (Some(from..end), weak)
    }

    /// The stretch between two breaks that ends with a token, if it is nothing but a name: "…, Minister Ada Moss, …".
    fn sole_name(&self, sentence: &Sentence, last: usize) -> Option<Range<usize>> {
        let name = self.stretch(sentence, last);
        let document = self.document;
        let plain = |t: usize| {
            let word = document.word(t);
            let joins = word.classes.has(Class::Conjunction) && name.start < t && t < last;
            joins
                || word.capital
                    && !word
                        .classes
                        .any(&[Class::Calendar, Class::Subordinator, Class::Function])
        };
        let alone = name.len() > 1 || name.start > sentence.tokens.start;
        (alone && name.clone().all(plain)).then_some(name)
    }

    fn stretch(&self, sentence: &Sentence, last: usize) -> Range<usize> {
        let mut from = last;
        while from > sentence.tokens.start && last - from < MAX_SUBJECT && !self.breaks(from - 1) {
            from -= 1;
        }
        from..last + 1
    }

    /// "Dana Reyes, a clerk at the mint, said": what stands before the first comma of the apposition.
    fn before_apposition(&self, sentence: &Sentence, comma: usize) -> Option<Range<usize>> {
        let ends = || (sentence.tokens.start..comma).filter(|t| self.breaks(*t) && !self.quoted_gap(*t));
        // "A spokeswoman for the town, Ada Moss, said": here the name stands in the apposition.
        let name = self
            .sole_name(sentence, comma)
            .or_else(|| ends().find_map(|last| self.sole_name(sentence, last)));
        name.or_else(|| {
            ends().find_map(|last| {
                let head = self.document.word(last);
                let subject = head.capital && !head.classes.has(Class::Calendar) || head.classes.has(Class::Unnamed);
                subject.then(|| self.stretch(sentence, last))
            })
        })
    }

    fn subject_right(&self, sentence: &Sentence, verb: usize) -> Option<Range<usize>> {
        let document = self.document;
        let start = verb + 1;
        if start >= sentence.tokens.end || self.breaks(verb) {
            return None;
        }
        let word = document.word(start);
        if !word.capital
            && !word
                .classes
                .any(&[Class::Pronoun, Class::Determiner, Class::NounMaker, Class::Unnamed])
            || word.classes.has(Class::Subordinator)
        {
            return None;
        }
        let mut end = start;
        while end < sentence.tokens.end && end - start < MAX_SOURCE {
            let word = document.word(end);
            if end > start
                && (word.classes.any(&[Class::Subordinator, Class::Auxiliary])
                    || word.classes.has(Class::Function)
                        && !["of", "the", "for", "at"].contains(&word.lower.as_str())
                        && !word.capital)
            {
                break;
            }
            end += 1;
            if self.breaks(end - 1) {
                break;
            }
        }
        Some(start..end)
    }

    /// The subject of the clause a participle hangs on: the first name or class of people in it.
    fn clause_subject(&self, sentence: &Sentence, verb: usize) -> Option<Range<usize>> {
        let mut starts: Vec<usize> = vec![sentence.tokens.start];
        starts.extend(
            (sentence.tokens.start..verb)
                .filter(|t| self.breaks(*t) && !self.quoted_gap(*t))
                .map(|t| t + 1),
        );
        starts.into_iter().rev().find_map(|start| {
            let head = (start..verb)
                .take_while(|t| *t == start || !self.breaks(*t - 1))
                .find(|t| {
                    let word = self.document.word(*t);
                    (word.capital && !word.classes.has(Class::Function) || word.classes.has(Class::Unnamed))
                        && !self.document.gap(*t).starts_with("'s")
                })?;
            let mut end = name_at(self.document, head, verb).end.max(head + 1);
            while end < verb && self.document.is(end, Class::Unnamed) && !self.breaks(end - 1) {
                end += 1;
            }
            let mut from = head;
            while from > start && !self.document.is(from - 1, Class::Function) {
                from -= 1;
            }
            Some(from..end)
        })
    }

    /// Who a noun phrase stands for, with pronouns and "the paper" traced back.
    fn speaker(&self, phrase: &Range<usize>, loose: bool) -> Option<Speaker> {
        if phrase.is_empty() {
            return None;
        }
        let first = self.document.word(phrase.start);
        if phrase.len() == 1 && first.classes.has(Class::Pronoun) {
            let itself = || Speaker {
                name: first.lower.clone(),
                named: false,
                press: false,
            };
            // Inside a quotation a pronoun is its speaker's word, and whose that is shows outside.
            let quoted = self.document.tokens[phrase.start].quote != 0;
            return Some(self.last.clone().filter(|_| !quoted).unwrap_or_else(itself));
        }
        let speaker = self.phrases.speaker(phrase, loose)?;
        if speaker.press && !speaker.named {
            return Some(self.last_outlet.clone().unwrap_or(speaker));
        }
        Some(speaker)
    }

    fn breaks(&self, token: usize) -> bool {
        self.phrases.breaks(token)
    }
}

//! The words that say who vouches for what: verbs of saying with their subjects, "according to", inverted quotations.

use std::ops::Range;

use crate::clauses::{Clauses, Link};
use crate::document::{Document, Sentence};
use crate::language::{Class, Language, Phrases};
use crate::names::Names;
use crate::speakers::{self, Speaker};
use crate::subjects::{MAX_SOURCE, Subjects};

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
    /// What is told is a thing and no statement ("told police the names"): the telling itself is what the text says.
    pub nominal: bool,
}

/// Words at the head of a sentence in which the person it is about is looked for.
const TOPIC: usize = 5;
/// German verbs that deny or admit only with the prefix that stands behind them.
const SEPARABLE: [(&str, &str); 6] = [
    ("gab", "zu"),
    ("gibt", "zu"),
    ("gaben", "zu"),
    ("wies", "zurück"),
    ("weist", "zurück"),
    ("wiesen", "zurück"),
];
/// Words behind such a verb in which its prefix is looked for.
const PREFIX_REACH: usize = 16;
/// Words of the longest headline that is read by its colon or dash.
const HEADLINE: usize = 20;
/// Words of the credit before a headline's colon or behind its dash.
const CREDIT: usize = 4;
/// Words after "called" in which "false" or "a fantasy" is looked for.
const REJECTION: usize = 8;

/// The cues of all sentences of a text.
pub(crate) fn read(document: &Document, names: &Names) -> Vec<Vec<Cue>> {
    let mut reader = Reader {
        document,
        phrases: speakers::Phrases { document, names },
        subjects: Subjects { document },
        last: None,
        last_outlet: None,
        last_body: None,
    };
    document
        .sentences
        .iter()
        .map(|sentence| reader.sentence(sentence))
        .collect()
}

struct Reader<'a> {
    document: &'a Document,
    phrases: speakers::Phrases<'a>,
    subjects: Subjects<'a>,
    /// The person who was last spoken of, for "he said".
    last: Option<Speaker>,
    /// The outlet that was last named, for "the paper wrote".
    last_outlet: Option<Speaker>,
    /// The outlet, company or authority that last spoke, for "it said".
    last_body: Option<Speaker>,
}

impl Reader<'_> {
    fn sentence(&mut self, sentence: &Sentence) -> Vec<Cue> {
        let mut cues = self.according(sentence);
        cues.extend(self.authored(sentence));
        cues.extend(self.phrases(sentence));
        for verb in sentence.tokens.clone() {
            if cues.iter().any(|cue| cue.head.contains(&verb)) {
                continue;
            }
            cues.extend(self.verb(sentence, verb));
        }
        if cues.is_empty() {
            cues.extend(self.headline(sentence));
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
        let body = cues.iter().rev().filter_map(|cue| cue.speaker.as_ref());
        let body = body.clone().find(|s| s.press || !s.named);
        self.last_body = body.cloned().or(self.last_body.take());
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
                nominal: false,
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
                nominal: false,
                head: noun..head.end,
            });
        }
        cues
    }

    /// "No evidence that …", "cleared the agency of …", "accused him of …": phrases that deny or allege what follows.
    fn phrases(&self, sentence: &Sentence) -> Vec<Cue> {
        let mut cues: Vec<Cue> = Vec::new();
        for at in sentence.tokens.clone() {
            let Some((kind, length)) = self.document.cue_phrase(at, sentence.tokens.end) else {
                continue;
            };
            // "It was not ruled out that …": nothing is denied.
            let negated = at > sentence.tokens.start && self.document.is(at - 1, Class::Negation);
            if negated || cues.last().is_some_and(|cue| cue.head.contains(&at)) {
                continue;
            }
            let last = at + length - 1;
            // A phrase that closes its sentence judges what stands before it.
            let closes = last + 1 >= sentence.tokens.end;
            let scope = if closes {
                sentence.tokens.start..at
            } else {
                at + 1..self.clauses(sentence).reach(last, sentence.tokens.end).end
            };
            cues.push(Cue {
                kind: if kind == Phrases::Deny {
                    Kind::Deny
                } else {
                    Kind::Suggest
                },
                verb: at,
                speaker: None,
                via: Vec::new(),
                head: at..at + 1,
                scope,
                whole: false,
                weak: false,
                origin: false,
                nominal: false,
            });
        }
        cues
    }

    /// "Union: agency tapped phone", "Agency tapped phone: sources".
    fn headline(&self, sentence: &Sentence) -> Option<Cue> {
        let document = self.document;
        let Range { start, end } = sentence.tokens.clone();
        if end - start > HEADLINE || end - start < 3 {
            return None;
        }
        let colon = |t: &usize| document.gap(*t).contains(':');
        let dash = |t: &usize| colon(t) || document.gap(*t).contains(['–', '—']) || document.gap(*t).contains(" - ");
        let ahead = (start..(start + CREDIT).min(end - 1))
            .find(colon)
            .filter(|at| at - start + 1 < end - at);
        let behind = (end.saturating_sub(CREDIT + 1).max(start)..end - 1).rev().find(dash);
        let (head, scope) = match (ahead, behind) {
            (Some(at), _) => (start..at + 1, at + 1..end),
            (None, Some(at)) => (at + 1..end, start..at + 1),
            (None, None) => return None,
        };
        if head
            .clone()
            .any(|t| document.is(t, Class::Label) || document.word(t).numeric)
        {
            return None;
        }
        let speaker = self.speaker(&head, false)?;
        let known = speaker.press || !speaker.named || ahead.is_some();
        known.then_some(Cue {
            kind: Kind::Say,
            verb: head.start,
            speaker: Some(speaker),
            via: Vec::new(),
            head,
            scope,
            whole: true,
            weak: false,
            origin: false,
            nominal: false,
        })
    }

    /// Cut only where a cue asks for them: most sentences have none that does.
    fn clauses(&self, sentence: &Sentence) -> Clauses {
        Clauses::cut(self.document, sentence)
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

    fn originates(&self, sentence: &Sentence, at: usize) -> bool {
        let from = at.saturating_sub(6).max(sentence.tokens.start);
        let to = (at + 8).min(sentence.tokens.end);
        (from..to).any(|t| self.document.phrase_at(Phrases::Origin, t, to).is_some())
    }

    /// The speakers that follow a phrase of a table, each with the range of phrase and name.
    fn after_phrase(&self, sentence: &Sentence, kind: Phrases, within: Range<usize>) -> Vec<(Speaker, Range<usize>)> {
        let mut found: Vec<(Speaker, Range<usize>)> = Vec::new();
        for at in within {
            if found.last().is_some_and(|(_, head)| head.contains(&at)) {
                continue;
            }
            let Some(length) = self.document.phrase_at(kind, at, sentence.tokens.end) else {
                continue;
            };
            let start = at + length;
            let mut end = start;
            while end < sentence.tokens.end && end - start < MAX_SOURCE {
                let stops = self.document.is(end, Class::Subordinator)
                    || self.document.word(end).classes.any(&[Class::Auxiliary, Class::Modal]) && end > start;
                if stops {
                    break;
                }
                end += 1;
                if self.document.breaks(end - 1) {
                    break;
                }
            }
            if let Some(speaker) = self.speaker(&(start..end), kind == Phrases::According) {
                found.push((speaker, at..end));
            }
        }
        found
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
        // "Said to be", "Apple's reported purchase": nobody says so.
        let next = (verb + 1 < sentence.tokens.end).then(|| document.word(verb + 1).lower.as_str());
        let passive = next == Some("to")
            && document
                .phrase_at(Phrases::HedgePhrase, verb, sentence.tokens.end)
                .is_some();
        if passive || before.is_some_and(|t| document.gap(t).starts_with("'s")) {
            return None;
        }
        let set_apart = before.is_some_and(|t| self.document.breaks(t));
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
        let by_people = before.is_some_and(|t| document.word(t).classes.any(&[Class::Unnamed, Class::Pronoun]));
        if classes.has(Class::Ambiguous) && !(introduces || ends || (kind == Kind::Suggest && by_people)) {
            return None;
        }
        let (subject, mut weak) = self.subjects.before(sentence, verb);
        let gerund = document.word(verb).lower.ends_with("ing") && subject.is_none();
        let (subject, inverted) = match subject {
            Some(subject) => (Some(subject), false),
            None if set_apart && !gerund => (self.subjects.after(sentence, verb), true),
            None if gerund => (self.subjects.of_clause(sentence, verb), false),
            None => (None, false),
        };
        let subject = subject?;
        let speaker = self.speaker(&subject, false)?;
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

    /// "Er gab die Liste", and not "er gab zu": some German verbs mean this only with their prefix.
    fn lacks_prefix(&self, sentence: &Sentence, verb: usize) -> bool {
        let word = self.document.word(verb).lower.as_str();
        let prefix = SEPARABLE
            .iter()
            .find(|(verb, _)| *verb == word)
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
            if first.lower == "it" {
                return self.last_body.clone().filter(|_| !quoted);
            }
            return Some(self.last.clone().filter(|_| !quoted).unwrap_or_else(itself));
        }
        let speaker = self.phrases.speaker(phrase, loose)?;
        if speaker.press && !speaker.named {
            // "Press reports said": no outlet in particular.
            if !first.classes.any(&[Class::Determiner, Class::NounMaker]) {
                return Some(Speaker {
                    press: false,
                    ..speaker
                });
            }
            return Some(self.last_outlet.clone().unwrap_or(speaker));
        }
        Some(speaker)
    }
}

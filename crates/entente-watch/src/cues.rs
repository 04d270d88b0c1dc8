//! The words that say who vouches for what: verbs of saying with their subjects, "according to", inverted quotations.

mod verbs;

use std::ops::Range;

use crate::clauses::Clauses;
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
/// Words at the end of a sentence among which a phrase closes it.
const CLOSING: usize = 2;
/// Words before "zufolge" in which its speaker is looked for.
const POSTPOSED: usize = 8;
/// Words of the longest headline that is read by its colon or dash.
const HEADLINE: usize = 20;
/// Words of the credit before a headline's colon or behind its dash.
const CREDIT: usize = 4;
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
        for mut cue in self.phrases(sentence) {
            // "Die Opposition wirft ihm vor, …": the phrase is a verb with a subject.
            let verb = self
                .verb(sentence, cue.verb)
                .filter(|verb| verb.kind == cue.kind && !verb.weak);
            cue.speaker = verb
                .and_then(|verb| verb.speaker)
                .or_else(|| self.of_phrase(sentence, cue.verb));
            cues.push(cue);
        }
        cues.extend(self.postposed(sentence));
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

    /// Who does what a phrase says that begins with a verb no table lists: "the board brushed aside …".
    fn of_phrase(&self, sentence: &Sentence, at: usize) -> Option<Speaker> {
        let document = self.document;
        let word = document.word(at);
        let noun = word
            .classes
            .any(&[Class::ReportNoun, Class::ClaimNoun, Class::Anaphor, Class::Negation]);
        // In German, "Halden plane keinen Kauf" is what somebody else says.
        if noun
            || document.language == Language::De
            || !word.is_content()
            || at == sentence.tokens.start
            || document.breaks(at - 1)
        {
            return None;
        }
        let (subject, weak) = self.subjects.before(sentence, at);
        let subject = subject.filter(|subject| !weak && subject.end == at && subject.start == sentence.tokens.start)?;
        self.speaker(&subject, false).or_else(|| self.phrases.anybody(&subject))
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

    /// "X zufolge …": the speaker stands before the word.
    fn postposed(&self, sentence: &Sentence) -> Option<Cue> {
        let document = self.document;
        let at = sentence.tokens.clone().find(|t| document.is(*t, Class::Postposed))?;
        let words = (sentence.tokens.start..at).rev().take(POSTPOSED);
        let from = words.take_while(|t| *t + 1 == at || !document.breaks(*t)).last()?;
        let phrase = from..at;
        let speaker = self.speaker(&phrase, true).or_else(|| self.phrases.anybody(&phrase))?;
        Some(Cue {
            kind: Kind::Say,
            verb: at,
            speaker: Some(speaker),
            via: Vec::new(),
            head: from..at + 1,
            scope: sentence.tokens.clone(),
            whole: true,
            weak: false,
            origin: self.originates(sentence, at),
            nominal: false,
        })
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
            // A phrase that closes its sentence, or nearly, judges what stands before it.
            // "For a crack there is no evidence, the operator said": so does one that closes its clause, where that says what
            // there is none of.
            let spoken = || {
                let own = (sentence.tokens.start..at)
                    .rev()
                    .take_while(|t| !self.document.breaks(*t));
                own.filter(|t| self.document.word(*t).is_content()).count() >= CLOSING
            };
            let closes = at > sentence.tokens.start + CLOSING
                && (last + CLOSING >= sentence.tokens.end || self.document.breaks(last) && spoken());
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
            // "Les accusations selon lesquelles …": it leads to what they say, and to nobody.
            if kind == Phrases::According && self.leads_on(start, sentence.tokens.end) {
                continue;
            }
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
            let phrase = start..end;
            let loose = kind == Phrases::According;
            let end_of_name = || self.according_end(&phrase);
            let phrase = if loose { start..end_of_name() } else { phrase };
            let speaker = self.speaker(&phrase, loose);
            let speaker = speaker.or_else(|| self.phrases.anybody(&phrase).filter(|_| loose));
            if let Some(speaker) = speaker {
                found.push((speaker, at..phrase.end));
            }
        }
        found
    }

    /// "Which", "lesquelles", "la cual": what follows describes.
    fn leads_on(&self, start: usize, end: usize) -> bool {
        let article = |t: usize| {
            self.document
                .word(t)
                .classes
                .any(&[Class::Determiner, Class::NounMaker])
        };
        let relative = |t: usize| t < end && self.document.is(t, Class::Relative) && !article(t);
        let romance = matches!(self.document.language, Language::Es | Language::Fr);
        relative(start) || romance && start < end && article(start) && relative(start + 1)
    }

    /// Where the name behind "according to" ends: at the first class of people, where no break parts it from the rest.
    fn according_end(&self, phrase: &Range<usize>) -> usize {
        let document = self.document;
        let parted = document.breaks(phrase.end - 1);
        let people = |t: &usize| {
            document
                .word(*t)
                .classes
                .any(&[Class::Unnamed, Class::OrgNoun, Class::Press])
        };
        match phrase.clone().find(people).filter(|_| !parted) {
            Some(head) if document.word(head).capital && document.language != Language::De => phrase.end,
            Some(head) => head + 1,
            None => phrase.end,
        }
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

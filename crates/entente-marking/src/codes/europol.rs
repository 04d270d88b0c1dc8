//! Europol's handling codes H0 to H3, with the grading of source and information (4x4).

use std::collections::{BTreeMap, BTreeSet};

use super::MAX_MARK;
use crate::finding::Finding;
use crate::label::{Caveat, Control, Label, Purpose, Purposes, SchemeId};
use crate::scheme::{Checked, Effect, MarkKind, Marking, Rollup, Scheme, Step, TokenMeaning};

const SOURCE: &str = "Europol, handling codes and 4x4 evaluation";

/// The purposes that the codes speak about. Whatever else something is to be used for, the provider is asked where a code
/// restricts the purpose at all.
const PURPOSES: [&str; 2] = ["crime-prevention", "judicial-proceedings"];

/// What a code means, and what it adds to a label.
struct Code {
    name: &'static str,
    meaning: &'static str,
    effect: Effect,
    access: &'static str,
    apply: fn(&mut Label),
}

static CODES: [Code; 4] = [
    Code {
        name: "H0",
        meaning: "only for preventing and combating crime",
        effect: Effect::Purpose,
        access: "Only for the purpose crime-prevention.",
        apply: |label| label.purposes.only = Some(BTreeSet::from([Purpose::new("crime-prevention")])),
    },
    Code {
        name: "H1",
        meaning: "not as evidence in judicial proceedings without the provider's permission",
        effect: Effect::Purpose,
        access: "Open for crime-prevention; judicial-proceedings and every other purpose need the provider's permission.",
        apply: |label| {
            let only = label.purposes.only.take();
            label.purposes = Purposes {
                only,
                ..Purposes::barring(&PURPOSES, &["judicial-proceedings"])
            };
        },
    },
    Code {
        name: "H2",
        meaning: "not to be passed on without the provider's permission",
        effect: Effect::OriginatorControl,
        access: "Every further recipient needs the provider's permission.",
        apply: |label| label.control = Control::Originator,
    },
    Code {
        name: "H3",
        meaning: "a restriction in the provider's own words",
        effect: Effect::OriginatorControl,
        // Nobody but the provider can say whom the words exclude.
        access: "The provider is asked before anybody else gets it.",
        apply: |label| label.control = Control::Originator,
    },
];

const SOURCES: [(char, &str); 4] = [
    ('A', "no doubt about the source"),
    ('B', "the source has mostly proved reliable"),
    ('C', "the source has mostly proved unreliable"),
    ('X', "the source cannot be assessed"),
];
const INFORMATION: [(char, &str); 4] = [
    ('1', "known to be true without reservation"),
    ('2', "known to the source at first hand"),
    ('3', "not known to the source at first hand, but corroborated"),
    ('4', "not known to the source at first hand, and not corroborated"),
];

/// The scheme `europol`: `H1`, `H1/H2`, `A1 H0`, `H2/H3: not before the trial`.
#[derive(Clone, Debug)]
pub struct Europol {
    id: SchemeId,
}

/// The scheme `europol`.
pub fn europol() -> Europol {
    Europol {
        id: SchemeId::new("europol"),
    }
}

/// A word of a mark and where it stands.
#[derive(Clone, Debug)]
struct Token {
    start: usize,
    end: usize,
}

/// A mark in parts.
#[derive(Clone, Debug, Default)]
struct Mark {
    grading: Option<(String, Token)>,
    /// Index into [`CODES`].
    codes: BTreeMap<usize, Token>,
    /// The words of H3.
    words: BTreeSet<String>,
}

impl Mark {
    /// Reads a mark; the error says what is wrong at which place.
    fn read(text: &str) -> Result<Self, (String, Token)> {
        let all = |message: &str| {
            (
                message.to_owned(),
                Token {
                    start: 0,
                    end: text.len(),
                },
            )
        };
        if text.len() > MAX_MARK {
            return Err(all("the mark is longer than 1024 bytes"));
        }
        let trimmed = text.trim();
        let (start, end) = match (trimmed.starts_with('('), trimmed.ends_with(')')) {
            (true, true) if trimmed.len() >= 2 => {
                let start = text.len() - text.trim_start().len() + 1;
                (start, start + trimmed.len() - 2)
            }
            (true, _) => return Err(all("a parenthesis is missing")),
            (false, _) => (0, text.len()),
        };
        let mut mark = Self::default();
        let mut at = start;
        while at < end {
            let rest = &text[at..end];
            let skipped = rest.len() - rest.trim_start_matches([' ', '/', ',']).len();
            if skipped > 0 {
                at += skipped;
                continue;
            }
            let length = rest.find([' ', '/', ',', ':']).unwrap_or(rest.len());
            let token = Token {
                start: at,
                end: at + length,
            };
            let word = rest[..length].to_uppercase();
            at += length;
            if let Some(code) = CODES.iter().position(|code| code.name == word) {
                if code == 3 {
                    let words = text[at..end].trim_start_matches([':', ' ']).trim();
                    if words.is_empty() {
                        return Err(("H3 needs the provider's words: H3: text".to_owned(), token));
                    }
                    mark.words
                        .extend(words.split(';').map(|w| w.trim().to_owned()).filter(|w| !w.is_empty()));
                    at = end;
                }
                mark.codes.insert(code, token);
            } else if mark.grading.is_none() && grading(&word).is_some() {
                mark.grading = Some((word, token));
            } else if word != "EUROPOL" || at == start {
                let end = token.end.max(token.start + usize::from(length == 0));
                return Err((
                    format!("{word:?} is not a handling code or grading"),
                    Token { end, ..token },
                ));
            }
        }
        if mark.codes.is_empty() {
            return Err(all("the mark has none of the handling codes H0, H1, H2, H3"));
        }
        Ok(mark)
    }

    fn write(&self, kind: MarkKind) -> String {
        let codes: Vec<&str> = self.codes.keys().map(|code| CODES[*code].name).collect();
        let mut text = self
            .grading
            .as_ref()
            .map(|(grading, _)| format!("{grading} "))
            .unwrap_or_default();
        text.push_str(&codes.join("/"));
        if !self.words.is_empty() {
            let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
            text.push_str(&format!(": {}", words.join("; ")));
        }
        match kind {
            MarkKind::Banner => text,
            MarkKind::Portion => format!("({text})"),
        }
    }

    fn label(&self) -> Label {
        let mut label = Label::unrestricted();
        // What a code says is to be observed by every reader; a grading is data about the text, and asks nothing of anybody.
        for code in self.codes.keys().map(|code| &CODES[*code]) {
            (code.apply)(&mut label);
            let said = match code.name {
                "H3" => self.words.iter().cloned().collect(),
                _ => vec![code.meaning.to_owned()],
            };
            let said = said.iter().map(|words| Caveat::new(format!("{}: {words}", code.name)));
            label.caveats.extend(said);
        }
        label
    }
}

/// What a grading such as `B2` says about source and information.
fn grading(word: &str) -> Option<(&'static str, &'static str)> {
    let mut chars = word.chars();
    let (source, information, end) = (chars.next()?, chars.next()?, chars.next());
    let source = SOURCES.iter().find(|(c, _)| *c == source)?.1;
    let information = INFORMATION.iter().find(|(c, _)| *c == information)?.1;
    end.is_none().then_some((source, information))
}

impl Europol {
    fn marking(&self, mark: &Mark, kind: MarkKind) -> Marking {
        Marking {
            scheme: self.id.clone(),
            kind,
            canonical: mark.write(kind),
            label: mark.label(),
        }
    }
}

impl Scheme for Europol {
    fn id(&self) -> &SchemeId {
        &self.id
    }

    fn profile(&self) -> &'static str {
        "4x4"
    }

    fn title(&self) -> &'static str {
        "Europol handling codes H0 to H3"
    }

    fn check(&self, text: &str, kind: MarkKind, _banner: Option<&str>) -> Checked {
        match Mark::read(text) {
            Err((message, token)) => Checked {
                marking: None,
                canonical: None,
                findings: vec![Finding::error("europol.code", SOURCE, message, token.start, token.end)],
            },
            Ok(mark) => {
                let marking = self.marking(&mark, kind);
                let canonical = marking.canonical.clone();
                let message = format!("this is written {canonical}");
                let finding = Finding::warning("europol.form", SOURCE, message, 0, text.len()).suggest(&canonical);
                Checked {
                    findings: if canonical == text { Vec::new() } else { vec![finding] },
                    marking: Some(marking),
                    canonical: Some(canonical),
                }
            }
        }
    }

    fn explain(&self, text: &str, _kind: MarkKind) -> Vec<TokenMeaning> {
        let token = |at: &Token, meaning: String, rule: String, effect, access: &str| TokenMeaning {
            token: text.get(at.start..at.end).unwrap_or_default().to_owned(),
            start: at.start,
            end: at.end,
            meaning,
            rule,
            source: SOURCE.to_owned(),
            effect,
            access: access.to_owned(),
            rolls_up: "every code of a portion is in the banner; gradings stay with their portions".to_owned(),
            excludes: Vec::new(),
        };
        let mark = match Mark::read(text) {
            Ok(mark) => mark,
            Err((message, at)) => {
                return vec![token(
                    &at,
                    message,
                    "europol.code".to_owned(),
                    Effect::Unknown,
                    "Nobody gets access.",
                )];
            }
        };
        let mut tokens = Vec::new();
        if let Some((word, at)) = &mark.grading {
            let (source, information) = grading(word).unwrap_or_default();
            let meaning = format!("{source}; {information}");
            tokens.push(token(
                at,
                meaning,
                "europol.grading".to_owned(),
                Effect::Grading,
                "No effect on access, and nothing to observe.",
            ));
        }
        for (code, at) in &mark.codes {
            let code = &CODES[*code];
            let rule = format!("europol.{}", code.name.to_lowercase());
            tokens.push(token(at, code.meaning.to_owned(), rule, code.effect, code.access));
        }
        tokens
    }

    fn rollup(&self, portions: &[&str], _banner: Option<&str>) -> Rollup {
        let mut findings = Vec::new();
        let mut all = Mark::default();
        for (index, portion) in portions.iter().enumerate() {
            for mut finding in self.check(portion, MarkKind::Portion, None).findings {
                finding.message = format!("portion {}: {}", index + 1, finding.message);
                findings.push(finding);
            }
            if let Ok(mark) = Mark::read(portion) {
                all.codes.extend(mark.codes);
                all.words.extend(mark.words);
            }
        }
        let sound = !all.codes.is_empty() && !findings.iter().any(Finding::is_error);
        let message = "every code of a portion is in the banner; gradings stay with their portions";
        let step = Step {
            rule: "europol.rollup".to_owned(),
            source: SOURCE.to_owned(),
            message: message.to_owned(),
        };
        Rollup {
            banner: sound.then(|| self.marking(&all, MarkKind::Banner)),
            steps: if sound { vec![step] } else { Vec::new() },
            findings,
        }
    }
}

//! Text to tree: the frame of a mark, its classification and its lists. Every fault gets its rule, its place and what to write instead; reading goes on as far as it can.

#![warn(clippy::indexing_slicing)]

use std::borrow::Cow;

use super::cui;
use super::head;
use super::mark::{Codes, Head, Mark};
use super::profile::{Lists, Profile};
use super::render;
use super::vocabulary::{Class, Word};
use crate::finding::Finding;
use crate::release::Entity;
use crate::scheme::MarkKind;

/// The longest mark read: the longest in the manual has under 200 characters.
pub(crate) const MAX_MARK: usize = 4096;

/// What reading gave: a tree as far as one could be made out, and what is wrong.
pub(crate) struct Read {
    pub(crate) mark: Option<Mark>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) tokens: Vec<Token>,
}

/// A token of the text, with what it was read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) role: Role,
}

/// What a token was read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Class(Class),
    Nato(Class),
    Joint,
    Owner,
    Concealed,
    Sci,
    Sap,
    Aea,
    Fgi,
    Word(Word),
    Rel,
    Eyes,
    Display,
    Accm,
    Cui,
    CuiCategory,
    Unknown,
}

/// A piece of the text with its place.
#[derive(Clone, Copy)]
pub(super) struct Piece<'t> {
    pub(super) text: &'t str,
    pub(super) start: usize,
}

impl<'t> Piece<'t> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub(super) fn split(self, separator: &'static str) -> impl Iterator<Item = Piece<'t>> {
        let mut rest = Some(self);
        std::iter::from_fn(move || {
            let whole = rest?;
            let Some((text, behind)) = cut(whole.text, separator) else {
                return rest.take();
            };
            rest = Some(Piece {
                text: behind,
                start: whole.end() - behind.len(),
            });
            Some(Piece {
                text,
                start: whole.start,
            })
        })
    }

    /// The part after `prefix`.
    pub(super) fn after(self, prefix: &str) -> Option<Piece<'t>> {
        self.text.strip_prefix(prefix).map(|text| Piece {
            text,
            start: self.start + prefix.len(),
        })
    }

    pub(super) fn trimmed(self) -> Piece<'t> {
        let text = self.text.trim_ascii_start();
        Piece {
            start: self.start + self.text.len() - text.len(),
            text: text.trim_ascii_end(),
        }
    }
}

/// A text before and behind the first separator in it, which has one byte or two. Marks are short and plain: a search of the standard library's kind
/// would take longer to prepare than to run.
fn cut<'t>(text: &'t str, separator: &str) -> Option<(&'t str, &'t str)> {
    let at = match separator.as_bytes() {
        [only] => text.bytes().position(|byte| byte == *only)?,
        pair => text.as_bytes().windows(2).position(|bytes| bytes == pair)?,
    };
    Some((text.get(..at)?, text.get(at + separator.len()..)?))
}

pub(super) struct Reader<'r> {
    pub(super) kind: MarkKind,
    pub(super) lists: &'r Lists,
    pub(super) profile: Profile,
    pub(super) findings: Vec<Finding>,
    pub(super) tokens: Vec<Token>,
    /// The highest category so far: categories have a fixed order.
    pub(super) category: u8,
    /// Whether the last category was the word for CUI: its own categories may follow.
    pub(super) after_cui: bool,
}

/// The rule of marks of older manuals.
pub(super) const OLD_FORM: &str = "us-ic.old";
const OLD_SOURCE: &str = "IC Markings Manual 2016, §F and §I (legacy control markings)";

/// The place of CUI among the categories: after foreign information, before dissemination.
pub(super) const CUI_PLACE: u8 = 5;

pub(super) const GRAMMAR: &str = "IC Markings Manual 2016, §A.6";

/// Reads a mark.
pub(crate) fn read(text: &str, kind: MarkKind, lists: &Lists, profile: Profile) -> Read {
    let mut reader = Reader {
        kind,
        lists,
        profile,
        findings: Vec::new(),
        tokens: Vec::with_capacity(8),
        category: 0,
        after_cui: false,
    };
    let mark = reader.mark(text);
    Read {
        mark,
        findings: reader.findings,
        tokens: reader.tokens,
    }
}

impl Reader<'_> {
    pub(super) fn error(&mut self, rule: &str, source: &str, message: impl Into<String>, piece: Piece<'_>) {
        self.findings
            .push(Finding::error(rule, source, message, piece.start, piece.end()));
    }

    pub(super) fn error_with(
        &mut self,
        rule: &str,
        source: &str,
        message: impl Into<String>,
        piece: Piece<'_>,
        instead: &str,
    ) {
        self.findings
            .push(Finding::error(rule, source, message, piece.start, piece.end()).suggest(instead));
    }

    /// An older form, read as what it means today.
    pub(super) fn old(&mut self, piece: Piece<'_>, message: impl Into<String>) {
        self.findings.push(Finding::warning(
            OLD_FORM,
            OLD_SOURCE,
            message,
            piece.start,
            piece.end(),
        ));
    }

    #[inline]
    pub(super) fn token(&mut self, piece: Piece<'_>, role: Role) {
        self.tokens.push(Token {
            start: piece.start,
            end: piece.end(),
            role,
        });
    }

    fn mark(&mut self, text: &str) -> Option<Mark> {
        let whole = Piece { text, start: 0 };
        if text.len() > MAX_MARK {
            let message = format!("the mark has {} bytes; no mark is longer than {MAX_MARK}", text.len());
            self.error(
                "us-ic.syntax.length",
                GRAMMAR,
                message,
                Piece {
                    text: "",
                    start: MAX_MARK,
                },
            );
            return None;
        }
        // What a mark may be written with, but for small letters.
        let plain = text.bytes().map(|byte| matches!(byte, b' '..=b'`' | b'{'..=b'~'));
        let is_plain = plain.fold(true, |all, plain| all & plain);
        let never_written = |(_, c): &(usize, char)| !c.is_ascii() || c.is_ascii_control();
        if !is_plain && let Some((at, c)) = text.char_indices().find(never_written) {
            let message = format!(
                "`{}` is not a character of any mark; retype it as plain capital letters",
                c.escape_unicode()
            );
            self.findings.push(Finding::error(
                "us-ic.syntax.character",
                GRAMMAR,
                message,
                at,
                at + c.len_utf8(),
            ));
            return None;
        }
        let upper = match is_plain {
            true => Cow::Borrowed(text),
            false => Cow::Owned(text.to_ascii_uppercase()),
        };
        if let Cow::Owned(upper) = &upper {
            self.error_with(
                "us-ic.syntax.case",
                "IC Markings Manual 2016, p. 28",
                "marks are written in capital letters",
                whole,
                upper,
            );
        }
        let trimmed = Piece { text: &upper, start: 0 }.trimmed();
        if trimmed.text.len() != text.len() {
            self.error_with(
                "us-ic.syntax.space",
                GRAMMAR,
                "there is space around the mark",
                whole,
                trimmed.text,
            );
        }
        let inner = match self.kind {
            MarkKind::Banner => {
                if trimmed.text.starts_with('(') {
                    let bare = trimmed.text.trim_matches(['(', ')']);
                    self.error_with(
                        "us-ic.syntax.banner",
                        GRAMMAR,
                        "a banner has no parentheses",
                        trimmed,
                        bare,
                    );
                }
                trimmed
            }
            MarkKind::Portion => {
                let open = trimmed.after("(").filter(|piece| piece.text.ends_with(')'));
                let Some(open) = open else {
                    let instead = format!("({})", trimmed.text.trim_matches(['(', ')']));
                    self.error_with(
                        "us-ic.syntax.portion",
                        "IC Markings Manual 2016, p. 30",
                        "a portion mark stands in parentheses",
                        trimmed,
                        &instead,
                    );
                    return None;
                };
                Piece {
                    text: open.text.strip_suffix(')').unwrap_or(open.text),
                    start: open.start,
                }
            }
        };
        if inner.text.is_empty() {
            self.error(
                "us-ic.syntax.empty",
                GRAMMAR,
                "the mark is empty; it begins with a classification",
                inner,
            );
            return None;
        }
        self.segments(inner)
    }

    fn segments(&mut self, inner: Piece<'_>) -> Option<Mark> {
        let (foreign, rest) = match inner.after("//") {
            Some(rest) => (true, rest),
            None => (false, inner),
        };
        let mut segments = rest.split("//");
        let first = segments.next()?;
        let word = first.trimmed();
        let plain_cui = !foreign && cui::is_word(word.text);
        let head::Read { head, programme } = match plain_cui {
            true => Head::Us(Class::Unclassified).into(),
            false => self.head(first, foreign)?,
        };
        let mut mark = Mark::of(head);
        if plain_cui {
            self.category = CUI_PLACE;
            self.after_cui = true;
            self.cui_word(&mut mark, word);
        }
        match programme {
            Some("ATOMAL") => mark.aea.atomal = true,
            Some(word) => {
                mark.nato.insert(word);
            }
            None => {}
        }
        for segment in segments {
            let trimmed = segment.trimmed();
            if trimmed.text.is_empty() {
                self.error(
                    "us-ic.syntax.empty-category",
                    GRAMMAR,
                    "there is nothing between the separators; leave out `//`",
                    segment,
                );
                continue;
            }
            if trimmed.text.len() != segment.text.len() {
                self.error_with(
                    "us-ic.syntax.space",
                    GRAMMAR,
                    "there is space beside `//`",
                    segment,
                    trimmed.text,
                );
            }
            self.category(&mut mark, trimmed);
        }
        Some(mark)
    }

    fn head(&mut self, piece: Piece<'_>, foreign: bool) -> Option<head::Read> {
        let trimmed = piece.trimmed();
        if foreign {
            return self.foreign_head(trimmed);
        }
        if let Some(class) = self.class(trimmed.text) {
            if class == Class::Restricted {
                self.error(
                    "us-ic.class.restricted",
                    "IC Markings Manual 2016, p. 45",
                    "RESTRICTED is not a US classification; name its owner, as in `//GBR RESTRICTED`",
                    trimmed,
                );
            }
            self.token(trimmed, Role::Class(class));
            return Some(Head::Us(class).into());
        }
        if let Some((_, today, class)) = super::vocabulary::NATO_OLD.iter().find(|row| row.0 == trimmed.text) {
            self.token(trimmed, Role::Nato(*class));
            self.old(
                trimmed,
                format!("`{}` is an older form; today it is `//{today}`", trimmed.text),
            );
            return Some(Head::Nato([Entity::named("NATO")].into(), *class).into());
        }
        self.token(trimmed, Role::Unknown);
        let wanted = |class: Class| match self.kind {
            MarkKind::Banner => class.banner(),
            MarkKind::Portion => class.portion(),
        };
        let other = Class::ALL
            .into_iter()
            .find(|class| class.banner() == trimmed.text || class.portion() == trimmed.text);
        let message = match self.kind {
            MarkKind::Banner => format!(
                "`{}` is not a classification; a banner begins with TOP SECRET, SECRET, CONFIDENTIAL or UNCLASSIFIED, or with `//` and a foreign one",
                trimmed.text
            ),
            MarkKind::Portion => format!(
                "`{}` is not a classification; a portion begins with TS, S, C or U, or with `//` and a foreign one",
                trimmed.text
            ),
        };
        let suggestion = other
            .map(wanted)
            .map(str::to_owned)
            .or_else(|| divided(trimmed.text, wanted))
            .or_else(|| nearest(trimmed.text, Class::ALL.into_iter().map(wanted)).map(str::to_owned));
        let mut finding = Finding::error(
            "us-ic.class.unknown",
            "IC Markings Manual 2016, pp. 43-52",
            message,
            trimmed.start,
            trimmed.end(),
        );
        finding.suggestion = suggestion;
        self.findings.push(finding);
        None
    }

    fn class(&self, text: &str) -> Option<Class> {
        Class::ALL.into_iter().find(|class| match self.kind {
            MarkKind::Banner => class.banner() == text,
            MarkKind::Portion => class.portion() == text,
        })
    }

    /// A list of countries and groups. Countries stand in alphabetical order, then groups; in a list of release, USA first.
    pub(super) fn codes(&mut self, piece: Piece<'_>, separator: &'static str, of: ListOf) -> Codes {
        let mut list = Written::default();
        for code in piece.split(separator) {
            let trimmed = code.trimmed();
            if trimmed.text.len() != code.text.len() || trimmed.text.is_empty() {
                self.findings.push(separated(separator, code));
            }
            let is_glue = |byte| matches!(byte, b',' | b' ');
            if !trimmed.text.bytes().any(is_glue) {
                if !trimmed.text.is_empty() {
                    self.code(&mut list, trimmed.text, trimmed, of);
                }
                continue;
            }
            // A comma without its space, or spaces without commas, glue entries together.
            let instead = render::joined(entries(trimmed.text), separator);
            self.findings.push(separated(separator, trimmed).suggest(instead));
            for entry in entries(trimmed.text) {
                self.code(&mut list, entry, trimmed, of);
            }
        }
        let Written { codes, number, .. } = list;
        if !list.in_order && number == codes.len() {
            self.order(&codes, piece, separator, of);
        }
        codes
    }

    fn code<'t>(&mut self, list: &mut Written<'t>, code: &'t str, place: Piece<'_>, of: ListOf) {
        let known = self.lists.entity(code);
        if known.is_none() {
            self.unknown_code(code, place);
        }
        let entity = known.map_or_else(|| Entity::new(code), Entity::clone);
        if !list.add(code, entity, of) {
            self.error(
                "us-ic.list.duplicate",
                "IC Markings Manual 2016, p. 150",
                format!("`{code}` stands twice"),
                place,
            );
        }
    }

    /// Says in what order the codes stand.
    fn order(&mut self, codes: &Codes, piece: Piece<'_>, separator: &str, of: ListOf) {
        let (rule, source, message, right) = match of {
            ListOf::Release => (
                "us-ic.rel.order",
                "IC Markings Manual 2016, p. 150; ISM-ID-00041",
                "USA stands first, then countries and then groups in alphabetical order",
                render::joined(render::releasees(codes), separator),
            ),
            ListOf::Others => (
                "us-ic.list.order",
                "IC Markings Manual 2016, p. 52",
                "countries stand in alphabetical order, then groups",
                render::joined(render::countries(codes), separator),
            ),
        };
        self.error_with(rule, source, message, piece, &right);
    }

    fn unknown_code(&mut self, code: &str, place: Piece<'_>) {
        let known = self.lists.groups().iter().map(|group| group.code.as_str());
        let near = nearest(code, known).map(str::to_owned);
        let mut finding = Finding::error(
            "us-ic.list.unknown",
            "ISO 3166-1; IC Markings Manual 2016, Annex A and B",
            format!("`{code}` is neither a country code nor a known group; nobody is admitted by it"),
            place.start,
            place.end(),
        );
        finding.suggestion = near;
        self.findings.push(finding);
    }
}

fn is_between(c: char) -> bool {
    matches!(c, ',' | ' ')
}

/// A classification and what stands behind it, rightly divided: `S/NF` and `SECRET - NOFORN` lack their `//`.
fn divided(text: &str, wanted: impl Fn(Class) -> &'static str) -> Option<String> {
    let classes = Class::ALL.into_iter().rev();
    let mut forms = classes.flat_map(|class| [(class, class.banner()), (class, class.portion())]);
    forms.find_map(|(class, form)| {
        let behind = text.strip_prefix(form)?;
        let rest = behind.trim_start_matches([' ', '/', '-', ',', ';', ':']);
        (rest.len() < behind.len() && !rest.is_empty()).then(|| format!("{}//{rest}", wanted(class)))
    })
}

/// What the codes of a list are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ListOf {
    /// To whom it may be released.
    Release,
    /// Owners, or to whom it may be shown.
    Others,
}

/// A list as far as it was read.
struct Written<'t> {
    codes: Codes,
    number: usize,
    /// The last code's place: whether it is not USA at the head of a release list, whether it is a group's, the code.
    last: (bool, bool, &'t str),
    in_order: bool,
}

impl Default for Written<'_> {
    fn default() -> Self {
        Self {
            codes: Codes::new(),
            number: 0,
            last: (false, false, ""),
            in_order: true,
        }
    }
}

impl<'t> Written<'t> {
    /// Adds a code; whether it was not there.
    fn add(&mut self, code: &'t str, entity: Entity, of: ListOf) -> bool {
        let place = (of == ListOf::Others || code != "USA", render::is_last(code), code);
        self.in_order &= self.last < place;
        self.last = place;
        self.number += 1;
        self.codes.insert(entity)
    }
}

/// The entries of what should be one.
fn entries(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(is_between);
        let end = rest
            .bytes()
            .position(|byte| is_between(byte.into()))
            .unwrap_or(rest.len());
        let (entry, behind) = rest.split_at_checked(end)?;
        rest = behind;
        Some(entry).filter(|entry| !entry.is_empty())
    })
}

/// Says how the entries of a list are separated.
fn separated(separator: &str, piece: Piece<'_>) -> Finding {
    let message = match separator {
        ", " => "entries are separated by a comma and one space",
        _ => "entries are separated by one space",
    };
    let source = "IC Markings Manual 2016, p. 150";
    Finding::error("us-ic.list.separator", source, message, piece.start, piece.end())
}

/// The nearest known word, when it is near enough to have been meant.
pub(crate) fn nearest<'w>(text: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    // A look-up for people: long texts were not meant as any word.
    if text.len() > 64 {
        return None;
    }
    let allowed = match text.len() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    words
        .map(|word| (strsim::osa_distance(text, word), word))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, word)| word)
}

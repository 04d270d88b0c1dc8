//! What looks like a mark, wherever it stands: a group in brackets that a scheme reads, or that only a mark would be.

use std::cell::RefCell;
use std::collections::HashMap;

use entente_marking::{MarkKind, Scheme, SchemeId, Schemes};

/// The longest text in brackets that is taken for a mark. The longest list of countries stays far below.
const MAX_MARK: usize = 600;

/// What a group in brackets is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Words in brackets.
    Text,
    /// A mark of this scheme, by number; the report's own is 0.
    Mark(usize),
    /// Written like a mark, and none that any scheme reads.
    Faulty,
}

/// Tells marks from words in brackets. Each text is judged once.
pub(super) struct Tokens<'s> {
    /// The report's own scheme first, then all others.
    schemes: Vec<&'s dyn Scheme>,
    judged: RefCell<HashMap<String, Token>>,
}

impl<'s> Tokens<'s> {
    /// Marks of the report's own scheme, and of all others that are known.
    pub(super) fn new(schemes: &'s Schemes, own: &SchemeId, profile: Option<&str>) -> Self {
        let own_scheme = schemes.get(own, profile).map(AsRef::as_ref);
        let mut all: Vec<&dyn Scheme> = own_scheme.into_iter().collect();
        for scheme in schemes.iter() {
            if all.iter().all(|known| known.id() != scheme.id()) && scheme.id() != own {
                all.push(scheme.as_ref());
            }
        }
        Self {
            schemes: all,
            judged: RefCell::default(),
        }
    }

    /// What a group is, brackets included, at the beginning of a line: small letters count as well.
    pub(super) fn at_start(&self, group: &str) -> Token {
        if group.len() > MAX_MARK {
            return if strong(&inner(group)) {
                Token::Faulty
            } else {
                Token::Text
            };
        }
        if let Some(known) = self.judged.borrow().get(group) {
            return *known;
        }
        let token = self.judge(group);
        self.judged.borrow_mut().insert(group.to_owned(), token);
        token
    }

    /// Whether a group within a line is a mark, and not a word in brackets such as `container(s)` or `(NATO)`.
    pub(super) fn within(&self, group: &str) -> bool {
        let text = inner(group);
        let small = text.chars().any(char::is_lowercase);
        if strong(&text) || self.names_a_scheme(&text) {
            return !small || self.at_start(group) != Token::Text;
        }
        // Words of other schemes are words here; so are single small letters.
        let short = small && text.chars().count() < 2;
        !short && matches!(self.at_start(group), Token::Mark(0)) || !small && self.at_start(group) == Token::Faulty
    }

    fn judge(&self, group: &str) -> Token {
        let text = inner(group);
        if text.is_empty() {
            return Token::Text;
        }
        let upper = format!("({})", text.to_uppercase());
        let valid = |scheme: &&dyn Scheme, mark: &str| scheme.check(mark, MarkKind::Portion, None).is_valid();
        for written in [group, upper.as_str()] {
            if let Some(place) = self.schemes.iter().position(|scheme| valid(scheme, written)) {
                return Token::Mark(place);
            }
        }
        let small = text.chars().any(char::is_lowercase);
        let head = text.split('/').next().unwrap_or_default().trim();
        let levelled = text.contains('/')
            && !text.contains("://")
            && self.schemes.first().is_some_and(|own| valid(own, &format!("({head})")));
        let faulty = !small && (strong(&text) || levelled || self.is_level(&text)) || self.names_a_scheme(&text);
        if faulty { Token::Faulty } else { Token::Text }
    }

    /// `SECRET`, as a banner has it.
    fn is_level(&self, text: &str) -> bool {
        let own = self.schemes.first();
        own.is_some_and(|own| own.check(text, MarkKind::Banner, None).is_valid())
    }

    /// `TLP PURPLE`, `tlp:purple`.
    fn names_a_scheme(&self, text: &str) -> bool {
        let Some(end) = text.find([':', ' ', '/', '-']) else {
            return false;
        };
        let (name, rest) = text.split_at(end);
        let colon = rest.starts_with(':') && !rest.starts_with("://");
        let small = rest.chars().any(char::is_lowercase);
        (colon || !small) && (self.schemes.iter()).any(|scheme| scheme.id().as_str().eq_ignore_ascii_case(name))
    }
}

/// The text between brackets, spaces around it and around slashes left out.
fn inner(group: &str) -> String {
    let text = group.trim_matches(['(', ')', '[', ']', '{', '}']);
    let parts: Vec<&str> = text.split('/').map(str::trim).collect();
    parts.join("/")
}

/// Slashes as only marks have them.
fn strong(text: &str) -> bool {
    let marked = text.contains("//") && !text.contains("://");
    marked && text.chars().any(char::is_alphabetic)
}

/// Where the group in brackets that begins at `at` ends. Marks hold no brackets and stay on their line.
pub(super) fn group_end(line: &str, at: usize) -> Option<usize> {
    let inside = line.get(at..)?.strip_prefix('(')?;
    let close = inside.find(['(', ')', '\n'])?;
    let end = at + 1 + close + 1;
    // What is escaped, hidden or interrupted is no mark here; the line is looked at as a reader sees it.
    let group = line.get(at..end).filter(|group| group.ends_with(')'))?;
    (plain(group) == group.replace('\t', " ")).then_some(end)
}

/// All groups in brackets of a line.
pub(super) fn groups(line: &str) -> impl Iterator<Item = (usize, usize)> {
    // The last opening bracket before each closing one.
    let mut open = None;
    line.char_indices().filter_map(move |(at, c)| match c {
        '(' => {
            open = Some(at);
            None
        }
        ')' => open.take().map(|start| (start, at + 1)),
        _ => None,
    })
}

/// A line as a reader's eye takes it: without what escapes, hides or only decorates. Square and curly brackets count
/// where what they hold could be nothing but a mark.
pub(super) fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let (seen, length) = match c {
            '&' => entity(rest).unwrap_or((Some('&'), 1)),
            '\\' | '*' | '_' | '~' | '`' => (None, 1),
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
                (None, c.len_utf8())
            }
            '\u{ff01}'..='\u{ff5e}' => (char::from_u32(u32::from(c) - 0xfee0), c.len_utf8()),
            '\u{2044}' | '\u{2215}' | '\u{29f8}' => (Some('/'), c.len_utf8()),
            '\u{2768}' | '\u{fe59}' | '\u{207d}' => (Some('('), c.len_utf8()),
            '\u{2769}' | '\u{fe5a}' | '\u{207e}' => (Some(')'), c.len_utf8()),
            _ if c.is_whitespace() => (Some(' '), c.len_utf8()),
            _ => (Some(c), c.len_utf8()),
        };
        text.extend(seen);
        rest = rest.get(length..).unwrap_or_default();
    }
    text
}

/// A character written as HTML has it.
fn entity(text: &str) -> Option<(Option<char>, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let number = name
        .strip_prefix('#')
        .and_then(|number| match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok(),
            None => number.parse().ok(),
        });
    let c = match name {
        "lpar" => '(',
        "rpar" => ')',
        "sol" => '/',
        "colon" => ':',
        "nbsp" => ' ',
        _ => char::from_u32(number?)?,
    };
    Some((Some(c), end + 1))
}

/// The marks of a line in square or curly brackets.
pub(super) fn other_brackets(line: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut open = None;
    line.char_indices().filter_map(move |(at, c)| match c {
        '[' | '{' => {
            open = Some(at);
            None
        }
        ']' | '}' => {
            let start = open.take()?;
            let text = line.get(start + 1..at)?;
            let small = text.chars().any(char::is_lowercase);
            (!small && strong(text)).then_some((start, at + 1))
        }
        _ => None,
    })
}

/// Where a mark begins that does not end on its line.
pub(super) fn unclosed(line: &str) -> Option<usize> {
    let at = line.rfind('(')?;
    let rest = line.get(at + 1..)?;
    let word: String = rest.chars().take_while(|c| !c.is_whitespace()).collect();
    let small = word.chars().any(char::is_lowercase);
    (!rest.contains(')') && !small && strong(&word)).then_some(at)
}

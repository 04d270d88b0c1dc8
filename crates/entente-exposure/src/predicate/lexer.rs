//! A condition's text as words, names, values and signs.

use std::ops::Range;

use super::PredicateError;
use crate::MAX_NAME;
use crate::value::{MAX_VALUE, Number, Value};

/// Words and signs of a condition: a list of some hundred towns fits, and nobody reads a longer one.
pub const MAX_TOKENS: usize = 2_048;

/// Words with a meaning of their own; an attribute with such a name stands in backticks.
const KEYWORDS: [&str; 10] = [
    "and", "or", "not", "in", "is", "known", "unknown", "null", "true", "false",
];

/// Signs, longer ones first.
const SIGNS: [(&str, Sign); 9] = [
    ("!=", Sign::NotEqual),
    ("<=", Sign::AtMost),
    (">=", Sign::AtLeast),
    ("=", Sign::Equal),
    ("<", Sign::Less),
    (">", Sign::More),
    ("(", Sign::Open),
    (")", Sign::Close),
    (",", Sign::Comma),
];

/// What people write out of habit, and what it is called here; longer ones first.
const HABITS: [(&str, &str); 13] = [
    ("==", "write `=`"),
    ("<>", "write `!=`"),
    ("≠", "write `!=`"),
    ("≤", "write `<=`"),
    ("≥", "write `>=`"),
    ("&", "write `and`"),
    ("|", "write `or`"),
    ("!", "write `not`, or `!=` between an attribute and a value"),
    ("‘", "write a straight quote, `'`"),
    ("’", "write a straight quote, `'`"),
    ("“", "write a straight quote, `'`"),
    ("”", "write a straight quote, `'`"),
    ("[", "write a list in parentheses, as in `place in ('A', 'B')`"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Equal,
    NotEqual,
    Less,
    AtMost,
    More,
    AtLeast,
    Open,
    Close,
    Comma,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// One of [`KEYWORDS`], in lower case.
    Keyword(&'static str),
    /// The name of an attribute; plain unless it stood in backticks.
    Name {
        name: String,
        plain: bool,
    },
    /// A text or a number.
    Value(Value),
    Sign(Sign),
}

#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) span: Range<usize>,
}

fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn continues_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

fn keyword(word: &str) -> Option<&'static str> {
    KEYWORDS.into_iter().find(|keyword| word.eq_ignore_ascii_case(keyword))
}

/// Whether a name of an attribute can stand without backticks.
pub(super) fn is_plain_name(name: &str) -> bool {
    name.starts_with(starts_name) && name.chars().all(continues_name) && keyword(name).is_none()
}

/// Splits a condition.
pub(super) fn split(text: &str) -> Result<Vec<Placed>, PredicateError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = rest(text, at).chars().next() {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        if tokens.len() == MAX_TOKENS {
            return Err(PredicateError::new(
                text,
                at..at + c.len_utf8(),
                format!("a condition has at most {MAX_TOKENS} words and signs"),
                "give the fact a shorter one",
            ));
        }
        let (token, end) = match c {
            '\'' | '"' => quoted(text, at, c).map(|(value, end)| (Token::Value(Value::Text(value)), end))?,
            '`' => backticked(text, at)?,
            c if starts_name(c) => word(text, at)?,
            c if c.is_ascii_digit() || (c == '-' && rest(text, at + 1).starts_with(|c: char| c.is_ascii_digit())) => {
                number(text, at)?
            }
            _ => sign(text, at, c)?,
        };
        tokens.push(Placed { token, span: at..end });
        at = end;
    }
    Ok(tokens)
}

fn rest(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or("")
}

/// A text in quotes, which are doubled inside, and where it ends.
fn quoted(text: &str, start: usize, quote: char) -> Result<(String, usize), PredicateError> {
    let mut value = String::new();
    let mut characters = rest(text, start).char_indices().skip(1).peekable();
    while let Some((offset, c)) = characters.next() {
        if c == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            let end = start + offset + c.len_utf8();
            return Ok((value, end));
        }
        value.push(c);
        if value.len() > MAX_VALUE {
            return Err(PredicateError::new(
                text,
                start..start + offset + c.len_utf8(),
                format!("a value has at most {MAX_VALUE} bytes"),
                "shorten it, or close its quote earlier",
            ));
        }
    }
    Err(PredicateError::new(
        text,
        start..text.len(),
        "this quote is never closed",
        format!("close it with `{quote}`; a quote inside a text is doubled"),
    ))
}

fn backticked(text: &str, start: usize) -> Result<(Token, usize), PredicateError> {
    let Some(length) = rest(text, start + 1).find('`') else {
        return Err(PredicateError::new(
            text,
            start..text.len(),
            "this backtick is never closed",
            "close it after the name of the attribute",
        ));
    };
    let end = start + length + 2;
    let name = text.get(start + 1..end - 1).unwrap_or("");
    if name.is_empty() {
        return Err(PredicateError::new(
            text,
            start..end,
            "there is no name between these backticks",
            "write the name of an attribute",
        ));
    }
    check_name(text, name, start..end)?;
    let token = Token::Name {
        name: name.to_owned(),
        plain: false,
    };
    Ok((token, end))
}

fn check_name(text: &str, name: &str, span: Range<usize>) -> Result<(), PredicateError> {
    if name.len() <= MAX_NAME {
        return Ok(());
    }
    Err(PredicateError::new(
        text,
        span,
        format!("the name of an attribute has at most {MAX_NAME} bytes"),
        "write one that the register has",
    ))
}

fn word(text: &str, start: usize) -> Result<(Token, usize), PredicateError> {
    let rest = rest(text, start);
    let length = rest.find(|c| !continues_name(c)).unwrap_or(rest.len());
    let (end, word) = (start + length, rest.get(..length).unwrap_or(rest));
    check_name(text, word, start..end)?;
    let token = keyword(word).map_or_else(
        || Token::Name {
            name: word.to_owned(),
            plain: true,
        },
        Token::Keyword,
    );
    Ok((token, end))
}

fn number(text: &str, start: usize) -> Result<(Token, usize), PredicateError> {
    let rest = rest(text, start);
    let mut before = ' ';
    let length = rest
        .find(|c: char| {
            let exponent_sign = matches!(c, '+' | '-') && matches!(before, 'e' | 'E');
            let part = before == ' ' || continues_name(c) && c != '-' || exponent_sign;
            before = c;
            !part
        })
        .unwrap_or(rest.len());
    let (end, digits) = (start + length, rest.get(..length).unwrap_or(rest));
    let number = digits.parse().ok().and_then(Number::new);
    match number {
        Some(number) => Ok((Token::Value(Value::Number(number)), end)),
        None => Err(PredicateError::new(
            text,
            start..end,
            format!("`{digits}` is not a number"),
            "write digits, as in `3` or `-0.5`; quote a text; put an attribute whose name begins with a digit in backticks",
        )),
    }
}

fn sign(text: &str, start: usize, c: char) -> Result<(Token, usize), PredicateError> {
    let rest = rest(text, start);
    let habit = HABITS.iter().find(|(habit, _)| rest.starts_with(habit));
    let sign = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign));
    match (sign, habit) {
        // `==` begins with `=`, and `!=` with `!`: the longer reading is meant.
        (Some((text, sign)), habit) if habit.is_none_or(|(habit, _)| habit.len() < text.len()) => {
            Ok((Token::Sign(*sign), start + text.len()))
        }
        (_, Some((habit, remedy))) => Err(PredicateError::new(
            text,
            start..start + habit.len(),
            format!("`{habit}` means nothing here"),
            *remedy,
        )),
        _ => Err(PredicateError::new(
            text,
            start..start + c.len_utf8(),
            format!("`{}` means nothing here", c.escape_debug()),
            "quote a text, as in `place = 'TOWN-R'`",
        )),
    }
}

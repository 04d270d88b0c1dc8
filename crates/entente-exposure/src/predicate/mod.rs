//! Conditions over the attributes of candidates: what a fact reveals about its source.
//!
//! ```text
//! access = 'inner' and place in ('TOWN-R', 'TOWN-T')
//! place is known and not (method = 'SIGINT' or since < 2019)
//! ```
//!
//! | written | holds where the attribute |
//! |---|---|
//! | `a = 'x'`, `a != 'x'` | is the value, is not |
//! | `a < 3`, `<=`, `>`, `>=` | is a number that compares so |
//! | `a in ('x', 'y')`, `a not in (…)` | is one of the values, is none of them |
//! | `a is known`, `a is unknown` | has a value, has none (also `= null`) |
//!
//! `and` binds closer than `or`; `not` closer than both. Texts stand in single or double quotes, names that are not
//! plain words in backticks. A value that is not known equals nothing, so that `a != 'x'` and `a not in (…)` hold for
//! it: each is exactly the negation of its positive form. A remark of bare words may follow `is known` in
//! parentheses: `place is known (some town)`.

mod lexer;
mod parser;

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

pub use lexer::MAX_TOKENS;
pub use parser::MAX_DEPTH;

use super::value::{Number, Value};

/// Why a condition is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("condition, column {column}: {message}; {remedy}")]
pub struct PredicateError {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub remedy: String,
    /// Where in the condition, as byte offsets.
    pub span: Range<usize>,
    /// Where in the condition, in characters from 1.
    pub column: usize,
}

impl PredicateError {
    fn new(text: &str, span: Range<usize>, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        Self {
            message: message.into(),
            remedy: remedy.into(),
            column: before.chars().count() + 1,
            span,
        }
    }

    /// The condition with carets under the place. Control characters are shown as `·`, so that the carets stay in place.
    pub fn caret(&self, text: &str) -> String {
        let shown: String = text.chars().map(|c| if c.is_control() { '·' } else { c }).collect();
        let marked = text
            .get(self.span.clone())
            .map_or(0, |part| part.chars().count())
            .max(1);
        format!("{shown}\n{}{}", " ".repeat(self.column - 1), "^".repeat(marked))
    }
}

/// A condition over the attributes of a candidate.
///
/// # Examples
/// ```
/// use entente_exposure::{Predicate, Value};
///
/// let reveals: Predicate = "access='inner' AND (place is known (some town))".parse()?;
/// assert_eq!(reveals.to_string(), "access = 'inner' and place is known");
/// let inner = Value::from("inner");
/// assert!(!reveals.holds(|name| (name == "access").then_some(&inner)), "the place is not known");
/// # Ok::<(), entente_exposure::PredicateError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predicate {
    pub(crate) root: Node,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Test(Test),
    Not(Box<Node>),
    /// Two or more, none of them `All`.
    All(Vec<Node>),
    /// Two or more, none of them `Any`.
    Any(Vec<Node>),
}

/// One attribute compared. Equal to another whatever their places in the text.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    pub(crate) attribute: String,
    pub(crate) relation: Relation,
    pub(crate) place: Place,
}

/// Where a test stands in the text that was parsed.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) span: Range<usize>,
    pub(crate) column: usize,
}

impl PartialEq for Test {
    fn eq(&self, other: &Self) -> bool {
        self.attribute == other.attribute && self.relation == other.relation
    }
}

impl Eq for Test {}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal(Value),
    NotEqual(Value),
    In(Vec<Value>),
    NotIn(Vec<Value>),
    Known,
    Unknown,
    Compare(Order, Number),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Relation {
    /// Whether it holds for a value, or for one that is not known.
    pub(crate) fn holds(&self, value: Option<&Value>) -> bool {
        match self {
            Self::Equal(wanted) => value == Some(wanted),
            Self::NotEqual(wanted) => value != Some(wanted),
            Self::In(wanted) => value.is_some_and(|value| wanted.contains(value)),
            Self::NotIn(wanted) => !value.is_some_and(|value| wanted.contains(value)),
            Self::Known => value.is_some(),
            Self::Unknown => value.is_none(),
            Self::Compare(order, limit) => match value {
                Some(Value::Number(number)) => match order {
                    Order::Less => number < limit,
                    Order::AtMost => number <= limit,
                    Order::More => number > limit,
                    Order::AtLeast => number >= limit,
                },
                _ => false,
            },
        }
    }

    /// The values that it compares with.
    pub(crate) fn literals(&self) -> Vec<Value> {
        match self {
            Self::Equal(value) | Self::NotEqual(value) => vec![value.clone()],
            Self::In(values) | Self::NotIn(values) => values.clone(),
            Self::Known | Self::Unknown => Vec::new(),
            Self::Compare(_, number) => vec![Value::Number(*number)],
        }
    }
}

impl Predicate {
    /// Reads a condition.
    ///
    /// # Errors
    /// [`PredicateError`] with the place of the fault and what to write instead.
    pub fn parse(text: &str) -> Result<Self, PredicateError> {
        parser::parse(text).map(|root| Self { root })
    }

    /// Whether it holds for a candidate, whose values `value_of` looks up by attribute.
    pub fn holds<'v>(&self, value_of: impl Fn(&str) -> Option<&'v Value>) -> bool {
        self.root.holds(&value_of)
    }
}

impl Node {
    fn holds<'v>(&self, value_of: &dyn Fn(&str) -> Option<&'v Value>) -> bool {
        match self {
            Self::Test(test) => test.relation.holds(value_of(&test.attribute)),
            Self::Not(inner) => !inner.holds(value_of),
            Self::All(parts) => parts.iter().all(|part| part.holds(value_of)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(value_of)),
        }
    }

    /// How close its outermost operator binds; a part that binds less than its surroundings needs parentheses.
    fn binding(&self) -> u8 {
        match self {
            Self::Any(_) => 0,
            Self::All(_) => 1,
            Self::Not(_) | Self::Test(_) => 2,
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, around: u8) -> fmt::Result {
        let closed = self.binding() < around;
        if closed {
            f.write_str("(")?;
        }
        match self {
            Self::Test(test) => fmt::Display::fmt(test, f)?,
            Self::Not(inner) => {
                f.write_str("not ")?;
                inner.write(f, 2)?;
            }
            Self::All(parts) => write_joined(f, parts, " and ", 2)?,
            Self::Any(parts) => write_joined(f, parts, " or ", 1)?,
        }
        if closed {
            f.write_str(")")?;
        }
        Ok(())
    }
}

fn write_joined(f: &mut fmt::Formatter<'_>, parts: &[Node], word: &str, around: u8) -> fmt::Result {
    for (n, part) in parts.iter().enumerate() {
        if n > 0 {
            f.write_str(word)?;
        }
        part.write(f, around)?;
    }
    Ok(())
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if lexer::is_plain_name(&self.attribute) {
            f.write_str(&self.attribute)?;
        } else {
            write!(f, "`{}`", self.attribute)?;
        }
        let list = |values: &[Value]| values.iter().map(Value::literal).collect::<Vec<_>>().join(", ");
        match &self.relation {
            Relation::Equal(value) => write!(f, " = {}", value.literal()),
            Relation::NotEqual(value) => write!(f, " != {}", value.literal()),
            Relation::In(values) => write!(f, " in ({})", list(values)),
            Relation::NotIn(values) => write!(f, " not in ({})", list(values)),
            Relation::Known => f.write_str(" is known"),
            Relation::Unknown => f.write_str(" is unknown"),
            Relation::Compare(order, number) => {
                let sign = match order {
                    Order::Less => "<",
                    Order::AtMost => "<=",
                    Order::More => ">",
                    Order::AtLeast => ">=",
                };
                write!(f, " {sign} {number}")
            }
        }
    }
}

impl fmt::Display for Predicate {
    /// The canonical form: it parses back to the same condition, and equal conditions look the same.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.write(f, 0)
    }
}

impl FromStr for Predicate {
    type Err = PredicateError;

    fn from_str(text: &str) -> Result<Self, PredicateError> {
        Self::parse(text)
    }
}

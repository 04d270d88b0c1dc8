//! The grammar of conditions.
//!
//! ```text
//! any  = all { "or" all }
//! all  = part { "and" part }
//! part = "not" part | "(" any ")" | test
//! test = name ( ("=" | "!=") value | ("<" | "<=" | ">" | ">=") number
//!             | ["not"] "in" "(" value { "," value } ")"
//!             | "is" ["not"] ("known" | "unknown" | "null") [ "(" word { word } ")" ] )
//! ```

use std::ops::Range;

use super::lexer::{self, Placed, Sign, Token};
use super::{Node, Order, Place, PredicateError, Relation, Test};
use crate::value::{Number, Value};

/// How deep parentheses and `not` may nest: far beyond what a person can follow, far below what would exhaust a stack.
pub const MAX_DEPTH: usize = 32;

const TEST_EXAMPLE: &str = "write a test such as `access = 'inner'` or `place is known`";
const VALUE_EXAMPLE: &str = "write a text in quotes, a number, `true` or `false`";

/// Reads a whole condition.
pub(super) fn parse(text: &str) -> Result<Node, PredicateError> {
    let tokens = lexer::split(text)?;
    let mut parser = Parser { text, tokens, at: 0 };
    let node = parser.any(0)?;
    match parser.peek() {
        None => Ok(node),
        Some(Token::Sign(Sign::Close)) => Err(parser.fault("this parenthesis closes nothing", "remove it")),
        Some(_) => Err(parser.fault("the condition should end here", "join tests with `and` or `or`")),
    }
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Placed>,
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|placed| &placed.token)
    }

    /// Where the next token stands; the end of the text where there is none.
    fn span(&self) -> Range<usize> {
        let end = self.text.len();
        self.tokens.get(self.at).map_or(end..end, |placed| placed.span.clone())
    }

    fn fault(&self, message: impl Into<String>, remedy: impl Into<String>) -> PredicateError {
        PredicateError::new(self.text, self.span(), message, remedy)
    }

    fn takes(&mut self, wanted: &Token) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn takes_word(&mut self, word: &'static str) -> bool {
        self.takes(&Token::Keyword(word))
    }

    fn takes_sign(&mut self, sign: Sign) -> bool {
        self.takes(&Token::Sign(sign))
    }

    fn any(&mut self, depth: usize) -> Result<Node, PredicateError> {
        let mut parts = Vec::new();
        loop {
            match self.all(depth)? {
                Node::Any(inner) => parts.extend(inner),
                part => parts.push(part),
            }
            if !self.takes_word("or") {
                return Ok(single(parts, Node::Any));
            }
        }
    }

    fn all(&mut self, depth: usize) -> Result<Node, PredicateError> {
        let mut parts = Vec::new();
        loop {
            match self.part(depth)? {
                Node::All(inner) => parts.extend(inner),
                part => parts.push(part),
            }
            if !self.takes_word("and") {
                return Ok(single(parts, Node::All));
            }
        }
    }

    fn part(&mut self, depth: usize) -> Result<Node, PredicateError> {
        if depth > MAX_DEPTH {
            let message = format!("parentheses and `not` nest more than {MAX_DEPTH} deep");
            return Err(self.fault(message, "write the condition flatter"));
        }
        if self.takes_word("not") {
            return self.part(depth + 1).map(|part| Node::Not(Box::new(part)));
        }
        let open = self.span();
        if self.takes_sign(Sign::Open) {
            let inner = self.any(depth + 1)?;
            if self.takes_sign(Sign::Close) {
                return Ok(inner);
            }
            if self.peek().is_some() {
                return Err(self.fault(
                    "the parentheses should end here",
                    "join tests with `and` or `or`, or write `)`",
                ));
            }
            let (message, remedy) = ("this parenthesis is never closed", "write `)` where it ends");
            return Err(PredicateError::new(self.text, open, message, remedy));
        }
        self.test()
    }

    fn test(&mut self) -> Result<Node, PredicateError> {
        let span = self.span();
        let Some(Token::Name { name, .. }) = self.peek() else {
            let message = match self.peek() {
                None if self.tokens.is_empty() => "the condition is empty".to_owned(),
                None => "the condition stops where a test is missing".to_owned(),
                Some(Token::Keyword(word)) => {
                    let message = format!("`{word}` stands where an attribute should");
                    return Err(self.fault(
                        message,
                        format!("{TEST_EXAMPLE}; an attribute named `{word}` needs backticks"),
                    ));
                }
                Some(_) => "an attribute should stand here".to_owned(),
            };
            return Err(self.fault(message, TEST_EXAMPLE));
        };
        let attribute = name.clone();
        self.at += 1;
        let relation = self.relation(&attribute)?;
        let column = self.text.get(..span.start).map_or(0, |before| before.chars().count()) + 1;
        Ok(Node::Test(Test {
            attribute,
            relation,
            place: Place { span, column },
        }))
    }

    fn relation(&mut self, attribute: &str) -> Result<Relation, PredicateError> {
        if self.takes_sign(Sign::Equal) {
            return Ok(self.value()?.map_or(Relation::Unknown, Relation::Equal));
        }
        if self.takes_sign(Sign::NotEqual) {
            return Ok(self.value()?.map_or(Relation::Known, Relation::NotEqual));
        }
        const ORDERS: [(Sign, Order); 4] = [
            (Sign::Less, Order::Less),
            (Sign::AtMost, Order::AtMost),
            (Sign::More, Order::More),
            (Sign::AtLeast, Order::AtLeast),
        ];
        for (sign, order) in ORDERS {
            if self.takes_sign(sign) {
                return self.number().map(|number| Relation::Compare(order, number));
            }
        }
        if self.takes_word("in") {
            return self.list().map(Relation::In);
        }
        if self.takes_word("is") {
            let negated = self.takes_word("not");
            let known = if self.takes_word("known") {
                true
            } else if self.takes_word("unknown") || self.takes_word("null") {
                false
            } else {
                return Err(self.fault(
                    "`is` compares with nothing here",
                    "write `is known`, `is unknown`, or `=` and a value",
                ));
            };
            self.remark()?;
            return Ok(if known == negated {
                Relation::Unknown
            } else {
                Relation::Known
            });
        }
        if self.takes_word("not") {
            if self.takes_word("in") {
                return self.list().map(Relation::NotIn);
            }
            return Err(self.fault(
                "`in` should follow `not` here",
                format!("write `{attribute} not in (…)` or `not {attribute} = …`"),
            ));
        }
        let remedy = format!("write `{attribute} = 'value'`, `{attribute} in (…)` or `{attribute} is known`");
        Err(self.fault(format!("`{attribute}` is compared with nothing"), remedy))
    }

    /// A value, or nothing for `null`.
    fn value(&mut self) -> Result<Option<Value>, PredicateError> {
        let value = match self.peek() {
            Some(Token::Value(value)) => Some(value.clone()),
            Some(Token::Keyword("true")) => Some(Value::Truth(true)),
            Some(Token::Keyword("false")) => Some(Value::Truth(false)),
            Some(Token::Keyword("null")) => None,
            Some(Token::Name { name, .. }) => {
                return Err(self.fault(format!("`{name}` is not a value"), format!("quote it: `'{name}'`")));
            }
            _ => return Err(self.fault("a value should stand here", VALUE_EXAMPLE)),
        };
        self.at += 1;
        Ok(value)
    }

    fn number(&mut self) -> Result<Number, PredicateError> {
        let Some(Token::Value(Value::Number(number))) = self.peek() else {
            return Err(self.fault(
                "only numbers are less or more than others",
                "write a number, without quotes",
            ));
        };
        let number = *number;
        self.at += 1;
        Ok(number)
    }

    fn list(&mut self) -> Result<Vec<Value>, PredicateError> {
        if !self.takes_sign(Sign::Open) {
            return Err(self.fault("a list should stand here", "write it in parentheses: `('A', 'B')`"));
        }
        let mut values = Vec::new();
        loop {
            let span = self.span();
            let Some(value) = self.value()? else {
                let (message, remedy) = ("`null` is not a value of a list", "write `… is unknown or … in (…)`");
                return Err(PredicateError::new(self.text, span, message, remedy));
            };
            if !values.contains(&value) {
                values.push(value);
            }
            if self.takes_sign(Sign::Close) {
                return Ok(values);
            }
            if !self.takes_sign(Sign::Comma) {
                return Err(self.fault("the list should go on or end here", "write `,` and a value, or `)`"));
            }
        }
    }

    /// Skips a remark. Only bare words are one: a test in parentheses here lacks its `and` or `or`.
    fn remark(&mut self) -> Result<(), PredicateError> {
        let open = self.span();
        if !self.takes_sign(Sign::Open) {
            return Ok(());
        }
        let first = self.at;
        while let Some(Token::Name { plain: true, .. }) = self.peek() {
            self.at += 1;
        }
        if self.at > first && self.takes_sign(Sign::Close) {
            return Ok(());
        }
        let span = open.start..self.span().end;
        let (message, remedy) = (
            "this is neither a remark nor joined to the test before",
            "write `and` or `or` before it; a remark is bare words",
        );
        Err(PredicateError::new(self.text, span, message, remedy))
    }
}

/// One part by itself, or several joined.
fn single(mut parts: Vec<Node>, join: impl FnOnce(Vec<Node>) -> Node) -> Node {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    }
}

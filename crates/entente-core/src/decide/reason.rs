//! One failing rule, as it is kept until somebody asks for words.

use super::names::Symbol;
use super::rule::Rule;

/// One failing rule, as numbers; [`Decision`] turns it into text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) rule: Rule,
    pub(crate) token: Symbol,
    pub(crate) authority: Authority,
    pub(crate) party: Symbol,
}

/// On whose authority, without looking it up before it is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authority {
    /// The rule's own, by the portion's scheme.
    Rule,
    /// A text, such as an arrangement's clause.
    Text(Symbol),
}

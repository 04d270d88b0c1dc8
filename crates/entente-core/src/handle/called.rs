//! What is meant by a name that several parties may have given.

use std::fmt::Display;

use super::Refusal;
use crate::kept::{About, Kept};
use crate::named::{Called, Named};

/// The one thing that is called so; where several are, the one that the command can be about.
///
/// # Errors
/// When nothing is called so, or several things still are: then the refusal lists them.
pub fn the_one<'m, I: Ord + Clone + Display, V: About + Clone>(
    among: &'m Kept<Named<I>, V>,
    called: &Called<I>,
    (what, see): (&'static str, &'static str),
    fits: impl Fn(&V) -> bool,
) -> Result<(&'m Named<I>, &'m V), Refusal> {
    let all = called.all(among);
    let fitting: Vec<_> = all.iter().copied().filter(|(_, value)| fits(value)).collect();
    let meant = if fitting.is_empty() { all } else { fitting };
    match meant.as_slice() {
        [] => Err(Refusal::missing(what, called, see)),
        [one] => Ok(*one),
        several => {
            let names: Vec<String> = several.iter().map(|(named, _)| named.to_string()).collect();
            Err(Refusal::Invalid(format!(
                "several parties have a {what} called {}; say which: {}",
                called.id,
                names.join(", ")
            )))
        }
    }
}

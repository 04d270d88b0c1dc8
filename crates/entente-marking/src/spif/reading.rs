//! Displayed markings read back: in any language of the policy, never in two ways.

use std::collections::BTreeSet;

use super::display::{Around, Spot, around};
use super::label::{Held, Resolved};
use super::policy::{Input, Place};
use super::scheme::SpifScheme;
use crate::finding::Finding;
use crate::scheme::MarkKind;

/// The longest mark that is read, in bytes.
pub(super) const MAX_MARK: usize = 4_096;
/// The most languages and policy phrases that are tried. Marks in further ones are not understood.
const MAX_LANGUAGES: usize = 32;
const MAX_PHRASES: usize = 64;

/// The longest text that is looked at for what is understood of it, in bytes, its most words, and the most levels that are named.
const MAX_UNREAD: usize = 256;
const MAX_WORDS: usize = 24;
const MAX_LEVELS: usize = 8;

/// A mark that was read: its parts and its language.
pub(super) struct Mark {
    pub(super) parts: Resolved,
    pub(super) lang: Option<String>,
}

/// How well a text was read; the best reading counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reading {
    /// As the policy displays it, in a combination that the policy forbids.
    Forbidden,
    /// With its values in another order, or otherwise separated (`REL UKR IRL`).
    Loose,
    /// With the policy's name written out where the policy leaves it away (`UK OFFICIAL-SENSITIVE`).
    Named,
    /// As the policy displays it.
    Exact,
}

impl SpifScheme {
    /// Reads a mark in any language of the policy. What was read is displayed again and has to give the same
    /// text, so that a wrong reading cannot pass.
    pub(super) fn read(&self, text: &str, kind: MarkKind) -> Result<Mark, String> {
        let spot = spot(kind);
        let bare = inner(text, kind).ok_or("a portion mark stands in parentheses, a banner does not")?;
        if bare.len() > MAX_MARK {
            return Err(format!("the mark is longer than {MAX_MARK} bytes"));
        }
        match self.found(bare, spot)? {
            Some(mark) => Ok(mark),
            None => Err(self.unread(bare, spot)),
        }
    }

    /// The best reading of a text.
    fn found(&self, bare: &str, spot: Spot) -> Result<Option<Mark>, &'static str> {
        let (mut found, mut is_open) = (None::<(Reading, Mark)>, false);
        for is_loose in [false, true] {
            for lang in self.policy.languages().into_iter().take(MAX_LANGUAGES) {
                for parts in self.candidates(bare, lang, spot, is_loose) {
                    let Some(reading) = self.reading(&parts, bare, lang, spot) else {
                        continue;
                    };
                    match &found {
                        Some((best, _)) if *best > reading => {}
                        Some((best, known)) if *best == reading && known.parts != parts => is_open = true,
                        Some((best, _)) if *best == reading => {}
                        _ => {
                            is_open = false;
                            let lang = lang.map(str::to_owned);
                            found = Some((reading, Mark { parts, lang }));
                        }
                    }
                }
            }
            if found.is_some() {
                break;
            }
        }
        match is_open {
            true => Err("the mark can be read in two ways"),
            false => Ok(found.map(|(_, mark)| mark)),
        }
    }

    /// Says what of a text is understood, and what is not.
    fn unread(&self, bare: &str, spot: Spot) -> String {
        let ends = bare.match_indices(' ').map(|(end, _)| end);
        let ends = ends.take(if bare.len() > MAX_UNREAD { 0 } else { MAX_WORDS });
        let heads = ends.collect::<Vec<_>>().into_iter().rev();
        let mut parts = heads.filter_map(|end| bare.split_at_checked(end));
        let known = parts.find(|(head, _)| matches!(self.found(head, spot), Ok(Some(_))));
        match known {
            Some((head, rest)) => format!(
                "`{}` is not understood behind `{}` of {}",
                rest.trim(),
                head.trim(),
                self.policy.name
            ),
            None => {
                let words = crate::scheme::Scheme::words(self);
                let levels: Vec<String> = words.into_iter().map(|level| level.banner).take(MAX_LEVELS).collect();
                let name = &self.policy.name;
                format!("this is not a marking of {name}; its levels are {}", levels.join(", "))
            }
        }
    }

    /// How well parts that may be those of a text are: displayed, they have to give it again.
    fn reading(&self, parts: &Resolved, text: &str, lang: Option<&str>, spot: Spot) -> Option<Reading> {
        let is_sound = !self.policy.check(parts, None).iter().any(Finding::is_error);
        let is_same = same(&self.policy.render(parts, lang, spot), text);
        match (is_sound, is_same) {
            (true, true) => Some(Reading::Exact),
            (false, true) => Some(Reading::Forbidden),
            (false, false) => None,
            (true, false) => {
                let named = self.policy.render_named(parts, lang, spot);
                let is_named = named.is_some_and(|named| same(&named, text));
                let shown = self.policy.render(parts, lang, spot);
                let loose = (words(&shown) == words(text)).then_some(Reading::Loose);
                is_named.then_some(Reading::Named).or(loose)
            }
        }
    }

    fn candidates(&self, text: &str, lang: Option<&str>, spot: Spot, is_loose: bool) -> Vec<Resolved> {
        let whole = around(&self.policy.qualifiers, lang, spot, " ");
        let separator = whole.separator.trim();
        let start = eat(text, whole.prefix.trim()).unwrap_or(text);
        let end = start.len().saturating_sub(whole.suffix.trim().len());
        let start = match start.get(end..) {
            Some(tail) if tail.eq_ignore_ascii_case(whole.suffix.trim()) => &start[..end],
            _ => start,
        };
        let (start, mut found) = (start.trim(), Vec::new());
        for lead in self.policy.policy_phrases(lang, spot).into_iter().take(MAX_PHRASES) {
            let Some(after) = eat(start, lead.trim()) else { continue };
            let after = eat(after.trim_start(), separator).unwrap_or(after).trim_start();
            for class in 0..self.policy.classifications.len() {
                let phrase = self.policy.class_phrase(class, lang, spot).unwrap_or_default();
                let mut rests = vec![after];
                rests.extend(eat(after, phrase.trim()));
                for rest in rests {
                    if let Some(held) = self.values(rest, lang, spot, (separator, is_loose)) {
                        found.push(Resolved { class, held });
                    }
                }
            }
        }
        found
    }

    /// Reads the categories, tag by tag in the order of the policy.
    fn values(
        &self,
        text: &str,
        lang: Option<&str>,
        spot: Spot,
        (separator, is_loose): (&str, bool),
    ) -> Option<BTreeSet<Held>> {
        let mut held = BTreeSet::new();
        let mut rest = text.trim_start();
        let sets = self.policy.tag_sets.iter().enumerate();
        let last = sets.flat_map(|(set, s)| (0..s.tags.len()).map(move |tag| (set, tag)));
        let last = last.last().unwrap_or_default();
        for (set, s) in self.policy.tag_sets.iter().enumerate() {
            for (tag, t) in s.tags.iter().enumerate() {
                if rest.is_empty() {
                    return Some(held);
                }
                let around = around(&t.qualifiers, lang, spot, "/");
                let unled = eat(rest, separator).unwrap_or(rest).trim_start();
                let Some(mut at) = eat(unled, around.prefix.trim()) else {
                    continue;
                };
                let mut taken = Vec::new();
                loop {
                    at = at.trim_start();
                    let options = (0..t.values.len()).filter_map(|value| {
                        let place = Place { set, tag, value };
                        if t.values[value].input.is_some() {
                            let is_last = (set, tag) == last;
                            return self.blank(at, place, lang, spot, (around, is_last));
                        }
                        let held = (place, None);
                        let phrase = self.policy.value_phrase(&held, lang, spot)?;
                        let after = eat(at, phrase.trim()).filter(|_| !phrase.trim().is_empty())?;
                        Some((phrase.len(), after, held))
                    });
                    let Some((_, after, value)) = options.max_by_key(|(length, _, _)| *length) else {
                        break;
                    };
                    taken.push(value);
                    at = after;
                    let loose = is_loose.then(|| at.trim_start_matches(BETWEEN));
                    match eat(at.trim_start(), around.separator.trim()).or(loose) {
                        Some(next) if !next.trim_start().is_empty() => at = next,
                        _ => break,
                    }
                }
                if let Some(after) = eat(at.trim_start(), around.suffix.trim()).filter(|_| !taken.is_empty()) {
                    held.extend(taken);
                    rest = after.trim_start();
                }
            }
        }
        rest.is_empty().then_some(held)
    }

    /// Reads what was typed into a blank: a number or date up to its end, a text up to what closes it. A text that nothing closes
    /// is read only where no other category may follow: what follows could not be told from it.
    fn blank<'t>(
        &self,
        text: &'t str,
        place: Place,
        lang: Option<&str>,
        spot: Spot,
        (tag, is_last): (Around<'_>, bool),
    ) -> Option<(usize, &'t str, Held)> {
        let value = self.policy.value(place);
        let own = around(&value.qualifiers, lang, spot, "");
        let inside = eat(text, own.prefix.trim())?.trim_start();
        let inside = eat(inside, self.policy.lead(place, lang, spot)?.trim())?.trim_start();
        let format = value.date_format.as_deref().unwrap_or_default();
        let is_single = self.policy.tag(place).max == Some(1);
        let closing = [own.suffix.trim(), tag.suffix.trim()];
        let is_closed = closing.iter().any(|end| !end.is_empty());
        let between = Some(tag.separator.trim()).filter(|end| !is_single && !format.contains(*end));
        let white = Some(" ").filter(|end| value.input != Some(Input::Text) && !format.contains(*end));
        if value.input == Some(Input::Text) && !is_closed && !is_last {
            return None;
        }
        let ends = closing
            .into_iter()
            .chain(between)
            .chain(white)
            .filter(|end| !end.is_empty());
        let end = ends.filter_map(|end| inside.find(end)).min().unwrap_or(inside.len());
        let typed = inside.get(..end)?.trim();
        let after = eat(inside.get(end..)?.trim_start(), own.suffix.trim())?;
        let held = (place, Some(typed.to_owned()));
        value.takes(typed).then_some((text.len() - after.len(), after, held))
    }
}

pub(super) fn spot(kind: MarkKind) -> Spot {
    match kind {
        MarkKind::Banner => Spot::Page,
        MarkKind::Portion => Spot::Portion,
    }
}

/// The text within the parentheses of a portion mark, or a banner as it is.
fn inner(text: &str, kind: MarkKind) -> Option<&str> {
    let text = text.trim();
    match kind {
        MarkKind::Portion => text.strip_prefix('(')?.strip_suffix(')').map(str::trim),
        MarkKind::Banner if text.starts_with('(') => None,
        MarkKind::Banner => Some(text),
    }
}

/// `text` after `lead`, whatever the case of ASCII letters, where `lead` ends at a word's end.
fn eat<'a>(text: &'a str, lead: &str) -> Option<&'a str> {
    let head = text.get(..lead.len())?;
    let rest = &text[lead.len()..];
    let word = |c: char| c.is_alphanumeric();
    let cut = lead.ends_with(word) && rest.starts_with(word);
    (head.eq_ignore_ascii_case(lead) && !cut).then_some(rest)
}

/// What stands between values, whatever the policy's own separator is.
const BETWEEN: [char; 4] = [' ', ',', '/', ';'];

/// The words of a text in capitals, without what stands between them, in order.
fn words(text: &str) -> Vec<String> {
    let words = text.split(BETWEEN).filter(|word| !word.is_empty());
    let mut words: Vec<String> = words.map(str::to_ascii_uppercase).collect();
    words.sort_unstable();
    words
}

/// Equal but for the case of ASCII letters and the amount of white space.
fn same(a: &str, b: &str) -> bool {
    let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    squeeze(a).eq_ignore_ascii_case(&squeeze(b))
}

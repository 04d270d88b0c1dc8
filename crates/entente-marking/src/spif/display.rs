//! A label as it stands on the page: in a language, with the policy's phrases and qualifiers.

use super::label::{Held, Resolved, SecurityLabel};
use super::policy::{MarkingCode, MarkingData, Place, Policy, Qualifiers};
use crate::finding::Finding;

/// Where a marking is displayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    Page,
    Portion,
}

const PAGE: &[MarkingCode] = &[
    MarkingCode::PageTop,
    MarkingCode::PageBottom,
    MarkingCode::PageTopBottom,
];
const DOCUMENT: &[MarkingCode] = &[MarkingCode::DocumentStart, MarkingCode::DocumentEnd];
/// Codes that say what a phrase does rather than where it stands.
const BEHAVIOUR: &[MarkingCode] = &[
    MarkingCode::NoNameDisplay,
    MarkingCode::NoMarkingDisplay,
    MarkingCode::SuppressClassName,
    MarkingCode::ReplacePolicy,
];

impl MarkingData {
    pub(crate) fn has(&self, code: MarkingCode) -> bool {
        self.codes.contains(&code)
    }

    fn stands(&self, spot: Spot) -> bool {
        let mut places = self.codes.iter().filter(|code| !BEHAVIOUR.contains(code)).peekable();
        match spot {
            _ if places.peek().is_none() => true,
            Spot::Page => places.any(|code| PAGE.contains(code)),
            Spot::Portion => places.any(|code| *code == MarkingCode::PortionMarking),
        }
    }
}

/// The best match for a language: the very one, its primary subtag, the policy's default.
fn pick<'a, T: 'a>(
    items: impl IntoIterator<Item = &'a T> + Clone,
    lang_of: impl Fn(&T) -> Option<&str>,
    wanted: Option<&str>,
) -> Option<&'a T> {
    let wanted = wanted.unwrap_or("en");
    let primary = wanted.split('-').next().unwrap_or(wanted);
    let same = |item: &T, lang: &str| lang_of(item).is_some_and(|l| l.eq_ignore_ascii_case(lang));
    let mut exact = items.clone().into_iter().filter(|item| same(item, wanted));
    let mut near = items.clone().into_iter().filter(|item| same(item, primary));
    exact
        .next()
        .or_else(|| near.next())
        .or_else(|| items.into_iter().find(|item| lang_of(item).is_none()))
}

/// The phrase of something; `None` where nothing is displayed.
fn phrase<'a>(marking: &'a [MarkingData], name: &'a str, lang: Option<&str>, spot: Spot) -> Option<&'a str> {
    let own = marking.iter().filter(|data| !data.has(MarkingCode::ReplacePolicy));
    let found = match spot {
        Spot::Page => None,
        Spot::Portion => {
            let exact = own.clone().filter(|data| data.has(MarkingCode::PortionMarking));
            pick(exact, |data| data.lang.as_deref(), lang)
        }
    };
    let of_page = own.clone().filter(|data| data.stands(Spot::Page));
    let found = found.or_else(|| pick(of_page, |data| data.lang.as_deref(), lang));
    // A language that has a phrase for the beginning or end of a document alone is shown in it, rather than by the bare name.
    let of_document = own.filter(|data| data.lang.is_some() && data.codes.iter().any(|code| DOCUMENT.contains(code)));
    let found = found.or_else(|| pick(of_document, |data| data.lang.as_deref(), lang));
    let unnamed = || {
        marking
            .iter()
            .any(|data| data.has(MarkingCode::ReplacePolicy) && data.has(MarkingCode::NoNameDisplay))
    };
    match found {
        // What only replaces the policy's name may take its own name's place with it.
        None if unnamed() => None,
        Some(data) if data.has(MarkingCode::NoMarkingDisplay) => None,
        Some(data) if !data.phrase.is_empty() => Some(&data.phrase),
        Some(data) if data.has(MarkingCode::NoNameDisplay) => None,
        Some(_) | None => Some(name),
    }
}

/// Prefix, separator and suffix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Around<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) separator: &'a str,
    pub(crate) suffix: &'a str,
}

pub(crate) fn around<'a>(all: &'a [Qualifiers], lang: Option<&str>, spot: Spot, separator: &'a str) -> Around<'a> {
    let everywhere = |q: &&Qualifiers| q.code.is_none_or(|code| PAGE.contains(&code));
    let portion = |q: &&Qualifiers| q.code == Some(MarkingCode::PortionMarking);
    // Each part for itself: a language that has no separator of its own takes the default one, and a portion that of the page.
    let part = |get: fn(&Qualifiers) -> Option<&String>| {
        let having = all.iter().filter(move |q| get(q).is_some());
        let of_portion = having.clone().filter(portion).filter(|_| spot == Spot::Portion);
        pick(of_portion, |q| q.lang.as_deref(), lang)
            .or_else(|| pick(having.filter(everywhere), |q| q.lang.as_deref(), lang))
            .and_then(get)
            .map(String::as_str)
    };
    Around {
        prefix: part(|q| q.prefix.as_ref()).unwrap_or(""),
        separator: part(|q| q.separator.as_ref()).unwrap_or(separator),
        suffix: part(|q| q.suffix.as_ref()).unwrap_or(""),
    }
}

impl Policy {
    /// The page marking of a valid label in a language (`fr-CA` falls back to `fr`, then to the policy's default).
    ///
    /// # Errors
    ///
    /// What is wrong with the label: an invalid one has no marking.
    pub fn display(&self, label: &SecurityLabel, lang: Option<&str>) -> Result<String, Vec<Finding>> {
        self.valid(label).map(|parts| self.render(&parts, lang, Spot::Page))
    }

    /// The portion marking of a valid label, in parentheses. A policy without portion phrases shows the page
    /// marking in them.
    ///
    /// # Errors
    ///
    /// What is wrong with the label: an invalid one has no marking.
    pub fn display_portion(&self, label: &SecurityLabel, lang: Option<&str>) -> Result<String, Vec<Finding>> {
        let parts = self.valid(label)?;
        Ok(format!("({})", self.render(&parts, lang, Spot::Portion)))
    }

    pub(crate) fn render(&self, parts: &Resolved, lang: Option<&str>, spot: Spot) -> String {
        let class = &self.classifications[parts.class];
        let short = spot == Spot::Portion && class.marking.iter().any(|data| data.has(MarkingCode::PortionMarking));
        let lead = self.policy_phrase(parts, lang, spot).filter(|_| !short);
        self.written(lead, parts, lang, spot)
    }

    /// The marking with the policy's name at its beginning, where the policy leaves it away.
    pub(crate) fn render_named(&self, parts: &Resolved, lang: Option<&str>, spot: Spot) -> Option<String> {
        let left_away = self.policy_phrase(parts, lang, spot) == Some("");
        left_away.then(|| self.written(Some(&self.name), parts, lang, spot))
    }

    /// The marking behind the policy's phrase.
    fn written(&self, lead: Option<&str>, parts: &Resolved, lang: Option<&str>, spot: Spot) -> String {
        let whole = around(&self.qualifiers, lang, spot, " ");
        let mut pieces: Vec<String> = lead.map(str::to_owned).into_iter().collect();
        let suppressed = parts.held.iter().any(|(place, _)| self.suppresses_class(*place));
        if !suppressed {
            pieces.extend(self.class_phrase(parts.class, lang, spot));
        }
        let mut held = parts.held.iter().peekable();
        while let Some((place, _)) = held.peek() {
            let tag = (place.set, place.tag);
            let first = *place;
            let around = around(&self.tag(first).qualifiers, lang, spot, "/");
            let mut values = Vec::new();
            while let Some(value) = held.next_if(|(place, _)| (place.set, place.tag) == tag) {
                values.extend(self.value_phrase(value, lang, spot));
            }
            if !values.is_empty() {
                pieces.push(format!(
                    "{}{}{}",
                    around.prefix,
                    values.join(around.separator),
                    around.suffix
                ));
            }
        }
        pieces.retain(|piece| !piece.is_empty());
        format!("{}{}{}", whole.prefix, pieces.join(whole.separator), whole.suffix)
    }

    pub(crate) fn suppresses_class(&self, place: Place) -> bool {
        self.value(place)
            .marking
            .iter()
            .any(|data| data.has(MarkingCode::SuppressClassName))
    }

    /// The policy's phrase: the categories may replace it, else the classification, else the policy itself.
    fn policy_phrase<'a>(&'a self, parts: &Resolved, lang: Option<&str>, spot: Spot) -> Option<&'a str> {
        let places = parts.held.iter().map(|(place, _)| &self.value(*place).marking);
        let all = places.chain([&self.classifications[parts.class].marking, &self.marking]);
        for marking in all {
            let replacing = marking.iter().filter(|data| data.has(MarkingCode::ReplacePolicy));
            if let Some(data) = pick(replacing, |data| data.lang.as_deref(), lang) {
                return Some(&data.phrase);
            }
        }
        phrase(&self.marking, &self.name, lang, spot)
    }

    /// All phrases that may stand for the policy in a language.
    pub(crate) fn policy_phrases(&self, lang: Option<&str>, spot: Spot) -> Vec<&str> {
        let classes = self.classifications.iter().map(|class| &class.marking);
        let values = self.places().map(|place| &self.value(place).marking);
        let mut found: Vec<&str> = [&self.marking]
            .into_iter()
            .chain(classes)
            .chain(values)
            .filter_map(|marking| {
                let replacing = marking.iter().filter(|data| data.has(MarkingCode::ReplacePolicy));
                pick(replacing, |data| data.lang.as_deref(), lang).map(|data| data.phrase.as_str())
            })
            .chain([phrase(&self.marking, &self.name, lang, spot).unwrap_or(""), ""])
            .collect();
        found.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
        found.dedup();
        found
    }

    pub(crate) fn class_phrase(&self, class: usize, lang: Option<&str>, spot: Spot) -> Option<String> {
        let class = &self.classifications[class];
        let around = around(&class.qualifiers, lang, spot, "");
        phrase(&class.marking, &class.name, lang, spot).map(|text| format!("{}{text}{}", around.prefix, around.suffix))
    }

    pub(crate) fn value_phrase(&self, (place, text): &Held, lang: Option<&str>, spot: Spot) -> Option<String> {
        let value = self.value(*place);
        let around = around(&value.qualifiers, lang, spot, "");
        let shown = match text {
            // A blank shows what was typed into it; its phrase, where it has one, stands before that.
            Some(text) => match self.lead(*place, lang, spot)? {
                "" => text.clone(),
                lead => format!("{lead} {text}"),
            },
            None => phrase(&value.marking, &value.name, lang, spot)?.to_owned(),
        };
        Some(format!("{}{shown}{}", around.prefix, around.suffix))
    }

    /// What stands before the text of a blank; `None` where the blank is not displayed.
    pub(crate) fn lead(&self, place: Place, lang: Option<&str>, spot: Spot) -> Option<&str> {
        phrase(&self.value(place).marking, "", lang, spot)
    }

    /// The languages that the policy has phrases for, its default first.
    pub fn languages(&self) -> Vec<Option<&str>> {
        let classes = self.classifications.iter().map(|class| &class.marking);
        let values = self.places().map(|place| &self.value(place).marking);
        let tags = self
            .tag_sets
            .iter()
            .flat_map(|set| &set.tags)
            .flat_map(|tag| &tag.qualifiers);
        let marked = [&self.marking].into_iter().chain(classes).chain(values).flatten();
        let mut found: Vec<Option<&str>> = marked
            .map(|data| data.lang.as_deref())
            .chain(tags.map(|q| q.lang.as_deref()))
            .chain([None])
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

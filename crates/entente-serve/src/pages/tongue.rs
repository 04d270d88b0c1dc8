//! The language in which pages speak: what is said stands in Fluent files (`texts/`), and templates name it by its key.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::Timestamp;
use unic_langid::LanguageIdentifier;

/// A language that pages speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tongue {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

type Bundle = FluentBundle<FluentResource>;

/// What is said, in the order of [`Tongue::ALL`].
static SAID: LazyLock<[Bundle; 2]> = LazyLock::new(|| Tongue::ALL.map(Tongue::bundle));

const ENGLISH: &str = include_str!("../../texts/en.ftl");
const GERMAN: &str = include_str!("../../texts/de.ftl");

const MONATE: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

impl Tongue {
    pub(crate) const ALL: [Self; 2] = [Self::English, Self::German];

    /// What browsers call it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// What those who speak it call it.
    pub(crate) fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    pub(crate) fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.code() == code)
    }

    /// The first that is spoken here of what a browser accepts (RFC 9110, section 12.5.4).
    pub(crate) fn accepted(header: &str) -> Option<Self> {
        let weighed = header.split(',').filter_map(|part| {
            let mut parts = part.trim().split(';');
            let code = parts.next()?.trim().split('-').next()?.to_lowercase();
            let weight = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok());
            Some((weight.unwrap_or(1.0), Self::of_code(&code)?))
        });
        // Of equals the first counts.
        let best = weighed.reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.filter(|(weight, _)| *weight > 0.0).map(|(_, tongue)| tongue)
    }

    fn text(self) -> &'static str {
        match self {
            Self::English => ENGLISH,
            Self::German => GERMAN,
        }
    }

    fn bundle(self) -> Bundle {
        let language: LanguageIdentifier = self.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // What cannot be read of a file is told by the test that reads both.
        let read = FluentResource::try_new(self.text().to_owned()).unwrap_or_else(|(read, _)| read);
        bundle.add_resource_overriding(read);
        bundle
    }

    fn said(self, key: &str, with: Option<&FluentArgs<'_>>) -> Option<String> {
        let place = Self::ALL.iter().position(|known| *known == self)?;
        let bundle = SAID.get(place)?;
        let pattern = bundle.get_message(key)?.value()?;
        let mut faults = Vec::new();
        let said = bundle.format_pattern(pattern, with, &mut faults).into_owned();
        debug_assert!(faults.is_empty(), "{key}: {faults:?}");
        Some(plain_numbers(&said))
    }

    /// What is said under a key.
    pub(crate) fn say(self, key: &str) -> Cow<'static, str> {
        let said = self.said(key, None);
        debug_assert!(said.is_some(), "nothing is said under `{key}`");
        Cow::Owned(said.unwrap_or_else(|| key.to_owned()))
    }

    /// The same, with a name or text in it.
    #[expect(clippy::needless_pass_by_value, reason = "templates lend what they name")]
    pub(crate) fn say_of(self, key: &str, name: impl ToString) -> String {
        let mut with = FluentArgs::new();
        with.set("name", FluentValue::from(name.to_string()));
        self.said(key, Some(&with)).unwrap_or_else(|| key.to_owned())
    }

    /// The same, with a number of things, in the words for that number.
    pub(crate) fn count(self, key: &str, n: impl TryInto<u64>) -> String {
        self.with(key, &[("n", FluentValue::from(n.try_into().unwrap_or(u64::MAX)))])
    }

    /// The same with whatever it asks for.
    pub(crate) fn with(self, key: &str, what: &[(&'static str, FluentValue<'_>)]) -> String {
        let with: FluentArgs<'_> = what.iter().map(|(name, value)| (*name, value.clone())).collect();
        let said = self.said(key, Some(&with));
        debug_assert!(said.is_some(), "nothing is said under `{key}`");
        said.unwrap_or_else(|| key.to_owned())
    }

    /// A moment to the minute, with its zone.
    pub(crate) fn minute(self, moment: Timestamp) -> String {
        match self {
            Self::English => super::frame::minute(moment),
            Self::German => {
                let month = moment.strftime("%m").to_string().parse::<usize>().unwrap_or(1);
                let month = MONATE.get(month.saturating_sub(1)).copied().unwrap_or_default();
                format!(
                    "{} {month} {}",
                    moment.strftime("%-d."),
                    moment.strftime("%Y, %H:%M UTC")
                )
            }
        }
    }
}

/// A text in which names of others are isolated, as Fluent does so that their direction changes nothing around them; numbers need
/// no isolation.
fn plain_numbers(said: &str) -> String {
    let mut parts = said.split('\u{2068}');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('\u{2069}') {
            Some((number, rest)) if number.chars().all(|c| c.is_ascii_digit()) => {
                plain.push_str(number);
                plain.push_str(rest);
            }
            _ => {
                plain.push('\u{2068}');
                plain.push_str(part);
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn keys(text: &str) -> BTreeSet<&str> {
        let lines = text
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
        lines
            .filter_map(|line| line.split_once(" =").map(|(key, _)| key))
            .collect()
    }

    #[test]
    fn both_files_read_whole_and_say_the_same_keys() {
        for tongue in Tongue::ALL {
            let read = FluentResource::try_new(tongue.text().to_owned());
            assert!(
                read.is_ok(),
                "{}: {:?}",
                tongue.code(),
                read.err().map(|(_, faults)| faults)
            );
        }
        assert_eq!(keys(ENGLISH), keys(GERMAN));
    }

    #[test]
    fn every_key_that_a_template_or_a_page_names_is_said() {
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/");
        let mut used = BTreeSet::new();
        for folder in ["templates", "src/pages"] {
            for file in std::fs::read_dir(format!("{here}{folder}")).unwrap().flatten() {
                let text = std::fs::read_to_string(file.path()).unwrap();
                for call in [
                    "t.say(\"",
                    "t.say_of(\"",
                    "t.count(\"",
                    "t.with(\"",
                    "tongue.say(\"",
                    "tongue.count(\"",
                    "tongue.with(\"",
                    "tongue.say_of(\"",
                ] {
                    used.extend(
                        text.split(call)
                            .skip(1)
                            .filter_map(|rest| rest.split_once('"'))
                            .map(|(key, _)| key.to_owned()),
                    );
                }
            }
        }
        assert!(used.len() > 40, "{used:?}");
        let known = keys(ENGLISH);
        let missing: Vec<&String> = used.iter().filter(|key| !known.contains(key.as_str())).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn what_a_browser_accepts_most_is_spoken() {
        for (header, tongue) in [
            ("de", Some(Tongue::German)),
            ("de-AT,en;q=0.8", Some(Tongue::German)),
            ("en-US,de;q=0.9", Some(Tongue::English)),
            ("fr,de;q=0.5,en;q=0.7", Some(Tongue::English)),
            ("fr", None),
            ("de;q=0", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(Tongue::accepted(header), tongue, "{header}");
        }
    }

    #[test]
    fn numbers_and_moments_are_said_as_in_the_language() {
        let moment: Timestamp = "2026-03-01T09:05:00Z".parse().unwrap();
        assert_eq!(Tongue::German.minute(moment), "1. März 2026, 09:05 UTC");
        assert_eq!(Tongue::English.minute(moment), "1 March 2026, 09:05 UTC");
        assert_eq!(Tongue::German.count("desk-waiting", 1_usize), "Eines wartet auf Sie.");
        assert_eq!(Tongue::English.count("desk-waiting", 0_usize), "Nothing waits for you.");
        assert!(Tongue::German.count("desk-waiting", 3_usize).contains('3'));
    }
}

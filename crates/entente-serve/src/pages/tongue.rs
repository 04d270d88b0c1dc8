//! The language in which pages speak: what is said stands in Fluent files (`texts/`), and templates name it by its key.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use entente_core::Onward;
use entente_desk::asked::Narrowed;
use entente_desk::release::Passing;
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

/// How many things there are.
pub(crate) trait Counted {
    fn counted(&self) -> u64;
}

impl Counted for u64 {
    fn counted(&self) -> u64 {
        *self
    }
}

impl Counted for i64 {
    fn counted(&self) -> u64 {
        u64::try_from(*self).unwrap_or_default()
    }
}

impl Counted for usize {
    fn counted(&self) -> u64 {
        u64::try_from(*self).unwrap_or(u64::MAX)
    }
}

/// Templates lend what they count.
impl<C: Counted> Counted for &C {
    fn counted(&self) -> u64 {
        C::counted(self)
    }
}

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
    pub(crate) fn count(self, key: &str, n: impl Counted) -> String {
        self.with(key, &[("n", FluentValue::from(n.counted()))])
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
            Self::English => moment.strftime("%-d %B %Y, %H:%M UTC").to_string(),
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

impl Tongue {
    /// A moment in a list, whose zone stands at its head.
    pub(crate) fn short(self, moment: Timestamp) -> String {
        let form = match self {
            Self::English => "%-d %b %Y %H:%M",
            Self::German => "%-d.%-m.%Y %H:%M",
        };
        moment.strftime(form).to_string()
    }

    /// A moment to the second, with its zone.
    pub(crate) fn second(self, moment: Timestamp) -> String {
        let form = match self {
            Self::English => "%-d %b %Y, %H:%M:%S UTC",
            Self::German => "%-d.%-m.%Y, %H:%M:%S UTC",
        };
        moment.strftime(form).to_string()
    }

    /// What is said under a key, with two names or texts in it.
    #[expect(clippy::needless_pass_by_value, reason = "templates lend what they name")]
    pub(crate) fn pair(self, key: &str, name: impl ToString, other: impl ToString) -> String {
        let with = [("name", name.to_string().into()), ("other", other.to_string().into())];
        self.with(key, &with)
    }

    /// The same with a name set as names are: HTML, whatever the name is.
    #[expect(clippy::needless_pass_by_value, reason = "templates lend what they name")]
    pub(crate) fn named(self, key: &str, name: impl ToString) -> String {
        set(&self.say_of(key, between_marks(&name.to_string())))
    }

    /// The same with another text in it, which is set as what is around it.
    #[expect(clippy::needless_pass_by_value, reason = "templates lend what they name")]
    pub(crate) fn named_pair(self, key: &str, name: impl ToString, other: impl ToString) -> String {
        set(&self.pair(key, between_marks(&name.to_string()), without_marks(&other.to_string())))
    }

    /// A word of a small vocabulary that another part of the program says in English; as it is where it is none of them.
    pub(crate) fn word(self, vocabulary: &str, english: &str) -> Cow<'static, str> {
        let mut key = vocabulary.to_owned();
        for part in english.to_lowercase().split(|c: char| !c.is_ascii_alphanumeric()) {
            if !part.is_empty() {
                key.push('-');
                key.push_str(part);
            }
        }
        Cow::Owned(self.said(&key, None).unwrap_or_else(|| english.to_owned()))
    }

    /// What a decision does to a source, in a sentence.
    pub(crate) fn narrowed(self, narrowed: &Narrowed) -> String {
        let key = if narrowed.below {
            "narrowed-below"
        } else {
            "narrowed-says"
        };
        let counts = [("after", narrowed.after.into()), ("before", narrowed.before.into())];
        self.with(key, &counts)
    }

    /// How far a text may go from a party, in a sentence.
    pub(crate) fn onward(self, way: &Passing) -> String {
        let Some((terms, onward)) = &way.under else {
            return self.say_of("onward-unbound", &way.party);
        };
        let key = match onward {
            Onward::Free => "onward-free",
            Onward::Members => "onward-members",
            Onward::Consent => "onward-consent",
        };
        self.pair(key, &way.party, terms)
    }

    /// The attribute that says so where a text is English and the page is not: what rules and the core say, they say in English.
    pub(crate) fn lang_of(self, text: &str) -> &'static str {
        static PLAIN: LazyLock<[BTreeSet<String>; 2]> = LazyLock::new(|| Tongue::ALL.map(Tongue::plain));
        let place = Self::ALL.iter().position(|known| *known == self);
        let own = place.and_then(|place| PLAIN.get(place));
        match self == Self::English || text.contains(ISOLATED) || own.is_some_and(|own| own.contains(text)) {
            true => "",
            false => " lang=\"en\"",
        }
    }

    /// Everything that is said without a name or number in it.
    fn plain(self) -> BTreeSet<String> {
        let keys = self.text().lines().filter_map(|line| line.split_once(" = "));
        let keys = keys.filter(|(key, _)| key.starts_with(|c: char| c.is_ascii_lowercase()));
        keys.filter(|(_, text)| !text.contains('{'))
            .map(|(_, text)| text.to_owned())
            .collect()
    }
}

/// What Fluent puts before a name of others, so that its direction changes nothing around it.
const ISOLATED: char = '\u{2068}';
/// What Fluent puts after it.
const ISOLATED_TO_HERE: char = '\u{2069}';

/// The same for paper and files, where nothing isolates names.
pub(super) fn without_isolates(said: &str) -> String {
    said.replace([ISOLATED, ISOLATED_TO_HERE], "")
}

/// What stands before and after a name that is set as one, until it is: letters of no language.
const SET: (char, char) = ('\u{e000}', '\u{e001}');

fn without_marks(text: &str) -> String {
    text.chars().filter(|c| *c != SET.0 && *c != SET.1).collect()
}

fn between_marks(name: &str) -> String {
    format!("{}{}{}", SET.0, without_marks(name), SET.1)
}

/// A sentence as HTML, with the names in it set as names.
fn set(said: &str) -> String {
    let mut html = String::with_capacity(said.len() + 40);
    for c in said.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c if c == SET.0 => html.push_str("<span class=\"id\">"),
            c if c == SET.1 => html.push_str("</span>"),
            c => html.push(c),
        }
    }
    html
}

/// A text in which names of others are isolated, as Fluent does so that their direction changes nothing around them; numbers need
/// no isolation.
fn plain_numbers(said: &str) -> String {
    let mut parts = said.split(ISOLATED);
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(ISOLATED_TO_HERE) {
            Some((number, rest)) if number.chars().all(|c| c.is_ascii_digit()) => {
                plain.push_str(number);
                plain.push_str(rest);
            }
            _ => {
                plain.push(ISOLATED);
                plain.push_str(part);
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// What stands under each key, lines that belong to it included.
    fn messages(text: &str) -> BTreeMap<String, String> {
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        let mut here = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let begins = line.starts_with(|c: char| c.is_ascii_lowercase());
            match line.split_once(" = ").filter(|_| begins) {
                Some((key, said)) => {
                    here = key.to_owned();
                    assert!(
                        found.insert(here.clone(), said.to_owned()).is_none(),
                        "`{key}` stands there twice"
                    );
                }
                None => found.entry(here.clone()).or_default().push_str(line),
            }
        }
        found
    }

    fn variables(said: &str) -> BTreeSet<&str> {
        let after = said.split('$').skip(1);
        let end = |c: char| !c.is_ascii_alphanumeric() && c != '_';
        after.map(|rest| rest.split(end).next().unwrap_or_default()).collect()
    }

    #[test]
    fn both_files_read_whole_and_say_the_same_keys_with_the_same_variables() {
        for tongue in Tongue::ALL {
            let read = FluentResource::try_new(tongue.text().to_owned());
            assert!(
                read.is_ok(),
                "{}: {:?}",
                tongue.code(),
                read.err().map(|(_, faults)| faults)
            );
        }
        let (english, german) = (messages(ENGLISH), messages(GERMAN));
        let keys = |said: &BTreeMap<String, String>| said.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(keys(&english), keys(&german));
        for (key, said) in &english {
            assert_eq!(variables(said), variables(&german[key]), "{key}");
        }
    }

    /// Everything in a folder of this crate, by file.
    fn files(folder: &str) -> Vec<(String, String)> {
        let here = format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"));
        let files = std::fs::read_dir(here).unwrap().flatten();
        let read = |path: std::path::PathBuf| (path.display().to_string(), std::fs::read_to_string(path).unwrap());
        files.map(|file| read(file.path())).collect()
    }

    #[test]
    fn every_key_that_a_template_or_a_page_names_is_said_and_every_other_is_gone() {
        let all: String = files("templates")
            .into_iter()
            .chain(files("src/pages"))
            .map(|(_, text)| text)
            .collect();
        let mut used = BTreeSet::new();
        for call in ["say", "say_of", "count", "with", "pair", "named", "named_pair"] {
            for whose in ["t", "tongue"] {
                for rest in all.split(&format!("{whose}.{call}(")).skip(1) {
                    let named = rest
                        .trim_start()
                        .strip_prefix('"')
                        .and_then(|rest| rest.split_once('"'));
                    used.extend(named.map(|(key, _)| key.to_owned()));
                }
            }
        }
        assert!(used.len() > 600, "{}", used.len());
        let known = messages(ENGLISH);
        let missing: Vec<&String> = used.iter().filter(|key| !known.contains_key(*key)).collect();
        assert!(missing.is_empty(), "{missing:?}");
        // Vocabularies, lists and troubles put their keys together.
        let made = [
            "list-",
            "kind-",
            "stage-",
            "owner-",
            "route-",
            "became-",
            "trouble-",
            "pending-",
            "audience-",
            "incidents-why-",
            "effect-",
            "way-",
            "standing-",
        ];
        let unused =
            |key: &&String| !all.contains(&format!("\"{key}\"")) && !made.iter().any(|begin| key.starts_with(begin));
        let unused: Vec<&String> = known.keys().filter(unused).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }

    /// What a template says in its own words: what stands between tags and expressions, and in attributes that are read aloud.
    fn bare(template: &str) -> Vec<String> {
        let mut text = String::new();
        let mut rest = template;
        // Commands are the same in every language.
        while let Some((before, code)) = rest.split_once("<code>") {
            text.push_str(before);
            rest = code.split_once("</code>").map_or("", |(_, after)| after);
        }
        text.push_str(rest);
        let without = |text: &str, begin: &str, end: &str| {
            let mut parts = text.split(begin);
            let mut found = parts.next().unwrap_or_default().to_owned();
            for part in parts {
                found.push('\n');
                found.push_str(part.split_once(end).map_or("", |(_, after)| after));
            }
            found
        };
        let text = without(&without(&text, "{{", "}}"), "{%", "%}");
        let mut said: Vec<String> = Vec::new();
        for name in ["aria-label=\"", "placeholder=\"", " title=\"", " alt=\""] {
            let values = text.split(name).skip(1).filter_map(|rest| rest.split_once('"'));
            said.extend(values.flat_map(|(value, _)| value.lines().map(str::to_owned).collect::<Vec<_>>()));
        }
        let outside = without(&text, "<", ">");
        said.extend(outside.lines().map(str::to_owned));
        let word = |line: &str| {
            line.chars()
                .zip(line.chars().skip(1))
                .any(|(a, b)| a.is_alphabetic() && b.is_alphabetic())
        };
        said.into_iter()
            .map(|line| line.trim().trim_matches(['·', '.', ' ']).to_owned())
            .filter(|line| word(line))
            .collect()
    }

    #[test]
    fn no_template_says_anything_in_its_own_words() {
        assert_eq!(bare("<p class=\"lede\">{{ a }} and</p>"), ["and"]);
        assert_eq!(
            bare("<section aria-label=\"Error\"><code>entente todo</code></section>"),
            ["Error"]
        );
        // Names, and what is the same in every language.
        let same = ["Entente", "UTC", "CSV", "JSON", "https://"];
        for (file, text) in files("templates") {
            let mut said = bare(&text);
            said.retain(|line| !same.contains(&line.as_str()));
            assert!(said.is_empty(), "{file}: {said:?}");
        }
    }

    #[test]
    fn a_name_is_set_as_one_and_is_never_markup() {
        let said = Tongue::English.named("audience-why", "<b>\u{e001}&");
        assert_eq!(said, "Why \u{2068}<span class=\"id\">&lt;b&gt;&amp;</span>\u{2069}");
        let pair = Tongue::German.named_pair("report-from-originator", "USA", "\u{e000}");
        assert_eq!(pair.matches("<span").count(), pair.matches("</span>").count());
    }

    #[test]
    fn what_rules_say_is_marked_as_english_on_a_german_page_and_what_pages_say_is_not() {
        let (german, english) = (Tongue::German, Tongue::English);
        assert_eq!(german.lang_of("clearance is below SECRET"), " lang=\"en\"");
        assert_eq!(german.lang_of(&german.say("export-choose")), "");
        assert_eq!(german.lang_of(&german.say_of("effect-told", "GBR")), "");
        assert_eq!(english.lang_of("clearance is below SECRET"), "");
        assert_eq!(
            german.word("stage", "hear the person concerned"),
            "die betroffene Person hören"
        );
        assert_eq!(german.word("stage", "something new"), "something new");
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

//! A policy as a [`Scheme`]: displayed markings are read back, explained and rolled up.

use std::collections::{BTreeMap, BTreeSet};

use super::label::{Held, Resolved, SecurityCategory, SecurityLabel};
use super::policy::{CategoryType, ClassificationReading, Place, Policy};
use super::reading::{MAX_MARK, Mark, spot};
use crate::finding::Finding;
use crate::label::{Category, Caveat, Label, Level, SchemeId};
use crate::release::{Entity, Release};
use crate::scheme::{Checked, Effect, LevelWord, MarkKind, Marking, Rollup, Scheme, Step, TokenMeaning};

/// A known marking this similar to a faulty one (0 to 1) is suggested.
const SIMILAR: f64 = 0.7;
/// The most values of a list, and of all lists, that a suggestion may have.
const MAX_VALUES: usize = 16;
const SOURCE: &str = "XML SPIF 2.1, markingData and markingQualifier";
const JOIN: &str = "ISO/IEC 15816; SDN.801 rev. C";

/// A policy as a set of marking rules.
///
/// ```
/// use entente_marking::spif::{builtin_policies, SpifScheme};
/// use entente_marking::{MarkKind, Scheme};
/// let [_, _, alliance, _] = builtin_policies();
/// let scheme = SpifScheme::new(alliance);
/// let rollup = scheme.rollup(&["(AC)", "(AS)"], None);
/// assert_eq!(rollup.banner.unwrap().canonical, "ALLIANCE SECRET");
/// ```
#[derive(Clone, Debug)]
pub struct SpifScheme {
    id: SchemeId,
    profile: String,
    title: String,
    pub(super) policy: Policy,
}

impl SpifScheme {
    /// The scheme of a policy. Its name is that of the policy in lower case, its profile `spif-VERSION`.
    pub fn new(policy: Policy) -> Self {
        let name = policy.name.to_lowercase();
        let id: String = name
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '-' })
            .collect();
        Self {
            id: SchemeId::new(id),
            profile: format!("spif-{}", policy.version),
            title: format!("{} ({})", policy.name, policy.id),
            policy,
        }
    }

    /// The same scheme under another name, for a policy whose own is taken or cannot be written.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.id = SchemeId::new(name);
        self
    }

    /// The same scheme with another name for its variant.
    #[must_use]
    pub fn with_profile(mut self, profile: String) -> Self {
        self.profile = profile;
        self
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The meaning of a label that the policy finds valid; of any other, that of an unintelligible one.
    pub fn meaning(&self, label: &SecurityLabel) -> Label {
        match self.policy.valid(label) {
            Ok(parts) => self.label(&parts),
            Err(_) => Label::unintelligible(format!("{} {}", label.policy.name, label.classification)),
        }
    }

    fn category(&self, kind: &str, value: &str) -> Category {
        Category::new(format!("{}/{kind}/{value}", self.id))
    }

    fn label(&self, parts: &Resolved) -> Label {
        let mut label = Label::unrestricted();
        let class = &self.policy.classifications[parts.class];
        let level = Level {
            rank: class.hierarchy,
            name: class.name.clone(),
        };
        label.levels.insert(self.id.clone(), level);
        if self.policy.reading == ClassificationReading::Listed {
            label.required.insert(self.category("classification", &class.name));
        }
        for (tag, values) in by_tag(&parts.held) {
            let place = Place {
                set: tag.0,
                tag: tag.1,
                value: 0,
            };
            let name = &self.policy.tag(place).name;
            let names: Vec<&str> = values.iter().map(|held| self.name(held)).collect();
            let categories = names.iter().map(|value| self.category(name, value));
            match self.policy.tag(place).tag_type.effect() {
                CategoryType::Restrictive => label.required.extend(categories),
                CategoryType::Informative => {
                    label
                        .caveats
                        .extend(names.iter().map(|value| Caveat::new(format!("{name}: {value}"))));
                }
                CategoryType::Permissive if is_release(name, &names) => {
                    label.release = label.release.join(&Release::to(names.iter().map(Entity::new)));
                }
                CategoryType::Permissive => {
                    label.any_of.insert(categories.collect());
                }
            }
        }
        label
    }

    fn name<'a>(&'a self, (place, text): &'a Held) -> &'a str {
        text.as_deref().unwrap_or(&self.policy.value(*place).name)
    }

    fn marking(&self, mark: &Mark, kind: MarkKind) -> Marking {
        let shown = self.policy.render(&mark.parts, mark.lang.as_deref(), spot(kind));
        Marking {
            scheme: self.id.clone(),
            kind,
            canonical: match kind {
                MarkKind::Banner => shown,
                MarkKind::Portion => format!("({shown})"),
            },
            label: self.label(&mark.parts),
        }
    }

    /// The marking that was meant: one that looks like it, or one that has its words and more (`UK SECRET` for `SECRET`).
    fn suggestion(&self, text: &str, kind: MarkKind) -> Option<String> {
        if text.len() > MAX_MARK {
            return None;
        }
        let typed = text.trim().to_uppercase();
        let words = |text: &str| -> BTreeSet<String> {
            let words = text.split([' ', '/', '(', ')']).filter(|word| !word.is_empty());
            words.map(str::to_uppercase).collect()
        };
        let plain = self.plain(kind);
        let likeness = |known: &String| strsim::normalized_levenshtein(&known.to_uppercase(), &typed);
        let by_likeness = |a: &&String, b: &&String| likeness(a).total_cmp(&likeness(b));
        let alike = plain.iter().filter(|known| likeness(known) >= SIMILAR);
        let longer = plain.iter().filter(|known| words(&typed).is_subset(&words(known)));
        alike
            .max_by(by_likeness)
            .or_else(|| longer.max_by(by_likeness))
            .cloned()
    }

    /// The markings of a classification alone, and of one with a single value of a short list.
    fn plain(&self, kind: MarkKind) -> Vec<String> {
        let policy = &self.policy;
        let values: Vec<Place> = policy
            .places()
            .filter(|place| policy.tag(*place).values.len() <= MAX_VALUES && policy.value(*place).input.is_none())
            .take(MAX_VALUES)
            .collect();
        let held =
            || std::iter::once(BTreeSet::new()).chain(values.iter().map(|place| BTreeSet::from([(*place, None)])));
        let classes = 0..policy.classifications.len();
        classes
            .flat_map(|class| held().map(move |held| Resolved { class, held }))
            .filter(|parts| !policy.check(parts, None).iter().any(Finding::is_error))
            .map(|parts| self.marking(&Mark { parts, lang: None }, kind).canonical)
            .collect()
    }

    /// Whether a value of a portion stands in a banner of a class. One without effect on readers is left out where it never goes
    /// with that class.
    fn stays(&self, held: &Held, class: usize, steps: &mut Vec<Step>) -> bool {
        let (value, class) = (self.policy.value(held.0), &self.policy.classifications[class].name);
        let goes = value.required_class.as_ref().is_none_or(|wanted| wanted == class);
        let goes = goes && !value.excluded_classes.contains(class);
        let stays = goes || self.policy.tag(held.0).tag_type.effect() != CategoryType::Informative;
        if !stays {
            let message = format!("{} does not go with {class}, and is left out", self.name(held));
            steps.push(step("spif.rollup.informative", message));
        }
        stays
    }

    /// The join of all marks in the terms of the policy, or what prevents it.
    fn join(&self, marks: &[Mark], steps: &mut Vec<Step>, findings: &mut Vec<Finding>) -> Option<Resolved> {
        let highest = |mark: &&Mark| {
            let class = &self.policy.classifications[mark.parts.class];
            (class.hierarchy, std::cmp::Reverse(mark.parts.class))
        };
        let class = marks.iter().max_by_key(highest)?.parts.class;
        let name = &self.policy.classifications[class].name;
        steps.push(step(
            "spif.rollup.classification",
            format!("{name} is the highest classification"),
        ));
        let mut held = BTreeSet::new();
        let mut permissive: BTreeMap<(usize, usize), BTreeSet<Held>> = BTreeMap::new();
        for mark in marks {
            for (tag, values) in by_tag(&mark.parts.held) {
                let place = Place {
                    set: tag.0,
                    tag: tag.1,
                    value: 0,
                };
                if self.policy.tag(place).tag_type.effect() == CategoryType::Permissive {
                    permissive
                        .entry(tag)
                        .and_modify(|known| *known = &*known & &values)
                        .or_insert(values);
                } else {
                    held.extend(values);
                }
            }
        }
        for (tag, values) in permissive {
            let name = &self.policy.tag_sets[tag.0].tags[tag.1].name;
            if values.is_empty() {
                let message = format!("nobody satisfies {name} in all portions: they have no value of it in common");
                findings.push(Finding::error("spif.rollup.empty", JOIN, message, 0, 0));
            } else {
                let names: Vec<&str> = values.iter().map(|held| self.name(held)).collect();
                let message = format!("{name} [{}] is common to all portions that have it", names.join(", "));
                steps.push(step("spif.rollup.permissive", message));
            }
            held.extend(values);
        }
        held.retain(|value| self.stays(value, class, steps));
        let parts = Resolved { class, held };
        findings.extend(self.policy.check(&parts, None));
        (!findings.iter().any(Finding::is_error)).then_some(parts)
    }
}

impl Scheme for SpifScheme {
    fn id(&self) -> &SchemeId {
        &self.id
    }

    fn profile(&self) -> &str {
        &self.profile
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn policy(&self) -> Option<&Policy> {
        Some(&self.policy)
    }

    fn security_label(&self, text: &str, kind: MarkKind) -> Option<SecurityLabel> {
        let mark = self.read(text, kind).ok()?;
        let policy = &self.policy;
        let mut label = SecurityLabel::new(&policy.name, &policy.classifications[mark.parts.class].name);
        label.policy.id = Some(policy.id.clone());
        for held in &mark.parts.held {
            label.categories.insert(SecurityCategory {
                tag: policy.tag(held.0).name.clone(),
                set: Some(policy.tag_sets[held.0.set].id.clone()),
                kind: policy.tag(held.0).tag_type.effect(),
                value: self.name(held).to_owned(),
            });
        }
        policy
            .valid(&label)
            .is_ok_and(|parts| parts == mark.parts)
            .then_some(label)
    }

    fn words(&self) -> Vec<LevelWord> {
        let mut classes: Vec<usize> = (0..self.policy.classifications.len()).collect();
        classes.sort_by_key(|class| std::cmp::Reverse(self.policy.classifications[*class].hierarchy));
        let word = |class: usize| {
            let mark = |kind| {
                let parts = Resolved {
                    class,
                    held: BTreeSet::new(),
                };
                self.marking(&Mark { parts, lang: None }, kind).canonical
            };
            LevelWord {
                rank: Some(self.policy.classifications[class].hierarchy),
                banner: mark(MarkKind::Banner),
                portion: mark(MarkKind::Portion),
                color: self.policy.classifications[class].color.clone(),
            }
        };
        classes.into_iter().map(word).collect()
    }

    fn check(&self, text: &str, kind: MarkKind, _banner: Option<&str>) -> Checked {
        let mark = match self.read(text, kind) {
            Ok(mark) => mark,
            Err(message) => {
                let canonical = self.suggestion(text, kind);
                let mut finding = Finding::error("spif.mark.syntax", SOURCE, message, 0, text.len());
                finding.suggestion.clone_from(&canonical);
                return Checked {
                    marking: None,
                    canonical,
                    findings: vec![finding],
                };
            }
        };
        let marking = self.marking(&mark, kind);
        let mut findings = self.policy.check(&mark.parts, None);
        for finding in &mut findings {
            finding.end = text.len();
        }
        if marking.canonical != text {
            let message = format!("the policy writes this as {:?}", marking.canonical);
            let finding = Finding::warning("spif.mark.form", SOURCE, message, 0, text.len());
            findings.push(finding.suggest(&marking.canonical));
        }
        let valid = !findings.iter().any(Finding::is_error);
        Checked {
            canonical: Some(marking.canonical.clone()),
            marking: Some(marking).filter(|_| valid),
            findings,
        }
    }

    fn explain(&self, text: &str, kind: MarkKind) -> Vec<TokenMeaning> {
        let token = |start: usize, end: usize, meaning: String, rule: &str, effect: Effect, access: String| {
            TokenMeaning {
                token: text[start..end].to_owned(),
                start,
                end,
                meaning,
                rule: rule.to_owned(),
                source: format!("{} {}", self.title, self.profile),
                effect,
                access,
                rolls_up: "the highest classification, every restrictive value, and the permissive values that all portions share"
                    .to_owned(),
                excludes: Vec::new(),
            }
        };
        let mark = match self.read(text, kind) {
            Ok(mark) => mark,
            Err(message) => {
                let access = "Nobody gets access.".to_owned();
                return vec![token(
                    0,
                    text.len(),
                    message,
                    "spif.mark.syntax",
                    Effect::Unknown,
                    access,
                )];
            }
        };
        let spot = spot(kind);
        let lang = mark.lang.as_deref();
        let class = &self.policy.classifications[mark.parts.class];
        let lead = text.find(|c: char| c != '(' && !c.is_whitespace()).unwrap_or(0);
        let phrase = self
            .policy
            .class_phrase(mark.parts.class, lang, spot)
            .unwrap_or_default();
        let (start, mut at) = find(text, lead, &phrase).unwrap_or((lead, lead));
        let listed = match self.policy.reading {
            ClassificationReading::Listed => "that lists it",
            ClassificationReading::Hierarchy => "at this or a higher level",
        };
        let meaning = format!("classification {} of {}", class.name, self.policy.name);
        let access = format!("A reader needs a {} clearance {listed}.", self.policy.name);
        let mut tokens = vec![token(
            start,
            at,
            meaning,
            "spif.access.classification",
            Effect::Clearance,
            access,
        )];
        for held in &mark.parts.held {
            let phrase = self.policy.value_phrase(held, lang, spot).unwrap_or_default();
            let (start, end) = find(text, at, &phrase).unwrap_or((at, at));
            at = end;
            let name = &self.policy.tag(held.0).name;
            let (effect, rule, access) = match self.policy.tag(held.0).tag_type.effect() {
                CategoryType::Restrictive => (
                    Effect::ReadOn,
                    "spif.access.restrictive",
                    format!("A reader must hold {}.", self.name(held)),
                ),
                CategoryType::Permissive => (
                    Effect::Releasability,
                    "spif.access.permissive",
                    format!("A reader must hold this or another value of {name} in the mark."),
                ),
                CategoryType::Informative => (
                    Effect::Handling,
                    "spif.access.informative",
                    "No effect on who may read it.".to_owned(),
                ),
            };
            tokens.push(token(
                start,
                end,
                format!("{name}: {}", self.name(held)),
                rule,
                effect,
                access,
            ));
        }
        tokens
    }

    fn rollup(&self, portions: &[&str], _banner: Option<&str>) -> Rollup {
        let mut steps = Vec::new();
        let mut findings = Vec::new();
        let mut marks = Vec::new();
        for (place, portion) in portions.iter().enumerate() {
            let checked = self.check(portion, MarkKind::Portion, None);
            for mut finding in checked.findings {
                finding.message = format!("portion {}: {}", place + 1, finding.message);
                findings.push(finding);
            }
            marks.extend(self.read(portion, MarkKind::Portion).ok());
        }
        let parts = if findings.iter().any(Finding::is_error) {
            None
        } else {
            self.join(&marks, &mut steps, &mut findings)
        };
        let lang = match &marks[..] {
            [first, rest @ ..] if rest.iter().all(|mark| mark.lang == first.lang) => first.lang.clone(),
            _ => None,
        };
        let banner = parts.map(|parts| self.marking(&Mark { parts, lang }, MarkKind::Banner));
        Rollup {
            banner,
            steps,
            findings,
        }
    }
}

fn step(rule: &str, message: String) -> Step {
    Step {
        rule: rule.to_owned(),
        source: JOIN.to_owned(),
        message,
    }
}

fn by_tag(held: &BTreeSet<Held>) -> BTreeMap<(usize, usize), BTreeSet<Held>> {
    let mut found: BTreeMap<(usize, usize), BTreeSet<Held>> = BTreeMap::new();
    for value in held {
        found
            .entry((value.0.set, value.0.tag))
            .or_default()
            .insert(value.clone());
    }
    found
}

/// Whether a permissive tag is a list of countries and organisations that may receive the text.
fn is_release(tag: &str, values: &[&str]) -> bool {
    let tag = tag.to_lowercase();
    let code = |value: &&str| {
        (2..=12).contains(&value.len())
            && value
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'.')
    };
    (tag.contains("releasable") || tag.contains("release")) && values.iter().all(code)
}

/// Where `phrase` stands in `text` from `from` on, whatever the case of ASCII letters.
fn find(text: &str, from: usize, phrase: &str) -> Option<(usize, usize)> {
    let phrase = phrase.trim();
    let rest = text.get(from..)?;
    rest.char_indices()
        .find(|(place, _)| {
            rest.get(*place..place + phrase.len())
                .is_some_and(|t| t.eq_ignore_ascii_case(phrase))
        })
        .map(|(place, _)| (from + place, from + place + phrase.len()))
}

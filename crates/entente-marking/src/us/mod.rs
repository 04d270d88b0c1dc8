//! US intelligence community markings, after the manual of 31 December 2016, and the DoD's variant.
//!
//! ```
//! use entente_marking::us::UsIc;
//! use entente_marking::{MarkKind, Scheme};
//!
//! let scheme = UsIc::ic_2016();
//! let checked = scheme.check("(S//REL TO GBR, USA)", MarkKind::Portion, None);
//! assert_eq!(checked.findings[0].suggestion.as_deref(), Some("USA, GBR"));
//!
//! let rollup = scheme.rollup(&["(TS//REL TO USA, CAN, DEU)", "(//CAN S//REL TO USA, CAN, DEU)"], None);
//! assert_eq!(rollup.banner.unwrap().canonical, "TOP SECRET//FGI CAN//REL TO USA, CAN, DEU");
//! ```

mod atomic;
pub mod authority;
mod categories;
mod copy;
mod country;
mod cui;
mod disclosure;
mod head;
mod listed;
mod mark;
mod meaning;
mod nearest;
mod parts;
mod profile;
mod programme;
mod render;
mod rollup;
mod rules;
mod sorted;
mod syntax;
mod teach;
mod vocabulary;
mod words;

use std::collections::BTreeSet;

use crate::copy::CopyList;
use crate::finding::Finding;
use crate::groups::Groups;
use crate::label::SchemeId;
use crate::release::Entity;
use crate::scheme::{Checked, LevelWord, MarkKind, Marking, Mended, Rollup, Scheme, Step, TokenMeaning, mended};
pub use country::{groups, is_country};
use mark::{Head, List, Mark};
pub use profile::{ControlSystem, Country, Register};
use profile::{Lists, Profile};

/// The levels of the scheme `us-ic`, for clearances: rank and name.
pub const LEVELS: [(u16, &str); 5] = [
    (0, "UNCLASSIFIED"),
    (1, "RESTRICTED"),
    (2, "CONFIDENTIAL"),
    (3, "SECRET"),
    (4, "TOP SECRET"),
];

/// Whether marks side by side leave it to the banner who may have the text: one plain `(U)`, and beside it only marks of
/// schemes without release lists.
///
/// ```
/// use entente_marking::{SchemeId, us};
/// let plain = |marks: &[&str]| us::leaves_release_to_banner(&SchemeId::new("us-ic"), marks.iter().copied());
/// assert!(plain(&["(U)"]) && plain(&["(U)", "(PAP:AMBER)"]));
/// assert!(!plain(&["(U//FOUO)"]) && !plain(&["(PAP:AMBER)"]) && !plain(&["(U)", "(X)"]));
/// ```
pub fn leaves_release_to_banner<'m>(scheme: &SchemeId, marks: impl IntoIterator<Item = &'m str>) -> bool {
    const WITHOUT_LISTS: [&str; 2] = ["(TLP:", "(PAP:"];
    let mut plain = false;
    scheme.as_str() == meaning::ID
        && marks.into_iter().all(|mark| {
            let is_plain = mark == PLAIN;
            plain |= is_plain;
            is_plain || WITHOUT_LISTS.iter().any(|scheme| mark.starts_with(scheme))
        })
        && plain
}

/// The mark of a portion that says nothing but that it is unclassified.
const PLAIN: &str = "(U)";

/// Faults whose token is not in the tree that was read.
const UNREAD: [&str; 6] = [
    "us-ic.token.unknown",
    "us-ic.token.form",
    "us-ic.sap.name",
    "us-ic.compartment.name",
    "us-ic.aea.sigma",
    "us-ic.list.unknown",
];

/// The scheme `us-ic`.
#[derive(Clone, Debug)]
pub struct UsIc {
    id: SchemeId,
    profile: Profile,
    lists: Lists,
}

impl UsIc {
    fn with_profile(profile: Profile) -> Self {
        Self {
            id: SchemeId::new(meaning::ID),
            profile,
            lists: Lists::published(),
        }
    }

    /// The intelligence community's rules: manual of 31 December 2016.
    pub fn ic_2016() -> Self {
        Self::with_profile(Profile::Ic2016)
    }

    /// The Department of Defense's own rules: DoDM 5200.01, volume 2, enclosure 4.
    pub fn dodm_5200_01() -> Self {
        Self::with_profile(Profile::Dod)
    }

    /// The intelligence community's later rules as ODNI's IC-ISM V2021-NOV encodes them.
    pub fn ic_ism_2021() -> Self {
        Self::with_profile(Profile::Ism2021)
    }

    /// The same rules with other groups of countries.
    #[must_use]
    pub fn with_groups(mut self, groups: Groups) -> Self {
        self.lists = self.lists.with_groups(groups);
        self
    }

    /// The same rules with the lists of a node beside the published ones.
    #[must_use]
    pub fn with_register(mut self, register: Register) -> Self {
        self.lists = self.lists.with_register(register);
        self
    }

    fn read(&self, text: &str, kind: MarkKind) -> syntax::Read {
        let mut read = syntax::read(text, kind, &self.lists, self.profile);
        if let Some(mark) = &read.mark {
            let broken = rules::check(mark, &read.tokens, text.len(), kind, self.profile);
            read.findings.extend(broken);
            // What a NATO classification spelt out should have been is the whole mark.
            for finding in read
                .findings
                .iter_mut()
                .filter(|finding| finding.rule == head::NATO_FORM)
            {
                finding.suggestion = Some(render::render(mark, kind, self.profile));
                (finding.start, finding.end) = (0, text.len());
            }
        }
        read
    }

    /// The tree of a mark, as far as it can be made out.
    fn tree(&self, text: &str, kind: MarkKind) -> Option<Mark> {
        self.read(text, kind).mark
    }

    /// Fills in what a portion leaves to the banner.
    fn fill(mark: &mut Mark, banner: &Mark) {
        if mark.rel == Some(List::AsBanner) && banner.rel.is_some() {
            mark.rel.clone_from(&banner.rel);
        }
        if mark.eyes == Some(List::AsBanner) && banner.eyes.is_some() {
            mark.eyes.clone_from(&banner.eyes);
        }
        if let (Head::Joint(owners @ None, _), Head::Joint(theirs, _)) = (&mut mark.head, &banner.head) {
            owners.clone_from(theirs);
        }
    }

    fn render(&self, mark: &Mark, kind: MarkKind) -> String {
        render::render(mark, kind, self.profile)
    }

    fn marking(&self, mark: &Mark, kind: MarkKind, canonical: String) -> Marking {
        Marking {
            scheme: self.id.clone(),
            kind,
            canonical,
            label: meaning::label(mark, &self.lists),
        }
    }
}

impl Scheme for UsIc {
    fn id(&self) -> &SchemeId {
        &self.id
    }

    fn profile(&self) -> &str {
        match self.profile {
            Profile::Ic2016 => "ic-2016",
            Profile::Dod => "dodm-5200.01",
            Profile::Ism2021 => "ic-ism-2021",
        }
    }

    fn title(&self) -> &str {
        match self.profile {
            Profile::Ic2016 => "US intelligence community, Register and Manual of 31 December 2016",
            Profile::Dod => "US Department of Defense, DoDM 5200.01 volume 2",
            Profile::Ism2021 => "US intelligence community, as encoded in ODNI's IC-ISM V2021-NOV",
        }
    }

    fn words(&self) -> Vec<LevelWord> {
        let short = |full: &str| {
            full.split(' ')
                .filter_map(|word| word.chars().next())
                .collect::<String>()
        };
        let word = |(rank, full): &(u16, &str)| LevelWord {
            rank: Some(*rank),
            banner: (*full).to_owned(),
            portion: format!("({})", short(full)),
            color: None,
        };
        LEVELS.iter().rev().map(word).collect()
    }

    fn check(&self, text: &str, kind: MarkKind, banner: Option<&str>) -> Checked {
        let mut read = self.read(text, kind);
        // What could not be read is not in the tree: written without it, the mark would be laxer.
        let whole = !read
            .findings
            .iter()
            .any(|finding| UNREAD.contains(&finding.rule.as_str()));
        let valid = !read.findings.iter().any(Finding::is_error);
        let canonical = read.mark.as_ref().filter(|_| whole).map(|mark| self.render(mark, kind));
        let marking = read.mark.as_mut().filter(|_| valid).map(|mark| {
            let mut text = canonical.clone().unwrap_or_default();
            if let Some(banner) = banner.and_then(|banner| self.tree(banner, MarkKind::Banner)) {
                Self::fill(mark, &banner);
                if mark.rel != Some(List::AsBanner) && mark.eyes != Some(List::AsBanner) {
                    read.findings.retain(|finding| finding.rule != "us-ic.rel.as-banner");
                }
                // What a portion leaves to the banner is written out: it may be read without that banner one day.
                text = self.render(mark, kind);
            }
            self.marking(mark, kind, text)
        });
        Checked {
            marking,
            canonical,
            findings: read.findings,
        }
    }

    fn explain(&self, text: &str, kind: MarkKind) -> Vec<TokenMeaning> {
        let read = syntax::read(text, kind, &self.lists, self.profile);
        meaning::explain(text, kind, &read.tokens, self.lists.groups(), self.profile)
    }

    fn nearest(&self, text: &str, kind: MarkKind) -> Vec<String> {
        match mended(self, text, kind) {
            Mended::AsItIs => Vec::new(),
            Mended::Valid(canonical) => vec![canonical],
            Mended::Faulty(text) => self.neighbours(&text, kind),
        }
    }

    fn rollup(&self, portions: &[&str], banner: Option<&str>) -> Rollup {
        let declared = banner.and_then(|banner| self.tree(banner, MarkKind::Banner));
        let mut findings = Vec::new();
        let mut marks = Vec::with_capacity(portions.len());
        // Many portions bear the same mark: each text is read once.
        let mut seen = foldhash::HashSet::<&str>::default();
        for (n, text) in portions.iter().enumerate().filter(|(_, text)| seen.insert(text)) {
            let syntax::Read {
                mark, findings: found, ..
            } = self.read(text, MarkKind::Portion);
            let at = |finding: Finding| Finding {
                message: format!("portion {} {text}: {}", n + 1, finding.message),
                ..finding
            };
            let faults = found.into_iter().filter(Finding::is_error).map(at);
            let before = findings.len();
            findings.extend(faults);
            if findings.len() > before {
                continue;
            }
            let Some(mut mark) = mark else { continue };
            if let Some(banner) = &declared {
                Self::fill(&mut mark, banner);
            }
            let abbreviated = mark.rel == Some(List::AsBanner)
                || mark.eyes == Some(List::AsBanner)
                || matches!(mark.head, Head::Joint(None, _));
            if abbreviated {
                findings.push(
                    Finding::error(
                        "us-ic.rollup.abbreviated",
                        "IC Markings Manual 2016, pp. 57, 151",
                        format!(
                            "portion {} {text}: it leaves its list to the banner, which is not known; write the list out, \
                             or state the document's banner",
                            n + 1
                        ),
                        0,
                        text.len(),
                    )
                    .suggest("(S//REL TO USA, …)"),
                );
                continue;
            }
            marks.push(mark);
        }
        let mut steps = Vec::new();
        let valid = !findings.iter().any(Finding::is_error);
        if portions.is_empty() {
            steps.push(Step {
                rule: "us-ic.rollup.empty".to_owned(),
                source: "IC Markings Manual 2016, §D.2".to_owned(),
                message: "there are no portions, so there is no banner".to_owned(),
            });
        }
        let banner = (valid && !marks.is_empty()).then(|| {
            let mark = rollup::roll_up(&marks, &self.lists, self.profile, &mut steps);
            let text = self.render(&mark, MarkKind::Banner);
            let mut banner = self.marking(&mark, MarkKind::Banner, text);
            if mark.cui.is_none() {
                // A banner that does not show CUI still asks for what its limits ask.
                for portion in marks.iter().filter(|mark| mark.cui.is_some()) {
                    let label = meaning::label(portion, &self.lists);
                    banner.label.any_of.extend(label.any_of);
                    banner.label.circle = banner.label.circle.max(label.circle);
                }
            }
            banner
        });
        Rollup {
            banner,
            steps,
            findings,
        }
    }

    fn list_of_copy(&self, mark: &str, to: &BTreeSet<Entity>, list: CopyList) -> Result<String, String> {
        let read = self.tree(mark, MarkKind::Portion);
        let read = read.ok_or_else(|| "it cannot be read".to_owned())?;
        let copy = copy::released(read, to, list, &self.lists)?;
        Ok(render::render(&copy, MarkKind::Portion, self.profile))
    }

    fn is_open(&self, mark: &str) -> bool {
        let read = self.tree(mark, MarkKind::Portion);
        read.is_some_and(|mark| !mark.has_controls() && mark.head == Head::Us(vocabulary::Class::Unclassified))
    }
}

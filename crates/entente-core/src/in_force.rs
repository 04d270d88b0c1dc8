//! The mark in force of a portion: the strictest of the mark that was written, of what later versions made of it, and of
//! the marks in force of what it rests on.
//!
//! It is worked out when it is asked for and never written back, so that it holds in whatever order versions arrive. A
//! raised base makes what rests on it stricter until its owner answers with a version that is at least as strict.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use entente_marking::{Entity, Label, Release, us};

use crate::arrangement::Unmarked;
use crate::handle::{same_words, side_by_side};
use crate::ids::{PortionId, PortionRef, ReportId};
use crate::report::{Portion, Report};
use crate::request::Consent;
use crate::state::{Holding, State};

/// The most texts that are followed from one portion, along its later versions and its bases: more is nobody's work, and
/// unknown means deny.
const MAX_FOLLOWED: usize = 4096;

/// What a portion asks for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce<'s> {
    /// What the marks mean together.
    pub label: Cow<'s, Label>,
    /// What the portion's own mark means where it stands.
    pub written: Cow<'s, Label>,
    /// The portion's own mark, and those of others that ask for more.
    marks: Vec<Cow<'s, str>>,
    /// Whether one of the marks asks for all that they ask for together, and which.
    strictest: Option<usize>,
    /// Whether a plain unclassified portion takes the release of its report's banner.
    pub(crate) by_banner: bool,
    /// Whether a plain unclassified portion of a report without any release list goes to the members of its arrangements.
    pub(crate) to_members: bool,
}

impl<'s> InForce<'s> {
    /// The mark: the one that asks for everything, or several side by side.
    pub fn mark(&self) -> Cow<'s, str> {
        match (self.strictest.and_then(|n| self.marks.get(n)), self.marks.as_slice()) {
            (Some(mark), _) | (None, [mark]) => mark.clone(),
            (None, several) => Cow::Owned(several.join(" ")),
        }
    }

    /// All marks that make it up, the portion's own first.
    pub fn marks(&self) -> impl Iterator<Item = &str> {
        self.marks.iter().map(AsRef::as_ref)
    }

    /// Whether it asks for more than what was written.
    pub fn is_raised(&self) -> bool {
        self.marks.len() > 1
    }

    /// Whether it is that of a title without a mark of its own.
    fn is_of_banner(&self) -> bool {
        self.marks.first().is_some_and(|mark| mark == BANNER)
    }
}

/// A text that is followed.
#[derive(Clone, Copy)]
struct Node<'s> {
    report: &'s Report,
    portion: &'s Portion,
    /// A substitute text stands beside the versions: neither banner nor later versions say anything about it.
    substitute: bool,
}

impl Node<'_> {
    /// Whether it is a plain unclassified text, and means no more than that.
    fn bears_no_list(&self) -> bool {
        let (scheme, mark) = (&self.report.scheme, &self.portion.mark);
        !self.substitute
            && us::leaves_release_to_banner(scheme, side_by_side(mark))
            && self.portion.label.release == Release::to([Entity::new("USA")])
    }
}

/// The portions of all versions of a report, by name and by text.
#[derive(Default)]
struct Versions<'s> {
    by_name: HashMap<&'s PortionId, Vec<Node<'s>>>,
    by_text: HashMap<String, Vec<Node<'s>>>,
}

impl<'s> Versions<'s> {
    fn of(holding: &'s Holding) -> Self {
        let mut versions = Self::default();
        for report in holding.versions.values() {
            for portion in report.with_title() {
                let node = Node {
                    report,
                    portion,
                    substitute: false,
                };
                versions.by_name.entry(&portion.id).or_default().push(node);
                if holding.versions.len() > 1 {
                    let text = versions.by_text.entry(same_words(&portion.text)).or_default();
                    text.push(node);
                }
            }
        }
        versions
    }

    /// The same portion in the next version that has it: by its name, and by its text wherever it stands there.
    fn after(&self, node: &Node<'s>) -> Vec<Node<'s>> {
        let next = |all: Option<&Vec<Node<'s>>>| -> Vec<Node<'s>> {
            let mut later = all
                .into_iter()
                .flatten()
                .filter(|other| other.report.version > node.report.version);
            let first = later.next().copied();
            let same = first.map(|first| later.take_while(move |other| other.report.version == first.report.version));
            first.into_iter().chain(same.into_iter().flatten().copied()).collect()
        };
        let mut found = next(self.by_name.get(&node.portion.id));
        found.extend(next(self.by_text.get(&same_words(&node.portion.text))));
        found
    }
}

/// Which banner: of a report, in a version, above or below the tear line.
type BannerKey<'s> = (&'s ReportId, u32, bool);

/// Works out marks in force over a state, and remembers what it looked up.
pub struct MarksInForce<'s> {
    state: &'s State,
    versions: RefCell<HashMap<&'s ReportId, Rc<Versions<'s>>>>,
    banners: RefCell<HashMap<BannerKey<'s>, Option<Release>>>,
}

impl<'s> MarksInForce<'s> {
    /// Over a state.
    pub fn new(state: &'s State) -> Self {
        Self {
            state,
            versions: RefCell::default(),
            banners: RefCell::default(),
        }
    }

    /// Of a portion, substitute text or title that is held here.
    pub fn of(&self, reference: &PortionRef) -> Option<InForce<'s>> {
        let title = || {
            let report = self
                .state
                .reports
                .get(&reference.report)?
                .versions
                .get(&reference.version)?;
            (reference.portion == PortionId::title()).then(|| self.of_title(report))
        };
        self.held(reference).map(|node| self.of_node(node)).or_else(title)
    }

    /// Of a portion of a version, or its marked title.
    pub(crate) fn of_portion(&self, report: &'s Report, portion: &'s Portion) -> InForce<'s> {
        self.of_node(Node {
            report,
            portion,
            substitute: false,
        })
    }

    /// Of a substitute text.
    pub(crate) fn of_substitute(&self, report: &'s Report, portion: &'s Portion) -> InForce<'s> {
        self.of_node(Node {
            report,
            portion,
            substitute: true,
        })
    }

    /// Of a version's title: its own mark, or else what all portions ask for together.
    pub(crate) fn of_title(&self, report: &'s Report) -> InForce<'s> {
        if let Some(title) = report.title.portion() {
            return self.of_portion(report, title);
        }
        let mut label = Cow::Owned(Label::unrestricted());
        for (n, portion) in report.portions.iter().enumerate() {
            let next = self.of_portion(report, portion).label;
            if n == 0 {
                label = next;
            } else if label != next {
                label = Cow::Owned(label.join(&next));
            }
        }
        InForce {
            written: label.clone(),
            label,
            marks: vec![Cow::Borrowed(BANNER)],
            strictest: Some(0),
            by_banner: false,
            to_members: false,
        }
    }

    /// What the portion's own mark means where it stands, whatever became of it later.
    pub(crate) fn as_written(&self, report: &'s Report, portion: &'s Portion) -> Cow<'s, Label> {
        let own = self.written(&Node {
            report,
            portion,
            substitute: false,
        });
        own.written
    }

    fn of_node(&self, node: Node<'s>) -> InForce<'s> {
        let own = self.written(&node);
        let mut open = self.beyond(&node);
        if open.is_empty() {
            return own;
        }
        let mut seen = HashSet::from([key(&node)]);
        let mut all: Vec<InForce<'s>> = vec![own];
        while let Some(next) = open.pop() {
            if !seen.insert(key(&next)) {
                continue;
            }
            if seen.len() > MAX_FOLLOWED {
                all.push(unintelligible());
                break;
            }
            all.push(self.written(&next));
            open.extend(self.beyond(&next));
        }
        together(all)
    }

    fn beyond(&self, node: &Node<'s>) -> Vec<Node<'s>> {
        let mut found = Vec::new();
        if let Some(holding) = self.state.reports.get(&node.report.id)
            && holding.versions.len() > 1
            && !node.substitute
        {
            found.extend(self.versions(&node.report.id, holding).after(node));
        }
        let bases = node.portion.lineage.iter().flat_map(|(_, origin)| &origin.from);
        found.extend(bases.filter_map(|base| self.held(base)));
        found
    }

    fn versions(&self, id: &'s ReportId, holding: &'s Holding) -> Rc<Versions<'s>> {
        let mut known = self.versions.borrow_mut();
        known
            .entry(id)
            .or_insert_with(|| Rc::new(Versions::of(holding)))
            .clone()
    }

    fn held(&self, reference: &PortionRef) -> Option<Node<'s>> {
        let holding = self.state.reports.get(&reference.report)?;
        let report = holding.versions.get(&reference.version)?;
        let versions = self.versions(&report.id, holding);
        let named = versions.by_name.get(&reference.portion).into_iter().flatten();
        let mut of_version = named.filter(|node| node.report.version == reference.version);
        of_version.next().copied().or_else(|| {
            let substitutes = self.state.substitutes_of(&reference.report, reference.version);
            let mut texts = substitutes.map(|substitute| &substitute.portion);
            let portion = texts.find(|portion| portion.id == reference.portion)?;
            Some(Node {
                report,
                portion,
                substitute: true,
            })
        })
    }

    fn written(&self, node: &Node<'s>) -> InForce<'s> {
        let mut own = InForce {
            label: Cow::Borrowed(&node.portion.label),
            written: Cow::Borrowed(&node.portion.label),
            marks: vec![Cow::Borrowed(&node.portion.mark)],
            strictest: Some(0),
            by_banner: false,
            to_members: false,
        };
        if !node.bears_no_list() {
            return own;
        }
        let unmarked = self.unmarked(node.portion);
        match (unmarked, self.banner(node)) {
            (Unmarked::Ask, _) | (Unmarked::Banner, None) => {}
            (Unmarked::Members, None) => own.to_members = true,
            (Unmarked::Banner | Unmarked::Members, Some(release)) => {
                own.by_banner = true;
                own.label.to_mut().release = release;
                own.written = own.label.clone();
            }
        }
        own
    }

    /// What the arrangements of a portion say about unmarked text: of all its originators the strictest holds.
    fn unmarked(&self, portion: &Portion) -> Unmarked {
        let of_each = portion.lineage.iter().map(|(_, origin)| {
            let terms = origin.arrangements.iter();
            let terms = terms.filter_map(|id| self.state.arrangements.get(id));
            terms.map(|terms| terms.unmarked).max().unwrap_or_default()
        });
        of_each.max().unwrap_or_default()
    }

    /// The release list of the banner over a version as it is written, or over its part below the tear line; `None` where
    /// nothing in it has one. Plain unclassified portions place no bound on a banner.
    fn banner(&self, node: &Node<'s>) -> Option<Release> {
        let (report, torn) = (node.report, node.portion.tear_line);
        let mut known = self.banners.borrow_mut();
        let banner = known.entry((&report.id, report.version, torn)).or_insert_with(|| {
            let part = report.with_title().filter(|portion| !torn || portion.tear_line);
            let counting = part.filter(|portion| {
                let node = Node {
                    report,
                    portion,
                    substitute: false,
                };
                !node.bears_no_list()
            });
            let releases = counting.map(|portion| portion.label.release.clone());
            releases.reduce(|all, next| all.join(&next)).map(of_us_banner)
        });
        banner.clone()
    }
}

/// Writes on a consent that is being given what its portions ask for, where that is more than is written on them.
pub(crate) fn state_marks(state: &State, consent: &mut Consent) {
    let marks = MarksInForce::new(state);
    let named = consent.portions.iter();
    let asked = named.filter_map(|portion| {
        let now = marks.of(portion)?;
        (now.is_raised() || now.is_of_banner()).then(|| (portion.clone(), now.label.into_owned()))
    });
    consent.marks = asked.collect();
}

/// What stands for the mark of an unmarked title.
const BANNER: &str = "(as the banner)";

/// A banner over portions of the USA and others is a US one: where its portions do not all go to a list with the USA on it,
/// it is not releasable to others (IC Markings Manual 2016, Table 3).
fn of_us_banner(release: Release) -> Release {
    let usa = Entity::new("USA");
    match &release {
        Release::Only(list) if list.full.contains(&usa) => release,
        _ => Release::to([usa]),
    }
}

fn key<'s>(node: &Node<'s>) -> (&'s ReportId, u32, &'s PortionId, bool) {
    (&node.report.id, node.report.version, &node.portion.id, node.substitute)
}

fn unintelligible<'s>() -> InForce<'s> {
    const TOO_MUCH: &str = "(too much to follow)";
    let label: Cow<'_, Label> = Cow::Owned(Label::unintelligible(TOO_MUCH));
    InForce {
        written: label.clone(),
        label,
        marks: vec![Cow::Borrowed(TOO_MUCH)],
        strictest: Some(0),
        by_banner: false,
        to_members: false,
    }
}

/// All of these hold; the first is the portion's own.
fn together<'s>(all: Vec<InForce<'s>>) -> InForce<'s> {
    let mut label = all[0].label.clone();
    for other in &all[1..] {
        if label != other.label {
            label = Cow::Owned(label.join(&other.label));
        }
    }
    let to_members = all.iter().all(|one| one.to_members);
    let by_banner = all[0].by_banner && label.release == all[0].label.release;
    let own = all[0].label.clone();
    let mut marks: Vec<(Cow<'s, str>, Cow<'s, Label>)> = Vec::new();
    for (n, mut one) in all.into_iter().enumerate() {
        let mark = one.marks.swap_remove(0);
        let adds = !own.dominates(&one.label) && !marks.iter().any(|(_, known)| known.dominates(&one.label));
        if n == 0 || adds {
            marks.push((mark, one.label));
        }
    }
    let strictest = marks.iter().position(|(_, one)| *one == label);
    InForce {
        label,
        written: own,
        marks: marks.into_iter().map(|(mark, _)| mark).collect(),
        strictest,
        by_banner,
        to_members,
    }
}

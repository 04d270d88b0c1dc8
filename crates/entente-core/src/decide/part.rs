//! What is decided about: portions, substitute texts and titles, each with the mark in force.

use std::borrow::Cow;

use entente_marking::{Label, SchemeId};

use crate::embargo::Held;
use crate::ids::{ConsentId, PartyPath, PortionId};
use crate::in_force::{InForce, MarksInForce};
use crate::report::{Lineage, Portion, Report};
use crate::request::Consent;
use crate::state::State;

/// A text of a version, as it counts now.
pub(super) struct Part<'a> {
    pub(super) id: Cow<'a, PortionId>,
    pub(super) lineage: Cow<'a, Lineage>,
    pub(super) tear_line: bool,
    /// The portion, where it is one: a title without a mark is none.
    pub(super) portion: Option<&'a Portion>,
    pub(super) force: InForce<'a>,
    /// Until when its author and originators hold it back.
    pub(super) embargoes: Held,
}

/// A version of a report with what is decided about it: its portions, substitutes for them, and at last its title.
pub(super) struct Included<'a> {
    pub(super) report: &'a Report,
    pub(super) parts: Vec<Part<'a>>,
}

impl<'a> Part<'a> {
    pub(super) fn of(portion: &'a Portion, force: InForce<'a>) -> Self {
        Self {
            id: Cow::Borrowed(&portion.id),
            lineage: Cow::Borrowed(&portion.lineage),
            tear_line: portion.tear_line,
            portion: Some(portion),
            force,
            embargoes: Held::new(),
        }
    }

    /// The title of a version.
    pub(super) fn title(report: &'a Report, marks: &MarksInForce<'a>) -> Self {
        let force = marks.of_title(report);
        match report.title.portion() {
            Some(portion) => Self::of(portion, force),
            None => Self {
                id: Cow::Owned(PortionId::title()),
                lineage: match report.portions.as_slice() {
                    [only] => Cow::Borrowed(&only.lineage),
                    _ => Cow::Owned(report.lineage()),
                },
                tear_line: false,
                portion: None,
                force,
                embargoes: Held::new(),
            },
        }
    }
}

impl<'a> Included<'a> {
    pub(super) fn of(state: &'a State, report: &'a Report, marks: &MarksInForce<'a>) -> Self {
        let portions = report.portions.iter();
        let portions = portions.map(|portion| Part::of(portion, marks.of_portion(report, portion)));
        let substitutes = state.substitutes_of(&report.id, report.version);
        let substitutes = substitutes.map(|substitute| {
            let portion = &substitute.portion;
            Part::of(portion, marks.of_substitute(report, portion))
        });
        let parts = portions.chain(substitutes).chain([Part::title(report, marks)]);
        let held_back = parts.map(|part| Part {
            embargoes: match state.embargoes.any_of(&report.id) {
                true => state.embargoes_on(&report.reference(&part.id), &part.lineage),
                false => Held::new(),
            },
            ..part
        });
        Self {
            report,
            parts: held_back.collect(),
        }
    }
}

/// A class's identity: texts that agree in it are decided alike.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ClassKey<'a> {
    label: Cow<'a, Label>,
    lineage: Cow<'a, Lineage>,
    mark: Cow<'a, str>,
    by_banner: bool,
    to_members: bool,
    tear_line: bool,
    /// Where a tear line or an owner makes a difference between authors.
    author: Option<&'a PartyPath>,
    scheme: &'a SchemeId,
    consents: Vec<(&'a PartyPath, &'a ConsentId)>,
    embargoes: Held,
}

impl<'a> ClassKey<'a> {
    /// What decides about a text, with the consents that concern it.
    pub(super) fn of(report: &'a Report, part: &Part<'a>, consents: &[&'a Consent]) -> Self {
        Self {
            label: part.force.label.clone(),
            lineage: part.lineage.clone(),
            mark: part.force.mark(),
            by_banner: part.force.by_banner,
            to_members: part.force.to_members,
            tear_line: part.tear_line,
            author: (part.tear_line || !part.force.label.owners.is_empty()).then_some(&report.originator),
            scheme: &report.scheme,
            consents: (consents.iter())
                .map(|consent| (&consent.originator, &consent.id))
                .collect(),
            embargoes: part.embargoes.clone(),
        }
    }
}

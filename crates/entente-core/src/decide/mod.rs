//! The one decision: who may have which portion, for what, at a given moment.
//!
//! [`decide`] is a pure function over a [`Snapshot`]. Page, list, search, count, export and key release all go
//! through it; see `ARCHITECTURE.md` for the meaning of its steps.

mod authority;
mod bases;
mod bits;
mod block;
mod check;
mod compile;
mod compiled;
mod decision;
mod names;
mod numbered;
mod owners;
mod part;
mod reading;
mod reason;
mod rule;

use std::collections::{BTreeSet, HashMap};

use entente_marking::{Label, Purpose};
use jiff::Timestamp;

pub(crate) use bases::embargoes_below;
use block::{BLOCK, Block, Who};
use check::{Check, Reasons, Sink, Steps, Verdict};
pub use compiled::Snapshot;
use compiled::{Class, Compiled, Reader};
pub use decision::{Answer, Decision, Duty, Explanation, PersonAnswer, PortionAnswer};
use decision::{Cell, Obligation};
use names::{Names, Symbol};
pub(crate) use owners::answering;
pub use reading::{Reading, Seen, open_for};
use reason::Authority;
pub use rule::{Rule, Step};

use crate::ids::{PartyPath, PersonId, PortionId, PortionRef, ReportId};
use crate::outcome::Outcome;
use crate::party::Person;
use crate::report::Lineage;

/// A question: may these persons have these portions, for this purpose, at this moment?
#[derive(Clone, Copy, Debug)]
pub struct Query<'q> {
    /// The report.
    pub report: &'q ReportId,
    /// Its version; the latest where none is named.
    pub version: Option<u32>,
    /// The portions; all where none are named.
    pub portions: Option<&'q [PortionId]>,
    /// The persons.
    pub audience: &'q [PersonId],
    /// What for.
    pub purpose: Option<&'q Purpose>,
    /// When.
    pub moment: Timestamp,
}

/// Something asked about that is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFound {
    /// No such report, or no such version of it.
    #[error("there is no report {0}; `entente report list` shows the reports held here")]
    Report(String),
    /// No such portion.
    #[error("report {report} has no portion {portion}; `entente report show {report}` shows its portions")]
    Portion {
        /// The report.
        report: ReportId,
        /// The portion asked for.
        portion: PortionId,
    },
}

/// What a local policy gets to see of a question.
#[derive(Clone, Copy, Debug)]
pub struct PolicyRequest<'r> {
    /// The person, as far as they are known here.
    pub person: &'r Person,
    /// The report.
    pub report: &'r ReportId,
    /// The label of the portion.
    pub label: &'r Label,
    /// Its originators.
    pub lineage: &'r Lineage,
    /// What for.
    pub purpose: Option<&'r Purpose>,
    /// When.
    pub moment: Timestamp,
}

/// A party's own policies. They can forbid, never permit; one that fails forbids.
pub trait LocalPolicy {
    /// The name of a policy that forbids this, if one does.
    ///
    /// # Errors
    /// When a policy cannot be evaluated; the text says which and why. It then forbids.
    fn forbids(&self, request: &PolicyRequest<'_>) -> Result<Option<String>, String>;

    /// Whether there are no policies at all, so that nobody has to be asked about each person and label.
    fn is_empty(&self) -> bool {
        false
    }
}

/// What an originator says about its sources.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Exposure {
    /// No source is protected here, or none would be narrowed below the threshold.
    Within,
    /// A source would be narrowed below the threshold of this originator.
    Narrows(PartyPath),
    /// This originator protects a source here and has not been asked about this audience.
    Unasked(PartyPath),
}

/// Source exposure, evaluated where the source's record lives.
pub trait SourceExposure {
    /// Whether a source of this party's own stands behind a portion, so that its holders have to ask.
    fn stands_behind(&self, portion: &PortionRef) -> bool;

    /// Whether a source of this party's own has a say about a report at all.
    fn concerns(&self, report: &ReportId) -> bool;

    /// What an audience would be able to work out if it got all of these portions for a purpose: one answer for each.
    fn exposures(
        &self,
        portions: &[&PortionRef],
        audience: &[PersonId],
        purpose: Option<&Purpose>,
        moment: Timestamp,
    ) -> Vec<Exposure>;
}

/// No local policies, and no protected sources.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoGuards;

impl LocalPolicy for NoGuards {
    fn forbids(&self, _: &PolicyRequest<'_>) -> Result<Option<String>, String> {
        Ok(None)
    }

    fn is_empty(&self) -> bool {
        true
    }
}

impl SourceExposure for NoGuards {
    fn stands_behind(&self, _: &PortionRef) -> bool {
        false
    }

    fn concerns(&self, _: &ReportId) -> bool {
        false
    }

    fn exposures(&self, portions: &[&PortionRef], _: &[PersonId], _: Option<&Purpose>, _: Timestamp) -> Vec<Exposure> {
        vec![Exposure::Within; portions.len()]
    }
}

/// Decides, with every reason.
///
/// # Errors
/// When the report, version or a portion does not exist. A person that is not known is not an error: they are denied.
pub fn decide<'s>(
    snapshot: &'s Snapshot,
    query: &Query<'_>,
    policy: &dyn LocalPolicy,
    exposure: &dyn SourceExposure,
) -> Result<Decision<'s>, NotFound> {
    let mut question = Question::new(snapshot, query, policy, exposure)?;
    let blocks = query.audience.len().div_ceil(BLOCK);
    let mut cells = Vec::with_capacity(blocks * question.columns.len() + 1);
    let mut reasons = Vec::new();
    let mut obligations = Vec::new();
    for block in blocks_of(snapshot, question.report, query) {
        for n in 0..question.columns.len() {
            let first_reason = index(reasons.len());
            let mut found = Reasons {
                steps: Steps::default(),
                list: &mut reasons,
            };
            question.examine(question.columns[n], &block, &mut found);
            let verdict = found.steps.verdict();
            cells.push(Cell {
                verdict,
                reasons: first_reason,
                obligations: index(obligations.len()),
            });
            obliged(&question, question.columns[n], &block, verdict, &mut obligations);
        }
    }
    // The end of each cell's lists is the beginning of the next one's.
    cells.push(Cell {
        verdict: Verdict { deny: 0, ask: 0 },
        reasons: index(reasons.len()),
        obligations: index(obligations.len()),
    });
    Ok(Decision {
        snapshot,
        report: question.report,
        people: query.audience.to_vec(),
        portions: question.portions,
        asked: question.asked,
        column: question.column,
        classes: question.columns.iter().map(|column| column.class).collect(),
        cells,
        reasons,
        obligations,
        local_names: question.names.0,
        purpose: query.purpose.cloned(),
    })
}

/// Decides without reasons: for each person and portion, in that order, the outcome. For lists and counts.
///
/// # Errors
/// As for [`decide`].
pub fn outcomes(
    snapshot: &Snapshot,
    query: &Query<'_>,
    policy: &dyn LocalPolicy,
    exposure: &dyn SourceExposure,
) -> Result<Outcomes, NotFound> {
    let mut question = Question::new(snapshot, query, policy, exposure)?;
    let blocks = query.audience.len().div_ceil(BLOCK);
    let mut verdicts = Vec::with_capacity(blocks * question.columns.len());
    for block in blocks_of(snapshot, question.report, query) {
        for n in 0..question.columns.len() {
            let mut steps = Steps::default();
            question.examine(question.columns[n], &block, &mut steps);
            verdicts.push(steps.verdict());
        }
    }
    Ok(Outcomes {
        asked: question.asked,
        columns: question.columns.len(),
        column: question.column,
        verdicts,
    })
}

/// Outcomes without reasons.
#[derive(Clone, Debug)]
pub struct Outcomes {
    asked: usize,
    columns: usize,
    column: Vec<u32>,
    /// By block of persons, then column.
    verdicts: Vec<Verdict>,
}

impl Outcomes {
    /// The outcome for the `person`-th person and the `portion`-th portion.
    pub fn outcome(&self, person: usize, portion: usize) -> Outcome {
        let column = self.column[portion] as usize;
        self.verdicts[person / BLOCK * self.columns + column].outcome(person % BLOCK)
    }

    /// The outcome for the `person`-th person and the report's title.
    pub fn title(&self, person: usize) -> Outcome {
        self.outcome(person, self.asked)
    }
}

fn index(n: usize) -> u32 {
    u32::try_from(n).expect("a decision has fewer than 2^32 parts")
}

fn blocks_of<'q>(
    snapshot: &'q Snapshot,
    report: &'q Compiled,
    query: &'q Query<'_>,
) -> impl Iterator<Item = Block<'q>> {
    let persons = query.audience.chunks(BLOCK);
    persons.map(|persons| Block::new(snapshot, report, persons, query.purpose, query.moment))
}

/// What those who are permitted have to observe.
fn obliged(
    question: &Question<'_, '_>,
    column: Column,
    block: &Block<'_>,
    verdict: Verdict,
    list: &mut Vec<(Who, Obligation)>,
) {
    let permitted = block.known & !(verdict.deny | verdict.ask);
    let mut add = |who: Who, obligation| {
        if who & permitted != 0 {
            list.push((who & permitted, obligation));
        }
    };
    let class = question.class(column);
    add(Check::display_only(class, block), Obligation::DisplayOnly);
    for word in question.check.embargoes(class) {
        add(permitted, Obligation::Embargo(word));
    }
    if let Some((false, action)) = question.report.recall {
        add(permitted, Obligation::Superseded(action));
    }
    for caveat in &class.obligations {
        add(permitted, Obligation::Caveat(*caveat));
    }
    for consent in class.origins.iter().flat_map(|origin| &origin.consents) {
        for condition in &question.snapshot.permissions[*consent as usize].conditions {
            add(block.covered(*consent).any, Obligation::Condition(*condition));
        }
    }
}

/// Texts that exist only in one decision: the purpose, names of local policies.
struct LocalNames(Names, u32);

impl LocalNames {
    fn intern(&mut self, text: &str) -> Symbol {
        let Symbol(local) = self.0.intern(text);
        Symbol(self.1 + local)
    }
}

/// Portions that this query decides alike.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Column {
    class: u32,
    /// What is the matter with a source, and who says so.
    exposure: Option<(Rule, Symbol)>,
}

/// A query, looked up.
struct Question<'s, 'q> {
    snapshot: &'s Snapshot,
    report: &'s Compiled,
    query: &'q Query<'q>,
    policy: &'q dyn LocalPolicy,
    check: Check<'q>,
    names: LocalNames,
    /// The portions asked about, and the title behind them.
    portions: Vec<usize>,
    /// How many were asked about.
    asked: usize,
    column: Vec<u32>,
    columns: Vec<Column>,
}

impl<'s: 'q, 'q> Question<'s, 'q> {
    fn new(
        snapshot: &'s Snapshot,
        query: &'q Query<'q>,
        policy: &'q dyn LocalPolicy,
        exposure: &dyn SourceExposure,
    ) -> Result<Self, NotFound> {
        let report = snapshot.compiled(query.report, query.version)?;
        let mut portions: Vec<usize> = match query.portions {
            None => (0..report.title()).collect(),
            Some(wanted) => wanted
                .iter()
                .map(|id| {
                    let place = report.portions.iter().position(|reference| reference.portion == *id);
                    place.ok_or_else(|| NotFound::Portion {
                        report: query.report.clone(),
                        portion: id.clone(),
                    })
                })
                .collect::<Result<Vec<usize>, _>>()?,
        };
        let mut names = LocalNames(Names::default(), snapshot.names.len());
        let purpose = names.intern(query.purpose.map_or("(none stated)", Purpose::as_str));
        let asked = portions.len();
        let references: Vec<&PortionRef> = portions.iter().map(|n| &report.portions[*n]).collect();
        let mut exposures = exposure.exposures(&references, query.audience, query.purpose, query.moment);
        // The title is decided about by itself: what is asked for is not asked for with it.
        portions.push(report.title());
        let title = &report.portions[report.title()];
        exposures.extend(exposure.exposures(&[title], query.audience, query.purpose, query.moment));
        let mut columns = Vec::new();
        let mut known: HashMap<Column, u32> = HashMap::new();
        let column = (portions.iter().zip(exposures))
            .map(|(n, exposure)| {
                let column = Column {
                    class: report.class_of[*n],
                    exposure: match exposure {
                        Exposure::Within => None,
                        Exposure::Narrows(by) => Some((Rule::SourceExposure, names.intern(by.as_str()))),
                        Exposure::Unasked(by) => Some((Rule::SourceUnasked, names.intern(by.as_str()))),
                    },
                };
                *known.entry(column).or_insert_with(|| {
                    columns.push(column);
                    index(columns.len() - 1)
                })
            })
            .collect();
        Ok(Self {
            snapshot,
            report,
            query,
            policy,
            check: Check::new(snapshot, report, query.moment, query.purpose, purpose),
            names,
            portions,
            asked,
            column,
            columns,
        })
    }

    fn class(&self, column: Column) -> &'s Class {
        &self.snapshot.classes[column.class as usize]
    }

    /// All steps, for a block of persons.
    fn examine<S: Sink>(&mut self, column: Column, block: &Block<'_>, sink: &mut S) {
        let class = self.class(column);
        self.check.check(class, block, sink);
        if !self.policy.is_empty() {
            for (who, reader) in &block.readers {
                if let Some(name) = self.forbidden(class, reader) {
                    let name = self.names.intern(&name);
                    sink.fail(*who, Rule::LocalPolicy, name, Authority::Rule, self.snapshot.home);
                }
            }
        }
        if let Some((rule, by)) = column.exposure {
            sink.fail(block.known, rule, by, Authority::Rule, by);
        }
    }

    fn forbidden(&self, class: &Class, reader: &Reader) -> Option<String> {
        let request = PolicyRequest {
            person: &reader.person,
            report: &self.report.report,
            label: &class.label,
            lineage: &class.lineage,
            purpose: self.query.purpose,
            moment: self.query.moment,
        };
        let answer = self.policy.forbids(&request);
        answer.unwrap_or_else(|error| Some(format!("(failed, so it forbids: {error})")))
    }
}

impl Snapshot {
    fn home_of(&self, person: &PersonId) -> Option<Symbol> {
        self.reader_of.get(person).map(|n| self.readers[*n].home)
    }

    fn compiled(&self, report: &ReportId, version: Option<u32>) -> Result<&Compiled, NotFound> {
        version
            .or_else(|| self.latest.get(report).copied())
            .and_then(|version| self.reports.get(&(report.clone(), version)))
            .ok_or_else(|| NotFound::Report(report.to_string()))
    }

    /// The purposes that anything about a report names: its marks, what it came under, consents.
    fn purposes_of(&self, report: &ReportId) -> BTreeSet<Purpose> {
        let Ok(compiled) = self.compiled(report, None) else {
            return BTreeSet::new();
        };
        let classes = || compiled.class_of.iter().map(|class| &self.classes[*class as usize]);
        let marks = classes().map(|class| &class.label.purposes);
        let marks = marks.flat_map(|purposes| purposes.only.iter().chain(&purposes.open).chain([&purposes.barred]));
        let origins = classes().flat_map(|class| &class.origins);
        let terms = origins.flat_map(|origin| &origin.arrangements);
        let terms = terms.filter_map(|number| self.terms[*number as usize].arrangement.as_ref()?.purposes.as_ref());
        let consents = compiled.consents.iter();
        let consents = consents.filter_map(|number| self.permissions[*number as usize].consent.purposes.as_ref());
        marks.chain(terms).chain(consents).flatten().cloned().collect()
    }

    /// Whether a denied reader must not learn that the report exists.
    pub fn protects_existence(&self, report: &ReportId) -> bool {
        self.compiled(report, None)
            .is_ok_and(|compiled| compiled.existence_protected)
    }
}

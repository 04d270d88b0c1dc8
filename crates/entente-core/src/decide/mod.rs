//! The one decision: who may have which portion, for what, at a given moment.
//!
//! [`decide`] is a pure function over a [`Snapshot`]. Page, list, search, count, export and key release all go
//! through it; see `ARCHITECTURE.md` for the meaning of its steps.

mod authority;
mod bits;
mod check;
mod decision;
mod reason;
mod rule;
mod snapshot;

use std::collections::HashMap;

use entente_marking::{Label, Purpose};
use jiff::Timestamp;

use check::{LocalNames, Plan, Reasons, first};
pub use decision::{Answer, Decision, Explanation, PersonAnswer, PortionAnswer};
use decision::{Obligation, Verdict};
use reason::{Authority, Reason};
pub use rule::{Rule, Step};
pub use snapshot::Snapshot;
use snapshot::{Compiled, Reader};

use crate::ids::{PartyPath, PersonId, PortionId, PortionRef, ReportId};
use crate::outcome::Outcome;
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
    /// The person.
    pub person: &'r PersonId,
    /// The party that they act for.
    pub party: &'r PartyPath,
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

    /// What an audience would be able to work out if it got all of these portions: one answer for each.
    fn exposures(&self, portions: &[&PortionRef], audience: &[PersonId], moment: Timestamp) -> Vec<Exposure>;
}

/// No local policies, and no protected sources.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoGuards;

impl LocalPolicy for NoGuards {
    fn forbids(&self, _: &PolicyRequest<'_>) -> Result<Option<String>, String> {
        Ok(None)
    }
}

impl SourceExposure for NoGuards {
    fn stands_behind(&self, _: &PortionRef) -> bool {
        false
    }

    fn exposures(&self, portions: &[&PortionRef], _: &[PersonId], _: Timestamp) -> Vec<Exposure> {
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
    let question = Question::new(snapshot, query, exposure)?;
    let mut decision = Decision {
        snapshot,
        report: question.report,
        people: query.audience.to_vec(),
        columns: question.columns.len(),
        grid: Vec::with_capacity(query.audience.len() * question.columns.len()),
        verdicts: Vec::new(),
        reasons: Vec::new(),
        obligations: Vec::new(),
        local_names: Vec::new(),
        portions: Vec::new(),
        column: Vec::new(),
    };
    let mut names = LocalNames {
        base: snapshot.names.len(),
        texts: &mut decision.local_names,
    };
    let purpose = names.add(query.purpose.map_or("(none stated)", Purpose::as_str).to_owned());
    let plans = question.plans(snapshot, query, purpose, &mut names);
    let mut permitted = HashMap::new();
    for id in query.audience {
        let Some((n, reader)) = snapshot.reader(id) else {
            let token = names.add(id.to_string());
            for column in &question.columns {
                let start = decision.reasons.len();
                decision.reasons.push(Reason {
                    rule: Rule::PersonUnknown,
                    token,
                    authority: Authority::Rule,
                    party: snapshot.home,
                });
                decision.grid.push(index(decision.verdicts.len()));
                decision.verdicts.push(Verdict {
                    outcome: Outcome::Deny,
                    class: column.class,
                    reasons: (index(start), index(decision.reasons.len())),
                    obligations: (0, 0),
                });
            }
            continue;
        };
        for (column, plan) in question.columns.iter().zip(&plans) {
            let mut steps = plan.steps(snapshot, n, reader, query.moment);
            let start = decision.reasons.len();
            if steps != 0 {
                plan.check(snapshot, n, reader, query.moment, &mut Reasons(&mut decision.reasons));
            }
            let mut fail = |rule: Rule, token, party| {
                steps |= rule.step().bit();
                decision.reasons.push(Reason {
                    rule,
                    token,
                    authority: Authority::Rule,
                    party,
                });
            };
            if let Some(name) = forbidden(policy, query, question.report, plan, reader) {
                fail(Rule::LocalPolicy, names.add(name), snapshot.home);
            }
            match &column.exposure {
                Exposure::Within => {}
                Exposure::Narrows(by) => {
                    let by = names.add(by.to_string());
                    fail(Rule::SourceExposure, by, by);
                }
                Exposure::Unasked(by) => {
                    let by = names.add(by.to_string());
                    fail(Rule::SourceUnasked, by, by);
                }
            }
            let outcome = first(steps).map_or(Outcome::Permit, Step::outcome);
            let reasons = (index(start), index(decision.reasons.len()));
            let first_obligation = decision.obligations.len();
            if outcome == Outcome::Permit {
                obligations(
                    &mut decision.obligations,
                    snapshot,
                    question.report,
                    plan,
                    n,
                    reader,
                    query.moment,
                    &mut names,
                );
            }
            let obligations = (index(first_obligation), index(decision.obligations.len()));
            let verdict = Verdict {
                outcome,
                class: column.class,
                reasons,
                obligations,
            };
            let plain = outcome == Outcome::Permit && obligations.0 == obligations.1;
            if plain {
                // Permissions without obligations are alike: one verdict a class serves all readers.
                decision.grid.push(*permitted.entry(column.class).or_insert_with(|| {
                    decision.verdicts.push(verdict);
                    index(decision.verdicts.len() - 1)
                }));
            } else {
                decision.grid.push(index(decision.verdicts.len()));
                decision.verdicts.push(verdict);
            }
        }
    }
    decision.portions = question.portions;
    decision.column = question.column;
    Ok(decision)
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
    let question = Question::new(snapshot, query, exposure)?;
    let mut texts = Vec::new();
    let mut names = LocalNames {
        base: snapshot.names.len(),
        texts: &mut texts,
    };
    let purpose = names.add(String::new());
    let plans = question.plans(snapshot, query, purpose, &mut names);
    let mut grid = Vec::with_capacity(query.audience.len() * plans.len());
    for id in query.audience {
        let Some((n, reader)) = snapshot.reader(id) else {
            grid.extend(plans.iter().map(|_| Outcome::Deny));
            continue;
        };
        for (column, plan) in question.columns.iter().zip(&plans) {
            let mut steps = plan.steps(snapshot, n, reader, query.moment);
            if forbidden(policy, query, question.report, plan, reader).is_some() {
                steps |= Step::LocalPolicy.bit();
            }
            if column.exposure != Exposure::Within {
                steps |= Step::SourceExposure.bit();
            }
            grid.push(first(steps).map_or(Outcome::Permit, Step::outcome));
        }
    }
    Ok(Outcomes {
        columns: plans.len(),
        column: question.column,
        grid,
    })
}

/// Outcomes without reasons.
#[derive(Clone, Debug)]
pub struct Outcomes {
    columns: usize,
    column: Vec<u32>,
    grid: Vec<Outcome>,
}

impl Outcomes {
    /// The outcome for the `person`-th person and the `portion`-th portion.
    pub fn outcome(&self, person: usize, portion: usize) -> Outcome {
        self.grid[person * self.columns + self.column[portion] as usize]
    }
}

fn index(n: usize) -> u32 {
    u32::try_from(n).expect("a decision has fewer than 2^32 parts")
}

fn forbidden(
    policy: &dyn LocalPolicy,
    query: &Query<'_>,
    report: &Compiled,
    plan: &Plan<'_>,
    reader: &Reader,
) -> Option<String> {
    let request = PolicyRequest {
        person: &reader.id,
        party: &reader.path,
        report: &report.report,
        label: &plan.class.label,
        lineage: &plan.class.lineage,
        purpose: query.purpose,
        moment: query.moment,
    };
    policy
        .forbids(&request)
        .unwrap_or_else(|error| Some(format!("(failed, so it forbids: {error})")))
}

#[expect(clippy::too_many_arguments, reason = "everything that an obligation can come from")]
fn obligations(
    list: &mut Vec<Obligation>,
    snapshot: &Snapshot,
    report: &Compiled,
    plan: &Plan<'_>,
    n: usize,
    reader: &Reader,
    moment: Timestamp,
    names: &mut LocalNames<'_>,
) {
    if plan.display_only(n, reader) {
        list.push(Obligation::DisplayOnly);
    }
    if let Some((false, action)) = report.recall {
        list.push(Obligation::Superseded(action));
    }
    list.extend(plan.class.obligations.iter().map(|caveat| Obligation::Caveat(*caveat)));
    for origin in plan.consenting(n) {
        let consents = origin.consents.iter().filter_map(|id| snapshot.consents.get(id));
        let live = consents.filter(|consent| consent.is_live(moment));
        for consent in live.filter(|consent| consent.recipients.include(&reader.id, &reader.path)) {
            for condition in &consent.conditions {
                list.push(Obligation::Condition(names.add(condition.clone())));
            }
        }
    }
}

/// Portions that this query decides alike.
struct Column {
    class: u32,
    exposure: Exposure,
}

/// A query, looked up.
struct Question<'s> {
    report: &'s Compiled,
    portions: Vec<usize>,
    column: Vec<u32>,
    columns: Vec<Column>,
}

impl<'s> Question<'s> {
    fn new(snapshot: &'s Snapshot, query: &Query<'_>, exposure: &dyn SourceExposure) -> Result<Self, NotFound> {
        let report = snapshot.compiled(query.report, query.version)?;
        let portions = match query.portions {
            None => (0..report.portions.len()).collect(),
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
        let mut columns = Vec::new();
        let mut known: HashMap<(u32, Exposure), u32> = HashMap::new();
        let references: Vec<&PortionRef> = portions.iter().map(|n| &report.portions[*n]).collect();
        let exposures = exposure.exposures(&references, query.audience, query.moment);
        let column = (portions.iter().zip(exposures))
            .map(|(n, exposure)| {
                let class = report.class_of[*n];
                *known.entry((class, exposure.clone())).or_insert_with(|| {
                    columns.push(Column { class, exposure });
                    index(columns.len() - 1)
                })
            })
            .collect();
        Ok(Self {
            report,
            portions,
            column,
            columns,
        })
    }

    fn plans(
        &self,
        snapshot: &'s Snapshot,
        query: &Query<'_>,
        purpose: snapshot::Symbol,
        names: &mut LocalNames<'_>,
    ) -> Vec<Plan<'s>> {
        self.columns
            .iter()
            .map(|column| {
                let class = &snapshot.classes[column.class as usize];
                Plan::new(
                    snapshot,
                    self.report,
                    class,
                    query.moment,
                    query.purpose,
                    purpose,
                    names,
                )
            })
            .collect()
    }
}

impl Snapshot {
    fn reader(&self, id: &PersonId) -> Option<(usize, &Reader)> {
        self.reader_of.get(id).map(|n| (*n, &self.readers[*n]))
    }

    fn compiled(&self, report: &ReportId, version: Option<u32>) -> Result<&Compiled, NotFound> {
        version
            .or_else(|| self.latest.get(report).copied())
            .and_then(|version| self.reports.get(&(report.clone(), version)))
            .ok_or_else(|| NotFound::Report(report.to_string()))
    }

    /// Whether a denied reader must not learn that the report exists.
    pub fn protects_existence(&self, report: &ReportId) -> bool {
        self.compiled(report, None)
            .is_ok_and(|compiled| compiled.existence_protected)
    }
}

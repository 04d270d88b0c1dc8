//! Decisions that can be made again: what a recorded one was made with, and whether the same comes out of it.
//!
//! The log brings back what was known at that event. Attributes, terms and readings of marks are kept with the decision as
//! they were used, and go before what the log brings back: an upgrade reads old marks and old folders in its own way.

use std::collections::{BTreeMap, BTreeSet};

use entente_marking::{Label, Purpose};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arrangement::Arrangement;
use crate::decide::{Decision, NotFound, Query, Rule, Snapshot, decide};
use crate::handle::Context;
use crate::ids::{DecisionId, PersonId, PortionId, ReportId, RuleName};
use crate::outcome::Outcome;
use crate::party::Person;
use crate::state::State;

/// What a decision was made with, and what came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// The decision.
    pub id: DecisionId,
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// The portions asked about, with their marks as they were read.
    pub portions: Vec<MarkAsRead>,
    /// The persons, as they were described.
    pub people: Vec<Person>,
    /// The arrangements under which the portions came, as their terms stood.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<Arrangement>,
    /// This party's own rules that were in force.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub policies: BTreeSet<RuleName>,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// When.
    pub at: Timestamp,
    /// The version of the program that decided.
    pub engine: String,
    /// The rules that it knew.
    pub rules: BTreeSet<String>,
    /// What came out.
    pub found: Vec<Found>,
}

/// A mark, as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkAsRead {
    /// The portion.
    pub portion: PortionId,
    /// Its mark.
    pub mark: String,
    /// What the mark was taken to mean.
    pub label: Label,
}

/// What came out for a person about portions that are alike to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The person.
    pub person: PersonId,
    /// The portions.
    pub portions: BTreeSet<PortionId>,
    /// The outcome.
    pub outcome: Outcome,
    /// The rules that failed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub rules: BTreeSet<String>,
}

/// A decision made again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replayed {
    /// The decision.
    pub id: DecisionId,
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// When it was made.
    pub at: Timestamp,
    /// The program that made it, and the one that makes it again.
    pub engines: (String, String),
    /// Whether the same outcomes come out.
    pub same: bool,
    /// How the persons were described then.
    pub people: Vec<PersonId>,
    /// The outcomes of then.
    pub found: Vec<Found>,
    /// Where something else comes out.
    pub differences: Vec<Difference>,
    /// Rules that there are now and were not then.
    pub new_rules: BTreeSet<String>,
    /// Rules that there were then and are not now.
    pub lost_rules: BTreeSet<String>,
    /// What is not here any more.
    pub gone: Vec<String>,
}

/// Something that came out otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The person.
    pub person: PersonId,
    /// The portion.
    pub portion: PortionId,
    /// The outcome then.
    pub then: Outcome,
    /// The outcome now.
    pub now: Outcome,
    /// Rules that fail now and did not then.
    pub fails_now: BTreeSet<String>,
    /// Rules that failed then and do not now.
    pub failed_then: BTreeSet<String>,
}

/// The rules of this program, by their names.
fn rules() -> BTreeSet<String> {
    Rule::ALL.iter().map(|rule| rule.id().to_owned()).collect()
}

/// What a decision says, portion by portion, alike ones together.
fn found(decision: &Decision<'_>) -> Vec<Found> {
    let mut all = Vec::new();
    for (n, person) in decision.people().iter().enumerate() {
        let mut alike: BTreeMap<(Outcome, BTreeSet<String>), BTreeSet<PortionId>> = BTreeMap::new();
        for (portion, id) in decision.portions().enumerate() {
            let rules = decision.rules(n, portion).map(|rule| rule.id().to_owned()).collect();
            let key = (decision.outcome(n, portion), rules);
            alike.entry(key).or_default().insert(id.clone());
        }
        all.extend(alike.into_iter().map(|((outcome, rules), portions)| Found {
            person: person.clone(),
            portions,
            outcome,
            rules,
        }));
    }
    all
}

impl Basis {
    /// What a decision about to be recorded was made with.
    pub(crate) fn of(
        state: &State,
        id: DecisionId,
        decision: &Decision<'_>,
        purpose: Option<Purpose>,
        at: Timestamp,
    ) -> Self {
        let held = state.reports.get(decision.report());
        let report = held.and_then(|holding| holding.versions.get(&decision.version()));
        let portions = decision.portions().filter_map(|id| report?.portion(id));
        let portions: Vec<_> = portions.collect();
        let named = portions
            .iter()
            .flat_map(|portion| portion.lineage.iter().flat_map(|(_, origin)| &origin.arrangements));
        let named: BTreeSet<_> = named.collect();
        let people: BTreeSet<PersonId> = decision.people().iter().cloned().collect();
        let described = |id: &PersonId| {
            let registered = state.persons.get(id).cloned();
            registered.or_else(|| Some(Person::outsider(id.clone(), id.party()?)))
        };
        Self {
            id,
            report: decision.report().clone(),
            version: decision.version(),
            portions: portions
                .iter()
                .map(|portion| MarkAsRead {
                    portion: portion.id.clone(),
                    mark: portion.mark.clone(),
                    label: portion.label.clone(),
                })
                .collect(),
            people: people.iter().filter_map(described).collect(),
            terms: named
                .into_iter()
                .filter_map(|id| state.arrangements.get(id))
                .cloned()
                .collect(),
            policies: state
                .rules_in_force()
                .filter_map(|(name, _)| RuleName::stored(name).ok())
                .collect(),
            purpose,
            at,
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            rules: rules(),
            found: found(decision),
        }
    }

    /// The state in which it was decided: what the log brings back, with what was kept as it was used.
    fn put_back(&self, before: &State) -> State {
        let mut state = before.clone();
        for person in &self.people {
            // Outsiders who were only described are put in by the snapshot.
            if state.persons.contains_key(&person.id) {
                state.persons.insert(person.id.clone(), person.clone());
            }
        }
        for terms in &self.terms {
            state.arrangements.insert(terms.id.clone(), terms.clone());
        }
        if let Some(report) =
            (state.reports.get_mut(&self.report)).and_then(|held| held.versions.get_mut(&self.version))
        {
            for reading in &self.portions {
                report.read_as(&reading.portion, &reading.label);
            }
        }
        state
    }

    /// What it was decided about and is not here any more, in the state of today.
    fn gone(&self, today: &State) -> Vec<String> {
        let Some(holding) = today.reports.get(&self.report) else {
            return vec![format!("report {} is not here any more", self.report)];
        };
        let destroyed = holding.destroyed.iter();
        destroyed
            .map(|(version, at)| {
                format!(
                    "the text of {} v{version} was destroyed on {}: what depended on its wording cannot be told any more",
                    self.report,
                    at.strftime("%Y-%m-%d")
                )
            })
            .collect()
    }

    /// Makes the decision again. `before` is the state that the log gives at its event, `today` the one of now; rules and
    /// guards are those of `before`.
    ///
    /// # Errors
    /// When the report is not in the log any more.
    pub fn replay(&self, before: &State, today: &State, context: &Context<'_>) -> Result<Replayed, NotFound> {
        let state = self.put_back(before);
        let audience: Vec<PersonId> = self.people.iter().map(|person| person.id.clone()).collect();
        let snapshot = Snapshot::about(&state, context.groups, [&self.report], (&audience, &self.people));
        let portions: Vec<PortionId> = self.portions.iter().map(|reading| reading.portion.clone()).collect();
        let query = Query {
            report: &self.report,
            version: Some(self.version),
            portions: Some(&portions),
            audience: &audience,
            purpose: self.purpose.as_ref(),
            moment: self.at,
        };
        let decision = decide(&snapshot, &query, context.policy, context.exposure)?;
        let differences = differences(&self.found, &found(&decision));
        let now = rules();
        Ok(Replayed {
            id: self.id.clone(),
            report: self.report.clone(),
            version: self.version,
            at: self.at,
            engines: (self.engine.clone(), env!("CARGO_PKG_VERSION").to_owned()),
            same: differences.iter().all(|difference| difference.then == difference.now),
            people: audience,
            found: self.found.clone(),
            new_rules: now.difference(&self.rules).cloned().collect(),
            lost_rules: self.rules.difference(&now).cloned().collect(),
            differences,
            gone: self.gone(today),
        })
    }
}

/// Where two answers differ, in outcome or in the rules that fail.
fn differences(then: &[Found], now: &[Found]) -> Vec<Difference> {
    let spread = |all: &[Found]| -> BTreeMap<(PersonId, PortionId), (Outcome, BTreeSet<String>)> {
        let each = all.iter().flat_map(|found| {
            let key = |portion: &PortionId| (found.person.clone(), portion.clone());
            found
                .portions
                .iter()
                .map(move |portion| (key(portion), (found.outcome, found.rules.clone())))
                .collect::<Vec<_>>()
        });
        each.collect()
    };
    let now = spread(now);
    let nothing = (Outcome::Deny, BTreeSet::new());
    spread(then)
        .into_iter()
        .filter_map(|((person, portion), then)| {
            let key = (person, portion);
            let now = now.get(&key).unwrap_or(&nothing);
            (*now != then).then(|| Difference {
                person: key.0,
                portion: key.1,
                then: then.0,
                now: now.0,
                fails_now: now.1.difference(&then.1).cloned().collect(),
                failed_then: then.1.difference(&now.1).cloned().collect(),
            })
        })
        .collect()
}

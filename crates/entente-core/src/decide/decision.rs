//! The answer: who may have which portion, why not, who must be asked, and what to observe.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::authority::authority;
use super::reason::{Authority, Reason};
use super::rule::{Rule, Step};
use super::snapshot::{Compiled, Snapshot, Symbol};
use crate::ids::{PartyPath, PersonId, PortionId, PortionRef, ReportId};
use crate::outcome::Outcome;

/// The answer for one person and one class of portions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict {
    pub(crate) outcome: Outcome,
    pub(crate) class: u32,
    pub(crate) reasons: (u32, u32),
    pub(crate) obligations: (u32, u32),
}

/// What whoever uses a permission has to observe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Obligation {
    /// Show it, give no copy.
    DisplayOnly,
    /// The report is superseded.
    Superseded(Symbol),
    /// A handling instruction of the marking.
    Caveat(Symbol),
    /// A condition of a consent.
    Condition(Symbol),
}

/// A complete answer for an audience and portions of a report. A value: nothing in it changes afterwards.
#[derive(Clone, Debug)]
pub struct Decision<'s> {
    pub(crate) snapshot: &'s Snapshot,
    pub(crate) report: &'s Compiled,
    pub(crate) people: Vec<PersonId>,
    /// Indexes of the portions asked about, in the report's order.
    pub(crate) portions: Vec<usize>,
    /// For each of these portions, its column in `grid`.
    pub(crate) column: Vec<u32>,
    pub(crate) columns: usize,
    /// By person, then column: index into `verdicts`.
    pub(crate) grid: Vec<u32>,
    pub(crate) verdicts: Vec<Verdict>,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) obligations: Vec<Obligation>,
    pub(crate) local_names: Vec<String>,
}

/// Why, in words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Explanation {
    /// The rule that fails.
    pub rule: &'static str,
    /// Its step.
    pub step: Step,
    /// The marking token or term that triggered it.
    pub token: String,
    /// The authority for it: a manual page, an arrangement's clause.
    pub authority: String,
    /// Where the token stands: the portion, the report, the person.
    pub source: String,
    /// What is the matter, in a sentence.
    pub message: String,
    /// Who could change it, and how.
    pub remedy: String,
}

/// The answer for one person and one portion, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PortionAnswer {
    /// The portion.
    pub id: PortionId,
    /// What was decided.
    #[serde(flatten)]
    pub answer: Answer,
}

/// What was decided for one person, in words: the same for all portions that are alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// What came out.
    pub outcome: Outcome,
    /// Every failing rule.
    pub reasons: Vec<Explanation>,
    /// The originators to ask.
    pub ask: Vec<PartyPath>,
    /// What each of them would have to grant.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub grants: BTreeMap<PartyPath, BTreeSet<String>>,
    /// What would help first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// What to observe when using a permission.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub obligations: Vec<String>,
}

/// The answer for one person, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonAnswer {
    /// The person.
    pub person: PersonId,
    /// Portion by portion.
    pub portions: Vec<PortionAnswer>,
}

impl Decision<'_> {
    /// The report decided about.
    pub fn report(&self) -> &ReportId {
        &self.report.report
    }

    /// Its version.
    pub fn version(&self) -> u32 {
        self.report.version
    }

    /// The persons decided about, in the order in which they were asked for.
    pub fn people(&self) -> &[PersonId] {
        &self.people
    }

    /// The portions decided about, in the report's order.
    pub fn portions(&self) -> impl Iterator<Item = &PortionId> {
        self.references().map(|reference| &reference.portion)
    }

    /// The same, as references.
    pub fn references(&self) -> impl Iterator<Item = &PortionRef> {
        self.portions.iter().map(|n| &self.report.portions[*n])
    }

    /// The outcome for the `person`-th person and the `portion`-th portion.
    pub fn outcome(&self, person: usize, portion: usize) -> Outcome {
        self.verdict(person, portion).outcome
    }

    /// The outcome for a portion over the whole audience: that of its worst member. Nobody at all is denied.
    pub fn audience_outcome(&self, portion: usize) -> Outcome {
        (0..self.people.len())
            .map(|person| self.outcome(person, portion))
            .max()
            .unwrap_or(Outcome::Deny)
    }

    /// The worst outcome of all.
    pub fn overall(&self) -> Outcome {
        (0..self.portions.len())
            .map(|portion| self.audience_outcome(portion))
            .max()
            .unwrap_or(Outcome::Deny)
    }

    /// The portions that everyone in the audience may have.
    pub fn permitted(&self) -> impl Iterator<Item = &PortionId> {
        self.portions()
            .enumerate()
            .filter(|(n, _)| self.audience_outcome(*n) == Outcome::Permit)
            .map(|(_, id)| id)
    }

    /// Every failing rule for one person and portion, in the order of the steps.
    pub fn explain(&self, person: usize, portion: usize) -> Vec<Explanation> {
        self.reasons_of(person, portion)
            .iter()
            .map(|reason| self.explanation(reason, person, portion))
            .collect()
    }

    /// The rules that fail for one person and portion, in the order of the steps.
    pub fn rules(&self, person: usize, portion: usize) -> impl Iterator<Item = Rule> {
        self.reasons_of(person, portion).iter().map(|reason| reason.rule)
    }

    /// What to observe when using a permission.
    pub fn obligations(&self, person: usize, portion: usize) -> Vec<String> {
        let (start, end) = self.verdict(person, portion).obligations;
        let list = self.obligations.get(start as usize..end as usize).unwrap_or_default();
        list.iter()
            .map(|obligation| match obligation {
                Obligation::DisplayOnly => "show only: give no copy, and do not pass on".to_owned(),
                Obligation::Superseded(action) => {
                    format!(
                        "the report is recalled ({}): use it only with that warning",
                        self.text(*action)
                    )
                }
                Obligation::Caveat(caveat) => format!("handle as {}", self.text(*caveat)),
                Obligation::Condition(condition) => format!("condition of the consent: {}", self.text(*condition)),
            })
            .collect()
    }

    /// The originators to ask, each with what it would have to grant; nobody where the outcome is not to ask.
    pub fn ask(&self, person: usize, portion: usize) -> BTreeMap<PartyPath, BTreeSet<String>> {
        if self.outcome(person, portion) != Outcome::Ask {
            return BTreeMap::new();
        }
        self.to_grant(person, portion)
    }

    /// What each originator would have to grant, also where something else stands in the way as well.
    pub fn to_grant(&self, person: usize, portion: usize) -> BTreeMap<PartyPath, BTreeSet<String>> {
        let mut grants: BTreeMap<PartyPath, BTreeSet<String>> = BTreeMap::new();
        let reasons = self.reasons_of(person, portion);
        for reason in reasons
            .iter()
            .filter(|reason| reason.rule.step().outcome() == Outcome::Ask)
        {
            if let Ok(party) = PartyPath::new(self.text(reason.party)) {
                let grant = fill(reason.rule.says(), self.text(reason.token), party.as_str());
                grants.entry(party).or_default().insert(grant);
            }
        }
        grants
    }

    /// The answer for one person and portion, in words.
    pub fn answer(&self, person: usize, portion: usize) -> Answer {
        let reasons = self.explain(person, portion);
        let grants = self.ask(person, portion);
        Answer {
            outcome: self.outcome(person, portion),
            remedy: reasons.first().map(|reason| reason.remedy.clone()),
            reasons,
            ask: grants.keys().cloned().collect(),
            grants,
            obligations: self.obligations(person, portion),
        }
    }

    /// The whole answer in words, a person at a time, so that it never stands in memory as a whole.
    pub fn people_answers(&self) -> impl Iterator<Item = PersonAnswer> {
        self.people.iter().enumerate().map(|(n, person)| PersonAnswer {
            person: person.clone(),
            portions: (self.portions().enumerate())
                .map(|(portion, id)| PortionAnswer {
                    id: id.clone(),
                    answer: self.answer(n, portion),
                })
                .collect(),
        })
    }

    /// The group that a portion belongs to: portions of one group have the same answer for everyone.
    pub fn group(&self, portion: usize) -> usize {
        self.column[portion] as usize
    }

    fn verdict(&self, person: usize, portion: usize) -> &Verdict {
        let column = self.column[portion] as usize;
        &self.verdicts[self.grid[person * self.columns + column] as usize]
    }

    fn reasons_of(&self, person: usize, portion: usize) -> &[Reason] {
        let (start, end) = self.verdict(person, portion).reasons;
        self.reasons.get(start as usize..end as usize).unwrap_or_default()
    }

    fn text(&self, symbol: Symbol) -> &str {
        let shared = self.snapshot.names.len();
        match (symbol.0 as usize).checked_sub(shared) {
            None => self.snapshot.names.text(symbol),
            Some(local) => self.local_names.get(local).map_or("", String::as_str),
        }
    }

    fn explanation(&self, reason: &Reason, person: usize, portion: usize) -> Explanation {
        let reference = &self.report.portions[self.portions[portion]];
        let class = self.snapshot.classes.get(self.verdict(person, portion).class as usize);
        let (token, party) = (self.text(reason.token), self.text(reason.party));
        let authority = match reason.authority {
            Authority::Text(symbol) => self.text(symbol).to_owned(),
            Authority::Rule => class
                .map_or("", |class| authority(reason.rule, &class.scheme))
                .to_owned(),
        };
        let source = match reason.rule {
            Rule::PersonUnknown | Rule::PersonDisabled => format!("person {}", self.people[person]),
            Rule::ReportWithdrawn | Rule::ReportOnHold | Rule::ReportRecalled | Rule::ReportExpired => {
                format!("report {} v{}", reference.report, reference.version)
            }
            Rule::NeedToKnow => format!("distribution of {} at {party}", reference.report),
            Rule::LocalPolicy => format!("policies of {party}"),
            _ => format!("marking {}", class.map_or("", |class| self.text(class.mark))),
        };
        Explanation {
            rule: reason.rule.id(),
            step: reason.rule.step(),
            message: fill(reason.rule.says(), token, party),
            remedy: fill(reason.rule.remedy(), token, party),
            token: token.to_owned(),
            authority,
            source,
        }
    }
}

fn fill(template: &str, token: &str, party: &str) -> String {
    template.replace("{token}", token).replace("{party}", party)
}

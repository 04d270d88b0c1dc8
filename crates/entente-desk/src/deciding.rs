//! A decision as people and programs look at it: the whole answer, the matrix, the ladder of its steps, and the answers that
//! are alike, put together.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use entente_core::decide::{Answer, Explanation, Step};
use entente_core::{Decision, MarksInForce, Outcome, PartyPath, PersonId, PortionId, ReportId, State};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use entente_marking::installed::Library;

use crate::consequences::grouped;
use crate::marks::{banner_in, mark_for, parties_of};

/// The whole answer. It is written a person at a time, so that it never stands in memory as a whole.
#[derive(Serialize)]
pub struct Answers<'d> {
    /// The worst outcome of all.
    pub decision: Outcome,
    /// The report.
    pub report: &'d ReportId,
    /// Its version.
    pub version: u32,
    /// Person by person.
    pub people: People<'d>,
}

/// The answers for the people of an audience, in order.
pub struct People<'d>(&'d Decision<'d>);

#[derive(Serialize)]
struct PersonIn<'d> {
    person: &'d PersonId,
    /// Whether they may have the title; whoever may not sees the report's id.
    title: Answer,
    portions: Portions<'d>,
}

struct Portions<'d> {
    decision: &'d Decision<'d>,
    person: usize,
    /// Portions of one group have the same answer, so it is put into words once.
    known: RefCell<HashMap<usize, Answer>>,
}

#[derive(Serialize)]
struct PortionIn<'a> {
    id: &'a PortionId,
    #[serde(flatten)]
    answer: &'a Answer,
}

/// The whole answer of a decision.
pub fn answers<'d>(decision: &'d Decision<'d>) -> Answers<'d> {
    Answers {
        decision: decision.overall(),
        report: decision.report(),
        version: decision.version(),
        people: People(decision),
    }
}

impl Serialize for People<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let people = self.0.people();
        let mut list = serializer.serialize_seq(Some(people.len()))?;
        for (n, person) in people.iter().enumerate() {
            list.serialize_element(&PersonIn {
                person,
                title: self.0.answer(n, self.0.title()),
                portions: Portions {
                    decision: self.0,
                    person: n,
                    known: RefCell::default(),
                },
            })?;
        }
        list.end()
    }
}

impl Serialize for Portions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut known = self.known.borrow_mut();
        let mut list = serializer.serialize_seq(None)?;
        for (n, id) in self.decision.portions().enumerate() {
            let group = self.decision.group(n);
            let answer = known
                .entry(group)
                .or_insert_with(|| self.decision.answer(self.person, n));
            list.serialize_element(&PortionIn { id, answer })?;
        }
        list.end()
    }
}

/// The matrix: a row for each portion, a column for each person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// The persons, in the order of the columns.
    pub people: Vec<PersonId>,
    /// The portions, in the report's order.
    pub rows: Vec<Row>,
    /// The banner over what the whole audience may have; `None` where that is nothing.
    pub banner: Option<String>,
}

/// A portion in the matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The portion.
    pub portion: PortionId,
    /// Its mark.
    pub mark: String,
    /// Person by person.
    pub outcomes: Vec<Outcome>,
    /// For the audience as a whole.
    pub audience: Outcome,
}

impl Matrix {
    /// How many portions the whole audience may have.
    pub fn permitted(&self) -> usize {
        let open = |row: &&Row| row.audience == Outcome::Permit;
        self.rows.iter().filter(open).count()
    }
}

/// Persons of one party who may have the same: told as one where there are many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Together {
    /// Their name, or how many of which party: `27 persons of GBR.CAB`.
    pub who: String,
    /// The persons.
    pub people: Vec<PersonId>,
    /// What they may have, what has to be asked for, and what they may not have, in the report's order.
    pub permit: Vec<PortionId>,
    /// What has to be asked for.
    pub ask: Vec<PortionId>,
    /// What they may not have.
    pub deny: Vec<PortionId>,
}

impl Matrix {
    /// The persons as rows, those of one party who may have the same together, in the order of the audience.
    pub fn together(&self) -> Vec<Together> {
        let mut groups: Vec<(Vec<Outcome>, Option<PartyPath>, Vec<PersonId>)> = Vec::new();
        let mut places: HashMap<(Vec<Outcome>, Option<PartyPath>), usize> = HashMap::new();
        for (n, person) in self.people.iter().enumerate() {
            let outcomes: Vec<Outcome> = self
                .rows
                .iter()
                .filter_map(|row| row.outcomes.get(n).copied())
                .collect();
            let place = *places.entry((outcomes.clone(), person.party())).or_insert_with(|| {
                groups.push((outcomes, person.party(), Vec::new()));
                groups.len() - 1
            });
            groups[place].2.push(person.clone());
        }
        let row = |(outcomes, _, people): (Vec<Outcome>, Option<PartyPath>, Vec<PersonId>)| {
            let with = |wanted: Outcome| {
                let each = self.rows.iter().zip(&outcomes);
                let portions = each.filter(|(_, outcome)| **outcome == wanted);
                portions.map(|(row, _)| row.portion.clone()).collect()
            };
            Together {
                who: grouped(&people).join(", "),
                permit: with(Outcome::Permit),
                ask: with(Outcome::Ask),
                deny: with(Outcome::Deny),
                people,
            }
        };
        groups.into_iter().map(row).collect()
    }
}

/// The matrix of a decision.
pub fn matrix(state: &State, library: &Library, decision: &Decision<'_>) -> Matrix {
    let people = decision.people().to_vec();
    let marks = marks_of(state, decision);
    let rows: Vec<Row> = decision
        .portions()
        .enumerate()
        .map(|(n, id)| Row {
            portion: id.clone(),
            mark: marks.get(id).cloned().unwrap_or_default(),
            outcomes: (0..people.len()).map(|person| decision.outcome(person, n)).collect(),
            audience: decision.audience_outcome(n),
        })
        .collect();
    let held = state.reports.get(decision.report());
    let report = held.and_then(|holding| holding.versions.get(&decision.version()));
    let open: Vec<&Row> = rows.iter().filter(|row| row.audience == Outcome::Permit).collect();
    // What the audience gets is marked for it.
    let parties = parties_of(state, decision.people());
    let banner = report.filter(|_| !open.is_empty()).map(|report| {
        let marks: Vec<String> = open
            .iter()
            .map(|row| mark_for(library, report, &row.mark, &parties))
            .collect();
        banner_in(library, report, marks.iter().map(String::as_str)).unwrap_or_default()
    });
    Matrix {
        report: decision.report().clone(),
        version: decision.version(),
        people,
        rows,
        banner,
    }
}

/// The marks in force of all portions decided about.
fn marks_of<'d>(state: &State, decision: &'d Decision<'_>) -> HashMap<&'d PortionId, String> {
    let marks = MarksInForce::new(state);
    let marked = decision.references().filter_map(|portion| {
        let mark = marks.of(portion)?.mark().into_owned();
        Some((&portion.portion, mark))
    });
    marked.collect()
}

/// One step of a decision, for one person and one portion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rung {
    /// Its place, from 1.
    pub number: usize,
    /// The step.
    pub step: Step,
    /// What it says: permit where nothing of it fails.
    pub outcome: Outcome,
    /// Whether it is the one that decides: the first that fails.
    pub decides: bool,
    /// What fails at it.
    pub reasons: Vec<Explanation>,
}

/// The eight steps of a decision for the `person`-th person and the `portion`-th portion, in order.
pub fn ladder(decision: &Decision<'_>, person: usize, portion: usize) -> Vec<Rung> {
    let reasons = decision.explain(person, portion);
    let first = reasons.iter().map(|reason| reason.step).min();
    let rung = |(n, step): (usize, Step)| {
        let failing = reasons.iter().filter(|reason| reason.step == step);
        let failing: Vec<Explanation> = failing.cloned().collect();
        Rung {
            number: n + 1,
            step,
            outcome: if failing.is_empty() {
                Outcome::Permit
            } else {
                step.outcome()
            },
            decides: first == Some(step),
            reasons: failing,
        }
    };
    Step::ALL.into_iter().enumerate().map(rung).collect()
}

/// What is said in the same words about several portions and persons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alike {
    /// The outcome that it belongs to.
    pub outcome: Outcome,
    /// What is the matter, or what has to be observed.
    pub message: String,
    /// What would help.
    pub remedy: String,
    /// Which portions, in the report's order.
    pub portions: Vec<PortionId>,
    /// Which persons; `None` where it is everybody.
    pub people: Option<BTreeSet<PersonId>>,
}

/// Everything that a decision says, worst first, each thing once; only the first reason of each answer, unless all are wanted.
pub fn alike(decision: &Decision<'_>, all: bool) -> Vec<Alike> {
    type Same = BTreeMap<(Outcome, String, String), (BTreeSet<usize>, BTreeSet<PersonId>)>;
    let portions: Vec<&PortionId> = decision.portions().collect();
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for n in 0..portions.len() {
        groups.entry(decision.group(n)).or_default().push(n);
    }
    let mut same = Same::new();
    for (n, members) in groups.values().filter_map(|members| Some((*members.first()?, members))) {
        for (person, name) in decision.people().iter().enumerate() {
            let answer = decision.answer(person, n);
            let shown = if all { answer.reasons.len() } else { 1 };
            let reasons = answer.reasons.into_iter().take(shown).map(|reason| {
                let message = format!("{} [{}; {}]", reason.message, reason.rule, reason.authority);
                // In short, everybody whose word is missing is named at once.
                let in_short = answer.remedy.clone().filter(|_| !all);
                (message, in_short.unwrap_or(reason.remedy))
            });
            let refused = answer.refused.iter().map(ToString::to_string);
            let more = refused.chain(answer.obligations).map(|text| (text, String::new()));
            for (message, remedy) in reasons.chain(more) {
                let (of, who) = same.entry((answer.outcome, message, remedy)).or_default();
                of.extend(members.iter().copied());
                who.insert(name.clone());
            }
        }
    }
    let everybody = decision.people().iter().collect::<BTreeSet<_>>().len();
    let line = |((outcome, message, remedy), (of, who)): (_, (BTreeSet<usize>, BTreeSet<PersonId>))| Alike {
        outcome,
        message,
        remedy,
        portions: of.into_iter().map(|n| portions[n].clone()).collect(),
        people: Some(who).filter(|who| who.len() != everybody),
    };
    same.into_iter().rev().map(line).collect()
}

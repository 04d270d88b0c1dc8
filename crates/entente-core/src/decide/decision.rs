//! The answer: who may have which portion, why not, who must be asked, and what to observe.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use entente_marking::Purpose;
use serde::Serialize;

use super::authority::authority;
use super::block::{BLOCK, Who};
use super::check::Verdict;
use super::compiled::{Compiled, Refused, Snapshot};
use super::names::{Names, Symbol};
use super::reason::{Authority, Reason};
use super::rule::{Rule, Step};
use crate::ids::{PartyPath, PersonId, PortionId, PortionRef, ReportId};
use crate::outcome::Outcome;
use crate::request::Refusal;

/// The answer for a block of persons and one class of portions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    pub(crate) verdict: Verdict,
    /// Where its reasons begin; they end where those of the next cell begin.
    pub(crate) reasons: u32,
    /// Where its obligations begin.
    pub(crate) obligations: u32,
}

/// What whoever uses a permission has to observe.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Duty {
    /// It is shown, and never handed over.
    ShowOnly,
    /// It goes no further before a moment.
    Embargo(String),
    /// The report is recalled, and may be used only with that warning: the recall.
    Recalled(String),
    /// A handling instruction of the mark, which says it wherever the text goes.
    Handling(String),
    /// A condition of a consent.
    Condition(String),
}

impl Duty {
    /// Whether the text may be handed over all the same: the mark itself tells whoever gets it.
    pub fn goes_with_the_text(&self) -> bool {
        matches!(self, Self::Handling(_))
    }
}

impl fmt::Display for Duty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShowOnly => f.write_str("show only: give no copy, and do not pass on"),
            Self::Embargo(until) => write!(f, "under embargo until {until}: it goes no further before"),
            Self::Recalled(action) => write!(f, "the report is recalled ({action}): use it only with that warning"),
            Self::Handling(caveat) => write!(f, "handle as {caveat}"),
            Self::Condition(condition) => write!(f, "condition of the consent: {condition}"),
        }
    }
}

/// A [`Duty`], as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Obligation {
    /// Show it, give no copy.
    DisplayOnly,
    /// It goes no further before a moment.
    Embargo(Symbol),
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
    /// Indexes of the portions asked about, in the report's order, and at last the title.
    pub(crate) portions: Vec<usize>,
    /// How many were asked about.
    pub(crate) asked: usize,
    /// For each of these portions, its column in `grid`.
    pub(crate) column: Vec<u32>,
    /// For each column, the class of its portions.
    pub(crate) classes: Vec<u32>,
    /// By block of persons, then column; and one more, where the lists end.
    pub(crate) cells: Vec<Cell>,
    pub(crate) reasons: Vec<(Who, Reason)>,
    pub(crate) obligations: Vec<(Who, Obligation)>,
    pub(crate) local_names: Names,
    pub(crate) purpose: Option<Purpose>,
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
    /// What would help first: of everybody whose word is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// What was asked for this person and purpose before, and refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refusal>,
    /// What to observe when using a permission.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub obligations: Vec<String>,
}

/// The answer for one person, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonAnswer {
    /// The person.
    pub person: PersonId,
    /// Whether they may have the title; whoever may not sees the report's id.
    pub title: Answer,
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
        let asked = self.portions.iter().take(self.asked);
        asked.map(|n| &self.report.portions[*n])
    }

    /// The title, as a reference.
    pub fn title_reference(&self) -> &PortionRef {
        &self.report.portions[self.report.title()]
    }

    /// The place of the title, for [`Decision::outcome`] and what explains it. It is not counted among the portions.
    pub fn title(&self) -> usize {
        self.asked
    }

    /// The outcome for the `person`-th person and the `portion`-th portion.
    pub fn outcome(&self, person: usize, portion: usize) -> Outcome {
        self.cells[self.cell(person, portion)].verdict.outcome(person % BLOCK)
    }

    /// The outcome for a portion over the whole audience: that of its worst member. Nobody at all is denied.
    pub fn audience_outcome(&self, portion: usize) -> Outcome {
        let blocks = (0..self.people.len()).step_by(BLOCK);
        blocks
            .map(|first| self.cells[self.cell(first, portion)].verdict.worst())
            .max()
            .unwrap_or(Outcome::Deny)
    }

    /// The worst outcome of all.
    pub fn overall(&self) -> Outcome {
        (0..self.asked)
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
            .map(|reason| self.explanation(reason, person, portion))
            .collect()
    }

    /// The rules that fail for one person and portion, in the order of the steps.
    pub fn rules(&self, person: usize, portion: usize) -> impl Iterator<Item = Rule> {
        self.reasons_of(person, portion).map(|reason| reason.rule)
    }

    /// The rules that fail for one person and portion, each with the party that could do something about it.
    pub(crate) fn stands_in_the_way(&self, person: usize, portion: usize) -> impl Iterator<Item = (Rule, &str)> {
        let all = self.reasons_of(person, portion);
        all.map(|reason| (reason.rule, self.text(reason.party)))
    }

    /// What to observe when using a permission.
    pub fn duties(&self, person: usize, portion: usize) -> Vec<Duty> {
        let cell = self.cell(person, portion);
        let range = self.cells[cell].obligations as usize..self.cells[cell + 1].obligations as usize;
        let text = |symbol: &Symbol| self.text(*symbol).to_owned();
        of_person(&self.obligations[range], person)
            .map(|obligation| match obligation {
                Obligation::DisplayOnly => Duty::ShowOnly,
                Obligation::Embargo(until) => Duty::Embargo(text(until)),
                Obligation::Superseded(action) => Duty::Recalled(text(action)),
                Obligation::Caveat(caveat) => Duty::Handling(text(caveat)),
                Obligation::Condition(condition) => Duty::Condition(text(condition)),
            })
            .collect()
    }

    /// What to observe when using a permission, in words.
    pub fn obligations(&self, person: usize, portion: usize) -> Vec<String> {
        let duties = self.duties(person, portion);
        duties.iter().map(ToString::to_string).collect()
    }

    /// What anybody in the audience has to observe of a portion.
    pub fn audience_duties(&self, portion: usize) -> Vec<Duty> {
        let everybody = 0..self.people.len();
        let all: BTreeSet<Duty> = everybody.flat_map(|person| self.duties(person, portion)).collect();
        all.into_iter().collect()
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
        for reason in reasons.filter(|reason| reason.rule.step().outcome() == Outcome::Ask) {
            if let Ok(party) = PartyPath::stored(self.text(reason.party)) {
                let grant = fill(reason.rule.says(), self.text(reason.token), party.as_str());
                grants.entry(party).or_default().insert(grant);
            }
        }
        grants
    }

    /// What would help: where originators are to be asked, the word of every one of them; before that, what no originator
    /// can change.
    pub fn remedy(&self, person: usize, portion: usize) -> Option<String> {
        let asks = self.outcome(person, portion) == Outcome::Ask;
        let mut all: Vec<String> = Vec::new();
        let mut asked = BTreeSet::new();
        let reasons: Vec<&Reason> = self.reasons_of(person, portion).collect();
        let beyond = reasons
            .iter()
            .filter(|reason| asks && reason.rule.is_beyond_originators());
        let words = reasons
            .iter()
            .filter(|reason| asks && reason.rule.step().outcome() == Outcome::Ask);
        let first = reasons.iter().take(usize::from(!asks));
        for reason in beyond
            .chain(words.filter(|reason| asked.insert(self.text(reason.party))))
            .chain(first)
        {
            let remedy = self.explanation(reason, person, portion).remedy;
            if !all.contains(&remedy) {
                all.push(remedy);
            }
        }
        (!all.is_empty()).then(|| all.join("; "))
    }

    /// What originators refused to give this person for this purpose, where it is not permitted now.
    pub fn refused(&self, person: usize, portion: usize) -> impl Iterator<Item = &Refusal> {
        let id = &self.report.portions[self.portions[portion]].portion;
        let open = self.outcome(person, portion) == Outcome::Permit;
        let about = move |refused: &&Refused| {
            !open
                && refused.refusal.portions.contains(id)
                && refused.purpose == self.purpose
                && refused.persons.contains(&self.people[person])
        };
        self.report.refused.iter().filter(about).map(|refused| &refused.refusal)
    }

    /// The answer for one person and portion, in words.
    pub fn answer(&self, person: usize, portion: usize) -> Answer {
        let reasons = self.explain(person, portion);
        let grants = self.ask(person, portion);
        Answer {
            outcome: self.outcome(person, portion),
            remedy: self.remedy(person, portion),
            refused: self.refused(person, portion).cloned().collect(),
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
            title: self.answer(n, self.title()),
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
        let id = &self.report.portions[self.portions[portion]].portion;
        let refused = |refused: &Refused| refused.refusal.portions.contains(id);
        match self.report.refused.iter().any(refused) {
            // What was refused of one was not refused of those that are alike.
            true => self.classes.len() + portion,
            false => self.column[portion] as usize,
        }
    }

    fn cell(&self, person: usize, portion: usize) -> usize {
        assert!(
            person < self.people.len(),
            "the audience has {} persons",
            self.people.len()
        );
        person / BLOCK * self.classes.len() + self.column[portion] as usize
    }

    fn reasons_of(&self, person: usize, portion: usize) -> impl Iterator<Item = &Reason> {
        let cell = self.cell(person, portion);
        let range = self.cells[cell].reasons as usize..self.cells[cell + 1].reasons as usize;
        of_person(&self.reasons[range], person)
    }

    fn text(&self, symbol: Symbol) -> &str {
        match self.snapshot.names.text(symbol) {
            Ok(text) => text,
            Err(local) => self.local_names.text(local).unwrap_or_default(),
        }
    }

    fn explanation(&self, reason: &Reason, person: usize, portion: usize) -> Explanation {
        let reference = &self.report.portions[self.portions[portion]];
        let class = &self.snapshot.classes[self.classes[self.column[portion] as usize] as usize];
        let (mut token, mut party) = (self.text(reason.token), self.text(reason.party));
        if let Rule::PersonUnknown | Rule::PersonDisabled | Rule::PersonLapsed = reason.rule {
            let id = &self.people[person];
            token = id.as_str();
            party = self.snapshot.home_of(id).map_or(party, |home| self.text(home));
        }
        let authority = match reason.authority {
            Authority::Text(symbol) => self.text(symbol).to_owned(),
            Authority::Rule => authority(reason.rule, &class.scheme).to_owned(),
        };
        let source = match reason.rule {
            Rule::PersonUnknown | Rule::PersonDisabled | Rule::PersonLapsed => {
                format!("person {}", self.people[person])
            }
            Rule::ReportWithdrawn | Rule::ReportOnHold | Rule::ReportRecalled | Rule::ReportExpired => {
                format!("report {} v{}", reference.report, reference.version)
            }
            Rule::NeedToKnow => format!("distribution of {} at {party}", reference.report),
            Rule::LocalPolicy => format!("policies of {party}"),
            _ => format!("marking {}", self.text(class.mark)),
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

/// Of what holds for a block of persons, what holds for this one.
fn of_person<T>(list: &[(Who, T)], person: usize) -> impl Iterator<Item = &T> {
    let holds = move |who: Who| who >> (person % BLOCK) & 1 == 1;
    list.iter().filter(move |(who, _)| holds(*who)).map(|(_, thing)| thing)
}

//! The candidates among whom a source stands.

mod load;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::predicate::{Node, Place, Predicate, PredicateError, Relation, Test};
use super::set::ProfileSet;
use super::value::{Kind, MAX_VALUE, Value};
use crate::MAX_NAME;

/// Candidates of a register: ten times the largest for which speed is measured.
pub const MAX_CANDIDATES: usize = 1_000_000;
/// Attributes of a register: analysts keep 5 to 10.
pub const MAX_ATTRIBUTES: usize = 64;

/// One who may be the source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidate {
    /// Its name in the register.
    pub id: String,
    /// What is known about it. An attribute that is absent is not known.
    pub attributes: BTreeMap<String, Value>,
    /// How likely it was before any fact, relative to the others; all candidates have one, or none has.
    pub prior: Option<f64>,
}

/// The candidates among whom a source stands, how likely each was before anything was said, and who it is.
///
/// It is a crown jewel of the originator: it has no `Serialize`, and what leaves is a [`Band`](super::Band).
///
/// What is said about a source never tells apart two candidates with the same attributes. Such candidates form a
/// *profile*, and everything is computed by profile: the cost depends on how many differ, not on how many there are.
#[derive(Clone)]
pub struct Register {
    ids: Vec<String>,
    /// The profile of each candidate.
    profile_of: Vec<usize>,
    columns: Vec<Column>,
    declared: Prior,
    uniform: Prior,
    is_uniform: bool,
    unlisted: f64,
    truth: Option<usize>,
}

/// How likely each profile was before anything was said. Sums to one over the candidates.
#[derive(Clone)]
pub(crate) struct Prior {
    /// All candidates of the profile together.
    pub(crate) mass: Vec<f64>,
    /// The mass that most profiles have, and by how much each other one differs from it.
    common: f64,
    others: Vec<(usize, f64)>,
    /// The likeliest candidate of the profile.
    pub(crate) top: Vec<f64>,
    /// How many candidates of the profile are possible at all.
    pub(crate) possible: Vec<usize>,
    /// The protected source.
    pub(crate) truth: Option<f64>,
}

impl std::fmt::Debug for Register {
    /// How large it is, and nothing that is in it: registers do not belong in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Register").finish_non_exhaustive()
    }
}

/// One attribute: every profile's value as a number into a list of those that occur.
#[derive(Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// In order; that of code `n` is at `n - 1`.
    pub(crate) values: Vec<Value>,
    /// Zero where it is not known.
    pub(crate) codes: Vec<u32>,
    /// The profiles of each code, where there are few codes.
    sets: Vec<ProfileSet>,
}

/// Columns with at most so many values keep the set of each, so that a condition costs words and not profiles.
const MAX_SETS: usize = 64;

/// Why a register is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// Not the JSON that is expected.
    #[error(
        "register, line {line}, column {column}: {message}; expected `{{\"candidates\": [{{\"id\": …, \"attributes\": {{…}}}}], \"prior\": {{id: number}}, \"unlisted\": number, \"true\": id}}`"
    )]
    Json {
        /// Line, from one.
        line: usize,
        /// Column, from one.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// A candidate that cannot be used.
    #[error("register, candidate {place} (`{id}`): {problem}; {remedy}")]
    Candidate {
        /// Its place, from one.
        place: usize,
        /// Its id, where it has one.
        id: String,
        /// What is wrong.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// Something about the register as a whole.
    #[error("register: {problem}; {remedy}")]
    Whole {
        /// What is wrong.
        problem: String,
        /// What to do.
        remedy: String,
    },
}

impl RegisterError {
    fn whole(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Whole {
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    fn candidate(place: usize, id: &str, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Candidate {
            place: place + 1,
            id: id.chars().take(MAX_NAME).collect(),
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }
}

impl Register {
    /// A register of candidates.
    ///
    /// `unlisted` is the share of the prior that belongs to a source that is not on the list, from zero to less than
    /// one. `truth` is the id of the source that is protected, where the originator says so.
    ///
    /// # Errors
    /// [`RegisterError`] names the candidate and the remedy.
    pub fn new(candidates: Vec<Candidate>, unlisted: f64, truth: Option<&str>) -> Result<Self, RegisterError> {
        if candidates.is_empty() || candidates.len() > MAX_CANDIDATES {
            let problem = format!("{} candidates, between 1 and {MAX_CANDIDATES} fit", candidates.len());
            return Err(RegisterError::whole(problem, "list those who could have known"));
        }
        if !(0.0..1.0).contains(&unlisted) {
            let problem = format!("`unlisted` is {unlisted}, but it is a share between 0 and less than 1");
            return Err(RegisterError::whole(
                problem,
                "say how likely the source is not on the list, as in 0.1",
            ));
        }
        let mut seen = HashMap::with_capacity(candidates.len());
        for (place, candidate) in candidates.iter().enumerate() {
            check(place, candidate)?;
            if let Some(first) = seen.insert(candidate.id.as_str(), place) {
                let problem = format!("candidate {} has the same id", first + 1);
                return Err(RegisterError::candidate(
                    place,
                    &candidate.id,
                    problem,
                    "give each candidate its own",
                ));
            }
        }
        let truth = match truth {
            None => None,
            Some(id) => Some(*seen.get(id).ok_or_else(|| {
                let near = nearest(id, seen.keys().copied())
                    .map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"));
                RegisterError::whole(
                    format!("the true source `{id}` is not among the candidates{near}"),
                    "add it, or leave `true` out and set `unlisted`",
                )
            })?),
        };
        drop(seen);
        let is_uniform = candidates.iter().all(|candidate| candidate.prior.is_none());
        let declared = priors(&candidates)?;
        let (columns, profile_of) = profiles(columns(&candidates)?, candidates.len());
        let count = profile_of.iter().max().map_or(0, |last| last + 1);
        let even = 1.0 / inexact(candidates.len());
        Ok(Self {
            declared: Prior::new(count, &profile_of, &declared, truth),
            uniform: Prior::new(count, &profile_of, &vec![even; candidates.len()], truth),
            ids: candidates.into_iter().map(|candidate| candidate.id).collect(),
            profile_of,
            columns,
            unlisted,
            is_uniform,
            truth,
        })
    }

    /// How many candidates it has.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether it has none: never, as [`Register::new`] asks for one.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The prior share of a source that is not on the list.
    pub fn unlisted(&self) -> f64 {
        self.unlisted
    }

    /// Whether all candidates were equally likely before any fact.
    pub fn is_uniform(&self) -> bool {
        self.is_uniform
    }

    /// The names of its attributes, in order.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    pub(crate) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many profiles its candidates have.
    pub(crate) fn profiles(&self) -> usize {
        self.declared.mass.len()
    }

    /// What is declared about the candidates, or all of them being equally likely.
    pub(crate) fn prior(&self, uniform: bool) -> &Prior {
        match uniform {
            true => &self.uniform,
            false => &self.declared,
        }
    }

    /// The profile of the protected source, where it is known.
    pub(crate) fn truth(&self) -> Option<usize> {
        self.truth.and_then(|n| self.profile_of.get(n)).copied()
    }

    /// The ids of the candidates for whom a condition holds, in the register's order.
    ///
    /// # Errors
    /// Where the condition names an attribute that no candidate has, or compares one with a value of another kind.
    pub fn candidates(&self, condition: &Predicate) -> Result<Vec<&str>, PredicateError> {
        let fitting = self.fitting(condition)?;
        let named = self.ids.iter().zip(&self.profile_of);
        Ok(named
            .filter(|(_, profile)| fitting.contains(**profile))
            .map(|(id, _)| id.as_str())
            .collect())
    }

    /// A condition for a statement that names values of attributes: what an analyst may start from.
    ///
    /// ```
    /// use entente_exposure::Register;
    /// let text = r#"{"candidates": [{"id": "A", "place": "Narev"}, {"id": "B", "place": "Old Mill"}]}"#;
    /// let register = Register::from_json(text)?;
    /// let proposed = register.propose("The courier was seen at the old mill.");
    /// assert_eq!(proposed.as_deref(), Some("place = 'Old Mill'"));
    /// # Ok::<(), entente_exposure::RegisterError>(())
    /// ```
    pub fn propose(&self, statement: &str) -> Option<String> {
        let words = |text: &str| {
            let plain: String = text
                .to_lowercase()
                .chars()
                .map(|c| if c.is_alphanumeric() { c } else { ' ' })
                .collect();
            format!(" {} ", plain.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        let statement = words(statement);
        let named = self.columns.iter().filter_map(|column| {
            let values = column.values.iter().filter(|value| {
                matches!(value, Value::Text(text) if text.chars().any(char::is_alphanumeric) && statement.contains(&words(text)))
            });
            let values: Vec<Value> = values.cloned().collect();
            let relation = match values.as_slice() {
                [] => return None,
                [one] => Relation::Equal(one.clone()),
                _ => Relation::In(values),
            };
            Some(Test::new(&column.name, relation).to_string())
        });
        let conditions: Vec<String> = named.collect();
        (!conditions.is_empty()).then(|| conditions.join(" and "))
    }

    /// The profiles for which a condition holds.
    ///
    /// # Errors
    /// Where the condition names an attribute that no candidate has, or compares one with a value of another kind.
    pub(crate) fn fitting(&self, condition: &Predicate) -> Result<ProfileSet, PredicateError> {
        self.fitting_node(&condition.root)
    }

    fn fitting_node(&self, node: &Node) -> Result<ProfileSet, PredicateError> {
        match node {
            Node::Test(test) => self.fitting_test(test),
            Node::Not(inner) => Ok(self.fitting_node(inner)?.complement()),
            Node::All(parts) => parts.iter().try_fold(ProfileSet::all(self.profiles()), |set, part| {
                Ok(set.and(&self.fitting_node(part)?))
            }),
            Node::Any(parts) => parts.iter().try_fold(ProfileSet::none(self.profiles()), |set, part| {
                Ok(set.or(&self.fitting_node(part)?))
            }),
        }
    }

    fn fitting_test(&self, test: &Test) -> Result<ProfileSet, PredicateError> {
        let Some(column) = self.columns.iter().find(|column| column.name == test.attribute) else {
            let remedy = nearest(&test.attribute, self.attributes()).map_or_else(
                || "the register's candidates have no attributes".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(test.fault(format!("no candidate has an attribute `{}`", test.attribute), remedy));
        };
        if let Some(kind) = column.kind() {
            let ordered = matches!(test.relation, Relation::Compare(..));
            if let Some(other) = test.relation.literals().iter().find(|value| value.kind() != kind) {
                let message = match ordered {
                    true => format!("`{}` holds {kind}, which are not less or more than others", column.name),
                    false => format!(
                        "`{}` holds {kind}, so that it is never {}",
                        column.name,
                        other.literal()
                    ),
                };
                let example = column.values.first().map_or_else(String::new, Value::literal);
                return Err(test.fault(
                    message,
                    format!("compare it with a value of its kind, such as {example}"),
                ));
            }
        }
        let holds: Vec<bool> = (0..=column.values.len())
            .map(|code| {
                test.relation
                    .holds(code.checked_sub(1).and_then(|n| column.values.get(n)))
            })
            .collect();
        if !column.sets.is_empty() {
            let sets = column.sets.iter().zip(&holds).filter(|(_, holds)| **holds);
            return Ok(sets.fold(ProfileSet::none(self.profiles()), |all, (set, _)| all.or(set)));
        }
        let holds_at = |n| column.codes.get(n).and_then(|code| holds.get(*code as usize)) == Some(&true);
        Ok(ProfileSet::of(self.profiles(), holds_at))
    }
}

impl Test {
    fn new(attribute: &str, relation: Relation) -> Self {
        Self {
            attribute: attribute.to_owned(),
            relation,
            place: Place { span: 0..0, column: 1 },
        }
    }

    fn fault(&self, message: String, remedy: String) -> PredicateError {
        PredicateError {
            message,
            remedy,
            span: self.place.span.clone(),
            column: self.place.column,
        }
    }
}

impl Column {
    pub(crate) fn value(&self, code: u32) -> Option<&Value> {
        (code as usize).checked_sub(1).and_then(|n| self.values.get(n))
    }

    fn kind(&self) -> Option<Kind> {
        self.values.first().map(Value::kind)
    }
}

/// The name most like one that is not there.
pub(super) fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let likeness = |known: &str| strsim::normalized_damerau_levenshtein(&known.to_lowercase(), &name.to_lowercase());
    names
        .map(|known| (likeness(known), known))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}

fn check(place: usize, candidate: &Candidate) -> Result<(), RegisterError> {
    let fault = |problem: String, remedy: &str| Err(RegisterError::candidate(place, &candidate.id, problem, remedy));
    if candidate.id.is_empty() || candidate.id.len() > MAX_NAME {
        return fault(format!("an id has 1 to {MAX_NAME} bytes"), "name it by a code");
    }
    for (name, value) in &candidate.attributes {
        if name.is_empty() || name.len() > MAX_NAME || name.contains(|c: char| c.is_control() || c == '`') {
            return fault(
                format!("`{}` is not the name of an attribute", name.escape_debug()),
                "write letters and digits, without backticks or control characters",
            );
        }
        if matches!(value, Value::Text(text) if text.len() > MAX_VALUE) {
            return fault(
                format!("`{name}` has more than {MAX_VALUE} bytes"),
                "keep a short code for it",
            );
        }
    }
    match candidate.prior {
        Some(prior) if !(prior.is_finite() && prior >= 0.0) => {
            fault(format!("its prior is {prior}"), "write zero or a positive number")
        }
        _ => Ok(()),
    }
}

/// What candidates declare, or the same for all, so that they sum to one.
fn priors(candidates: &[Candidate]) -> Result<Vec<f64>, RegisterError> {
    let declared: Vec<f64> = candidates.iter().filter_map(|candidate| candidate.prior).collect();
    let given = if declared.is_empty() {
        vec![1.0; candidates.len()]
    } else if declared.len() == candidates.len() {
        declared
    } else {
        let missing = candidates
            .iter()
            .position(|candidate| candidate.prior.is_none())
            .unwrap_or(0);
        let id = candidates.get(missing).map_or("", |candidate| candidate.id.as_str());
        let remedy = "give every candidate one, or none; zero says that it cannot be the source";
        return Err(RegisterError::candidate(
            missing,
            id,
            "it has no prior, but others have",
            remedy,
        ));
    };
    let sum: f64 = given.iter().sum();
    if !(sum.is_finite() && sum > 0.0) {
        let problem = format!("the priors sum to {sum}");
        return Err(RegisterError::whole(
            problem,
            "give at least one candidate a positive one of ordinary size",
        ));
    }
    Ok(given.into_iter().map(|prior| prior / sum).collect())
}

fn columns(candidates: &[Candidate]) -> Result<Vec<Column>, RegisterError> {
    let names: BTreeSet<&String> = candidates
        .iter()
        .flat_map(|candidate| candidate.attributes.keys())
        .collect();
    if names.len() > MAX_ATTRIBUTES {
        let problem = format!("{} attributes, at most {MAX_ATTRIBUTES} fit", names.len());
        return Err(RegisterError::whole(problem, "keep those that facts speak of"));
    }
    names.into_iter().map(|name| column(name, candidates)).collect()
}

fn column(name: &str, candidates: &[Candidate]) -> Result<Column, RegisterError> {
    let mut kind = None;
    let mut codes: BTreeMap<&Value, u32> = BTreeMap::new();
    for (place, candidate) in candidates.iter().enumerate() {
        let Some(value) = candidate.attributes.get(name) else {
            continue;
        };
        let kind = *kind.get_or_insert(value.kind());
        if kind != value.kind() {
            let problem = format!("`{name}` holds {kind} before it, but {} here", value.literal());
            return Err(RegisterError::candidate(
                place,
                &candidate.id,
                problem,
                "write values of one kind",
            ));
        }
        codes.insert(value, 0);
    }
    for (code, place) in (1..).zip(codes.values_mut()) {
        *place = code;
    }
    let code_of = |candidate: &Candidate| {
        candidate
            .attributes
            .get(name)
            .and_then(|value| codes.get(value))
            .copied()
            .unwrap_or(0)
    };
    Ok(Column {
        name: name.to_owned(),
        codes: candidates.iter().map(code_of).collect(),
        values: codes.into_keys().cloned().collect(),
        sets: Vec::new(),
    })
}

/// Puts candidates with the same values together. The columns come back by profile, with each candidate's profile.
fn profiles(columns: Vec<Column>, candidates: usize) -> (Vec<Column>, Vec<usize>) {
    let mut known: HashMap<Vec<u32>, usize> = HashMap::new();
    let mut first = Vec::new();
    let mut profile_of = Vec::with_capacity(candidates);
    for n in 0..candidates {
        let tuple: Vec<u32> = columns
            .iter()
            .filter_map(|column| column.codes.get(n).copied())
            .collect();
        let next = known.len();
        profile_of.push(*known.entry(tuple).or_insert_with(|| {
            first.push(n);
            next
        }));
    }
    let columns = columns.into_iter().map(|column| {
        let codes: Vec<u32> = first.iter().filter_map(|n| column.codes.get(*n).copied()).collect();
        let few = 0..=u32::try_from(column.values.len()).unwrap_or(u32::MAX);
        let few = few.filter(|_| column.values.len() <= MAX_SETS);
        let sets = few.map(|code| ProfileSet::of(codes.len(), |n| codes.get(n) == Some(&code)));
        Column {
            sets: sets.collect(),
            codes,
            ..column
        }
    });
    (columns.collect(), profile_of)
}

impl Prior {
    fn new(profiles: usize, profile_of: &[usize], each: &[f64], truth: Option<usize>) -> Self {
        let mut prior = Self {
            mass: vec![0.0; profiles],
            top: vec![0.0; profiles],
            possible: vec![0; profiles],
            common: 0.0,
            others: Vec::new(),
            truth: truth.and_then(|n| each.get(n)).copied(),
        };
        for (profile, share) in profile_of.iter().zip(each) {
            prior.mass[*profile] += share;
            prior.top[*profile] = share.max(prior.top[*profile]);
            prior.possible[*profile] += usize::from(*share > 0.0);
        }
        // The median is the mass of most profiles where most have the same.
        let mut sorted = prior.mass.clone();
        sorted.sort_by(f64::total_cmp);
        prior.common = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
        let others = prior.mass.iter().map(|mass| mass - prior.common).enumerate();
        prior.others = others.filter(|(_, more)| *more != 0.0).collect();
        prior
    }

    /// How likely it was that the source is among these profiles.
    pub(crate) fn mass_of(&self, profiles: &ProfileSet) -> f64 {
        let others = self.others.iter().filter(|(n, _)| profiles.contains(*n));
        inexact(profiles.len()) * self.common + others.map(|(_, more)| more).sum::<f64>()
    }
}

/// A count as a float; registers are far too small for the rounding to matter.
pub(super) fn inexact(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

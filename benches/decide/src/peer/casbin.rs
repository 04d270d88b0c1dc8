//! Casbin: attributes in a request, rules as matchers, and sets as values with two functions of their own.
//!
//! An enforcer evaluates one matcher and says yes or no, so there is one for every rule; the outcome alone takes two
//! at most.

use std::collections::HashSet;
use std::error::Error;
use std::sync::Arc;

use casbin::rhai::Dynamic;
use casbin::{CoreApi, DefaultModel, EnforceArgs, Enforcer, NullAdapter};
use entente_core::Outcome;

use super::Peer;
use crate::world::{
    CATEGORY, CLEARANCE, CONTROL, Failing, RELEASE, Set, World, compartment_name, entity_name, members,
};

const CLEARED: &str = "r.level >= r.needs";
const READ_ON: &str = "includes(r.held, r.required)";
const RELEASABLE: &str = "(!r.restricted || meets(r.release, r.citizenships) && meets(r.release, r.parties) || \
     meets(r.consented, r.parties) && meets(r.consented2, r.parties))";
const FREE: &str = "(!r.controlled || \
     (meets(r.recipients, r.parties) || meets(r.consented, r.parties)) && \
     (meets(r.recipients2, r.parties) || meets(r.consented2, r.parties)))";

type Names = Arc<HashSet<String>>;

/// A request, made beforehand but for its two halves.
struct Arguments<'a>(&'a [Dynamic], &'a [Dynamic]);

impl EnforceArgs for Arguments<'_> {
    fn try_into_vec(self) -> casbin::Result<Vec<Dynamic>> {
        Ok(self.0.iter().chain(self.1).cloned().collect())
    }

    fn cache_key(&self) -> u64 {
        unreachable!("these enforcers do not cache: no pair is asked about twice")
    }
}

pub struct Casbin {
    rules: [(Enforcer, Failing); 4],
    allowed: Enforcer,
    free: Enforcer,
    persons: Vec<[Dynamic; 4]>,
    portions: Vec<[Dynamic; 9]>,
}

fn set(members: impl Iterator<Item = String>) -> Dynamic {
    let names: Names = Arc::new(members.collect());
    Dynamic::from(names)
}

fn entities(list: Set) -> Dynamic {
    set(members(list).map(entity_name))
}

fn names(value: Dynamic) -> Names {
    value.try_cast().expect("both arguments are sets")
}

fn includes(a: Dynamic, b: Dynamic) -> Dynamic {
    names(b).is_subset(&names(a)).into()
}

fn meets(a: Dynamic, b: Dynamic) -> Dynamic {
    (!names(a).is_disjoint(&names(b))).into()
}

fn enforcer(matcher: &str) -> Result<Enforcer, Box<dyn Error>> {
    let text = format!("{}m = {matcher}\n", include_str!("../../policies/model.conf"));
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut enforcer = runtime.block_on(async {
        let model = DefaultModel::from_str(&text).await?;
        Enforcer::new(model, NullAdapter).await
    })?;
    enforcer.add_function("includes", casbin::function_map::OperatorFunction::Arg2(includes));
    enforcer.add_function("meets", casbin::function_map::OperatorFunction::Arg2(meets));
    Ok(enforcer)
}

impl Casbin {
    pub fn new(world: &World) -> Result<Self, Box<dyn Error>> {
        let persons = world.persons.iter().map(|person| {
            [
                i32::from(person.level).into(),
                set(members(person.held).map(compartment_name)),
                entities(person.citizenships),
                entities(person.parties),
            ]
        });
        let portions = world.portions.iter().map(|portion| {
            let label = &portion.label;
            // A single originator stands twice: both have to agree.
            let last = portion.origins.len() - 1;
            [
                i32::from(label.level).into(),
                set(members(label.required).map(compartment_name)),
                label.release.is_some().into(),
                entities(label.release.unwrap_or_default()),
                label.originator_controlled.into(),
                entities(portion.origins[0].recipients),
                entities(portion.consented[0]),
                entities(portion.origins[last].recipients),
                entities(portion.consented[last]),
            ]
        });
        Ok(Self {
            rules: [
                (enforcer(CLEARED)?, CLEARANCE),
                (enforcer(READ_ON)?, CATEGORY),
                (enforcer(RELEASABLE)?, RELEASE),
                (enforcer(FREE)?, CONTROL),
            ],
            allowed: enforcer(&format!("{CLEARED} && {READ_ON}"))?,
            free: enforcer(&format!("{RELEASABLE} && {FREE}"))?,
            persons: persons.collect(),
            portions: portions.collect(),
        })
    }

    fn holds(&self, enforcer: &Enforcer, person: usize, portion: usize) -> bool {
        enforcer
            .enforce(Arguments(&self.persons[person], &self.portions[portion]))
            .expect("the matcher evaluates")
    }
}

impl Peer for Casbin {
    fn name(&self) -> &'static str {
        "casbin"
    }

    fn failing(&mut self, person: usize, portion: usize) -> Failing {
        self.rules.iter().fold(0, |failing, (enforcer, rule)| {
            match self.holds(enforcer, person, portion) {
                true => failing,
                false => failing | rule,
            }
        })
    }

    fn outcome(&mut self, person: usize, portion: usize) -> Outcome {
        if !self.holds(&self.allowed, person, portion) {
            Outcome::Deny
        } else if !self.holds(&self.free, person, portion) {
            Outcome::Ask
        } else {
            Outcome::Permit
        }
    }
}

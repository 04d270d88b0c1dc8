//! Cedar: forbidding policies over entities with sets as attributes; a decision names the policies that forbade it.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::str::FromStr;

use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityUid, PolicyId, PolicySet, Request, Response, RestrictedExpression,
};
use entente_core::Outcome;

use super::Peer;
use crate::world::{
    CATEGORY, CLEARANCE, CONTROL, Failing, RELEASE, Set, World, compartment_name, entity_name, members, outcome_of,
};

/// A policy set, and what it means when one of its policies forbids.
struct Policies {
    set: PolicySet,
    bits: HashMap<PolicyId, Failing>,
}

impl Policies {
    fn new(text: &str) -> Result<Self, Box<dyn Error>> {
        let set = PolicySet::from_str(text)?;
        let mut bits = HashMap::new();
        for policy in set.policies() {
            let bit = match policy.annotation("id") {
                Some("clearance" | "deny") => CLEARANCE,
                Some("category") => CATEGORY,
                Some("release" | "ask") => RELEASE,
                Some("control") => CONTROL,
                _ => 0,
            };
            bits.insert(policy.id().clone(), bit);
        }
        Ok(Self { set, bits })
    }

    fn forbidding(&self, response: &Response) -> Failing {
        assert!(response.diagnostics().errors().next().is_none(), "a policy failed");
        let reasons = response.diagnostics().reason();
        reasons.fold(0, |failing, id| failing | self.bits[id])
    }
}

pub struct Cedar {
    authorizer: Authorizer,
    reasons: Policies,
    outcome: Policies,
    entities: Entities,
    persons: Vec<EntityUid>,
    portions: Vec<EntityUid>,
    read: EntityUid,
    context: Context,
}

fn uid(kind: &str, n: usize) -> Result<EntityUid, Box<dyn Error>> {
    Ok(EntityUid::from_str(&format!(r#"{kind}::"{n}""#))?)
}

fn set(members: impl Iterator<Item = String>) -> RestrictedExpression {
    RestrictedExpression::new_set(members.map(RestrictedExpression::new_string))
}

fn entities(list: Set) -> RestrictedExpression {
    set(members(list).map(entity_name))
}

fn compartments(list: Set) -> RestrictedExpression {
    set(members(list).map(compartment_name))
}

impl Cedar {
    pub fn new(world: &World) -> Result<Self, Box<dyn Error>> {
        let mut all = Vec::new();
        let mut add = |id: &EntityUid, attributes: Vec<(&str, RestrictedExpression)>| {
            let attributes = attributes.into_iter().map(|(name, value)| (name.to_owned(), value));
            all.push(Entity::new(id.clone(), attributes.collect(), HashSet::new())?);
            Ok::<(), Box<dyn Error>>(())
        };
        let mut persons = Vec::new();
        for (n, person) in world.persons.iter().enumerate() {
            let id = uid("Person", n)?;
            let attributes = vec![
                ("level", RestrictedExpression::new_long(person.level.into())),
                ("held", compartments(person.held)),
                ("citizenships", entities(person.citizenships)),
                ("parties", entities(person.parties)),
            ];
            add(&id, attributes)?;
            persons.push(id);
        }
        let mut portions = Vec::new();
        for (n, portion) in world.portions.iter().enumerate() {
            let id = uid("Portion", n)?;
            let label = &portion.label;
            let mut attributes = vec![
                ("level", RestrictedExpression::new_long(label.level.into())),
                ("required", compartments(label.required)),
                (
                    "controlled",
                    RestrictedExpression::new_bool(label.originator_controlled),
                ),
            ];
            attributes.extend(label.release.map(|list| ("release", entities(list))));
            let names = [("recipients", "consented"), ("recipients2", "consented2")];
            for ((origin, consented), names) in portion.origins.iter().zip(&portion.consented).zip(names) {
                attributes.push((names.0, entities(origin.recipients)));
                attributes.push((names.1, entities(*consented)));
            }
            add(&id, attributes)?;
            portions.push(id);
        }
        Ok(Self {
            authorizer: Authorizer::new(),
            reasons: Policies::new(include_str!("../../policies/reasons.cedar"))?,
            outcome: Policies::new(include_str!("../../policies/outcome.cedar"))?,
            entities: Entities::from_entities(all, None)?,
            persons,
            portions,
            read: EntityUid::from_str(r#"Action::"read""#)?,
            context: Context::empty(),
        })
    }

    fn ask(&self, policies: &Policies, person: usize, portion: usize) -> Failing {
        let request = Request::new(
            self.persons[person].clone(),
            self.read.clone(),
            self.portions[portion].clone(),
            self.context.clone(),
            None,
        );
        let request = request.expect("without a schema, every request is well formed");
        let response = self.authorizer.is_authorized(&request, &policies.set, &self.entities);
        policies.forbidding(&response)
    }
}

impl Peer for Cedar {
    fn name(&self) -> &'static str {
        "cedar-policy"
    }

    fn failing(&mut self, person: usize, portion: usize) -> Failing {
        self.ask(&self.reasons, person, portion)
    }

    fn outcome(&mut self, person: usize, portion: usize) -> Outcome {
        outcome_of(self.ask(&self.outcome, person, portion))
    }
}

//! Rego in regorus: compiled for its virtual machine; person and portion are handed over as values made beforehand.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use entente_core::Outcome;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Rc, Value};

use super::Peer;
use crate::world::{
    CATEGORY, CLEARANCE, CONTROL, Failing, RELEASE, Set, World, compartment_name, entity_name, members,
};

const FAILING: &str = "data.entente.failing";
const OUTCOME: &str = "data.entente.outcome";

pub struct Rego {
    failing: RegoVM,
    outcome: RegoVM,
    persons: Vec<Value>,
    portions: Vec<Value>,
    keys: [Value; 2],
}

fn set(members: impl Iterator<Item = String>) -> Value {
    Value::from(members.map(Value::from).collect::<BTreeSet<Value>>())
}

fn entities(list: Set) -> Value {
    set(members(list).map(entity_name))
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> BTreeMap<Value, Value> {
    fields.map(|(name, value)| (Value::from(name), value)).into()
}

fn machine(rule: &str) -> Result<RegoVM, Box<dyn Error>> {
    let mut engine = Engine::new();
    engine.add_policy(
        "rules.rego".to_owned(),
        include_str!("../../policies/rules.rego").to_owned(),
    )?;
    let policy = engine.compile_with_entrypoint(&Rc::from(rule))?;
    let program = Compiler::compile_from_policy(&policy, &[rule]).map_err(|error| format!("{rule}: {error}"))?;
    let mut machine = RegoVM::new_with_policy(policy);
    machine.load_program(program);
    Ok(machine)
}

impl Rego {
    pub fn new(world: &World) -> Result<Self, Box<dyn Error>> {
        let persons = world.persons.iter().map(|person| {
            Value::from(object([
                ("level", Value::from(u64::from(person.level))),
                ("held", set(members(person.held).map(compartment_name))),
                ("citizenships", entities(person.citizenships)),
                ("parties", entities(person.parties)),
            ]))
        });
        let portions = world.portions.iter().map(|portion| {
            let label = &portion.label;
            let origins = portion
                .origins
                .iter()
                .zip(&portion.consented)
                .map(|(origin, consented)| {
                    Value::from(object([
                        ("recipients", entities(origin.recipients)),
                        ("consented", entities(*consented)),
                    ]))
                });
            let mut fields = object([
                ("level", Value::from(u64::from(label.level))),
                ("required", set(members(label.required).map(compartment_name))),
                ("controlled", Value::from(label.originator_controlled)),
                ("origins", Value::from(origins.collect::<Vec<Value>>())),
            ]);
            fields.extend(label.release.map(|list| (Value::from("release"), entities(list))));
            Value::from(fields)
        });
        Ok(Self {
            failing: machine(FAILING)?,
            outcome: machine(OUTCOME)?,
            persons: persons.collect(),
            portions: portions.collect(),
            keys: ["person", "portion"].map(Value::from),
        })
    }

    fn input(&self, person: usize, portion: usize) -> Value {
        let [person_key, portion_key] = self.keys.clone();
        Value::from(BTreeMap::from([
            (person_key, self.persons[person].clone()),
            (portion_key, self.portions[portion].clone()),
        ]))
    }
}

impl Peer for Rego {
    fn name(&self) -> &'static str {
        "regorus"
    }

    fn failing(&mut self, person: usize, portion: usize) -> Failing {
        let input = self.input(person, portion);
        self.failing.set_input(input);
        let answer = self
            .failing
            .execute_entry_point_by_index(0)
            .expect("the rules evaluate");
        let rules = answer.as_set().expect("a set of names");
        rules.iter().fold(0, |failing, rule| {
            failing
                | match rule.as_string().expect("a name").as_ref() {
                    "clearance" => CLEARANCE,
                    "category" => CATEGORY,
                    "release" => RELEASE,
                    "control" => CONTROL,
                    other => panic!("there is no rule {other}"),
                }
        })
    }

    fn outcome(&mut self, person: usize, portion: usize) -> Outcome {
        let input = self.input(person, portion);
        self.outcome.set_input(input);
        let answer = self
            .outcome
            .execute_entry_point_by_index(0)
            .expect("the rules evaluate");
        match answer.as_string().expect("a name").as_ref() {
            "permit" => Outcome::Permit,
            "ask" => Outcome::Ask,
            "deny" => Outcome::Deny,
            other => panic!("there is no outcome {other}"),
        }
    }
}

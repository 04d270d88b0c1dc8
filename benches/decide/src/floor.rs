//! The floor: the same rules as one plain loop over words, with nothing around it.
//!
//! It knows neither reports nor parties nor moments, and its sets cannot grow beyond one word; what it takes is what
//! the tests themselves take.

use entente_core::Outcome;

use crate::world::{CATEGORY, CLEARANCE, CONTROL, Failing, Person, RELEASE, Set, World, outcome_of};

struct Row {
    level: u8,
    controlled: bool,
    required: Set,
    release: Set,
    recipients: [Set; 2],
    consented: [Set; 2],
}

pub struct Floor<'w> {
    persons: &'w [Person],
    rows: Vec<Row>,
}

impl<'w> Floor<'w> {
    pub fn new(world: &'w World) -> Self {
        let rows = world.portions.iter().map(|portion| {
            // A single originator stands twice: both have to agree.
            let last = portion.origins.len() - 1;
            Row {
                level: portion.label.level,
                controlled: portion.label.originator_controlled,
                required: portion.label.required,
                release: portion.label.release.unwrap_or(Set::MAX),
                recipients: [portion.origins[0].recipients, portion.origins[last].recipients],
                consented: [portion.consented[0], portion.consented[last]],
            }
        });
        Self {
            persons: &world.persons,
            rows: rows.collect(),
        }
    }

    /// The rules that fail for one pair.
    pub fn failing(&self, person: usize, portion: usize) -> Failing {
        failing(&self.persons[person], &self.rows[portion])
    }

    /// The outcome of every pair, by person, then portion.
    pub fn outcomes(&self) -> Vec<Outcome> {
        let mut grid = Vec::with_capacity(self.persons.len() * self.rows.len());
        for person in self.persons {
            grid.extend(self.rows.iter().map(|row| outcome_of(failing(person, row))));
        }
        grid
    }
}

#[inline]
fn failing(person: &Person, row: &Row) -> Failing {
    let meets = |set: Set| person.parties & set != 0;
    let released = meets(row.consented[0]) & meets(row.consented[1]);
    let listed = (person.citizenships & row.release != 0) & meets(row.release);
    let free = meets(row.recipients[0] | row.consented[0]) & meets(row.recipients[1] | row.consented[1]);
    let bit = |fails: bool, rule: Failing| Failing::from(fails) * rule;
    bit(row.level > person.level, CLEARANCE)
        | bit(row.required & !person.held != 0, CATEGORY)
        | bit(!listed & !released, RELEASE)
        | bit(row.controlled & !free, CONTROL)
}

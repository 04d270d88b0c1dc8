//! The world that everyone decides about: persons, portions and consents, as numbers that each engine puts into its
//! own words. The same seed makes the same world.

use std::collections::HashSet;

use entente_core::Outcome;

pub const COUNTRIES: usize = 10;
const SERVICES: usize = 5;
/// Countries and their services: what a release list, a lineage or a consent can name. They fit one word.
pub const ENTITIES: usize = COUNTRIES * (1 + SERVICES);
pub const COMPARTMENTS: usize = 24;
const LEVELS: usize = 5;
/// Different lineages, and consents: as many as one long report may have.
const LINEAGES: usize = 12;
const CONSENTS: usize = 60;
/// Portions that a consent names.
const CONSENT_PORTIONS: usize = 100;

/// A set of numbers below 64.
pub type Set = u64;

/// The numbers in a set.
pub fn members(set: Set) -> impl Iterator<Item = usize> {
    (0..64).filter(move |n| set >> n & 1 == 1)
}

/// The country of a country or service.
pub fn country_of(entity: usize) -> usize {
    match entity.checked_sub(COUNTRIES) {
        None => entity,
        Some(service) => service / SERVICES,
    }
}

/// What an entity is called, as a party and on a release list: `C3`, `C3.S1`.
pub fn entity_name(entity: usize) -> String {
    match entity.checked_sub(COUNTRIES) {
        None => format!("C{entity}"),
        Some(service) => format!("C{}.S{}", service / SERVICES, service % SERVICES),
    }
}

pub fn compartment_name(compartment: usize) -> String {
    format!("us-ic/sci/K{compartment}")
}

#[derive(Clone, Debug)]
pub struct Person {
    /// 0 for no clearance.
    pub level: u8,
    /// Compartments.
    pub held: Set,
    pub citizenships: Set,
    /// The service that the person acts for.
    pub service: usize,
    /// That service and its country.
    pub parties: Set,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    /// 0 asks for no clearance.
    pub level: u8,
    /// Compartments.
    pub required: Set,
    /// Countries and services; `None` for no list.
    pub release: Option<Set>,
    pub originator_controlled: bool,
}

#[derive(Clone, Debug)]
pub struct Origin {
    pub party: usize,
    /// Parties to which this originator gave it: with all services of a country, where it names the country.
    pub recipients: Set,
}

#[derive(Clone, Debug)]
pub struct Portion {
    pub label: Label,
    /// One or two.
    pub origins: Vec<Origin>,
    /// For each of these, the parties for which it consents.
    pub consented: Vec<Set>,
}

#[derive(Clone, Debug)]
pub struct Consent {
    pub originator: usize,
    /// All portions, where empty.
    pub portions: Vec<usize>,
    pub parties: Set,
}

#[derive(Clone, Debug)]
pub struct World {
    pub persons: Vec<Person>,
    pub portions: Vec<Portion>,
    pub consents: Vec<Consent>,
}

/// The rules that fail: every engine answers with the same bits.
pub type Failing = u8;
pub const CLEARANCE: Failing = 1;
pub const CATEGORY: Failing = 2;
pub const RELEASE: Failing = 4;
pub const CONTROL: Failing = 8;

/// What a set of failing rules comes to.
#[inline]
pub fn outcome_of(failing: Failing) -> Outcome {
    if failing & (CLEARANCE | CATEGORY) != 0 {
        Outcome::Deny
    } else if failing != 0 {
        Outcome::Ask
    } else {
        Outcome::Permit
    }
}

/// A small generator of its own (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn some(&mut self, count: usize, below: usize) -> Set {
        (0..count).fold(0, |set, _| set | 1 << self.roll(below))
    }

    fn person(&mut self) -> Person {
        let service = COUNTRIES + self.roll(COUNTRIES * SERVICES);
        let country = country_of(service);
        let citizenships = match self.roll(10) {
            0 => 1 << self.roll(COUNTRIES),
            1 => 1 << country | 1 << self.roll(COUNTRIES),
            _ => 1 << country,
        };
        Person {
            level: self.roll(LEVELS).max(self.roll(LEVELS)) as u8,
            held: members((1 << COMPARTMENTS) - 1)
                .filter(|_| self.roll(4) > 0)
                .fold(0, |set, n| set | 1 << n),
            citizenships,
            service,
            parties: 1 << service | 1 << country,
        }
    }

    fn label(&mut self) -> Label {
        let compartments = self.roll(4);
        Label {
            level: self.roll(LEVELS) as u8,
            required: self.some(compartments, COMPARTMENTS),
            release: (!self.one_in(2)).then(|| {
                let countries = 1 + self.roll(6);
                self.some(countries, COUNTRIES) | self.some(2, ENTITIES)
            }),
            originator_controlled: self.one_in(3),
        }
    }

    fn lineage(&mut self) -> Vec<Origin> {
        let originators = 1 + self.roll(3) / 2;
        let mut parties: Vec<usize> = Vec::new();
        while parties.len() < originators {
            let party = COUNTRIES + self.roll(COUNTRIES * SERVICES);
            if !parties.contains(&party) {
                parties.push(party);
            }
        }
        let origin = |party| Origin {
            party,
            recipients: self.some(2, COUNTRIES) | self.some(6, ENTITIES) | 1 << party,
        };
        parties.into_iter().map(origin).collect()
    }
}

impl World {
    /// A world in which `portions` portions bear `labels` different labels.
    pub fn random(seed: u64, persons: usize, portions: usize, labels: usize) -> Self {
        let mut dice = Dice(seed);
        let persons = (0..persons).map(|_| dice.person()).collect();
        let lineages: Vec<Vec<Origin>> = (0..LINEAGES).map(|_| dice.lineage()).collect();
        let mut known = HashSet::new();
        let mut different = Vec::with_capacity(labels);
        while different.len() < labels {
            let label = dice.label();
            if known.insert(label.clone()) {
                different.push(label);
            }
        }
        let mut portions: Vec<Portion> = (0..portions)
            .map(|n| {
                let origins = lineages[dice.roll(LINEAGES)].clone();
                Portion {
                    label: different[n % labels].clone(),
                    consented: vec![0; origins.len()],
                    origins,
                }
            })
            .collect();
        let mut consents = Vec::with_capacity(CONSENTS);
        for n in 0..CONSENTS {
            let lineage = &lineages[dice.roll(LINEAGES)];
            let consent = Consent {
                originator: lineage[dice.roll(lineage.len())].party,
                // Two of them are standing ones, for the whole report.
                portions: match n {
                    0 | 1 => Vec::new(),
                    _ => (0..CONSENT_PORTIONS).map(|_| dice.roll(portions.len())).collect(),
                },
                parties: dice.some(2, COUNTRIES) | dice.some(4, ENTITIES),
            };
            let everything: Vec<usize> = (0..portions.len()).collect();
            let concerned = match consent.portions.is_empty() {
                true => &everything,
                false => &consent.portions,
            };
            for n in concerned {
                let portion = &mut portions[*n];
                for (origin, consented) in portion.origins.iter().zip(&mut portion.consented) {
                    if origin.party == consent.originator {
                        *consented |= consent.parties;
                    }
                }
            }
            consents.push(consent);
        }
        Self {
            persons,
            portions,
            consents,
        }
    }
}

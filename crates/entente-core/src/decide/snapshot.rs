//! The state compiled for deciding: every comparison that a decision makes becomes a test on bits.
//!
//! Portions whose label, lineage and consents are the same are decided alike, so they are compiled once, as a
//! *class*. All text that an explanation can quote is interned here; deciding formats nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entente_marking::{Category, Circle, Control, Entity, Groups, Label, Purpose, Release, SchemeId};
use jiff::Timestamp;

use super::authority::authority;
use super::bits::Bits;
use super::rule::Rule;
use crate::arrangement::Arrangement;
use crate::ids::{ArrangementId, ConsentId, PartyPath, PersonId, PortionRef, ReportId};
use crate::party::Person;
use crate::report::{Lineage, Portion, Report};
use crate::request::Consent;
use crate::state::State;

/// The index of an interned text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Symbol(pub(crate) u32);

/// The texts that explanations quote.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    texts: Vec<String>,
    known: HashMap<String, Symbol>,
}

impl Names {
    pub(crate) fn intern(&mut self, text: &str) -> Symbol {
        if let Some(symbol) = self.known.get(text) {
            return *symbol;
        }
        let symbol = Symbol(u32::try_from(self.texts.len()).expect("fewer than 2^32 names fit in memory"));
        self.texts.push(text.to_owned());
        self.known.insert(text.to_owned(), symbol);
        symbol
    }

    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    pub(crate) fn text(&self, symbol: Symbol) -> &str {
        self.texts.get(symbol.0 as usize).map_or("", String::as_str)
    }
}

/// A person, compiled.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub(crate) id: PersonId,
    pub(crate) name: Symbol,
    pub(crate) home: Symbol,
    pub(crate) path: PartyPath,
    pub(crate) party: usize,
    /// By scheme: rank + 1, or 0 for no clearance.
    pub(crate) levels: Box<[u32]>,
    pub(crate) held: Bits,
    pub(crate) citizenships: Bits,
    pub(crate) party_entities: Bits,
    pub(crate) disabled: bool,
    /// Whether they belong to the party that decides.
    pub(crate) own: bool,
}

/// A level that a label asks for.
#[derive(Clone, Debug)]
pub(crate) struct LevelNeed {
    pub(crate) scheme: usize,
    pub(crate) at_least: u32,
    pub(crate) name: Symbol,
}

/// A release list.
#[derive(Clone, Debug)]
pub(crate) struct ReleaseNeed {
    pub(crate) full: Bits,
    pub(crate) display: Bits,
    pub(crate) text: Symbol,
}

/// A restriction of further recipients, and the parties that it leaves free.
#[derive(Clone, Debug)]
pub(crate) struct ControlNeed {
    pub(crate) rule: Rule,
    pub(crate) free: Bits,
    pub(crate) token: Symbol,
    pub(crate) authority: Symbol,
}

/// One originator of a class, compiled.
#[derive(Clone, Debug)]
pub(crate) struct OriginPlan {
    pub(crate) name: Symbol,
    /// Parties that are this originator or part of it.
    pub(crate) inside: Bits,
    pub(crate) controls: Vec<ControlNeed>,
    /// Parties that no control restricts.
    pub(crate) free: Bits,
    pub(crate) arrangements: Vec<ArrangementId>,
    pub(crate) consents: Vec<ConsentId>,
    /// Parties whose persons need not be on the distribution on this originator's account.
    pub(crate) no_distribution: Bits,
    pub(crate) distribution_token: Symbol,
    pub(crate) distribution_authority: Symbol,
}

/// What all portions with the same label, lineage and consents have in common.
#[derive(Clone, Debug)]
pub(crate) struct Class {
    pub(crate) label: Label,
    pub(crate) lineage: Lineage,
    pub(crate) scheme: SchemeId,
    pub(crate) mark: Symbol,
    pub(crate) unknown: Option<Symbol>,
    pub(crate) levels: Vec<LevelNeed>,
    pub(crate) required: Bits,
    pub(crate) any_of: Vec<(Bits, Symbol)>,
    pub(crate) release: Option<ReleaseNeed>,
    pub(crate) named_only: Option<Symbol>,
    pub(crate) origins: Vec<OriginPlan>,
    pub(crate) obligations: Vec<Symbol>,
}

/// A version of a report, compiled.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    pub(crate) report: ReportId,
    pub(crate) version: u32,
    pub(crate) originator: Symbol,
    pub(crate) portions: Vec<PortionRef>,
    /// The class of each portion.
    pub(crate) class_of: Vec<u32>,
    pub(crate) distribution: Bits,
    pub(crate) withdrawn: bool,
    pub(crate) on_hold: bool,
    pub(crate) recall: Option<(bool, Symbol)>,
    pub(crate) expires: Option<(Timestamp, Symbol)>,
    pub(crate) existence_protected: bool,
}

/// An immutable picture of the state, ready to decide from. Shared between readers without locks.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(crate) names: Names,
    pub(crate) readers: Vec<Reader>,
    pub(crate) reader_of: HashMap<PersonId, usize>,
    pub(crate) categories: Vec<Symbol>,
    pub(crate) classes: Vec<Class>,
    pub(crate) reports: HashMap<(ReportId, u32), Compiled>,
    pub(crate) latest: HashMap<ReportId, u32>,
    pub(crate) arrangements: BTreeMap<ArrangementId, Arrangement>,
    pub(crate) consents: BTreeMap<ConsentId, Consent>,
    pub(crate) home: Symbol,
}

/// Numbers for the things that labels and persons mention.
struct Universe<'a> {
    state: &'a State,
    groups: &'a Groups,
    schemes: BTreeMap<SchemeId, usize>,
    categories: BTreeMap<Category, usize>,
    entities: BTreeMap<Entity, usize>,
    parties: Vec<PartyPath>,
    persons: Vec<Person>,
    by_report: BTreeMap<ReportId, Vec<&'a Consent>>,
}

impl<'a> Universe<'a> {
    fn of(state: &'a State, groups: &'a Groups, reports: &[&'a Report], outsiders: &[Person]) -> Self {
        let labels = || {
            reports
                .iter()
                .flat_map(|report| &report.portions)
                .map(|portion| &portion.label)
        };
        let number = |set: BTreeSet<_>| set.into_iter().enumerate().map(|(n, item)| (item, n)).collect();
        let entities: BTreeSet<Entity> = labels()
            .filter_map(|label| match &label.release {
                Release::Only(list) => Some(list.display.iter().flat_map(|entity| groups.admitted(entity))),
                Release::Unrestricted => None,
            })
            .flatten()
            .collect();
        let categories: BTreeSet<Category> = labels()
            .flat_map(|label| label.required.iter().chain(label.any_of.iter().flatten()))
            .cloned()
            .collect();
        let schemes: BTreeSet<SchemeId> = labels().flat_map(|label| label.levels.keys()).cloned().collect();
        let mut persons: BTreeMap<PersonId, Person> = state.persons.clone();
        for person in outsiders {
            // What is recorded of a person goes before what a caller says of them.
            persons.entry(person.id.clone()).or_insert_with(|| person.clone());
        }
        let persons: Vec<Person> = persons.into_values().collect();
        let parties: BTreeSet<PartyPath> = persons.iter().map(|person| person.party.clone()).collect();
        let mut by_report: BTreeMap<ReportId, Vec<&Consent>> = BTreeMap::new();
        for consent in state.consents.values() {
            by_report.entry(consent.report.clone()).or_default().push(consent);
        }
        Self {
            state,
            groups,
            schemes: schemes.into_iter().enumerate().map(|(n, item)| (item, n)).collect(),
            categories: categories.into_iter().enumerate().map(|(n, item)| (item, n)).collect(),
            entities: number(entities),
            parties: parties.into_iter().collect(),
            persons,
            by_report,
        }
    }

    fn parties(&self, test: impl Fn(&PartyPath) -> bool) -> Bits {
        Bits::of(self.parties.len(), |n| test(&self.parties[n]))
    }

    fn entities<'e>(&self, list: impl IntoIterator<Item = &'e Entity>) -> Bits {
        let mut bits = Bits::none(self.entities.len());
        for entity in list {
            for admitted in self.groups.admitted(entity) {
                if let Some(n) = self.entities.get(&admitted) {
                    bits.insert(*n);
                }
            }
        }
        bits
    }

    fn categories<'c>(&self, list: impl IntoIterator<Item = &'c Category>) -> Bits {
        let mut bits = Bits::none(self.categories.len());
        list.into_iter()
            .filter_map(|category| self.categories.get(category))
            .for_each(|n| bits.insert(*n));
        bits
    }

    fn reader(&self, person: &Person, names: &mut Names) -> Reader {
        let mut levels = vec![0; self.schemes.len()].into_boxed_slice();
        for (scheme, level) in &person.clearances {
            if let Some(n) = self.schemes.get(scheme) {
                levels[*n] = u32::from(level.rank) + 1;
            }
        }
        let own = |list: Vec<Entity>| {
            let mut bits = Bits::none(self.entities.len());
            list.iter()
                .filter_map(|entity| self.entities.get(entity))
                .for_each(|n| bits.insert(*n));
            bits
        };
        Reader {
            id: person.id.clone(),
            name: names.intern(person.id.as_str()),
            home: names.intern(person.party.as_str()),
            path: person.party.clone(),
            party: self
                .parties
                .binary_search(&person.party)
                .expect("every person's party is numbered"),
            levels,
            held: self.categories(&person.accesses),
            citizenships: own(person.citizenships.iter().cloned().collect()),
            party_entities: own(person.party.ancestry().map(Entity::new).collect()),
            disabled: person.disabled,
            own: self
                .state
                .home
                .as_ref()
                .is_some_and(|home| home.includes(&person.party)),
        }
    }

    fn class(&self, portion: &Portion, scheme: &SchemeId, consents: &[&Consent], names: &mut Names) -> Class {
        let label = &portion.label;
        let release = match &label.release {
            Release::Unrestricted => None,
            Release::Only(list) => Some(ReleaseNeed {
                full: self.entities(&list.full),
                display: self.entities(&list.display),
                text: names.intern(&release_text(list)),
            }),
        };
        Class {
            label: label.clone(),
            lineage: portion.lineage.clone(),
            scheme: scheme.clone(),
            mark: names.intern(&portion.mark),
            unknown: label.unknown.iter().next().map(|token| names.intern(token)),
            levels: label
                .levels
                .iter()
                .map(|(scheme, level)| LevelNeed {
                    scheme: self.schemes[scheme],
                    at_least: u32::from(level.rank) + 1,
                    name: names.intern(&level.name),
                })
                // The lowest level asks for no clearance, only that the person is known.
                .filter(|need| need.at_least > 1)
                .collect(),
            required: self.categories(&label.required),
            any_of: label
                .any_of
                .iter()
                .map(|group| {
                    let text: Vec<&str> = group.iter().map(Category::as_str).collect();
                    (self.categories(group), names.intern(&text.join(", ")))
                })
                .collect(),
            release,
            named_only: (label.circle == Circle::Named).then(|| names.intern(&portion.mark)),
            origins: portion
                .lineage
                .iter()
                .map(|(party, _)| self.origin(party, portion, scheme, consents, names))
                .collect(),
            obligations: label
                .caveats
                .iter()
                .map(|caveat| names.intern(caveat.as_str()))
                .collect(),
        }
    }

    fn origin(
        &self,
        party: &PartyPath,
        portion: &Portion,
        scheme: &SchemeId,
        consents: &[&Consent],
        names: &mut Names,
    ) -> OriginPlan {
        let (_, origin) = portion
            .lineage
            .iter()
            .find(|(name, _)| *name == party)
            .expect("the party comes from this lineage");
        let inside = self.parties(|other| party.includes(other));
        let original = self.parties(|other| {
            party.includes(other) || origin.recipients.iter().any(|recipient| recipient.includes(other))
        });
        let known: Vec<&Arrangement> = origin
            .arrangements
            .iter()
            .filter_map(|id| self.state.arrangements.get(id))
            .collect();
        let mut controls = Vec::new();
        let mut control = |rule: Rule, also: &dyn Fn(&PartyPath) -> bool, token: &str, authority: &str| {
            let mut free = self.parties(also);
            free.union_with(&original);
            controls.push(ControlNeed {
                rule,
                free,
                token: names.intern(token),
                authority: names.intern(authority),
            });
        };
        let nobody = |_: &PartyPath| false;
        let by_marking = |rule| authority(rule, scheme);
        match portion.label.control {
            Control::None => {}
            Control::Government => control(
                Rule::ControlGovernment,
                &|other| other.top() == party.top(),
                &portion.mark,
                by_marking(Rule::ControlGovernment),
            ),
            Control::Originator => control(
                Rule::ControlOriginator,
                &nobody,
                &portion.mark,
                by_marking(Rule::ControlOriginator),
            ),
        }
        // Below the tear line a text was written to travel: its marking alone says how far.
        let binding = || known.iter().filter(|_| !portion.tear_line);
        for arrangement in binding() {
            let clause = arrangement.clause("onward");
            match arrangement.onward {
                crate::arrangement::Onward::Free => {}
                crate::arrangement::Onward::Members => control(
                    Rule::OnwardMembers,
                    &|other| arrangement.binds(other),
                    arrangement.id.as_str(),
                    &clause,
                ),
                crate::arrangement::Onward::Consent => {
                    control(Rule::OnwardConsent, &nobody, arrangement.id.as_str(), &clause);
                }
            }
        }
        match portion.label.circle {
            Circle::Anyone => {}
            Circle::Community => control(
                Rule::CircleCommunity,
                &|other| self.state.parties.keys().any(|known| known.includes(other)),
                &portion.mark,
                by_marking(Rule::CircleCommunity),
            ),
            Circle::Clients => control(
                Rule::CircleClients,
                &|other| {
                    let patrons = self
                        .state
                        .parties
                        .values()
                        .filter(|client| client.path.includes(other))
                        .flat_map(|client| &client.client_of);
                    patrons
                        .into_iter()
                        .any(|patron| party.includes(patron) || origin.recipients.iter().any(|r| r.includes(patron)))
                },
                &portion.mark,
                by_marking(Rule::CircleClients),
            ),
            // Named recipients are persons of these organisations: see `Class::named_only` for the persons. A custodian
            // who puts someone of another organisation on its distribution does not make them one.
            Circle::Organisation | Circle::Named => control(
                Rule::CircleOrganisation,
                &nobody,
                &portion.mark,
                by_marking(Rule::CircleOrganisation),
            ),
        }
        let mut free = Bits::all(self.parties.len());
        for need in &controls {
            free.intersect_with(&need.free);
        }
        let listed = binding().find(|arrangement| arrangement.need_to_know);
        OriginPlan {
            name: names.intern(party.as_str()),
            controls,
            free,
            arrangements: origin.arrangements.iter().cloned().collect(),
            consents: consents
                .iter()
                .filter(|consent| consent.originator == *party)
                .map(|consent| consent.id.clone())
                .collect(),
            no_distribution: match listed {
                Some(_) => inside.clone(),
                None => Bits::all(self.parties.len()),
            },
            distribution_token: names.intern(listed.map_or("", |arrangement| arrangement.id.as_str())),
            distribution_authority: names
                .intern(&listed.map_or_else(String::new, |arrangement| arrangement.clause("need-to-know"))),
            inside,
        }
    }

    /// The consents that concern a portion: given for it, or for everything of one originator that it rests on.
    fn consents(&self, report: &Report, portion: &Portion) -> Vec<&'a Consent> {
        let reference = report.reference(&portion.id);
        let none = Vec::new();
        let mut found: Vec<&Consent> = self.by_report.get(&report.id).unwrap_or(&none).clone();
        found.retain(|consent| consent.concerns(&reference));
        for (party, origin) in portion.lineage.iter() {
            for base in origin.from.iter().map(|from| &from.report) {
                for consent in self.by_report.get(base).unwrap_or(&none) {
                    let covers = origin.from.iter().all(|from| consent.concerns(from));
                    if covers && consent.originator == *party && !found.contains(consent) {
                        found.push(consent);
                    }
                }
            }
        }
        found
    }
}

fn release_text(list: &entente_marking::Releasees) -> String {
    let text = |list: &BTreeSet<Entity>| list.iter().map(Entity::as_str).collect::<Vec<_>>().join(", ");
    let shown: BTreeSet<Entity> = &list.display - &list.full;
    match (list.full.is_empty(), shown.is_empty()) {
        (true, true) => "nobody".to_owned(),
        (false, true) => text(&list.full),
        (true, false) => format!("{} (display only)", text(&shown)),
        (false, false) => format!("{}, and for display only {}", text(&list.full), text(&shown)),
    }
}

/// A class's identity: portions that agree in it are decided alike.
type ClassKey<'a> = (&'a Label, &'a Lineage, &'a str, bool, &'a SchemeId, Vec<&'a ConsentId>);

impl Snapshot {
    /// Compiles the state. `groups` says who belongs to the groups on release lists; `outsiders` are persons whom
    /// the caller describes and who need not be registered (what is registered of them goes first).
    ///
    /// # Panics
    /// When the state holds more than 2^32 different labels or names, which does not fit in memory anyway.
    pub fn compile(state: &State, groups: &Groups, outsiders: &[Person]) -> Self {
        let reports: Vec<&Report> = state
            .reports
            .values()
            .flat_map(|holding| holding.versions.values())
            .collect();
        let universe = Universe::of(state, groups, &reports, outsiders);
        let mut names = Names::default();
        let readers: Vec<Reader> = universe
            .persons
            .iter()
            .map(|person| universe.reader(person, &mut names))
            .collect();
        let reader_of = readers
            .iter()
            .enumerate()
            .map(|(n, reader)| (reader.id.clone(), n))
            .collect();
        let mut classes = Vec::new();
        let mut known: HashMap<ClassKey<'_>, u32> = HashMap::new();
        let mut compiled = HashMap::new();
        for report in reports {
            let substitutes = state
                .substitutes_of(&report.id, report.version)
                .map(|substitute| &substitute.portion);
            let portions: Vec<&Portion> = report.portions.iter().chain(substitutes).collect();
            let class_of = portions
                .iter()
                .map(|portion| {
                    let consents = universe.consents(report, portion);
                    let key: ClassKey<'_> = (
                        &portion.label,
                        &portion.lineage,
                        &portion.mark,
                        portion.tear_line,
                        &report.scheme,
                        consents.iter().map(|consent| &consent.id).collect(),
                    );
                    *known.entry(key).or_insert_with(|| {
                        classes.push(universe.class(portion, &report.scheme, &consents, &mut names));
                        u32::try_from(classes.len() - 1).expect("fewer than 2^32 classes fit in memory")
                    })
                })
                .collect();
            let key = (report.id.clone(), report.version);
            compiled.insert(
                key,
                compile_report(state, report, &portions, class_of, &universe, &mut names),
            );
        }
        Self {
            categories: universe
                .categories
                .keys()
                .map(|category| names.intern(category.as_str()))
                .collect(),
            latest: state
                .reports
                .iter()
                .filter_map(|(id, holding)| holding.latest().map(|latest| (id.clone(), latest.version)))
                .collect(),
            home: names.intern(state.home.as_ref().map_or("", PartyPath::as_str)),
            arrangements: state.arrangements.clone(),
            consents: state.consents.clone(),
            reports: compiled,
            readers,
            reader_of,
            classes,
            names,
        }
    }

    /// The consents in force at `moment` for a class's originator, as sets of readers: any purpose, and this purpose.
    pub(crate) fn coverage(&self, origin: &OriginPlan, moment: Timestamp, purpose: Option<&Purpose>) -> Coverage {
        let mut coverage = Coverage {
            any: Bits::none(self.readers.len()),
            listed: Bits::none(self.readers.len()),
            allowing: Bits::none(self.readers.len()),
            naming: Bits::none(self.readers.len()),
        };
        let live = origin
            .consents
            .iter()
            .filter_map(|id| self.consents.get(id))
            .filter(|consent| consent.is_live(moment));
        for consent in live {
            for (n, reader) in self.readers.iter().enumerate() {
                if consent.recipients.include(&reader.id, &reader.path) {
                    coverage.any.insert(n);
                    if consent.recipients.persons.contains(&reader.id) {
                        coverage.listed.insert(n);
                    }
                    if consent.allows(purpose) {
                        coverage.allowing.insert(n);
                        if consent.purposes.is_some() {
                            coverage.naming.insert(n);
                        }
                    }
                }
            }
        }
        coverage
    }
}

/// Which readers one originator's live consents cover.
#[derive(Clone, Debug)]
pub(crate) struct Coverage {
    /// For whatever purpose.
    pub(crate) any: Bits,
    /// By name, for whatever purpose: the originator itself has put them on the list.
    pub(crate) listed: Bits,
    /// For the purpose asked about.
    pub(crate) allowing: Bits,
    /// For the purpose asked about, by name.
    pub(crate) naming: Bits,
}

fn compile_report(
    state: &State,
    report: &Report,
    portions: &[&Portion],
    class_of: Vec<u32>,
    universe: &Universe<'_>,
    names: &mut Names,
) -> Compiled {
    let holding = &state.reports[&report.id];
    Compiled {
        report: report.id.clone(),
        version: report.version,
        originator: names.intern(report.originator.as_str()),
        portions: portions.iter().map(|portion| report.reference(&portion.id)).collect(),
        class_of,
        distribution: Bits::of(universe.persons.len(), |n| {
            holding.distribution.contains(&universe.persons[n].id)
        }),
        withdrawn: holding.withdrawn.is_some(),
        on_hold: holding.on_hold.is_some(),
        recall: state
            .recall_of(&report.id, report.version)
            .map(|recall| (recall.action.bars_readers(), names.intern(recall.action.name()))),
        expires: report.expires.map(|end| (end, names.intern(&end.to_string()))),
        existence_protected: report.existence_protected,
    }
}

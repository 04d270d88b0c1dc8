//! The state compiled for deciding: every comparison that a decision makes becomes a test on bits.
//!
//! Portions whose label, lineage and consents are the same are decided alike, so they are compiled once, as a
//! *class*. All text that an explanation can quote is interned here; deciding formats nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use entente_marking::{Category, Circle, Control, Entity, Groups, Label, Release, SchemeId};

use super::authority::authority;
use super::bases::bases;
use super::bits::Bits;
use super::compiled::{
    Class, Compiled, ControlNeed, Numbers, OriginPlan, Permission, Reader, Refused, ReleaseNeed, Snapshot, Terms,
};
use super::names::Names;
use super::numbered::Numbered;
use super::owners::{Whose, owners};
use super::part::{ClassKey, Included, Part};
use super::rule::Rule;
use crate::arrangement::Arrangement;
use crate::embargo::Held;
use crate::ids::{ArrangementId, ConsentId, PartyPath, PersonId, ReportId};
use crate::in_force::MarksInForce;
use crate::named::Named;
use crate::party::Person;
use crate::reach::Reach;
use crate::report::{Lineage, Origin, Report};
use crate::request::{Consent, Request};
use crate::state::{Holding, State};

/// Numbers for the things that labels and persons mention.
struct Universe<'a> {
    state: &'a State,
    groups: &'a Groups,
    marks: &'a MarksInForce<'a>,
    /// Levels above the lowest, which asks for no clearance.
    levels: Numbered<(SchemeId, u16)>,
    categories: Numbered<Category>,
    entities: Numbered<Entity>,
    arrangements: Numbered<ArrangementId>,
    consents: Numbered<Named<ConsentId>>,
    parties: Vec<PartyPath>,
    persons: Vec<Arc<Person>>,
    by_report: BTreeMap<ReportId, Vec<(&'a Consent, Reach<'a>)>>,
}

impl<'a> Universe<'a> {
    fn of(
        state: &'a State,
        groups: &'a Groups,
        marks: &'a MarksInForce<'a>,
        scope: &[Included<'a>],
        persons: Vec<Arc<Person>>,
    ) -> Self {
        let parts: Vec<&Part<'_>> = scope.iter().flat_map(|version| &version.parts).collect();
        let labels = || parts.iter().map(|part| part.force.label.as_ref());
        let parties: BTreeSet<PartyPath> = persons.iter().map(|person| person.party.clone()).collect();
        let mut by_report: BTreeMap<ReportId, Vec<(&Consent, Reach<'_>)>> = BTreeMap::new();
        let origins = parts.iter().flat_map(|part| part.lineage.iter());
        let bases = origins.flat_map(|(_, origin)| &origin.from).map(|base| &base.report);
        let reports: BTreeSet<&ReportId> = scope.iter().map(|version| &version.report.id).chain(bases).collect();
        for consent in reports.into_iter().flat_map(|report| state.consents_of(report)) {
            let of_report = by_report.entry(consent.report.clone()).or_default();
            of_report.push((consent, Reach::of(state, consent, marks)));
        }
        let released = labels().filter_map(|label| match &label.release {
            Release::Only(list) => Some(list.full.iter().chain(&list.display)),
            Release::Unrestricted => None,
        });
        let named = (parts.iter()).flat_map(|part| part.lineage.iter().flat_map(|(_, origin)| &origin.arrangements));
        Self {
            state,
            groups,
            marks,
            levels: Numbered::of(labels().flat_map(levels_above_lowest)),
            categories: Numbered::of(
                labels()
                    .flat_map(|label| label.required.iter().chain(label.any_of.iter().flatten()))
                    .cloned(),
            ),
            entities: Numbered::of(released.flatten().flat_map(|entity| groups.admitted(entity))),
            arrangements: Numbered::of(named.cloned()),
            consents: Numbered::of(by_report.values().flatten().map(|(consent, _)| consent.key())),
            parties: parties.into_iter().collect(),
            persons,
            by_report,
        }
    }

    fn parties(&self, test: impl Fn(&PartyPath) -> bool) -> Bits {
        Bits::of(self.parties.len(), |n| test(&self.parties[n]))
    }

    fn entities(&self, list: &BTreeSet<Entity>) -> Numbers {
        let admitted: BTreeSet<Entity> = list.iter().flat_map(|entity| self.groups.admitted(entity)).collect();
        self.entities.all(&admitted)
    }

    fn reader(&self, person: &Arc<Person>, names: &mut Names) -> Reader {
        let reached = |(scheme, rank): &(SchemeId, u16)| {
            (person.clearances.get(scheme)).is_some_and(|clearance| clearance.rank >= *rank)
        };
        let party_entities: Vec<Entity> = person.party.ancestry().map(Entity::new).collect();
        Reader {
            home: names.intern(person.party.as_str()),
            person: person.clone(),
            party: self
                .parties
                .binary_search(&person.party)
                .expect("every person's party is numbered"),
            cleared: self.levels.known(self.levels.0.keys().filter(|level| reached(level))),
            held: self.categories.known(&person.accesses),
            citizenships: self.entities.known(&person.citizenships),
            party_entities: self.entities.known(&party_entities),
            disabled: person.disabled,
            registered: self.state.persons.contains_key(&person.id),
            own: self
                .state
                .home
                .as_ref()
                .is_some_and(|home| home.includes(&person.party)),
        }
    }

    fn class(&self, report: &Report, part: &Part<'_>, consents: &[&Consent], names: &mut Names) -> Class {
        let scheme = &report.scheme;
        let label = part.force.label.as_ref();
        let bases = bases(self.state, &part.lineage);
        let mark = part.force.mark();
        let further = owners(self.state, label, &part.lineage);
        let originators = part.lineage.iter().map(|(party, origin)| {
            let of = Whose::originator(party, origin);
            self.origin(&of, report, part, consents, names)
        });
        let mut origins: Vec<OriginPlan> = originators.collect();
        hold_back(&part.lineage, &part.embargoes, &bases.embargoes, &mut origins, names);
        let terms = Origin {
            recipients: BTreeSet::from([report.originator.clone()]),
            ..Origin::default()
        };
        let owned = (further.iter()).map(|owner| {
            let of = Whose::owner(owner, &terms);
            self.origin(&of, report, part, consents, names)
        });
        origins.extend(owned);
        let release = match &label.release {
            Release::Unrestricted => None,
            Release::Only(list) => Some(ReleaseNeed {
                full: self.entities(&list.full),
                display: self.entities(&list.display),
                text: names.intern(&release_text(list)),
                by_banner: part.force.by_banner,
                members: self.members(part),
            }),
        };
        Class {
            label: label.clone(),
            lineage: part.lineage.clone().into_owned(),
            scheme: scheme.clone(),
            mark: names.intern(&mark),
            unknown: label.unknown.iter().next().map(|token| names.intern(token)),
            levels: levels_above_lowest(label)
                .map(|level| (self.levels.0[&level], names.intern(&label.levels[&level.0].name)))
                .collect(),
            required: self.categories.all(&label.required),
            any_of: label
                .any_of
                .iter()
                .map(|group| {
                    let text: Vec<&str> = group.iter().map(Category::as_str).collect();
                    (self.categories.all(group), names.intern(&text.join(", ")))
                })
                .collect(),
            release,
            named_only: (label.circle == Circle::Named).then(|| names.intern(&mark)),
            origins,
            obligations: label
                .caveats
                .iter()
                .map(|caveat| names.intern(caveat.as_str()))
                .collect(),
            base_closed: bases.closed.map(|word| names.intern(word)),
            base_on_hold: bases.on_hold,
            base_expires: bases.expires.map(|end| (end, names.intern("expired"))),
        }
    }

    /// The parties to which the arrangements give unmarked text, where they do.
    fn members(&self, part: &Part<'_>) -> Option<Bits> {
        let named = part.lineage.iter().flat_map(|(_, origin)| &origin.arrangements);
        let terms: Vec<&Arrangement> = named.filter_map(|id| self.state.arrangements.get(id)).collect();
        (part.force.to_members).then(|| self.parties(|party| terms.iter().all(|terms| terms.binds(party))))
    }

    fn origin(
        &self,
        of: &Whose<'_>,
        report: &Report,
        part: &Part<'_>,
        consents: &[&Consent],
        names: &mut Names,
    ) -> OriginPlan {
        let scheme = &report.scheme;
        let Whose { party, origin, owner } = *of;
        let (label, mark) = (&part.force.label, part.force.mark());
        let inside = self.parties(|other| of.includes(other));
        let original = self
            .parties(|other| of.includes(other) || origin.recipients.iter().any(|recipient| recipient.includes(other)));
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
        match label.control {
            Control::None => {}
            Control::Government => control(
                Rule::ControlGovernment,
                &|other| other.top() == party.top(),
                &mark,
                by_marking(Rule::ControlGovernment),
            ),
            Control::Originator => control(
                Rule::ControlOriginator,
                &nobody,
                &mark,
                by_marking(Rule::ControlOriginator),
            ),
        }
        // Below its own tear line an originator's text was written to travel: its marking alone says how far. Nobody draws
        // that line under another's text.
        let torn = part.tear_line && *party == report.originator;
        let binding = || known.iter().filter(|_| !torn);
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
        if origin.third_party {
            control(Rule::ControlStated, &nobody, &mark, by_marking(Rule::ControlStated));
        }
        match label.circle {
            Circle::Anyone => {}
            Circle::Community => control(
                Rule::CircleCommunity,
                &|other| {
                    let mut community = self.state.members.keys().chain(&self.state.home);
                    community.any(|member| member.includes(other))
                },
                &mark,
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
                &mark,
                by_marking(Rule::CircleClients),
            ),
            // Named recipients are persons of these organisations: see `Class::named_only` for the persons. A custodian
            // who puts someone of another organisation on its distribution does not make them one.
            Circle::Organisation | Circle::Named => control(
                Rule::CircleOrganisation,
                &nobody,
                &mark,
                by_marking(Rule::CircleOrganisation),
            ),
        }
        let listed = binding().find(|arrangement| arrangement.need_to_know);
        let mine = consents.iter().filter(|consent| of.gave(consent));
        let mine: Vec<Named<ConsentId>> = mine.map(|consent| consent.key()).collect();
        OriginPlan {
            name: names.intern(party.as_str()),
            controls,
            arrangements: self.arrangements.all(&origin.arrangements),
            consents: self.consents.all(&mine),
            distribution: listed.map(|arrangement| {
                let clause = names.intern(&arrangement.clause("need-to-know"));
                (names.intern(arrangement.id.as_str()), clause)
            }),
            inside,
            original,
            embargo: None,
            owner: owner.is_some(),
            stranger: owner.is_some_and(|owner| !owner.known),
            own: self.state.home.as_ref().is_some_and(|home| party.includes(home)),
            persons: origin.persons.clone(),
        }
    }

    /// The consents that concern a portion: given for it, or for everything of one originator that it rests on.
    fn consents(&self, report: &Report, part: &Part<'_>) -> Vec<&'a Consent> {
        let reference = report.reference(&part.id);
        let none = Vec::new();
        let of_report = self.by_report.get(&report.id).unwrap_or(&none);
        let concerning = of_report.iter().filter(|(_, reach)| match part.portion {
            Some(portion) => reach.covers_text(&reference, portion, &part.force),
            None => reach.covers_title(&reference, &part.force),
        });
        let mut found: Vec<&Consent> = concerning.map(|(consent, _)| *consent).collect();
        for (party, origin) in part.lineage.iter() {
            for base in origin.from.iter().map(|from| &from.report) {
                for (consent, reach) in self.by_report.get(base).unwrap_or(&none) {
                    let covers = origin.from.iter().all(|from| reach.covers(from, self.marks));
                    if covers && consent.originator == *party && !found.contains(consent) {
                        found.push(consent);
                    }
                }
            }
        }
        found
    }
}

/// Puts embargoes to those whose they are. One of somebody below who is no originator of the text holds for everybody to
/// whom not every originator gave it.
fn hold_back(lineage: &Lineage, own: &Held, below: &Held, origins: &mut [OriginPlan], names: &mut Names) {
    for (by, until) in own.iter().chain(below) {
        let mine = lineage.originators().position(|party| party == by);
        let word = names.intern(&until.to_string());
        for (n, origin) in origins.iter_mut().enumerate() {
            let later = origin.embargo.is_none_or(|(known, _)| known < *until);
            if mine.is_none_or(|mine| mine == n) && later {
                origin.embargo = Some((*until, word));
            }
        }
    }
}

/// The levels of a label for which a clearance is needed. The lowest asks only that the person is known.
fn levels_above_lowest(label: &Label) -> impl Iterator<Item = (SchemeId, u16)> {
    let levels = label.levels.iter().filter(|(_, level)| level.rank > 0);
    levels.map(|(scheme, level)| (scheme.clone(), level.rank))
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

/// The persons of an audience, each once, in order.
///
/// What is recorded of a person goes before what a caller says of them, and of this party's own people only what is recorded
/// counts. Somebody whose id names another party than the one they act for is nobody.
fn persons<'w>(
    state: &State,
    audience: impl IntoIterator<Item = &'w PersonId>,
    outsiders: &[Person],
) -> Vec<Arc<Person>> {
    let own = |person: &&Person| state.home.as_ref().is_some_and(|home| home.includes(&person.party));
    let described: HashMap<&PersonId, &Person> = outsiders
        .iter()
        .rev()
        .filter(|person| !own(person))
        .map(|person| (&person.id, person))
        .collect();
    let audience: BTreeSet<&PersonId> = audience.into_iter().collect();
    let known = audience.into_iter().filter_map(|id| {
        let described = || described.get(id).map(|person| Arc::new((*person).clone()));
        state.persons.shared(id).or_else(described)
    });
    known.filter(|person| person.is_one()).collect()
}

impl Snapshot {
    /// Compiles all reports. `groups` says who belongs to the groups on release lists; `outsiders` are persons whom
    /// the caller describes and who need not be registered (what is registered of them goes first).
    ///
    /// It costs as much as the state is large: whoever asks about one report uses [`Snapshot::about`].
    ///
    /// # Panics
    /// When the state holds more than 2^32 different labels or names, which does not fit in memory anyway.
    pub fn compile(state: &State, groups: &Groups, outsiders: &[Person]) -> Self {
        let everyone = state.persons.keys().chain(outsiders.iter().map(|person| &person.id));
        Self::about(state, groups, state.reports.keys(), (everyone, outsiders))
    }

    /// Compiles only what decisions about these reports for these persons look at: every other report is not found in it, and
    /// everybody else is unknown. It decides as [`Snapshot::compile`] does.
    ///
    /// Beside the audience stand those of it whom the caller describes.
    ///
    /// # Panics
    /// As for [`Snapshot::compile`].
    pub fn about<'r, 'w>(
        state: &State,
        groups: &Groups,
        reports: impl IntoIterator<Item = &'r ReportId>,
        (audience, outsiders): (impl IntoIterator<Item = &'w PersonId>, &[Person]),
    ) -> Self {
        let holdings: Vec<(&ReportId, &Holding)> = (reports.into_iter())
            .filter_map(|id| Some((id, state.reports.get(id)?)))
            .collect();
        let marks = MarksInForce::new(state);
        let reports: Vec<Included<'_>> = (holdings.iter())
            .flat_map(|(_, holding)| holding.versions.values())
            .map(|report| Included::of(state, report, &marks))
            .collect();
        let universe = Universe::of(state, groups, &marks, &reports, persons(state, audience, outsiders));
        let mut names = Names::default();
        let readers: Vec<Reader> = universe
            .persons
            .iter()
            .map(|person| universe.reader(person, &mut names))
            .collect();
        let reader_of = readers
            .iter()
            .enumerate()
            .map(|(n, reader)| (reader.person.id.clone(), n))
            .collect();
        let mut classes = Vec::new();
        let mut known: HashMap<ClassKey<'_>, u32> = HashMap::new();
        let mut compiled = HashMap::new();
        for Included { report, parts } in &reports {
            let class_of: Vec<u32> = parts
                .iter()
                .map(|part| {
                    let consents = universe.consents(report, part);
                    *known.entry(ClassKey::of(report, part, &consents)).or_insert_with(|| {
                        classes.push(universe.class(report, part, &consents, &mut names));
                        u32::try_from(classes.len() - 1).expect("fewer than 2^32 classes fit in memory")
                    })
                })
                .collect();
            let origins = class_of
                .iter()
                .flat_map(|class: &u32| &classes[*class as usize].origins);
            let consents: BTreeSet<u32> = origins
                .flat_map(|origin: &OriginPlan| &origin.consents)
                .copied()
                .collect();
            let key = (report.id.clone(), report.version);
            let consents = consents.into_iter().collect();
            compiled.insert(
                key,
                compile_report(state, report, parts, class_of, consents, &universe, &mut names),
            );
        }
        Self {
            categories: (universe.categories.0.keys())
                .map(|category| names.intern(category.as_str()))
                .collect(),
            latest: (holdings.iter())
                .filter_map(|(id, holding)| holding.latest().map(|latest| ((*id).clone(), latest.version)))
                .collect(),
            home: names.intern(state.home.as_ref().map_or("", PartyPath::as_str)),
            terms: (universe.arrangements.0.keys())
                .map(|id| terms(id, state.arrangements.get(id), &mut names))
                .collect(),
            permissions: (universe.consents.0.keys())
                .filter_map(|id| state.consents.get(id))
                .map(|consent| Permission {
                    conditions: consent
                        .conditions
                        .iter()
                        .map(|condition| names.intern(condition))
                        .collect(),
                    consent: consent.clone(),
                })
                .collect(),
            levels: universe.levels.0.len(),
            entities: universe.entities.0.len(),
            reports: compiled,
            readers,
            reader_of,
            classes,
            names,
        }
    }
}

fn terms(id: &ArrangementId, arrangement: Option<&Arrangement>, names: &mut Names) -> Terms {
    let until = arrangement.and_then(|terms| terms.not_before);
    let word = names.intern(&until.map_or_else(String::new, |until| until.to_string()));
    let mut clause = |subject| match arrangement {
        Some(arrangement) => names.intern(&arrangement.clause(subject)),
        None => names.intern(&format!("arrangement {id}")),
    };
    Terms {
        duration: clause("duration"),
        purposes: clause("purposes"),
        embargo: until.map(|until| {
            let authority = clause("not_before");
            (until, word, authority)
        }),
        name: names.intern(id.as_str()),
        arrangement: arrangement.cloned(),
    }
}

fn compile_report(
    state: &State,
    report: &Report,
    parts: &[Part<'_>],
    class_of: Vec<u32>,
    consents: Numbers,
    universe: &Universe<'_>,
    names: &mut Names,
) -> Compiled {
    let holding = &state.reports[&report.id];
    Compiled {
        report: report.id.clone(),
        version: report.version,
        originator: names.intern(report.originator.as_str()),
        portions: parts.iter().map(|part| report.reference(&part.id)).collect(),
        class_of,
        consents,
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
        refused: refused(state, report),
    }
}

/// What originators refused of a version, in the order in which they did.
fn refused(state: &State, report: &Report) -> Vec<Refused> {
    let cases = state.requests.of(&report.id);
    let here = |request: &Request| request.carried.texts.is_empty() || state.home.as_ref() == Some(&request.from);
    let cases = cases.filter(|case| case.request.version == report.version && here(&case.request));
    let mut all: Vec<Refused> = cases
        .flat_map(|case| {
            case.refusals.iter().map(|refusal| Refused {
                refusal: refusal.clone(),
                persons: case.request.audience.iter().map(|person| person.id.clone()).collect(),
                purpose: case.request.purpose.clone(),
            })
        })
        .collect();
    all.sort_by_key(|refused| refused.refusal.given);
    all
}

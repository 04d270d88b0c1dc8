//! A random report at USA.SVC, with partners, terms and people.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::{NoGuards, Query, decide};
use entente_core::*;
use entente_desk::Moment;
use entente_marking::installed::Library;
use entente_marking::{Category, Entity, Level, MarkKind, Purpose, SchemeId, builtin};
use jiff::Timestamp;

use super::dice::Dice;

pub(crate) const HOME: &str = "USA.SVC";
pub(crate) const PARTIES: [&str; 5] = ["USA.SVC", "USA.MIL", "GBR.CAB", "FRA.SVC", "CERT-PL"];
pub(crate) const RECEIVERS: [&str; 3] = ["GBR.CAB", "FRA.SVC", "CERT-PL"];

/// Marks of a report in the rules of the US intelligence community, and of one in TLP.
const US: [&str; 9] = [
    "(U)",
    "(S//NF)",
    "(S//REL TO USA, GBR)",
    "(S//REL TO USA, FRA, GBR)",
    "(TS//SI//REL TO USA, GBR)",
    "(C//OC/REL TO USA, GBR)",
    "(U//REL TO USA, FRA, GBR)",
    "(S//REL TO USA, GBR) (PAP:RED)",
    "(U//FOUO)",
];
const TLP: [&str; 8] = [
    "(TLP:CLEAR)",
    "(TLP:GREEN)",
    "(TLP:AMBER)",
    "(TLP:AMBER+STRICT)",
    "(TLP:RED)",
    "(TLP:GREEN) (PAP:RED)",
    "(TLP:AMBER) (PAP:AMBER)",
    "(TLP:CLEAR)",
];

/// Texts, some of them written to be taken for something else.
const TEXTS: [&str; 12] = [
    "A group plans to attack a ferry on the northern route within days.",
    "(U) This line begins like a portion of its own, and is none.",
    "First line of the paragraph\n(U) a second line that looks open\n- (U) an item",
    "Text with `code`, {from: R-9 v1 p1}, {#x} and | (U) a cell | of a table |.",
    "--- tear line ---\nwhat stands below would travel further",
    "# (U) Heading within the text\n\nand a second paragraph of it",
    "```stix\n{\"type\":\"indicator\"}\n```",
    "indicator: 203.0.113.7\n```stix\n{\"id\":\"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f\",\"type\":\"indicator\",\"pattern\":\"[x:y = 'z']\"}\n```",
    "domain: a.example\n```misp\n{\"type\":\"domain\",\"uuid\":\"5a3c6a2e-0000-4000-8000-000000000001\",\"value\":\"a.example\"}\n```",
    "Accents: Zażółć gęślą jaźń, and a bidi \u{202e}override and a \u{7} bell.",
    "TLP:CLEAR is what this sentence says, and not what it is marked with.",
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487 is the id of an open marking.",
];

pub(crate) fn party(text: &str) -> PartyPath {
    PartyPath::new(text).unwrap()
}

pub(crate) fn person(of: &PartyPath, n: usize) -> PersonId {
    PersonId::new(format!("{of}/p{n}")).unwrap()
}

pub(crate) fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) state: State,
}

impl Node {
    fn library() -> &'static Library {
        static LIBRARY: std::sync::LazyLock<Library> = std::sync::LazyLock::new(Library::default);
        &LIBRARY
    }

    pub(crate) fn moment(&self) -> Moment<'_> {
        Moment::of(&self.state, &NoGuards, Self::library())
    }

    pub(crate) fn run(&mut self, command: Command) -> Result<Decided, CommandRefusal> {
        let context = Context {
            now: now(),
            groups: builtin::groups(),
            schemes: builtin::schemes(),
            policy: &NoGuards,
            exposure: &NoGuards,
        };
        let decided = handle(&self.state, command, &context)?;
        for event in &decided.events {
            self.state.apply(event);
        }
        Ok(decided)
    }

    /// Why a person may not have a portion, for whoever looks at a failing case.
    pub(crate) fn why(
        &self,
        report: &ReportId,
        portion: &PortionId,
        person: &PersonId,
        purpose: Option<&str>,
    ) -> String {
        let snapshot = Snapshot::compile(&self.state, builtin::groups(), &[]);
        let purpose = purpose.map(Purpose::new);
        let query = Query {
            report,
            version: None,
            portions: None,
            audience: std::slice::from_ref(person),
            purpose: purpose.as_ref(),
            moment: now(),
        };
        let decision = decide(&snapshot, &query, &NoGuards, &NoGuards).unwrap();
        let place = decision
            .portions()
            .position(|id| id == portion)
            .unwrap_or(decision.title());
        let reasons = decision.explain(0, place);
        reasons
            .into_iter()
            .map(|reason| format!("{}: {}", reason.rule, reason.message))
            .collect::<Vec<_>>()
            .join("; ")
    }

    /// What everybody is answered about a report, its title last.
    pub(crate) fn outcomes(
        &self,
        report: &ReportId,
        purpose: Option<&str>,
    ) -> BTreeMap<(PersonId, PortionId), Outcome> {
        let snapshot = Snapshot::compile(&self.state, builtin::groups(), &[]);
        let purpose = purpose.map(Purpose::new);
        let everybody: Vec<PersonId> = PARTIES
            .iter()
            .flat_map(|path| [0, 1].map(|n| person(&party(path), n)))
            .collect();
        let query = Query {
            report,
            version: None,
            portions: None,
            audience: &everybody,
            purpose: purpose.as_ref(),
            moment: now(),
        };
        let decision = decide(&snapshot, &query, &NoGuards, &NoGuards).unwrap();
        let title = PortionId::title();
        let places: Vec<(usize, &PortionId)> = decision
            .portions()
            .enumerate()
            .chain([(decision.title(), &title)])
            .collect();
        let mut all = BTreeMap::new();
        for (n, person) in everybody.iter().enumerate() {
            for (place, id) in &places {
                all.insert((person.clone(), (*id).clone()), decision.outcome(n, *place));
            }
        }
        all
    }
}

fn known(path: &str) -> Party {
    Party {
        path: party(path),
        name: String::new(),
        client_of: BTreeSet::new(),
        signing_keys: vec![],
        recipient: None,
    }
}

fn level(scheme: &str, word: &str) -> (SchemeId, Level) {
    let id = SchemeId::new(scheme);
    let level = builtin::schemes().get(&id, None).unwrap().level(word).unwrap();
    (id, level)
}

/// The node of the report, with the report.
pub(crate) fn home(dice: &mut Dice) -> Node {
    let mut node = Node {
        state: State::default(),
    };
    node.run(Command::Found(known(HOME))).unwrap();
    surroundings(&mut node, dice, HOME);
    let report = report(dice);
    node.run(Command::AddReport(report)).unwrap();
    let listed = PARTIES.map(|path| person(&party(path), 0));
    let add: BTreeSet<PersonId> = dice.some(&listed, 2);
    node.run(Command::Distribute {
        report: ReportId::new("R-1").unwrap(),
        add,
        remove: BTreeSet::new(),
    })
    .unwrap();
    node
}

/// Partners, people, members and terms: the same everywhere.
fn surroundings(node: &mut Node, dice: &mut Dice, home: &str) {
    for path in PARTIES.iter().filter(|path| **path != home) {
        let mut party = known(path);
        if *path == "USA.MIL" && dice.one_in(2) {
            party.client_of.insert(super::world::party("GBR.CAB"));
        }
        node.run(Command::SetParty(party)).unwrap();
    }
    for path in PARTIES {
        for n in 0..2 {
            let id = person(&party(path), n);
            let mut one = Person::outsider(id, party(path));
            let country = ["USA", "USA", "GBR", "FRA", "POL"][PARTIES.iter().position(|p| *p == path).unwrap()];
            one.citizenships.insert(Entity::new(country));
            if n == 0 || dice.one_in(2) {
                one.clearances
                    .extend([level("us-ic", if dice.one_in(2) { "TS" } else { "S" })]);
                if dice.one_in(2) {
                    one.accesses.insert(Category::new("us-ic/sci/SI"));
                }
            }
            node.run(Command::SetPerson(one)).unwrap();
        }
        if path != home && dice.one_in(2) {
            node.run(Command::SetMembership {
                party: party(path),
                member: true,
            })
            .unwrap();
        }
    }
    for (id, parties) in [
        ("TWO", vec!["USA.SVC", "GBR.CAB"]),
        ("ALL", vec!["USA.SVC", "GBR.CAB", "FRA.SVC", "CERT-PL"]),
    ] {
        let arrangement = Arrangement {
            id: ArrangementId::new(id).unwrap(),
            title: String::new(),
            parties: parties.into_iter().map(party).collect(),
            purposes: dice.one_in(3).then(|| BTreeSet::from([Purpose::new("passive")])),
            onward: *dice.pick(&[Onward::Free, Onward::Members, Onward::Consent]),
            need_to_know: dice.one_in(3),
            two_person: false,
            witnesses: 0,
            withheld: Withheld::Hidden,
            default_mark: dice
                .one_in(2)
                .then(|| dice.pick(&["(TLP:CLEAR)", "(TLP:RED)", "(S//NF)"]).to_string()),
            unmarked: Unmarked::Banner,
            owners: BTreeMap::new(),
            starts: None,
            not_before: dice.one_in(8).then(|| "2026-12-01T00:00:00Z".parse().unwrap()),
            expires: None,
            status_set: None,
            words: BTreeMap::new(),
            status: ArrangementStatus::Active,
            clauses: BTreeMap::new(),
        };
        node.run(Command::SetArrangement {
            arrangement,
            agreed: true,
        })
        .unwrap();
    }
}

/// The same surroundings at the receiver, which holds nothing of it.
pub(crate) fn at(home: &Node, to: &PartyPath) -> Node {
    let mut node = Node {
        state: State::default(),
    };
    node.run(Command::Found(known(to.as_str()))).unwrap();
    for known in home.state.parties.values().filter(|known| known.path != *to) {
        node.run(Command::SetParty(known.clone())).unwrap();
    }
    for person in home.state.persons.values() {
        node.run(Command::SetPerson(person.clone())).unwrap();
    }
    // Whoever decides belongs to its own community.
    let members = home.state.members.keys().filter(|member| *member != to);
    for member in members {
        node.run(Command::SetMembership {
            party: member.clone(),
            member: true,
        })
        .unwrap();
    }
    for arrangement in home.state.arrangements.values().filter(|terms| terms.binds(to)) {
        node.run(Command::SetArrangement {
            arrangement: arrangement.clone(),
            agreed: true,
        })
        .unwrap();
    }
    node
}

fn portion(dice: &mut Dice, scheme: &str, id: &str, text: String) -> Portion {
    let mark = match scheme {
        "tlp" => *dice.pick(&TLP),
        _ => *dice.pick(&US),
    };
    let label = handle::meaning(builtin::schemes(), &SchemeId::new(scheme), None, mark);
    assert!(label.unknown.is_empty(), "{mark}");
    let arrangements: BTreeSet<ArrangementId> = dice.some(&["TWO", "ALL"].map(|id| ArrangementId::new(id).unwrap()), 3);
    let named = dice.one_in(6);
    let own = Origin {
        recipients: if named {
            dice.some(&RECEIVERS.map(party), 2)
        } else {
            BTreeSet::new()
        },
        named,
        arrangements,
        ..Origin::default()
    };
    let mut lineage = Lineage::of(party(HOME), own);
    if dice.one_in(4) {
        let other = Origin {
            recipients: &BTreeSet::from([party(HOME)]) | &dice.some(&RECEIVERS.map(party), 2),
            third_party: dice.one_in(3),
            ..Origin::default()
        };
        lineage = lineage.combine(&Lineage::of(party("FRA.SVC"), other));
    }
    Portion {
        id: PortionId::new(id).unwrap(),
        mark: canonical(mark),
        label,
        text,
        lineage,
        tear_line: dice.one_in(6),
    }
}

fn canonical(mark: &str) -> String {
    let single = |mark: &str| {
        let mut schemes = builtin::schemes().iter();
        schemes
            .find_map(|scheme| scheme.check(mark, MarkKind::Portion, None).marking)
            .unwrap()
            .canonical
    };
    handle::side_by_side(mark).map(single).collect::<Vec<_>>().join(" ")
}

fn report(dice: &mut Dice) -> Report {
    let scheme = *dice.pick(&["tlp", "us-ic"]);
    let count = 1 + dice.roll(4);
    let portions: Vec<Portion> = (0..count)
        .map(|n| {
            let text = format!("{} ({n})", dice.pick(&TEXTS));
            let text = if dice.one_in(5) {
                dice.pick(&TEXTS).to_string()
            } else {
                text
            };
            portion(dice, scheme, &format!("p{n}"), text)
        })
        .collect();
    let title = match dice.roll(3) {
        0 => Title::from("What is known about the attack on the ferry"),
        1 => Title::from(""),
        _ => Title::Marked(Box::new(portion(
            dice,
            scheme,
            TITLE,
            "A title with a mark of its own, (U)".to_owned(),
        ))),
    };
    let profile = builtin::schemes()
        .get(&SchemeId::new(scheme), None)
        .unwrap()
        .profile()
        .to_owned();
    Report {
        id: ReportId::new("R-1").unwrap(),
        version: 1,
        title,
        originator: party(HOME),
        scheme: SchemeId::new(scheme),
        profile,
        created: now(),
        expires: None,
        existence_protected: dice.one_in(6),
        portions,
    }
}

/// The file as a tool leaves it that keeps only what it knows.
pub(crate) fn without_extension(file: &str) -> String {
    let mut value: serde_json::Value = serde_json::from_str(file).unwrap();
    let objects = value["objects"].as_array_mut().unwrap();
    objects.retain(|object| object["type"] != "extension-definition");
    for object in objects {
        if let Some(extensions) = object.get_mut("extensions").and_then(|all| all.as_object_mut()) {
            extensions.retain(|id, _| id.starts_with("extension-definition--60a3c5c5"));
        }
    }
    value.to_string()
}

//! A scheme is data: a policy file that one party installs marks its reports, and is needed, byte for byte, wherever they are read.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::NoGuards;
use entente_core::draft::{Setting, compose};
use entente_core::handle::needs_scheme;
use entente_core::*;
use entente_marking::us::Register;
use entente_marking::{Level, SchemeId, spif};
use jiff::Timestamp;

const OID: &str = "2.25.115083528602733865852968498816419052597";

/// A policy of a league of our own, made from one that comes with the program.
fn league(version: &str) -> String {
    let (_, alliance) = spif::BUILTIN[2];
    let renamed = alliance.replace("ALLIANCE", "LEAGUE").replace(OID, "2.25.7");
    assert!(renamed.contains(" version=\"1\""));
    renamed.replace(" version=\"1\"", &format!(" version=\"{version}\""))
}

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn party(text: &str) -> PartyPath {
    PartyPath::new(text).unwrap()
}

struct Node(State);

impl Node {
    fn of(home: &str) -> Self {
        let mut node = Self(State::default());
        for path in [home, "GBR", "FRA"] {
            let party = Party {
                path: party(path),
                name: String::new(),
                client_of: BTreeSet::new(),
                signing_keys: vec![],
                recipient: None,
            };
            let command = match node.0.home {
                None => Command::Found(party),
                Some(_) => Command::SetParty(party),
            };
            node.run(command).unwrap();
        }
        node
    }

    fn run(&mut self, command: Command) -> Result<Decided, CommandRefusal> {
        let library = self.0.library();
        let context = Context {
            now: now(),
            groups: &library.groups,
            schemes: &library.schemes,
            policy: &NoGuards,
            exposure: &NoGuards,
        };
        let decided = handle(&self.0, command, &context)?;
        for event in &decided.events {
            self.0.apply(event);
        }
        Ok(decided)
    }

    fn refuses(&mut self, command: Command, why: &str) {
        let before = self.0.clone();
        let refusal = self.run(command).expect_err(why).to_string();
        assert!(refusal.contains(why), "expected `{why}`, got `{refusal}`");
        assert_eq!(self.0, before);
    }

    fn install(&mut self, file: String) -> Result<Decided, CommandRefusal> {
        self.run(Command::InstallScheme { file, name: None })
    }

    fn write(&mut self, file: &str) -> Report {
        let home = self.0.home.clone().unwrap();
        let library = self.0.library();
        let setting = Setting {
            schemes: &library.schemes,
            state: Some(&self.0),
            home: &home,
            name: "R",
            now: now(),
        };
        let report = compose(file, &setting).unwrap();
        self.run(Command::AddReport(report.clone())).unwrap();
        report
    }

    fn reader(&mut self, id: &str, level: &str) {
        let rank = self
            .0
            .library()
            .schemes
            .get(&SchemeId::new("league"), None)
            .and_then(|league| league.level(level));
        let clearance = rank.unwrap_or(Level {
            rank: 3,
            name: level.to_owned(),
        });
        let id = PersonId::new(id).unwrap();
        let path = id.party().unwrap();
        self.run(Command::SetPerson(Person {
            clearances: BTreeMap::from([(SchemeId::new("league"), clearance)]),
            citizenships: BTreeSet::from([entente_marking::Entity::new(path.top())]),
            ..Person::outsider(id.clone(), path)
        }))
        .unwrap();
        self.run(Command::Distribute {
            report: ReportId::new("R").unwrap(),
            add: BTreeSet::from([id]),
            remove: BTreeSet::new(),
        })
        .unwrap();
    }

    fn outcome(&self, person: &str) -> Outcome {
        let report = ReportId::new("R").unwrap();
        let library = self.0.library();
        let person = PersonId::new(person).unwrap();
        let query = Query {
            report: &report,
            version: None,
            portions: None,
            audience: &[person],
            purpose: None,
            moment: now(),
        };
        let snapshot = Snapshot::compile(&self.0, &library.groups, &[]);
        decide(&snapshot, &query, &NoGuards, &NoGuards).unwrap().outcome(0, 0)
    }
}

fn to_france(report: &Report) -> Message {
    Message::Delivery {
        delivery: Delivery {
            report: report.id.clone(),
            version: 1,
            to: party("FRA"),
            by: party("GBR"),
            at: now(),
            portions: None,
            under: BTreeSet::new(),
        },
        report: report.clone(),
        arrangements: Vec::new(),
        part: Part::default(),
    }
}

#[test]
fn an_installed_scheme_marks_reports_and_opens_them_by_its_clearances() {
    let mut node = Node::of("GBR");
    node.install(league("1.0")).unwrap();
    let report = node.write("---\nscheme: league\n---\n(AS) The finder is known.\n");
    assert!(report.profile.starts_with("spif-1.0:sha256-"), "{}", report.profile);
    node.reader("GBR/cleared", "AS");
    node.reader("GBR/lower", "AC");
    assert_eq!(node.outcome("GBR/cleared"), Outcome::Permit);
    assert_eq!(node.outcome("GBR/lower"), Outcome::Deny);
}

#[test]
fn without_the_file_a_partner_s_marks_stay_closed_and_the_very_file_opens_them() {
    let mut author = Node::of("GBR");
    author.install(league("1.0")).unwrap();
    let report = author.write("---\nscheme: league\nrecipients: [FRA]\n---\n(AS) The finder is known.\n");

    let mut holder = Node::of("FRA");
    holder
        .run(Command::Receive {
            from: party("GBR"),
            id: "GBR-1".to_owned(),
            digest: "d".to_owned(),
            message: to_france(&report),
        })
        .unwrap();
    holder.reader("FRA/cleared", "AS");
    assert_ne!(holder.outcome("FRA/cleared"), Outcome::Permit);
    let held = holder.0.reports[&report.id].latest().unwrap();
    let (scheme, digest) = needs_scheme(&holder.0, held).unwrap();
    assert_eq!((scheme.as_str(), digest.len()), ("league", 64));

    // Rules of the same name that are not the author's do not say what his marks mean.
    holder.install(league("1.0").replace("2.25.7", "2.25.8")).unwrap();
    assert_ne!(holder.outcome("FRA/cleared"), Outcome::Permit);
    holder
        .run(Command::RemoveScheme {
            id: SchemeId::new("league"),
            profile: None,
        })
        .expect_err("a clearance is given in it");

    let mut holder = Node::of("FRA");
    holder
        .run(Command::Receive {
            from: party("GBR"),
            id: "GBR-1".to_owned(),
            digest: "d".to_owned(),
            message: to_france(&report),
        })
        .unwrap();
    holder.install(league("1.0")).unwrap();
    holder.reader("FRA/cleared", "AS");
    holder.reader("FRA/lower", "AC");
    assert_eq!(holder.outcome("FRA/cleared"), Outcome::Permit);
    assert_eq!(holder.outcome("FRA/lower"), Outcome::Deny);
    assert_eq!(
        needs_scheme(&holder.0, holder.0.reports[&report.id].latest().unwrap()),
        None
    );
}

#[test]
fn names_and_policies_that_are_there_are_refused_and_versions_stand_side_by_side() {
    let mut node = Node::of("GBR");
    let install = |file: &str| Command::InstallScheme {
        file: file.to_owned(),
        name: None,
    };
    let (_, nato) = spif::PUBLISHED[0];
    node.refuses(install(nato), "is here already, as the scheme `nato`");
    node.refuses(
        install(&nato.replace("1.3.26.1.3.1", "2.25.9")),
        "there is a scheme `nato` already",
    );
    node.refuses(install("<policy/>"), "line 1, column 1: this is not an XML SPIF");
    let greek = league("1.0").replace("LEAGUE", "ΣΥΜΜΑΧΙΑ");
    node.refuses(install(&greek), "cannot name a scheme");
    node.run(Command::InstallScheme {
        file: greek,
        name: Some("symmachia".to_owned()),
    })
    .unwrap();

    let mut node = Node::of("GBR");
    node.install(league("1.0")).unwrap();
    node.refuses(install(&league("1.0")), "is here already, as the scheme `league`");
    let report = node.write("---\nscheme: league\n---\n(AS) The finder is known.\n");
    node.install(league("2.0")).unwrap();
    let held = node.0.reports[&report.id].latest().unwrap();
    assert_eq!(held, &report, "what is written keeps the rules it was written by");
    node.refuses(
        Command::RemoveScheme {
            id: SchemeId::new("league"),
            profile: Some(report.profile.clone()),
        },
        "league is in use, so it stays: report R",
    );
}

#[test]
fn a_scheme_that_nobody_uses_can_be_taken_out_again() {
    let mut node = Node::of("GBR");
    let before = node.0.clone();
    node.install(league("1.0")).unwrap();
    node.run(Command::RemoveScheme {
        id: SchemeId::new("league"),
        profile: None,
    })
    .unwrap();
    assert_eq!(node.0, before);
    node.refuses(
        Command::RemoveScheme {
            id: SchemeId::new("league"),
            profile: None,
        },
        "there is no installed scheme `league`",
    );
}

#[test]
fn a_node_s_own_lists_are_read_in_marks_and_checked_before_they_hold() {
    let mut node = Node::of("USA");
    let lists = |text: &str| Command::SetRegister(Some(serde_json::from_str::<Register>(text).unwrap()));
    node.refuses(
        lists(r#"{"countries":[{"code":"XX"}]}"#),
        "the country code `XX` is not three capitals",
    );
    node.run(lists(r#"{"systems":[{"name":"QRS"}]}"#)).unwrap();
    let report = node.write("(TS//QRS//NF) The finder is known.\n");
    assert!(report.portions[0].label.unknown.is_empty());
    node.refuses(lists(r#"{"systems":[{"name":"QRS"}]}"#), "nothing changed");
    node.run(Command::SetRegister(None)).unwrap();
    assert_eq!(node.0.register(), None);
}

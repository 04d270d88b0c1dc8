//! What a text asks for: the mark in force, plain unclassified text, owners that a mark names, titles.

use crate::world;

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::{NoGuards, decide};
use entente_core::draft::{Setting, compose};
use entente_core::handle::Handover;
use entente_core::*;
use entente_marking::builtin::{groups, schemes};
use entente_marking::{Entity, Label, Level, MarkKind, Release, SchemeId};
use world::{World, party, person, portions, report};

fn deliver(world: &mut World, home: &str, id: &str, to: &str) {
    world.run(home, Command::HandOver(Handover::of(report(id), party(to))));
    world.deliver_post();
}

/// A person with a US clearance of this rank and nothing else.
fn cleared_to(world: &mut World, home: &str, id: &str, rank: u16) {
    let id = person(id);
    let of = id.party().unwrap();
    let level = Level {
        rank,
        name: rank.to_string(),
    };
    let known = Person {
        citizenships: BTreeSet::from([Entity::new(of.top())]),
        clearances: BTreeMap::from([(SchemeId::new("us-ic"), level)]),
        ..Person::outsider(id, of)
    };
    let state = world.nodes.get_mut(&party(home)).unwrap();
    state.apply(&Event::PersonSet(known));
}

fn reference(text: &str) -> PortionRef {
    let (id, rest) = text.split_once(" v").unwrap();
    let (version, portion) = rest.split_once(' ').unwrap();
    PortionRef {
        report: report(id),
        version: version.parse().unwrap(),
        portion: PortionId::new(portion).unwrap(),
    }
}

fn mark(world: &World, home: &str, text: &str) -> String {
    let marks = MarksInForce::new(world.state(home));
    marks.of(&reference(text)).unwrap().mark().into_owned()
}

/// One answer: the outcome, the rules that fail, and who is asked.
fn answer(world: &World, home: &str, text: &str, who: &str) -> (Outcome, Vec<&'static str>, Vec<String>) {
    let (state, reference) = (world.state(home), reference(text));
    let audience = [person(who)];
    let outsider = Person::outsider(person(who), person(who).party().unwrap());
    let snapshot = Snapshot::about(state, groups(), [&reference.report], &[outsider]);
    let query = Query {
        report: &reference.report,
        version: Some(reference.version),
        portions: Some(std::slice::from_ref(&reference.portion)),
        audience: &audience,
        purpose: None,
        moment: world.now,
    };
    let decision = decide(&snapshot, &query, &NoGuards, &SourceGuard::new(state)).unwrap();
    let asked = decision.to_grant(0, 0).into_keys().map(|party| party.to_string());
    let rules = decision.rules(0, 0).map(decide::Rule::id);
    (decision.outcome(0, 0), rules.collect(), asked.collect())
}

fn outcome(world: &World, home: &str, text: &str, who: &str) -> Outcome {
    answer(world, home, text, who).0
}

/// Why a file is not accepted as a version.
fn refused(world: &mut World, home: &str, file: &str) -> String {
    let state = world.state(home).clone();
    let setting = Setting {
        schemes: schemes(),
        state: Some(&state),
        home: &party(home),
        name: "R",
        now: world.now,
    };
    match compose(file, &setting) {
        Err(faults) => faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        Ok(written) => world.refused(home, Command::AddReport(written)),
    }
}

fn file(id: &str, body: &str) -> String {
    format!("---\nid: {id}\nscheme: us-ic\narrangements: [A-1]\n---\n{body}\n")
}

const BASE: &str = "(S//REL TO USA, GBR) The plan. {#p}";

/// GBR's D rests on USA's BASE, and E on D.
fn derived() -> World {
    let mut world = World::of(&["USA", "GBR"]);
    world.agree(&["USA", "GBR"], Onward::Members);
    world.write("USA", &file("BASE", BASE));
    deliver(&mut world, "USA", "BASE", "GBR");
    world.write(
        "GBR",
        &file("D", "(S//REL TO USA, GBR) It is planned. {#d} {from: BASE v1 p}"),
    );
    world.write("GBR", &file("E", "(S//REL TO USA, GBR) It is. {#e} {from: D v1 d}"));
    cleared_to(&mut world, "GBR", "GBR/clerk", 3);
    world.cleared("GBR", "GBR/chief");
    world
}

fn raise(world: &mut World) {
    world.write(
        "USA",
        &file("BASE", "(TS//SI//REL TO USA, GBR) The plan, and how. {#p}"),
    );
    deliver(world, "USA", "BASE", "GBR");
}

#[test]
fn a12_a_raised_base_reaches_what_rests_on_it_however_far() {
    let mut world = derived();
    for text in ["D v1 d", "E v1 e", "BASE v1 p"] {
        assert_eq!(outcome(&world, "GBR", text, "GBR/clerk"), Outcome::Permit, "{text}");
        assert_eq!(mark(&world, "GBR", text), "(S//REL TO USA, GBR)");
    }
    raise(&mut world);
    for text in ["D v1 d", "E v1 e", "BASE v1 p", "BASE v2 p"] {
        let (outcome, rules, _) = answer(&world, "GBR", text, "GBR/clerk");
        let expected = ["mandatory.clearance", "mandatory.category"];
        assert_eq!(
            (outcome, rules.as_slice()),
            (Outcome::Deny, expected.as_slice()),
            "{text}"
        );
        assert_eq!(answer(&world, "GBR", text, "GBR/chief").0, Outcome::Permit, "{text}");
        assert_eq!(mark(&world, "GBR", text), "(TS//SI//REL TO USA, GBR)");
    }
    // Nothing is written back: the version says what it said.
    let held = world.state("GBR").portion(&reference("D v1 d")).unwrap();
    assert_eq!(held.mark, "(S//REL TO USA, GBR)");
    let papers = Label::clone(
        &MarksInForce::new(world.state("GBR"))
            .of(&reference("D v1 d"))
            .unwrap()
            .label,
    );
    assert!(papers.dominates(&held.label));
}

#[test]
fn a12_a_raised_base_is_answered_by_a_version_at_least_as_strict() {
    let mut world = derived();
    raise(&mut world);
    let lax = file("D", "(S//REL TO USA, GBR) It is planned anew. {#d} {from: BASE v2 p}");
    let said = refused(&mut world, "GBR", &lax);
    assert!(
        said.contains("less strictly than BASE v2 p, which is by now (TS//SI//REL TO USA, GBR)"),
        "{said}"
    );
    let old = file("D", "(S//REL TO USA, GBR) It is planned anew. {#d} {from: BASE v1 p}");
    let said = refused(&mut world, "GBR", &old);
    assert!(
        said.contains("less strictly than BASE v1 p, which is by now (TS//SI//REL TO USA, GBR)"),
        "{said}"
    );
    // The later version of the same base stands for the one that was named.
    let answered = "(TS//SI//REL TO USA, GBR) It is planned anew. {#d} {from: BASE v2 p}";
    world.write("GBR", &file("D", answered));
    assert_eq!(mark(&world, "GBR", "D v2 d"), "(TS//SI//REL TO USA, GBR)");
    // A base that is lowered again frees what is written on the lowered version only.
    world.write("USA", &file("BASE", "(S//REL TO USA, GBR) The plan in short. {#p}"));
    deliver(&mut world, "USA", "BASE", "GBR");
    assert_eq!(outcome(&world, "GBR", "BASE v3 p", "GBR/clerk"), Outcome::Permit);
    assert_eq!(outcome(&world, "GBR", "D v2 d", "GBR/clerk"), Outcome::Deny);
    let short = "(S//REL TO USA, GBR) It is planned, in short. {#s} {from: BASE v3 p}";
    world.write("GBR", &file("F", short));
    assert_eq!(outcome(&world, "GBR", "F v1 s", "GBR/clerk"), Outcome::Permit);
}

#[test]
fn a12_no_consent_follows_a_changed_mark() {
    for (standing, text) in [(true, "The plan."), (false, "The plan."), (true, "Another plan.")] {
        let mut world = World::of(&["USA", "GBR"]);
        world.agree(&["USA", "GBR"], Onward::Members);
        world.write("USA", &file("R", "(S//OC/REL TO USA, GBR) The plan. {#p}"));
        deliver(&mut world, "USA", "R", "GBR");
        world.cleared("GBR", "JOR/colonel");
        let grant = |world: &mut World, id: &str| {
            let request = world.ask("GBR", "R", &["JOR/colonel"], "");
            world.deliver_post();
            let terms = Terms {
                standing,
                ..Terms::default()
            };
            world.run(
                "USA",
                Command::Grant {
                    id: world::consent(id),
                    request: request.into(),
                    portions: None,
                    terms,
                },
            );
            world.deliver_post();
        };
        grant(&mut world, "con-1");
        assert_eq!(outcome(&world, "GBR", "R v1 p", "JOR/colonel"), Outcome::Permit);
        world.write(
            "USA",
            &file("R", &format!("(TS//SI//OC/REL TO USA, GBR) {text} {{#p}}")),
        );
        deliver(&mut world, "USA", "R", "GBR");
        for version in ["R v1 p", "R v2 p"] {
            assert_eq!(
                outcome(&world, "GBR", version, "JOR/colonel"),
                Outcome::Ask,
                "{version}, {text}"
            );
        }
        // Given anew, it opens what is asked for now.
        grant(&mut world, "con-2");
        assert_eq!(outcome(&world, "GBR", "R v2 p", "JOR/colonel"), Outcome::Permit);
    }
}

/// A consent that is given after a base was raised is given for what the text asks for then, and no longer counts once
/// that becomes more; whichever arrives first.
#[test]
fn a12_a_consent_counts_for_what_was_asked_for_when_it_was_given() {
    let mut world = World::of(&["USA", "GBR"]);
    world.agree(&["USA", "GBR"], Onward::Members);
    world.write("USA", &file("R", "(C//OC/REL TO USA, GBR) The plan. {#p}"));
    deliver(&mut world, "USA", "R", "GBR");
    world.cleared("GBR", "JOR/colonel");
    let request = world.ask("GBR", "R", &["JOR/colonel"], "");
    world.deliver_post();
    // The originator raises it, and consents to the first version all the same.
    world.write("USA", &file("R", "(S//OC/REL TO USA, GBR) The plan itself. {#p}"));
    let grant = Command::Grant {
        id: world::consent("con"),
        request: request.into(),
        portions: None,
        terms: Terms::default(),
    };
    world.run("USA", grant);
    world.deliver_post();
    assert_eq!(outcome(&world, "GBR", "R v1 p", "JOR/colonel"), Outcome::Permit);
    deliver(&mut world, "USA", "R", "GBR");
    assert_eq!(outcome(&world, "GBR", "R v1 p", "JOR/colonel"), Outcome::Permit);
    assert_eq!(outcome(&world, "GBR", "R v2 p", "JOR/colonel"), Outcome::Ask);
    world.write("USA", &file("R", "(TS//OC/REL TO USA, GBR) The plan and more. {#p}"));
    deliver(&mut world, "USA", "R", "GBR");
    assert_eq!(outcome(&world, "GBR", "R v1 p", "JOR/colonel"), Outcome::Ask);
}

#[test]
fn b15_the_stricter_mark_of_two_versions_binds_the_older_one() {
    let tlp = |body: &str| format!("---\nid: R\nscheme: tlp\n---\n{body}\n");
    let mut world = World::of(&["CERT"]);
    world.write(
        "CERT",
        &tlp("(TLP:CLEAR) A flaw. {#flaw}\n\n(TLP:CLEAR) A remedy. {#fix}\n\n(TLP:CLEAR) Gone. {#gone}"),
    );
    // Raised under its name with another text, and with its text under another name; the third is dropped.
    world.write(
        "CERT",
        &tlp("(TLP:RED) A flaw, in full. {#flaw}\n\n(TLP:AMBER) A  remedy. {#mend}"),
    );
    for (text, expected) in [
        ("R v1 flaw", "(TLP:RED)"),
        ("R v1 fix", "(TLP:AMBER)"),
        ("R v1 gone", "(TLP:CLEAR)"),
        ("R v2 mend", "(TLP:AMBER)"),
    ] {
        assert_eq!(mark(&world, "CERT", text), expected, "{text}");
    }
    assert_eq!(outcome(&world, "CERT", "R v1 flaw", "PRESS/rep"), Outcome::Ask);
    assert_eq!(outcome(&world, "CERT", "R v1 gone", "PRESS/rep"), Outcome::Permit);
    // A laxer version later frees itself, and not those before it.
    world.write("CERT", &tlp("(TLP:CLEAR) A flaw, as published. {#flaw}"));
    assert_eq!(outcome(&world, "CERT", "R v3 flaw", "PRESS/rep"), Outcome::Permit);
    assert_eq!(outcome(&world, "CERT", "R v2 flaw", "PRESS/rep"), Outcome::Ask);
    assert_eq!(outcome(&world, "CERT", "R v1 flaw", "PRESS/rep"), Outcome::Ask);
}

#[test]
fn b15_marks_that_do_not_include_each_other_hold_side_by_side() {
    let mut world = World::of(&["USA"]);
    world.write(
        "USA",
        &file("R", "(S//REL TO USA, GBR) The plan. {#p}").replace("arrangements: [A-1]\n", ""),
    );
    world.write(
        "USA",
        &file("R", "(S//REL TO USA, CAN) The plan. {#p}").replace("arrangements: [A-1]\n", ""),
    );
    let marks = MarksInForce::new(world.state("USA"));
    let both = marks.of(&reference("R v1 p")).unwrap();
    assert_eq!(both.mark(), "(S//REL TO USA, GBR) (S//REL TO USA, CAN)");
    assert_eq!(both.label.release, Release::to([Entity::new("USA")]));
}

/// A report of USA.SVC with these portions; what `who` gets of its plain `(U)`, called `u`.
fn plain(unmarked: Unmarked, body: &str, who: &str) -> (Outcome, Vec<&'static str>) {
    let mut world = World::of(&["USA.SVC", "GBR.CAB"]);
    world.agree(&["USA.SVC", "GBR.CAB"], Onward::Members);
    let state = world.nodes.get_mut(&party("USA.SVC")).unwrap();
    let mut terms = state.arrangements.values().next().unwrap().clone();
    terms.unmarked = unmarked;
    state.apply(&Event::ArrangementSet(terms));
    world.write("USA.SVC", &file("R", body));
    world.cleared("USA.SVC", who);
    let (outcome, rules, _) = answer(&world, "USA.SVC", "R v1 u", who);
    (outcome, rules)
}

#[test]
fn a10_a_plain_u_portion_takes_the_release_of_its_reports_banner() {
    let banner = |body: &str, who: &str| plain(Unmarked::Banner, body, who);
    let open = (Outcome::Permit, Vec::new());
    let asked = (Outcome::Ask, vec!["us-ic.u-takes-banner"]);
    let list = "(S//REL TO USA, FVEY) Secret.\n\n(U) Weather. {#u}";
    assert_eq!(banner(list, "GBR.CAB/clerk"), open);
    // The onward rule of the arrangement goes on to hold.
    assert_eq!(banner(list, "GBR.MOD/clerk"), (Outcome::Ask, vec!["control.members"]));
    assert_eq!(banner(list, "JOR/clerk").1, ["us-ic.u-takes-banner", "control.members"]);
    let body = "(S//NF) Secret.\n\n(S//REL TO USA, GBR) Less.\n\n(U) Weather. {#u}";
    assert_eq!(banner(body, "GBR.CAB/clerk"), asked);
    assert_eq!(
        banner("(S//DISPLAY ONLY GBR) Look.\n\n(U) Weather. {#u}", "GBR.CAB/clerk"),
        open
    );
    // Unclassified portions with a word of their own are not plain: they say nothing about release, and bind the banner.
    let body = "(S//REL TO USA, GBR) Secret.\n\n(U//FOUO) Ours.\n\n(U) Weather. {#u}";
    assert_eq!(banner(body, "GBR.CAB/clerk"), asked);
    let body = "(S//REL TO USA, GBR) Secret.\n\n(U//FOUO) Ours. {#u}";
    assert_eq!(banner(body, "GBR.CAB/clerk"), (Outcome::Ask, vec!["release.list"]));
    // ORCON is not taken.
    assert_eq!(
        banner("(S//OC/REL TO USA, GBR) Secret.\n\n(U) Weather. {#u}", "GBR.CAB/clerk"),
        open
    );
    // Without any list, the originator is asked.
    assert_eq!(
        banner("(U) Weather. {#u}\n\n(U) More.", "GBR.CAB/clerk"),
        (Outcome::Ask, vec!["release.list"])
    );
    assert_eq!(banner("(U) Weather. {#u}", "USA.SVC/clerk"), open);
}

#[test]
fn a10_below_a_tear_line_the_banner_of_that_part_counts() {
    let body =
        "(S//NF) Secret.\n\n(U) Above. {#above}\n\n--- tear line ---\n\n(C//REL TO USA, GBR) Torn.\n\n(U) Below. {#u}";
    let part = plain(Unmarked::Banner, body, "GBR.CAB/clerk");
    assert_eq!(part, (Outcome::Permit, Vec::new()));
    let above = body.replace("{#u}", "").replace("{#above}", "{#u}");
    let whole = plain(Unmarked::Banner, &above, "GBR.CAB/clerk");
    assert_eq!(whole, (Outcome::Ask, vec!["us-ic.u-takes-banner"]));
}

#[test]
fn a10_an_arrangement_says_where_unmarked_text_goes() {
    let list = "(S//REL TO USA, GBR) Secret.\n\n(U) Weather. {#u}";
    let none = "(U) Weather. {#u}";
    for (unmarked, body, who, expected) in [
        (Unmarked::Ask, list, "GBR.CAB/clerk", Outcome::Ask),
        (Unmarked::Members, list, "GBR.CAB/clerk", Outcome::Permit),
        (Unmarked::Members, none, "GBR.CAB/clerk", Outcome::Permit),
        // A part of the same country that is no member.
        (Unmarked::Members, none, "GBR.MOD/clerk", Outcome::Ask),
        (Unmarked::Members, none, "JOR/clerk", Outcome::Ask),
        // A list goes before: members whom it leaves out do not get it.
        (
            Unmarked::Members,
            "(S//NF) Secret.\n\n(U) Weather. {#u}",
            "GBR.CAB/clerk",
            Outcome::Ask,
        ),
    ] {
        assert_eq!(plain(unmarked, body, who).0, expected, "{unmarked:?} {body} {who}");
    }
}

#[test]
fn a10_the_reason_names_the_rule_and_no_other_portion() {
    let mut world = World::of(&["USA"]);
    let body = "(TS//SI//NF) Secret. {#secret}\n\n(U) Weather. {#u}";
    world.write("USA", &file("R", body).replace("arrangements: [A-1]\n", ""));
    let id = report("R");
    let audience = [person("JOR/colonel")];
    let outsider = Person::outsider(audience[0].clone(), party("JOR"));
    let snapshot = Snapshot::about(world.state("USA"), groups(), [&id], &[outsider]);
    let named = [PortionId::new("u").unwrap()];
    let query = Query {
        report: &id,
        version: None,
        portions: Some(&named),
        audience: &audience,
        purpose: None,
        moment: world.now,
    };
    let decision = decide(&snapshot, &query, &NoGuards, &NoGuards).unwrap();
    let reasons = decision.explain(0, 0);
    assert_eq!(reasons[0].rule, "us-ic.u-takes-banner");
    assert!(reasons[0].authority.contains("departure from ISM.ACES"));
    let said = serde_json::to_string(&reasons).unwrap();
    assert!(!said.contains("secret") && !said.contains("SI"), "{said}");
}

/// The list that plain unclassified text takes is that of the banner which the scheme itself rolls up.
#[test]
fn a10_the_banners_list_is_the_one_that_is_rolled_up() {
    const MARKS: [&str; 9] = [
        "(S//REL TO USA, FVEY)",
        "(S//REL TO USA, GBR)",
        "(TS//REL TO USA, CAN, DEU)",
        "(S//NF)",
        "(S)",
        "(U//FOUO)",
        "(S//DISPLAY ONLY GBR)",
        "(//CAN S//REL TO USA, CAN)",
        "(//DEU S)",
    ];
    let scheme = schemes().get(&SchemeId::new("us-ic"), None).unwrap();
    for which in 1..1usize << MARKS.len() {
        let chosen: Vec<&str> = (0..MARKS.len())
            .filter(|n| which >> n & 1 == 1)
            .map(|n| MARKS[n])
            .collect();
        if chosen.len() > 4 {
            continue;
        }
        let mut all = chosen.clone();
        all.push("(U)");
        let Some(banner) = scheme.rollup(&all, None).banner else {
            continue;
        };
        let mut world = World::of(&["USA"]);
        let body: Vec<String> = all.iter().map(|mark| format!("{mark} Text.")).collect();
        world.write(
            "USA",
            &file("R", &body.join("\n\n")).replace("arrangements: [A-1]\n", ""),
        );
        let last = format!("R v1 p{}", all.len());
        let marks = MarksInForce::new(world.state("USA"));
        let plain = marks.of(&reference(&last)).unwrap();
        assert_eq!(
            plain.label.release, banner.label.release,
            "{all:?}: {}",
            banner.canonical
        );
    }
}

#[test]
fn a11_without_a_list_an_owners_mark_is_releasable_to_the_owner() {
    let scheme = schemes().get(&SchemeId::new("us-ic"), None).unwrap();
    let release = |mark: &str| {
        let read = scheme.check(mark, MarkKind::Portion, None);
        read.marking.map(|marking| marking.label.release)
    };
    let to = |list: &[&str]| Some(Release::to(list.iter().map(Entity::new)));
    for (mark, list) in [
        ("(//NS)", &["NATO"][..]),
        ("(//DEU S)", &["DEU"]),
        ("(//DEU S//REL TO USA, DEU)", &["USA", "DEU"]),
        ("(//JOINT S GBR USA//REL TO USA, GBR)", &["USA", "GBR"]),
        ("(//FGI S)", &["USA"]),
        ("(S)", &["USA"]),
        ("(U)", &["USA"]),
    ] {
        assert_eq!(release(mark), to(list), "{mark}");
    }
    let mut world = World::of(&["NATO", "DEU"]);
    world.write("NATO", "---\nid: R\nscheme: us-ic\n---\n(//NS) A convoy. {#p}\n");
    world.write("DEU", "---\nid: R\nscheme: us-ic\n---\n(//DEU S) A convoy. {#p}\n");
    let level = |name: &str| Level {
        rank: 3,
        name: name.to_owned(),
    };
    for (home, who, citizen, expected) in [
        ("NATO", "NATO/officer", "DEU", Outcome::Permit),
        ("NATO", "DEU/officer", "DEU", Outcome::Permit),
        ("NATO", "JOR/officer", "JOR", Outcome::Ask),
        ("DEU", "DEU/officer", "DEU", Outcome::Permit),
        ("DEU", "USA/officer", "USA", Outcome::Ask),
    ] {
        let id = person(who);
        let known = Person {
            citizenships: BTreeSet::from([Entity::new(citizen)]),
            clearances: ["us-ic", "us-ic/nato"]
                .map(|scheme| (SchemeId::new(scheme), level(scheme)))
                .into(),
            ..Person::outsider(id.clone(), id.party().unwrap())
        };
        let state = world.nodes.get_mut(&party(home)).unwrap();
        state.apply(&Event::PersonSet(known));
        assert_eq!(outcome(&world, home, "R v1 p", who), expected, "{who} at {home}");
    }
}

/// Who is asked about a portion of this mark for a colonel of Jordan, cleared for everything.
fn asked_about(
    home: &str,
    mark: &str,
    known: &[&str],
    owners: &[(&str, &str)],
) -> (Outcome, Vec<&'static str>, Vec<String>) {
    let mut world = World::of(&[home]);
    let state = world.nodes.get_mut(&party(home)).unwrap();
    for other in known {
        state.apply(&Event::PartySet(Party {
            path: party(other),
            name: String::new(),
            client_of: BTreeSet::new(),
            signing_keys: vec![],
            recipient: None,
        }));
    }
    state.apply(&Event::ArrangementSet(Arrangement {
        id: ArrangementId::new("A-1").unwrap(),
        title: String::new(),
        parties: [home, "OTHER"].map(party).into(),
        purposes: None,
        onward: Onward::Free,
        need_to_know: false,
        two_person: false,
        witnesses: 0,
        withheld: Withheld::Hidden,
        default_mark: None,
        unmarked: Unmarked::Banner,
        owners: owners.iter().map(|(owner, by)| (party(owner), party(by))).collect(),
        not_before: None,
        starts: None,
        expires: None,
        status_set: None,
        status: ArrangementStatus::Active,
        clauses: BTreeMap::new(),
        words: BTreeMap::new(),
    }));
    world.write(home, &file("R", &format!("{mark} Text. {{#p}}")));
    let id = person("JOR/colonel");
    let all = ["us-ic", "us-ic/nato"].map(|scheme| {
        let name = scheme.to_owned();
        (SchemeId::new(scheme), Level { rank: 4, name })
    });
    let state = world.nodes.get_mut(&party(home)).unwrap();
    state.apply(&Event::PersonSet(Person {
        citizenships: BTreeSet::from([Entity::new("JOR")]),
        clearances: all.into(),
        ..Person::outsider(id, party("JOR"))
    }));
    answer(&world, home, "R v1 p", "JOR/colonel")
}

#[test]
fn b3_the_owners_that_a_mark_names_are_asked_beside_the_author() {
    let list = ["release.list"];
    let strange = ["release.list", "release.owner-unknown"];
    for (home, mark, known, owners, rules, asked) in [
        (
            "USA",
            "(S//FGI CAN//REL TO USA, GBR)",
            &["CAN"][..],
            &[][..],
            &list[..],
            &["CAN", "USA"][..],
        ),
        (
            "USA",
            "(//JOINT S GBR USA//REL TO USA, GBR)",
            &["GBR"],
            &[],
            &list,
            &["GBR", "USA"],
        ),
        (
            "GBR.PJHQ",
            "(//JOINT S GBR USA//REL TO USA, GBR)",
            &["USA"],
            &[],
            &list,
            &["GBR.PJHQ", "USA"],
        ),
        (
            "USA",
            "(//DEU S//REL TO USA, DEU)",
            &["DEU"],
            &[],
            &list,
            &["DEU", "USA"],
        ),
        // An owner's own part stands for it; one that is known by parts only is not known.
        ("DEU.BND", "(//DEU S//REL TO USA, DEU)", &[], &[], &list, &["DEU.BND"]),
        (
            "USA",
            "(//DEU S//REL TO USA, DEU)",
            &["DEU.BND"],
            &[],
            &strange,
            &["DEU", "USA"],
        ),
        // NATO answers itself, or by whom the arrangement names.
        ("GBR", "(//NS)", &["NATO"], &[], &list, &["GBR", "NATO"]),
        ("GBR", "(//NS)", &[], &[], &strange, &["GBR", "NATO"]),
        (
            "GBR",
            "(//NS)",
            &["BEL.IMS"],
            &[("NATO", "BEL.IMS")],
            &list,
            &["BEL.IMS", "GBR"],
        ),
        ("GBR", "(//NS)", &[], &[("NATO", "GBR")], &list, &["GBR"]),
        // Whoever marked it is asked where the owner is concealed.
        ("USA", "(S//FGI//REL TO USA, GBR)", &[], &[], &list, &["USA"]),
        // On the list, the list is the owners' word.
        ("USA", "(S//FGI CAN//REL TO USA, JOR)", &[], &[], &[], &[]),
    ] {
        let (outcome, mut found, parties) = asked_about(home, mark, known, owners);
        found.sort_unstable();
        found.dedup();
        assert_eq!(
            (found.as_slice(), parties.as_slice()),
            (
                rules,
                asked.iter().map(ToString::to_string).collect::<Vec<_>>().as_slice()
            ),
            "{home} {mark}"
        );
        let expected = if rules.is_empty() {
            Outcome::Permit
        } else {
            Outcome::Ask
        };
        assert_eq!(outcome, expected, "{home} {mark}");
    }
    // Originator control is the owners' too.
    let (_, rules, asked) = asked_about("USA", "(S//FGI CAN//OC/REL TO USA, JOR)", &["CAN"], &[]);
    assert_eq!(
        (rules[0], asked.as_slice()),
        ("control.originator", ["CAN", "USA"].map(str::to_owned).as_slice())
    );
}

#[test]
fn b3_every_owner_must_consent_and_an_owner_can() {
    let mut world = World::of(&["USA", "GBR", "CAN"]);
    world.agree(&["USA", "GBR"], Onward::Members);
    world.write("USA", &file("R", "(S//FGI CAN//OC/REL TO USA, CAN, GBR) Text. {#p}"));
    world.cleared("USA", "USA/clerk");
    assert_eq!(
        outcome(&world, "USA", "R v1 p", "USA/clerk"),
        Outcome::Permit,
        "whoever wrote it has it from the owner"
    );
    world.cleared("GBR", "JOR/colonel");
    // The owner is asked before it is handed on, too.
    let refusal = world.refused("USA", Command::HandOver(Handover::of(report("R"), party("GBR"))));
    assert!(refusal.contains('p'), "{refusal}");
    world.write("USA", &file("R", "(S//FGI CAN//REL TO USA, CAN, GBR) Text. {#p}"));
    deliver(&mut world, "USA", "R", "GBR");
    assert_eq!(answer(&world, "GBR", "R v2 p", "JOR/colonel").2, ["CAN", "USA"]);
    let consent = |by: &str, id: &str| Consent {
        id: world::consent(id),
        request: None,
        originator: party(by),
        to: party("GBR"),
        report: report("R"),
        portions: BTreeSet::from([reference("R v2 p")]),
        standing: false,
        recipients: Recipients {
            persons: BTreeSet::from([person("JOR/colonel")]),
            parties: BTreeSet::new(),
        },
        stated: Vec::new(),
        marks: Vec::new(),
        purposes: None,
        conditions: vec![format!("as {by} says")],
        given: world::start(),
        received: None,
        ends: None,
        withdrawn: None,
        life: Life::default(),
    };
    for (by, id, expected) in [("USA", "con-1", Outcome::Ask), ("CAN", "con-2", Outcome::Permit)] {
        let letter = world::Letter {
            from: party(by),
            to: party("GBR"),
            id: id.to_owned(),
            message: Message::Answer {
                consents: vec![consent(by, id)],
                refusals: Vec::new(),
                substitutes: Vec::new(),
                exposures: Vec::new(),
            },
        };
        world.hand(&letter).unwrap();
        assert_eq!(outcome(&world, "GBR", "R v2 p", "JOR/colonel"), expected, "after {by}");
    }
    // Nobody else's consent is one.
    let stranger = world::Letter {
        from: party("FRA"),
        to: party("GBR"),
        id: "con-3".to_owned(),
        message: Message::Answer {
            consents: vec![consent("FRA", "con-3")],
            refusals: Vec::new(),
            substitutes: Vec::new(),
            exposures: Vec::new(),
        },
    };
    assert!(world.hand(&stranger).is_err());
}

/// What the press, and a clerk of GBR, get of the title.
fn titled(front: &str, body: &str) -> (World, [Outcome; 2]) {
    let mut world = World::of(&["USA", "GBR"]);
    world.write("USA", &format!("---\nid: R\n{front}\n---\n{body}\n"));
    world.cleared("USA", "GBR/clerk");
    let both = ["PRESS/rep", "GBR/clerk"].map(|who| outcome(&world, "USA", "R v1 title", who));
    (world, both)
}

#[test]
fn a4_a_title_is_a_portion_and_unmarked_it_takes_the_banner() {
    use Outcome::{Ask, Deny, Permit};
    for (front, body, expected) in [
        (
            "scheme: tlp\ntitle: (TLP:RED) Break-in",
            "(TLP:CLEAR) Short.",
            [Ask, Ask],
        ),
        (
            "scheme: tlp\ntitle: (TLP:CLEAR) News",
            "(TLP:RED) Long.",
            [Permit, Permit],
        ),
        (
            "scheme: tlp\ntitle: Break-in",
            "(TLP:CLEAR) Short.\n\n(TLP:RED) Long.",
            [Ask, Ask],
        ),
        ("scheme: tlp\ntitle: News", "(TLP:CLEAR) Short.", [Permit, Permit]),
        ("title: (S//REL TO USA, GBR) A plan", "(U) Short.", [Deny, Permit]),
        (
            "title: A plan",
            "(S//REL TO USA, GBR) Long.\n\n(U) Short.",
            [Deny, Permit],
        ),
        ("title: A plan", "(S//NF) Long.\n\n(U) Short.", [Deny, Ask]),
    ] {
        assert_eq!(titled(front, body).1, expected, "{front}\n{body}");
    }
}

#[test]
fn a4_a_title_is_not_counted_and_answers_for_itself() {
    let (world, _) = titled(
        "title: (S//REL TO USA, GBR) A plan",
        "(U//REL TO USA, GBR) Short.\n\n(S//NF) Long.",
    );
    let all = world.outcomes("USA", "R", "GBR/clerk", "");
    assert_eq!(all.len(), 2, "1 of 2 portions stays");
    let state = world.state("USA");
    let held = state.reports[&report("R")].latest().unwrap();
    assert_eq!(held.portion(&PortionId::title()).unwrap().text, "A plan");
    assert_eq!(mark(&world, "USA", "R v1 title"), "(S//REL TO USA, GBR)");
    let copy: Report = serde_json::from_str(&serde_json::to_string(held).unwrap()).unwrap();
    assert_eq!(copy, *held);
    // A title as it was stored before is one without a mark.
    let mut old = serde_json::to_value(held).unwrap();
    old["title"] = "As it was".into();
    let old: Report = serde_json::from_value(old).unwrap();
    assert_eq!((old.title.text(), old.title.portion()), ("As it was", None));
    // What a list shows of it is decided with the rest.
    let (id, clerk) = (report("R"), person("GBR/clerk"));
    let mut reading = Reading::new(state, groups(), (&NoGuards, &NoGuards), &clerk, None, world.now);
    let seen = reading.of(&id, None).unwrap();
    assert_eq!((seen.portions.len(), seen.title), (1, true));
}

#[test]
fn a4_a_title_can_be_asked_for_consented_to_and_substituted() {
    for front in ["title: (S//REL TO USA, GBR) A plan", "title: A plan"] {
        let mut world = World::of(&["USA", "GBR"]);
        world.agree(&["USA", "GBR"], Onward::Members);
        let text = file("R", "(S//REL TO USA, GBR) Long. {#p}").replace("id: R", &format!("id: R\n{front}"));
        world.write("USA", &text);
        deliver(&mut world, "USA", "R", "GBR");
        world.cleared("GBR", "JOR/colonel");
        assert_eq!(outcome(&world, "GBR", "R v1 title", "JOR/colonel"), Outcome::Ask);
        let request = RequestId::new("req").unwrap();
        world.run(
            "GBR",
            Command::OpenRequest {
                id: request.clone(),
                report: report("R"),
                portions: Some(vec![PortionId::title()]),
                audience: BTreeSet::from([person("JOR/colonel")]),
                purpose: None,
                reason: String::new(),
                change: String::new(),
                needed_by: None,
            },
        );
        world.deliver_post();
        world.run(
            "USA",
            Command::Grant {
                id: world::consent("con"),
                request: request.into(),
                portions: Some(portions("title")),
                terms: Terms::default(),
            },
        );
        world.deliver_post();
        assert_eq!(
            outcome(&world, "GBR", "R v1 title", "JOR/colonel"),
            Outcome::Permit,
            "{front}"
        );
        assert_eq!(outcome(&world, "GBR", "R v1 p", "JOR/colonel"), Outcome::Ask, "{front}");
    }
}

#[test]
fn a4_a_titles_lineage_is_of_all_unless_it_says_so() {
    let mut world = derived();
    let front = |title: &str| {
        format!(
            "---\nid: T\nscheme: us-ic\narrangements: [A-1]\ntitle: {title}\n---\n(S//REL TO USA, GBR) It is planned. {{from: BASE v1 p}}\n"
        )
    };
    world.write("GBR", &front("(U//REL TO USA, GBR) Weekly"));
    let behind = |world: &World, version: &str| -> Vec<String> {
        let text = reference(&format!("T {version} title"));
        let lineage = &world.state("GBR").portion(&text).unwrap().lineage;
        lineage.originators().map(ToString::to_string).collect()
    };
    assert_eq!(behind(&world, "v1"), ["GBR", "USA"]);
    world.write("GBR", &front("(S//REL TO USA, GBR) The plan {from: BASE v1 p}"));
    assert_eq!(behind(&world, "v2"), ["GBR", "USA"]);
    let lax = refused(
        &mut world,
        "GBR",
        &front("(U//REL TO USA, GBR) The plan {from: BASE v1 p}"),
    );
    assert!(lax.contains("less strictly"), "{lax}");
    let forgets = refused(&mut world, "GBR", &front("(S//REL TO USA, GBR) The plan"));
    assert!(forgets.contains("portion title"), "{forgets}");
    let unmarked = refused(&mut world, "GBR", &front("The plan {from: BASE v1 p}"));
    assert!(unmarked.contains("bears a mark"), "{unmarked}");
}

//! Plain unclassified text, and marks without a list.

use super::*;

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
    let snapshot = Snapshot::about(world.state("USA"), groups(), [&id], (&audience, &[outsider]));
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

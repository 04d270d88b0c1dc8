//! NATO, the EU, the UK, Germany and France as policies: marks read and written, levels, equivalences, never transitive.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use entente_marking::spif::{Direction, Policy, SecurityLabel, SpifScheme, published_policies};
use entente_marking::{
    AdjacentFault, Banners, Entity, MarkKind, Marks, Release, Scheme, SchemeId, builtin, split_adjacent_marks,
};

fn rows() -> impl Iterator<Item = &'static str> {
    include_str!("spif_nations.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn policy(name: &str) -> Policy {
    published_policies()
        .into_iter()
        .find(|policy| policy.name == name)
        .unwrap()
}

#[test]
fn marks_of_each_policy_are_read_and_written() {
    let mut wrong = Vec::new();
    for row in rows().filter(|row| !row.contains(" > ") && !row.contains(" < ")) {
        let columns: Vec<&str> = row.split(" | ").collect();
        let [id, kind, mark, expected] = columns[..] else {
            panic!("{row}")
        };
        let kind = if kind == "b" {
            MarkKind::Banner
        } else {
            MarkKind::Portion
        };
        let scheme = builtin::schemes().get(&SchemeId::new(id), None).unwrap();
        let checked = scheme.check(mark, kind, None);
        let got = checked
            .marking
            .as_ref()
            .map_or("!", |marking| marking.canonical.as_str());
        if got != expected {
            wrong.push(format!("{row}: {got} {:?}", checked.findings));
        }
        if let Some(marking) = &checked.marking {
            assert_eq!(
                scheme.check(&marking.canonical, kind, None).marking.as_ref(),
                Some(marking),
                "{row}"
            );
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn equivalences_are_those_of_the_agreements_in_their_direction() {
    let mut wrong = Vec::new();
    for row in rows().filter(|row| row.contains(" > ") || row.contains(" < ")) {
        let (left, expected) = row.split_once(" | ").unwrap();
        let outward = left.contains(" > ");
        let (from, to) = left.split_once(if outward { " > " } else { " < " }).unwrap();
        let (name, class) = from.split_once(' ').unwrap();
        let (source, target) = (policy(name), policy(to));
        let direction = if outward {
            Direction::Outgoing
        } else {
            Direction::Incoming
        };
        let translation = source.translate(&SecurityLabel::new(name, class), &target, direction);
        let got = translation
            .label
            .map_or("!".to_owned(), |label| target.display(&label, None).unwrap());
        if got != expected {
            wrong.push(format!("{row}: {got} {:?}", translation.findings));
        }
        // A translation that fails says why.
        assert!(got != "!" || !translation.findings.is_empty());
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn caveats_of_one_nation_admit_that_nation_only() {
    for (id, mark, nations) in [
        ("uk", "UK SECRET UK EYES ONLY", vec!["GBR"]),
        ("uk", "UK SECRET UK/US EYES ONLY", vec!["GBR", "USA"]),
        ("fra", "SECRET SPÉCIAL FRANCE", vec!["FRA"]),
    ] {
        let scheme = builtin::schemes().get(&SchemeId::new(id), None).unwrap();
        let label = scheme.check(mark, MarkKind::Banner, None).label(mark);
        assert_eq!(
            label.release,
            Release::to(nations.into_iter().map(Entity::new)),
            "{mark}"
        );
    }
}

#[test]
fn the_highest_level_of_portions_is_the_banner() {
    for (id, portions, banner) in [
        ("nato", vec!["(NR)", "(NS)", "(NU)"], "NATO SECRET"),
        (
            "nato",
            vec!["(NS REL IRL, UKR)", "(NC REL UKR)"],
            "NATO SECRET Releasable to Ukraine",
        ),
        (
            "eu",
            vec!["(R-UE/EU-R)", "(C-UE/EU-C)"],
            "CONFIDENTIEL UE/EU CONFIDENTIAL",
        ),
        ("deu", vec!["(VS-NfD)", "(Geh.)"], "GEHEIM"),
        ("fra", vec!["(DR)", "(S)"], "SECRET"),
        ("uk", vec!["(O)", "(UK S)"], "UK SECRET"),
    ] {
        let scheme = SpifScheme::new(policy(&id.to_uppercase()));
        let rollup = scheme.rollup(&portions, None);
        assert_eq!(
            rollup.banner.map(|marking| marking.canonical).as_deref(),
            Some(banner),
            "{:?}",
            rollup.findings
        );
    }
}

#[test]
fn marks_of_two_nations_on_one_portion_have_a_banner_each_and_the_stricter_counts() {
    let schemes = builtin::schemes();
    let read = |line: &str, scheme: &str| {
        let found = split_adjacent_marks(line, schemes, &SchemeId::new(scheme), None).unwrap();
        (Marks::read(line, &found, schemes).unwrap(), found.text(line).to_owned())
    };
    for (scheme, line, banners, release) in [
        (
            "us-ic",
            "(S//REL TO USA, GBR) (UK S) both",
            ["SECRET//REL TO USA, GBR", "UK SECRET"],
            vec!["GBR", "USA"],
        ),
        (
            "us-ic",
            "(S//NF) (PAP:AMBER) one",
            ["SECRET//NOFORN", "PAP:AMBER"],
            vec!["USA"],
        ),
        (
            "nato",
            "(NS REL IRL) (TLP:RED) seen",
            ["NATO SECRET Releasable to Ireland", "TLP:RED"],
            vec!["IRL"],
        ),
        (
            "deu",
            "(VS-NfD) (NR) beides",
            ["VS-NUR FÜR DEN DIENSTGEBRAUCH", "NATO RESTRICTED"],
            vec![],
        ),
        (
            "eu",
            "(R-UE/EU-R) (O-S) both",
            ["RESTREINT UE/EU RESTRICTED", "OFFICIAL-SENSITIVE"],
            vec![],
        ),
        (
            "tlp",
            "(TLP:GREEN) (S//REL TO USA, FRA) (DR) trois",
            ["TLP:GREEN", "SECRET//REL TO USA, FRA"],
            vec!["FRA", "USA"],
        ),
    ] {
        let (marks, _) = read(line, scheme);
        let found = Banners::of([&marks], schemes);
        let lines = found.lines();
        assert!(banners.iter().all(|banner| lines.contains(banner)), "{line}: {lines:?}");
        let label = marks.label();
        assert!(marks.iter().all(|mark| label.dominates(&mark.label)), "{line}");
        let admitted = match &label.release {
            Release::Only(list) => list.full.iter().map(Entity::as_str).collect(),
            Release::Unrestricted => vec![],
        };
        assert_eq!(admitted, release, "{line}");
    }
    let (marks, text) = read("(UK S) (UK side) text", "uk");
    assert_eq!((marks.iter().count(), text.as_str()), (1, "(UK side) text"));
    let same = split_adjacent_marks("(O) (UK O-S) text", schemes, &SchemeId::new("uk"), None);
    assert!(matches!(same, Err(AdjacentFault::SameScheme { .. })));
}

#[test]
fn portions_of_a_nation_roll_up() {
    for (id, portions, banner) in [
        ("uk", vec!["(O-S)", "(O)"], "OFFICIAL-SENSITIVE"),
        ("uk", vec!["(O-S)", "(UK S)"], "UK SECRET"),
        (
            "nato",
            vec!["(NR)", "(NS REL UKR IRL)", "(NC REL UKR)"],
            "NATO SECRET Releasable to Ukraine",
        ),
        ("nato", vec!["(NU)", "(CTS BOHEMIA)"], "COSMIC TOP SECRET BOHEMIA"),
        (
            "eu",
            vec!["(R-UE/EU-R)", "(C-UE/EU-C)"],
            "CONFIDENTIEL UE/EU CONFIDENTIAL",
        ),
        ("deu", vec!["(VS-NfD)", "(Geh.)"], "GEHEIM"),
        ("fra", vec!["(S SF)", "(DR)"], "SECRET SPÉCIAL FRANCE"),
    ] {
        let scheme = builtin::schemes().get(&SchemeId::new(id), None).unwrap();
        let rollup = scheme.rollup(&portions, None);
        let found = rollup.banner.map(|banner| banner.canonical);
        assert_eq!(found.as_deref(), Some(banner), "{portions:?} {:?}", rollup.findings);
    }
}

//! The cases in `tests/spif_cases/cases.txt` and `versions.txt`, one line each, against the shipped policies, a test policy,
//! and one policy of each version of the schema.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use std::collections::BTreeSet;

use entente_marking::spif::{
    CategoryType, ClassificationReading, Clearance, Direction, Policy, SecurityLabel, SpifScheme, builtin_policies,
};
use entente_marking::stanag;
use entente_marking::{MarkKind, Scheme};

const CASES: &str = include_str!("spif_cases/cases.txt");
const VERSIONS: &str = include_str!("spif_cases/versions.txt");
/// One policy of each version of the schema: 1.0, 2.0, 2.1.
const OF_VERSIONS: [&str; 3] = [
    include_str!("spif_cases/littoral-1.0.spif.xml"),
    include_str!("spif_cases/civil-2.0.spif.xml"),
    include_str!("spif_cases/court-2.1.spif.xml"),
];
const TEST_POLICY: &str = include_str!("spif_cases/test.spif.xml");

fn policies() -> Vec<Policy> {
    let own = OF_VERSIONS.into_iter().chain([TEST_POLICY]);
    let own = own.map(|text| Policy::from_xml(text).unwrap());
    builtin_policies().into_iter().chain(own).collect()
}

fn label(policy: &str, text: &str) -> SecurityLabel {
    let mut parts = text.split(" ; ").map(str::trim);
    let label = SecurityLabel::new(policy, parts.next().unwrap());
    parts.fold(label, |label, category| {
        let (kind, rest) = category.split_once(':').unwrap();
        let (tag, value) = rest.split_once('=').unwrap();
        let kind = match kind {
            "R" => CategoryType::Restrictive,
            "P" => CategoryType::Permissive,
            "I" => CategoryType::Informative,
            other => panic!("{other}"),
        };
        label.with(tag, kind, value)
    })
}

fn clearance(policy: &str, text: &str) -> Clearance {
    let label = label(policy, text);
    Clearance {
        classifications: label.classification.split(", ").map(str::to_owned).collect(),
        policy: label.policy,
        categories: label.categories,
    }
}

fn lines() -> impl Iterator<Item = [&'static str; 4]> {
    CASES
        .lines()
        .chain(VERSIONS.lines())
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| {
            let parts: Vec<&str> = line.split(" | ").map(str::trim).collect();
            parts.try_into().unwrap_or_else(|_| panic!("{line}"))
        })
}

#[test]
fn every_case_holds() {
    let policies = policies();
    let policy = |name: &str| policies.iter().find(|policy| policy.name == name).unwrap();
    let mut count = 0;
    for [name, text, what, expected] in lines().filter(|line| !is_rollup(line)) {
        let label = label(name, text);
        let of = policy(name);
        let (verb, arg) = what
            .split_once(' ')
            .map_or((what, None), |(verb, arg)| (verb, Some(arg)));
        let rules = |findings: &[entente_marking::Finding]| -> Vec<String> {
            findings.iter().map(|finding| finding.rule.clone()).collect()
        };
        let access = |reading| of.access(&label, &clearance(name, expected), reading);
        let got = match verb {
            "display" => format!("{:?}", of.display(&label, arg)),
            "portion" => format!("{:?}", of.display_portion(&label, arg)),
            "invalid" => {
                assert!(of.display(&label, None).is_err(), "{text}");
                rules(&of.validate(&label)).join(",")
            }
            "warns" => {
                assert!(of.display(&label, None).is_ok(), "{text}");
                rules(&of.validate(&label)).join(",")
            }
            "permit" | "deny" => {
                let access = access(ClassificationReading::Listed);
                assert_eq!(access.permit, verb == "permit", "{name} {text} {expected}: {access:?}");
                assert!(access.permit || !access.reasons[0].holds);
                expected.to_owned()
            }
            "reach" | "short" => {
                let access = access(ClassificationReading::Hierarchy);
                assert_eq!(access.permit, verb == "reach", "{name} {text} {expected}: {access:?}");
                expected.to_owned()
            }
            "to" | "into" => {
                let target = policy(arg.unwrap());
                let translation = of.translate(&label, target, direction(verb));
                let label = translation
                    .label
                    .unwrap_or_else(|| panic!("{text}: {:?}", translation.findings));
                format!("{:?}", target.display(&label, None))
            }
            "no" | "closed" => {
                let translation = of.translate(&label, policy(arg.unwrap()), direction(verb));
                assert_eq!(translation.label, None, "{text}");
                rules(&translation.findings).join(",")
            }
            other => panic!("{other}"),
        };
        let wanted = if ["display", "portion", "to", "into"].contains(&verb) {
            format!("Ok({expected:?})")
        } else {
            expected.to_owned()
        };
        assert_eq!(got, wanted, "{name} | {text} | {what}");
        count += 1;
    }
    assert!(count > 140, "{count}");
}

fn direction(verb: &str) -> Direction {
    match verb {
        "to" | "no" => Direction::Outgoing,
        _ => Direction::Incoming,
    }
}

fn is_rollup(line: &[&str; 4]) -> bool {
    ["rollup", "open"].contains(&line[2])
}

#[test]
fn every_roll_up_holds() {
    let policies = policies();
    for [name, text, what, expected] in lines().filter(is_rollup) {
        let of = policies.iter().find(|policy| policy.name == name).unwrap();
        let scheme = SpifScheme::new(of.clone());
        let portions: Vec<&str> = text.split(" + ").collect();
        let rollup = scheme.rollup(&portions, None);
        let rules: Vec<&str> = rollup.findings.iter().map(|finding| finding.rule.as_str()).collect();
        match what {
            "rollup" => assert_eq!(rollup.banner.unwrap().canonical, expected, "{text}: {rules:?}"),
            _ => {
                assert_eq!(rollup.banner, None, "{text}");
                assert_eq!(rules.join(","), expected, "{text}");
            }
        }
    }
}

#[test]
fn displayed_markings_are_read_back() {
    let policies = policies();
    for [name, text, what, expected] in lines() {
        let (verb, _) = what.split_once(' ').unwrap_or((what, ""));
        let kind = match verb {
            "display" => MarkKind::Banner,
            "portion" => MarkKind::Portion,
            _ => continue,
        };
        // Not readable by design: values that are never shown, and a classification that is.
        if ["HIDDEN", "QUIET", "SILENT"].iter().any(|word| text.contains(word)) {
            continue;
        }
        let of = policies.iter().find(|policy| policy.name == name).unwrap();
        let scheme = SpifScheme::new(of.clone());
        let checked = scheme.check(expected, kind, None);
        let marking = checked
            .marking
            .unwrap_or_else(|| panic!("{expected}: {:?}", checked.findings));
        assert_eq!(marking.label, scheme.meaning(&label(name, text)), "{expected}");
        assert_eq!(marking.canonical, expected);
    }
}

#[test]
fn a_policy_that_encloses_its_markings_reads_them_back() {
    let enclosed = "<x:markingQualifier><x:qualifier markingQualifier=\"[ \" qualifierCode=\"prefix\"/>\
                    <x:qualifier markingQualifier=\" ]\" qualifierCode=\"suffix\"/></x:markingQualifier></x:SPIF>";
    let file = OF_VERSIONS[2].replace("</x:SPIF>", enclosed);
    let scheme = SpifScheme::new(Policy::from_xml(&file).unwrap());
    for (mark, kind) in [
        ("[ COURT SEALED DEFENDANT ]", MarkKind::Banner),
        ("([ S DF ])", MarkKind::Portion),
    ] {
        assert_eq!(scheme.check(mark, kind, None).marking.unwrap().canonical, mark);
    }
    assert!(
        !scheme
            .check("[ COURT SEALED DEFENDANT", MarkKind::Banner, None)
            .is_valid()
    );
}

#[test]
fn a_suppressed_classification_is_not_guessed() {
    let scheme = SpifScheme::new(Policy::from_xml(TEST_POLICY).unwrap());
    let checked = scheme.check("TEST QUIET", MarkKind::Banner, None);
    assert!(checked.marking.is_none());
    assert_eq!(checked.findings[0].message, "the mark can be read in two ways");
}

#[test]
fn incoming_uses_the_table_of_the_target() {
    let [_, _, alliance, realm] = builtin_policies();
    let translate = |text: &str| realm.translate(&label("REALM", text), &alliance, Direction::Incoming);
    let marking = |text: &str| {
        translate(text)
            .label
            .map(|label| alliance.display(&label, None).unwrap())
    };
    assert_eq!(marking("SECRET").as_deref(), Some("ALLIANCE SECRET"));
    assert_eq!(
        marking("SECRET ; R:Protection=ATOMIC").as_deref(),
        Some("ALLIANCE SECRET ATOMIC")
    );
    assert_eq!(translate("OFFICIAL").findings[0].rule, "spif.equivalence.class");
}

#[test]
fn a_fix_up_is_added() {
    let with = TEST_POLICY.replace(
        "<s:equivalentPolicy name=\"traffic\" id=\"2.25.30613809602852520246365607426271608152\"/>",
        "<s:equivalentPolicy name=\"traffic\" id=\"2.25.9\"><s:requiredCategory operation=\"all\">\
         <s:categoryGroup tagSetRef=\"Origin\" tagType=\"tagType7\" lacv=\"1\"/></s:requiredCategory></s:equivalentPolicy>",
    );
    let target = "<s:SPIF xmlns:s=\"http://www.xmlspif.org/spif\"><s:securityPolicyId name=\"T\" id=\"2.25.9\"/>\
        <s:securityClassifications><s:securityClassification name=\"G\" lacv=\"2\" hierarchy=\"1\"/></s:securityClassifications>\
        <s:securityCategoryTagSets><s:securityCategoryTagSet name=\"Origin\" id=\"2.25.9.1\">\
        <s:securityCategoryTag name=\"Origin\" tagType=\"tagType7\"><s:tagCategory name=\"[Imported]\" lacv=\"1\"/>\
        </s:securityCategoryTag></s:securityCategoryTagSet></s:securityCategoryTagSets></s:SPIF>";
    let (from, to) = (Policy::from_xml(&with).unwrap(), Policy::from_xml(target).unwrap());
    let translation = from.translate(&label("TEST", "LOW"), &to, Direction::Outgoing);
    assert_eq!(to.display(&translation.label.unwrap(), None).unwrap(), "T G [Imported]");
}

#[test]
fn labels_survive_the_exchange_forms() {
    for [name, text, ..] in lines().filter(|line| !is_rollup(line)) {
        let label = label(name, text);
        assert_eq!(stanag::read_xml(&stanag::write_xml(&label)).unwrap().label, label);
        assert_eq!(stanag::read_json(&stanag::write_json(&label, None)).unwrap().0, label);
        let clearance = Clearance {
            policy: label.policy.clone(),
            classifications: BTreeSet::from([label.classification.clone(), "OTHER".to_owned()]),
            categories: label.categories.clone(),
        };
        assert_eq!(
            stanag::read_clearance(&stanag::write_clearance(&clearance)).unwrap(),
            clearance
        );
    }
}

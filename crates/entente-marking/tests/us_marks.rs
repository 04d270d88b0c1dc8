//! The Register's table and the DoD's enclosure, a line a row: is the mark valid, and how is it written?

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use entente_marking::us::UsIc;
use entente_marking::{Checked, Label, MarkKind, Scheme, SchemeId};

fn lines(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split(" | ").map(str::trim).collect())
}

fn profiles(name: &str) -> Vec<(&str, UsIc)> {
    let (ic, dod, ism) = (UsIc::ic_2016(), UsIc::dodm_5200_01(), UsIc::ic_ism_2021());
    match name {
        "ic" => vec![("ic", ic)],
        "dod" => vec![("dod", dod)],
        "ism" => vec![("ism", ism)],
        "us" => vec![("ic", ic), ("dod", dod), ("ism", ism)],
        other => panic!("{other} is no profile"),
    }
}

/// What is wrong with an answer, if anything.
fn misfit(checked: &Checked, mark: &str, expected: &str) -> Option<String> {
    let canonical = checked.marking.as_ref().map(|marking| marking.canonical.as_str());
    let (sign, rest) = expected.split_once(' ').unwrap_or((expected, ""));
    let right = match sign {
        "=" => canonical == Some(if rest.is_empty() { mark } else { rest }),
        "~" => {
            let found = checked
                .findings
                .iter()
                .any(|finding| finding.rule == "us-ic.old" && !finding.is_error());
            canonical == Some(rest) && found
        }
        "!" => {
            let (rule, suggestion) = rest.split_once(" > ").unwrap_or((rest, ""));
            let found = checked
                .findings
                .iter()
                .find(|finding| finding.is_error() && finding.rule == rule);
            let fits = |text: Option<&str>| suggestion.is_empty() || text == Some(suggestion);
            canonical.is_none() && found.is_some_and(|finding| fits(finding.suggestion.as_deref()))
        }
        _ => panic!("{expected}"),
    };
    let findings: Vec<String> = checked
        .findings
        .iter()
        .map(|f| format!("{} {} > {:?}", f.rule, f.message, f.suggestion))
        .collect();
    (!right).then(|| format!("{mark}: expected {expected}, got {canonical:?} {findings:?}"))
}

#[test]
fn each_row_of_the_register_and_of_the_enclosure() {
    let mut wrong = Vec::new();
    let mut rows = 0;
    for row in lines(include_str!("us_marks.txt")) {
        let [profile, kind, mark, expected, source] = row[..] else {
            panic!("{row:?}")
        };
        let kind = if kind == "b" {
            MarkKind::Banner
        } else {
            MarkKind::Portion
        };
        for (name, scheme) in profiles(profile) {
            rows += 1;
            wrong.extend(
                misfit(&scheme.check(mark, kind, None), mark, expected).map(|why| format!("{name} ({source}) {why}")),
            );
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {rows} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn each_roll_up_that_a_manual_decides() {
    let mut wrong = Vec::new();
    for row in lines(include_str!("us_rollups.txt")) {
        let [profile, portions, banner, source] = row[..] else {
            panic!("{row:?}")
        };
        let portions: Vec<&str> = portions.split(" ; ").collect();
        for (name, scheme) in profiles(profile) {
            let rollup = scheme.rollup(&portions, None);
            let got = rollup.banner.as_ref().map(|marking| marking.canonical.as_str());
            if got != Some(banner) {
                wrong.push(format!(
                    "{name} ({source}) {portions:?}: expected {banner}, got {got:?} {:?}",
                    rollup.findings
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn read_on(label: &Label) -> Option<u16> {
    label.levels.get(&SchemeId::new("us-ic/nato")).map(|level| level.rank)
}

#[test]
fn f1_whatever_names_nato_as_an_owner_needs_its_read_on() {
    for scheme in [UsIc::ic_2016(), UsIc::dodm_5200_01(), UsIc::ic_ism_2021()] {
        for (mark, level) in [
            ("(//NS)", 3),
            ("(//CTS)", 4),
            ("(//NR)", 1),
            ("(//NIS)", 3),
            ("(//NATO S)", 3),
            ("(NATO-S)", 3),
            ("(//DEU NATO S)", 3),
            ("(//DEU ISAF S)", 3),
            ("(//JOINT S USA NATO//REL TO USA, NATO)", 3),
            ("(//JOINT C USA KFOR//REL TO USA, KFOR)", 2),
            ("(S//FGI NATO//REL TO USA, NATO)", 3),
            ("(S//FGI KFOR//REL TO USA, KFOR)", 3),
        ] {
            let checked = scheme.check(mark, MarkKind::Portion, None);
            match &checked.marking {
                Some(marking) => assert_eq!(read_on(&marking.label), Some(level), "{mark}"),
                // Never valid: nobody gets access, and the form that has the read-on is suggested.
                None => assert_eq!(checked.label(mark), Label::unintelligible(mark)),
            }
            let rolled = scheme.rollup(&[mark, "(S//REL TO USA, NATO)"], None).banner;
            if checked.is_valid() {
                assert!(read_on(&rolled.unwrap().label) >= Some(level), "{mark}");
            } else {
                assert!(rolled.is_none());
            }
        }
    }
}

#[test]
fn no_older_form_is_ever_written() {
    for row in lines(include_str!("us_marks.txt")).filter(|row| row[3].starts_with('~')) {
        for (_, scheme) in profiles(row[0]) {
            let kind = if row[1] == "b" {
                MarkKind::Banner
            } else {
                MarkKind::Portion
            };
            let marking = scheme.check(row[2], kind, None).marking.unwrap();
            let again = scheme.check(&marking.canonical, kind, None);
            assert!(
                again.findings.iter().all(|finding| finding.rule != "us-ic.old"),
                "{}",
                marking.canonical
            );
            assert_eq!(again.marking.unwrap().label, marking.label, "{}", row[2]);
        }
    }
}

#[test]
fn a_limit_of_cui_that_nobody_states_to_meet_admits_nobody() {
    for scheme in [UsIc::ic_ism_2021(), UsIc::dodm_5200_01()] {
        let label = |mark: &str| scheme.check(mark, MarkKind::Portion, None).label(mark);
        assert!(label("(CUI)").any_of.is_empty());
        for (mark, one_of) in [
            ("(CUI//FED ONLY)", vec!["FEDERAL"]),
            ("(CUI//FEDCON)", vec!["CONTRACTOR", "FEDERAL"]),
            ("(CUI//NOCON)", vec!["FEDERAL", "STATE"]),
        ] {
            let got: Vec<Vec<String>> = label(mark)
                .any_of
                .iter()
                .map(|any| {
                    any.iter()
                        .map(|category| category.as_str().replace("us-cui/affiliation/", ""))
                        .collect()
                })
                .collect();
            assert_eq!(got, [one_of], "{mark}");
            // A classified banner asks for it too, whether it shows CUI or not.
            let banner = scheme.rollup(&[mark, "(S//NF)"], None).banner.unwrap();
            assert_eq!(banner.label.any_of, label(mark).any_of, "{}", banner.canonical);
        }
        assert_eq!(label("(CUI//DL ONLY)").circle, entente_marking::Circle::Named);
    }
}

#[test]
fn categories_of_cui_are_instructions_for_handling() {
    for scheme in [UsIc::ic_ism_2021(), UsIc::dodm_5200_01()] {
        let label = scheme
            .check("(CUI//SP-CTI/PRVCY//NF)", MarkKind::Portion, None)
            .label("");
        let caveats: Vec<&str> = label.caveats.iter().map(entente_marking::Caveat::as_str).collect();
        assert_eq!(caveats, ["CUI", "PRVCY", "SP-CTI"]);
    }
}

#[test]
fn a_mark_that_was_not_read_whole_is_never_written_without_the_rest() {
    for scheme in [UsIc::ic_2016(), UsIc::dodm_5200_01(), UsIc::ic_ism_2021()] {
        for mark in [
            "(S//NOFRON)",
            "(S//NOFORN)",
            "(S//SI-G!//NF)",
            "(S//SAR-!//NF)",
            "(S//RD-SG 400//NF)",
            "(S//REL TO USA, QQQ)",
        ] {
            let checked = scheme.check(mark, MarkKind::Portion, None);
            assert_eq!((checked.canonical, checked.marking), (None, None), "{mark}");
        }
    }
}

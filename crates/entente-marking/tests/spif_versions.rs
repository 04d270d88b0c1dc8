//! What each version of the XML SPIF schema has, in the three policies of `spif_cases`: words of a later version are read and said,
//! words of no version are refused, each with its line.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use entente_marking::spif::Policy;

const LITTORAL: &str = include_str!("spif_cases/littoral-1.0.spif.xml");
const CIVIL: &str = include_str!("spif_cases/civil-2.0.spif.xml");
const COURT: &str = include_str!("spif_cases/court-2.1.spif.xml");

/// The line of the first place at which a text stands.
fn line_of(file: &str, text: &str) -> u32 {
    let before = file.split(text).next().unwrap();
    u32::try_from(before.matches('\n').count() + 1).unwrap()
}

/// The line in which two texts differ first.
fn changed_line(one: &str, other: &str) -> u32 {
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
    u32::try_from(same.filter(|(a, _)| *a == '\n').count() + 1).unwrap()
}

fn remarks(file: &str) -> Vec<String> {
    let policy = Policy::from_xml(file).unwrap();
    policy.remarks.iter().map(ToString::to_string).collect()
}

#[test]
fn a_file_in_the_words_of_its_version_has_no_remark() {
    for file in [LITTORAL, CIVIL, COURT] {
        assert_eq!(remarks(file), [""; 0]);
    }
}

#[test]
fn words_of_a_later_version_are_read_and_said_with_their_line() {
    let older = |file: &str, from: &str, to: &str| {
        let [from, to] = [from, to].map(|version| format!("schemaVersion=\"{version}\""));
        file.replacen(&from, &to, 1)
    };
    let court = older(COURT, "2.1", "2.0");
    let said = remarks(&court);
    assert_eq!(said.len(), 3, "{said:?}");
    let first = format!(
        "line {}, column 32: the marking code replacePolicy came with schema 2.1, and the file says 2.0; it is read all the same",
        line_of(&court, "replacePolicy")
    );
    assert_eq!(said[0], first);
    let civil = remarks(&older(CIVIL, "2.0", "1.0"));
    for word in [
        "the attribute notBefore of SPIF",
        "the attribute notAfter of SPIF",
        "markingData in securityPolicyId",
        "the marking code portionMarking",
        "requiredCategory in equivalentClassification",
        "the attribute minSelection of securityCategoryTag",
        "markingQualifier in tagCategory",
        "the attribute notBefore of tagCategory",
        "the attribute action of equivalentSecCategoryTag",
        "equivalentSecurityCategoryTagSet in securityCategoryTagSet",
        "the attribute dateFormat of tagCategory",
        "the attribute maxSelection of privacyMarks",
        "markingData in privacyMark",
        "requiredCategory in equivalentPolicy",
        "markingQualifier in SPIF",
    ] {
        let place = civil.iter().find(|remark| remark.contains(word));
        let place = place.unwrap_or_else(|| panic!("{word}: {civil:?}"));
        assert!(
            place.ends_with("came with schema 2.0, and the file says 1.0; it is read all the same"),
            "{place}"
        );
    }
    let said = remarks(&older(LITTORAL, "1.0", "2.1"));
    assert_eq!(said, [""; 0], "later versions only add");
}

#[test]
fn files_whose_namespace_is_left_out_or_misspelt_are_read_and_said() {
    let none = LITTORAL.replace(" xmlns=\"http://www.xmlspif.org/spif\"", "");
    let misspelt = LITTORAL.replace("http://www.xmlspif.org/spif", "http://www.xmslpif.org/spif");
    for file in [none, misspelt] {
        let said = remarks(&file);
        assert!(
            said.len() == 1 && said[0].contains("the namespace is http://www.xmlspif.org/spif"),
            "{said:?}"
        );
    }
    let other = LITTORAL.replace("http://www.xmlspif.org/spif", "urn:other");
    assert!(
        Policy::from_xml(&other)
            .unwrap_err()
            .to_string()
            .contains("is not an XML SPIF")
    );
    let said = remarks(&LITTORAL.replace(" schemaVersion=\"1.0\"", ""));
    assert_eq!(
        said,
        ["line 5, column 1: schemaVersion is missing; every version's words are read"]
    );
}

/// Each row changes one thing in a sound file, which is then refused where the change stands.
#[test]
fn words_of_no_version_are_refused_with_line_and_reason() {
    for (file, from, to, reason) in [
        (
            LITTORAL,
            "schemaVersion=\"1.0\"",
            "schemaVersion=\"3.0\"",
            "schema version \"3.0\" is not known",
        ),
        (
            LITTORAL,
            "<updateInfo/>",
            "<metadata/>",
            "the element \"metadata\" is not known here",
        ),
        (
            LITTORAL,
            "<code>documentStart</code>",
            "<code>coverPage</code>",
            "code \"coverPage\" is not known",
        ),
        (
            LITTORAL,
            "color=\"yellow\"",
            "color=\"red;width:9px\"",
            "color \"red;width:9px\" is not a colour",
        ),
        (
            LITTORAL,
            "color=\"#CC0000\"",
            "color=\"#CC00\"",
            "color \"#CC00\" is not a colour",
        ),
        (
            LITTORAL,
            "hierarchy=\"1\"",
            "hierarchy=\"high\"",
            "hierarchy \"high\" is not a number",
        ),
        (
            LITTORAL,
            "name=\"GDYNIA\" lacv=\"2\"",
            "name=\"GDYNIA\" lacv=\"1\"",
            "lacv in this tag set and tag type \"1\" is given twice",
        ),
        (
            LITTORAL,
            "operation=\"oneOrMore\"",
            "operation=\"some\"",
            "operation \"some\" is not known",
        ),
        (
            LITTORAL,
            "requiredClass=\"CREW\"",
            "requiredClass=\"STOKERS\"",
            "classification \"STOKERS\" is not defined",
        ),
        (
            LITTORAL,
            "<excludedClass>OPEN<",
            "<excludedClass>SHUT<",
            "classification \"SHUT\" is not defined",
        ),
        (
            LITTORAL,
            "obsolete=\"1\"",
            "obsolete=\"yes\"",
            "obsolete \"yes\" is not known",
        ),
        (
            LITTORAL,
            "userInput=\"integer\"",
            "userInput=\"number\"",
            "userInput \"number\" is not known",
        ),
        (
            CIVIL,
            "dateFormat=\"YYYYMMDD\"",
            "dateFormat=\"week\"",
            "dateFormat \"week\" is not understood",
        ),
        (
            CIVIL,
            "notBefore=\"2024-03-01T00:00:00Z\"",
            "notBefore=\"soon\"",
            "notBefore \"soon\" is not a date",
        ),
        (
            CIVIL,
            "minSelection=\"0\" maxSelection=\"2\"",
            "minSelection=\"3\" maxSelection=\"2\"",
            "minSelection exceeds maxSelection",
        ),
        (
            CIVIL,
            "applied=\"encrypt\" action=\"discard\"",
            "applied=\"encrypt\" action=\"keep\"",
            "action \"keep\" is not known",
        ),
        (
            CIVIL,
            "applied=\"encrypt\">",
            "applied=\"sideways\">",
            "applied \"sideways\" is not known",
        ),
        (
            CIVIL,
            "<cp:equivalentSecurityCategoryTagSet policyRef=\"LITTORAL\"",
            "<cp:equivalentSecurityCategoryTagSet policyRef=\"MARS\"",
            "equivalent policy \"MARS\" is not defined",
        ),
        (
            CIVIL,
            "tagSetRef=\"Shared\" tagType=\"permissive\" lacv=\"2\"",
            "tagSetRef=\"Shared\" tagType=\"permissive\" lacv=\"9\"",
            "category \"Shared 9\" is not defined",
        ),
        (
            CIVIL,
            "qualifierCode=\"suffix\"",
            "qualifierCode=\"behind\"",
            "qualifierCode \"behind\" is not known",
        ),
        (
            COURT,
            "<x:code>suppressClassName</x:code>",
            "<x:code>suppressName</x:code>",
            "code \"suppressName\" is not known",
        ),
        (
            COURT,
            "tagType=\"enumerated\" enumType=\"restrictive\" maxSelection",
            "tagType=\"enumerated\" maxSelection",
            "enumType is missing",
        ),
        (
            COURT,
            "tagType=\"tagType7\" tag7Encoding",
            "tagType=\"informative\" tag7Encoding",
            "tagType \"informative\" is not known",
        ),
        (
            COURT,
            "id=\"2.25.71.3.2\"",
            "id=\"2.25.71.3.1\"",
            "tag set \"2.25.71.3.1\" is given twice",
        ),
    ] {
        let changed = file.replacen(from, to, 1);
        assert_ne!(changed, file, "{from}");
        let error = Policy::from_xml(&changed).unwrap_err();
        assert!(error.reason.contains(reason), "{to}: {error}");
        // An attribute's fault is said of its element, which may begin some lines before.
        let (at, written) = (error.line, changed_line(file, &changed));
        assert!(
            (written.saturating_sub(3)..=written).contains(&at),
            "{to}: {error}, written in line {written}"
        );
        assert!(!error.remedy.is_empty());
    }
}

#[test]
fn a_label_is_of_the_days_of_its_policy() {
    use entente_marking::spif::SecurityLabel;
    let policy = Policy::from_xml(CIVIL).unwrap();
    for (made, rule) in [
        ("2024-02-29T23:59:59Z", Some("spif.policy.dates")),
        ("2024-03-01T00:00:00Z", None),
        ("2034-02-28T23:59:59Z", None),
        ("2034-03-01T00:00:00Z", Some("spif.policy.dates")),
    ] {
        let mut label = SecurityLabel::new("CIVIL", "GENERAL");
        label.created = Some(made.parse().unwrap());
        let findings = policy.validate(&label);
        assert_eq!(findings.first().map(|finding| finding.rule.as_str()), rule, "{made}");
    }
}

#[test]
fn a_tag_that_asks_for_values_asks_every_label() {
    use entente_marking::spif::{CategoryType, SecurityLabel};
    let file = COURT.replacen("maxSelection=\"2\"", "minSelection=\"1\" maxSelection=\"2\"", 1);
    let policy = Policy::from_xml(&file).unwrap();
    let none = SecurityLabel::new("COURT", "SEALED");
    assert_eq!(policy.validate(&none)[0].rule, "spif.tag.min-selection");
    let one = none.with("Parties", CategoryType::Restrictive, "PLAINTIFF");
    assert_eq!(policy.validate(&one), []);
}

//! What the XML SPIF schema allows, element by element, and files of others where they were fetched.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::collections::BTreeSet;
use std::path::Path;

use entente_marking::spif::{
    CategoryType, ClassificationReading, Clearance, Policy, SecurityCategory, SecurityLabel, TagType,
};

const WILD: &str = include_str!("spif_cases/wild.spif.xml");

fn wild() -> Policy {
    Policy::from_xml(WILD).unwrap()
}

fn label(class: &str, categories: &[(&str, CategoryType, &str)]) -> SecurityLabel {
    let empty = SecurityLabel::new("WILD", class);
    let add = |label: SecurityLabel, row: &(&str, CategoryType, &str)| label.with(row.0, row.1, row.2);
    categories.iter().fold(empty, add)
}

#[test]
fn f2_a_file_of_schema_1_0_loads_and_displays_in_each_language() {
    use CategoryType::{Permissive, Restrictive};
    let policy = wild();
    let (nor, fra) = (("Release", Permissive, "NOR"), ("Release", Permissive, "FRA"));
    let (eyes, hands) = (("Handling", Restrictive, "EYES"), ("Handling", Restrictive, "HANDS"));
    for (class, categories, lang, shown) in [
        ("LOW", vec![], None, "WILD LOW"),
        ("LOW", vec![], Some("fr-CA"), "WILD BAS"),
        ("LOW", vec![nor, fra], None, "WILD LOW for NOR, FRA"),
        // A language without a separator of its own takes the default one.
        ("LOW", vec![nor, fra], Some("fr"), "WILD BAS pour NOR, FRA"),
        // What replaces the policy's name and displays no name leaves the classification out.
        ("HIGH", vec![eyes], None, "ZENITH EYES"),
        ("HIGH", vec![eyes, hands], None, "ZENITH EYES and HANDS"),
        ("HIGH", vec![eyes, hands], Some("fr"), "ZENITH EYES et HANDS"),
    ] {
        let label = label(class, &categories);
        assert_eq!(
            policy.display(&label, lang).as_deref(),
            Ok(shown),
            "{class} {categories:?} {lang:?}"
        );
    }
    assert_eq!(policy.classifications[1].color.as_deref(), Some("#FF0000"));
}

#[test]
fn f2_a_reference_without_a_number_means_any_value() {
    use CategoryType::{Permissive, Restrictive};
    let policy = wild();
    assert!(
        !policy.validate(&label("HIGH", &[])).is_empty(),
        "HIGH needs some handling"
    );
    assert!(
        policy
            .validate(&label("HIGH", &[("Handling", Restrictive, "HANDS")]))
            .is_empty()
    );
    let both = [("Release", Permissive, "FRA"), ("Handling", Restrictive, "EYES")];
    assert!(
        policy
            .validate(&label("LOW", &both))
            .iter()
            .any(entente_marking::Finding::is_error),
        "EYES excludes FRA"
    );
}

/// Each line changes one thing in a sound file; the file is then refused at a place, or still loads.
#[test]
fn f2_what_the_schema_does_not_allow_is_refused_with_its_line() {
    for (from, to, loads) in [
        ("schemaVersion=\"1.0\"", "schemaVersion=\"2.0\"", true),
        ("schemaVersion=\"1.0\"", "schemaVersion=\"2.1\"", true),
        ("schemaVersion=\"1.0\"", "", true),
        ("schemaVersion=\"1.0\"", "schemaVersion=\"9\"", false),
        ("maxSelection=\"unbounded\"", "maxSelection=\"2\"", true),
        ("maxSelection=\"unbounded\"", "maxSelection=\"many\"", false),
        (
            "tagSetRef=\"Handling\" tagType=\"enumerated\"/>",
            "tagSetRef=\"Handling\" tagType=\"enumerated\" enumType=\"restrictive\" all=\"true\"/>",
            true,
        ),
        (
            "tagSetRef=\"Handling\" tagType=\"enumerated\"/>",
            "tagSetRef=\"Nothing\" tagType=\"enumerated\"/>",
            false,
        ),
        ("lacv=\"hands\"", "lacv=\"eyes\"", false),
        (
            "policyRef=\"PLAIN\" lacv=\"1\"",
            "policyRef=\"OTHER\" lacv=\"1\"",
            false,
        ),
        ("<s:code>xHeader</s:code>", "<s:code>onTheMoon</s:code>", false),
        ("qualifierCode=\"prefix\"", "qualifierCode=\"around\"", false),
        ("<s:updateInfo/>", "<s:novelty/>", false),
        ("hierarchy=\"2\"", "hierarchy=\"high\"", false),
    ] {
        let text = WILD.replacen(from, to, 1);
        assert_ne!(text, WILD, "{from} is in the file");
        match Policy::from_xml(&text) {
            Ok(_) => assert!(loads, "{to} loads"),
            Err(error) => {
                assert!(!loads, "{to}: {error}");
                assert!(error.line > 1 && !error.remedy.is_empty(), "{error}");
            }
        }
    }
}

/// The tests of another engine, where its files were fetched (`scripts/foreign-spif`); otherwise not run.
#[test]
fn displays_and_access_of_another_engine() {
    let Some(folder) = std::env::var_os("ENTENTE_FOREIGN_SPIF") else {
        eprintln!("not run: ENTENTE_FOREIGN_SPIF names no folder; scripts/foreign-spif fetches one");
        return;
    };
    let folder = Path::new(&folder);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let nato = Policy::from_xml(&read("nato-4774-policy.xml")).unwrap();
    for (file, lang, shown) in [
        (
            "nato-4774-17-1.xml",
            None,
            "NATO UNCLASSIFIED Releasable to ISAF, KFOR, RESOLUTE SUPPORT",
        ),
        (
            "nato-4774-17-1.xml",
            Some("fr-CA"),
            "NATO SANS CLASSIFICATION Communicable a ISAF, KFOR, RESOLUTE SUPPORT",
        ),
        (
            "nato-4774-17-1.xml",
            Some("fr"),
            "NATO SANS CLASSIFICATION Communicable a ISAF, KFOR, RESOLUTE SUPPORT",
        ),
        ("nato-4774-17-2.xml", None, "NATO UNCLASSIFIED"),
        ("nato-4774-17-3.xml", None, "NATO UNCLASSIFIED - STAFF"),
        (
            "nato-4774-17-4.xml",
            Some("en-GB"),
            "NATO RESTRICTED Releasable to Japan, Switzerland, Ukraine",
        ),
        (
            "nato-4774-17-4.xml",
            None,
            "NATO RESTRICTED Releasable to Japan, Switzerland, Ukraine",
        ),
        (
            "nato-4774-17-6.xml",
            None,
            "NATO/KFOR CONFIDENTIAL Ireland, Sweden, Ukraine, NATO ONLY",
        ),
        ("nato-4774-extra-1.xml", None, "COSMIC TOP SECRET"),
    ] {
        let label = label_of(&nato, &read(file)).0;
        assert_eq!(nato.display(&label, lang).as_deref(), Ok(shown), "{file} {lang:?}");
    }
    let uk = Policy::from_xml(&read("uk-demo.xml")).unwrap();
    let tlpx = Policy::from_xml(&read("tlp-plus.xml")).unwrap();
    let tlp = Policy::from_xml(&read("tlp.xml")).unwrap();
    let eu = label_of(&tlpx, &read("tlpx-amber-eu.xml")).0;
    assert_eq!(tlpx.display(&eu, None).as_deref(), Ok("TLPX:AMBER J:EU"));
    let harbour = label_of(&tlpx, &read("tlpx-green-sh-na.xml")).0;
    assert_eq!(
        tlpx.display(&harbour, None).as_deref(),
        Ok("TLPX:GREEN J:SafeHarbour Do not action")
    );
    let to = |target: &Policy, label: &SecurityLabel| {
        let translated = tlpx.translate(label, target, entente_marking::spif::Direction::Outgoing);
        target.display(
            &translated.label.unwrap_or_else(|| panic!("{:?}", translated.findings)),
            None,
        )
    };
    assert_eq!(
        to(&tlp, &eu).as_deref(),
        Ok("TLP:AMBER [REGION=EU] [Additional Handling May Apply]/[Imported Data]")
    );
    assert_eq!(
        to(&tlp, &harbour).as_deref(),
        Ok("TLP:GREEN [REGION=EU/US] [Imported Data]")
    );
    assert_eq!(to(&uk, &eu).as_deref(), Ok("DEMO-UK SECRET - UK / EU EYES ONLY"));
    food(&read);
    let clearance = label_of(&uk, &read("uk-demo-secret-uk.xml")).1;
    let translated = tlpx
        .translate(&eu, &uk, entente_marking::spif::Direction::Outgoing)
        .label
        .unwrap();
    assert!(uk.access(&translated, &clearance, ClassificationReading::Listed).permit);
}

/// Its policy of foods, which has no namespace, and one end tag that is misspelt: that is no XML, and mended here.
fn food(read: &dyn Fn(&str) -> String) {
    let text = read("food-policy.xml");
    assert!(
        Policy::from_xml(&text)
            .unwrap_err()
            .reason
            .contains("securityCategiryTagSet")
    );
    let food = Policy::from_xml(&text.replace("securityCategiryTagSet", "securityCategoryTagSet")).unwrap();
    let label = |file: &str| label_of(&food, &read(file)).0;
    for (file, shown) in [
        (
            "food-label-milk-chocolate.xml",
            Some("[ Food Sweet/Yummy Chocolate Brown Contains Lactose Not Vegan Animal Rights ]"),
        ),
        ("food-label-water.xml", Some("[ Food FREE British Flag ]")),
        ("food-label-cheap-milk-chocolate.xml", None),
        ("food-label-meaty-milk-chocolate.xml", None),
    ] {
        assert_eq!(food.display(&label(file), None).ok().as_deref(), shown, "{file}");
    }
    assert!(food.validate(&label("food-label-bacon.xml")).is_empty());
    let chocolate = label("food-label-milk-chocolate.xml");
    for (file, permit) in [
        ("food-clearance-lactose-intolerant.xml", false),
        ("food-clearance-all-okay.xml", true),
    ] {
        let clearance = label_of(&food, &read(file)).1;
        let access = food.access(&chocolate, &clearance, ClassificationReading::Listed);
        assert_eq!(access.permit, permit, "{file}: {:?}", access.reasons);
    }
    assert!(Policy::from_xml(&read("food-policy-borked.xml")).is_err());
}

/// A label and a clearance from the other engine's own form, which names values by number.
fn label_of(policy: &Policy, text: &str) -> (SecurityLabel, Clearance) {
    let document = roxmltree::Document::parse(text).unwrap();
    let named = |name: &'static str| {
        document
            .root_element()
            .children()
            .filter(move |n| n.tag_name().name() == name)
    };
    let number = |node: roxmltree::Node<'_, '_>| node.attribute("lacv").unwrap().parse::<u64>().unwrap();
    let class = |lacv: u64| {
        policy
            .classifications
            .iter()
            .find(|class| class.lacv == lacv)
            .unwrap()
            .name
            .clone()
    };
    let classes: BTreeSet<String> = named("classification").map(|node| class(number(node))).collect();
    let categories: BTreeSet<SecurityCategory> = named("tag")
        .map(|node| {
            let set = policy
                .tag_sets
                .iter()
                .find(|set| Some(set.id.as_str()) == node.attribute("id"))
                .unwrap();
            let wanted = match node.attribute("type").unwrap() {
                "permissive" => TagType::Permissive,
                "restrictive" => TagType::Restrictive,
                "enumeratedPermissive" => TagType::EnumeratedPermissive,
                "enumeratedRestrictive" => TagType::EnumeratedRestrictive,
                _ => TagType::Tag7,
            };
            let tag = set
                .tags
                .iter()
                .find(|tag| tag.tag_type == wanted && tag.values.iter().any(|value| value.lacv == number(node)));
            let tag = tag.unwrap_or_else(|| panic!("{} {wanted:?} {}", set.name, number(node)));
            SecurityCategory {
                tag: tag.name.clone(),
                set: Some(set.id.clone()),
                kind: wanted.effect(),
                value: tag
                    .values
                    .iter()
                    .find(|value| value.lacv == number(node))
                    .unwrap()
                    .name
                    .clone(),
            }
        })
        .collect();
    let mut label = SecurityLabel::new(&policy.name, classes.iter().next().unwrap());
    label.categories = categories.clone();
    let clearance = Clearance {
        policy: label.policy.clone(),
        classifications: classes,
        categories,
    };
    (label, clearance)
}

//! Laws of a policy's roll-up, on random labels of the shipped policies.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use entente_marking::spif::{
    CategoryType, ClassificationReading, Clearance, Policy, SecurityLabel, SpifScheme, builtin_policies,
};
use entente_marking::{MarkKind, Scheme};
use proptest::prelude::*;

fn policy(place: usize) -> Policy {
    let [_, _, alliance, realm] = builtin_policies();
    if place == 0 { alliance } else { realm }
}

/// A label with the categories that `bits` picks.
fn label(policy: &Policy, class: usize, bits: u32) -> SecurityLabel {
    let classes = &policy.classifications;
    let mut label = SecurityLabel::new(&policy.name, &classes[class % classes.len()].name);
    let tags = policy.tag_sets.iter().flat_map(|set| &set.tags);
    let values = tags.flat_map(|tag| tag.values.iter().map(move |value| (tag, value)));
    for (bit, (tag, value)) in values.enumerate() {
        if bits >> (bit % 32) & 1 == 1 {
            label = label.with(&tag.name, tag.tag_type.effect(), &value.name);
        }
    }
    label
}

fn clearance(policy: &Policy, class: usize, bits: u32) -> Clearance {
    let label = label(policy, class, bits);
    Clearance {
        policy: label.policy,
        classifications: [label.classification].into(),
        categories: label.categories,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn who_may_read_the_whole_may_read_each_part(
        of in 0_usize..2,
        parts in prop::collection::vec((0_usize..5, any::<u32>(), any::<u32>(), any::<u32>()), 1..4),
        reader in (0_usize..5, any::<u32>(), any::<u32>())
    ) {
        let policy = policy(of);
        let scheme = SpifScheme::new(policy.clone());
        // Sparse bits, so that many labels are valid.
        let labels: Vec<SecurityLabel> = parts
            .iter()
            .map(|(class, a, b, c)| label(&policy, *class, a & b & c))
            .filter(|label| policy.display(label, None).is_ok())
            .collect();
        prop_assume!(!labels.is_empty());
        let marks: Vec<String> = labels.iter().map(|label| policy.display_portion(label, None).unwrap()).collect();
        let mut texts: Vec<&str> = marks.iter().map(String::as_str).collect();
        let rollup = scheme.rollup(&texts, None);
        texts.reverse();
        prop_assert_eq!(&scheme.rollup(&texts, None).banner, &rollup.banner);
        let Some(banner) = rollup.banner else {
            prop_assert!(rollup.findings.iter().any(entente_marking::Finding::is_error));
            return Ok(());
        };
        let again = scheme.check(&banner.canonical, MarkKind::Banner, None).marking;
        prop_assert_eq!(again.as_ref(), Some(&banner));
        // The banner's own label, found among all that display so.
        let clearance = clearance(&policy, reader.0, reader.1 | reader.2);
        let whole = joined(&labels, &policy);
        prop_assert_eq!(&policy.display(&whole, None).unwrap(), &banner.canonical);
        let reading = ClassificationReading::Hierarchy;
        if policy.access(&whole, &clearance, reading).permit {
            for label in &labels {
                let access = policy.access(label, &clearance, reading);
                prop_assert!(access.permit, "{:?} {:?}", label, access);
            }
        }
    }

    #[test]
    fn unknown_values_never_widen_access(
        of in 0_usize..2, class in 0_usize..5, bits in any::<u32>(), reader in any::<u32>(), kind in 0_usize..3
    ) {
        let policy = policy(of);
        let label = label(&policy, class, bits & reader);
        let clearance = clearance(&policy, class, reader);
        let kind = [CategoryType::Restrictive, CategoryType::Permissive, CategoryType::Informative][kind];
        for reading in [ClassificationReading::Listed, ClassificationReading::Hierarchy] {
            let stranger = label.clone().with("Releasable To", kind, "ATLANTIS");
            prop_assert!(!policy.access(&stranger, &clearance, reading).permit);
            let mut more = clearance.clone();
            more.classifications.insert("ULTRA".to_owned());
            more.categories.extend(stranger.categories);
            more.categories.retain(|c| clearance.categories.contains(c) || c.value == "ATLANTIS");
            prop_assert_eq!(
                policy.access(&label, &more, reading).permit,
                policy.access(&label, &clearance, reading).permit
            );
        }
    }

    #[test]
    fn displayed_labels_are_read_back(of in 0_usize..2, class in 0_usize..5, a in any::<u32>(), b in any::<u32>()) {
        let policy = policy(of);
        let scheme = SpifScheme::new(policy.clone());
        let label = label(&policy, class, a & b);
        for lang in policy.languages() {
            if let Ok(text) = policy.display(&label, lang) {
                let marking = scheme.check(&text, MarkKind::Banner, None).marking;
                prop_assert_eq!(marking.map(|marking| marking.label), Some(scheme.meaning(&label)), "{}", text);
            }
        }
    }
}

/// The obvious join: highest class, union of what restricts or informs, intersection of what permits. What only informs, and never
/// goes with that class, is left out.
fn joined(labels: &[SecurityLabel], policy: &Policy) -> SecurityLabel {
    let rank = |label: &&SecurityLabel| {
        policy
            .classifications
            .iter()
            .position(|class| class.name == label.classification)
    };
    let mut whole = labels.iter().max_by_key(rank).unwrap().clone();
    whole.categories = labels
        .iter()
        .flat_map(|label| &label.categories)
        .filter(|category| {
            category.kind != CategoryType::Permissive
                || labels.iter().all(|label| {
                    let mut same = label.categories.iter().filter(|c| c.tag == category.tag).peekable();
                    same.peek().is_none() || same.any(|c| c == *category)
                })
        })
        .filter(|category| {
            let alone = SecurityLabel {
                categories: [(*category).clone()].into(),
                ..whole.clone()
            };
            category.kind != CategoryType::Informative || policy.display(&alone, None).is_ok()
        })
        .cloned()
        .collect();
    whole
}

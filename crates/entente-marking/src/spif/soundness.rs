//! Whether a policy's references hold together: none dangles, none runs in a circle.

use std::collections::BTreeMap;

use roxmltree::Node;

use super::element::dangling;
use super::policy::{Place, Policy, Reference};
use crate::xml::{XmlFault, fault};

/// Checks every reference within the policy. `root` serves to point at the faulty element.
pub(super) fn check(root: Node<'_, '_>, policy: &Policy) -> Result<(), XmlFault> {
    for class in &policy.classifications {
        for reference in class.required.iter().flat_map(|r| &r.groups) {
            check_reference(root, policy, reference)?;
        }
    }
    for place in policy.places() {
        let value = policy.value(place);
        let needed = value.required.iter().flat_map(|r| &r.groups);
        for reference in needed.chain(&value.excluded) {
            check_reference(root, policy, reference)?;
        }
    }
    check_circles(root, policy)
}

fn check_reference(root: Node<'_, '_>, policy: &Policy, reference: &Reference) -> Result<(), XmlFault> {
    let defined = match (policy.set_named(&reference.set), reference.lacv) {
        (Some(set), None) => policy.tag_sets[set]
            .tags
            .iter()
            .any(|tag| tag.tag_type == reference.tag_type),
        (Some(_), Some(_)) => policy.referred(reference).is_some(),
        (None, _) => false,
    };
    if defined {
        return Ok(());
    }
    let lacv = reference.lacv.map(|lacv| lacv.to_string());
    let node = root
        .descendants()
        .find(|node| {
            node.attribute("tagSetRef") == Some(reference.set.as_str()) && node.attribute("lacv") == lacv.as_deref()
        })
        .unwrap_or(root);
    let lacv = lacv.unwrap_or_else(|| "any value".to_owned());
    Err(dangling(node, "category", &format!("{} {lacv}", reference.set)))
}

/// Values that need each other in a circle are refused: no label can be built up to them value by value.
fn check_circles(root: Node<'_, '_>, policy: &Policy) -> Result<(), XmlFault> {
    let mut needs: BTreeMap<Place, Vec<Place>> = BTreeMap::new();
    let mut needed_by: BTreeMap<Place, usize> = BTreeMap::new();
    for place in policy.places() {
        let targets: Vec<Place> = policy
            .value(place)
            .required
            .iter()
            .flat_map(|r| &r.groups)
            .filter_map(|reference| policy.referred(reference))
            .collect();
        for target in &targets {
            *needed_by.entry(*target).or_default() += 1;
        }
        needs.insert(place, targets);
    }
    // Takes away, again and again, what nothing needs; what remains stands on a circle or below one.
    let mut free: Vec<Place> = needs
        .keys()
        .copied()
        .filter(|place| !needed_by.contains_key(place))
        .collect();
    let mut left = needs.len();
    while let Some(place) = free.pop() {
        left -= 1;
        for target in &needs[&place] {
            if let Some(count) = needed_by.get_mut(target) {
                *count -= 1;
                if *count == 0 {
                    free.push(*target);
                }
            }
        }
    }
    if left == 0 {
        return Ok(());
    }
    let stuck = needed_by
        .iter()
        .find(|(place, count)| **count > 0 && !needs[place].is_empty());
    let name = stuck.map_or("", |(place, _)| policy.value(*place).name.as_str());
    let node = root
        .descendants()
        .find(|node| node.tag_name().name() == "tagCategory" && node.attribute("name") == Some(name))
        .unwrap_or(root);
    Err(fault(
        node,
        format!("the category {name:?} stands on a circle of required categories"),
        "remove one requirement of the circle",
    ))
}

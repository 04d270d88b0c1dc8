//! From an XML SPIF to a [`Policy`]: everything that is not understood is refused.

use std::collections::{BTreeMap, BTreeSet};

use super::dates;
use super::element::{
    Element, Read, bounded, color, dangling, date, duplicate, flag, named, number, oid, one, only, optional_number,
    ours, text, too_many, unknown, word,
};
use super::phrases::{marking, qualifiers};
use super::policy::{
    Applied, Classification, ClassificationReading, EquivalentClass, EquivalentPolicy, EquivalentSet, EquivalentValue,
    Input, Operation, Place, Policy, Reference, Requirement, Tag, TagSet, TagType, TagValue,
};
use super::soundness;
use super::versions::{self, SCHEMAS};
use crate::xml::{self, XmlFault, fault};

/// The most values of all categories together. All countries, languages and operations need about 2,000.
const MAX_VALUES: usize = 20_000;
/// The most classifications; real policies have up to 12.
const MAX_CLASSES: usize = 256;
/// The most tag sets, tags in a set, or equivalent policies; each is searched from its beginning.
const MAX_SETS: usize = 512;

/// Why a file is not a usable policy, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {reason}; {remedy}")]
pub struct SpifError {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub remedy: String,
}

impl From<XmlFault> for SpifError {
    fn from(fault: XmlFault) -> Self {
        Self {
            line: fault.line,
            column: fault.column,
            reason: fault.reason,
            remedy: fault.remedy.to_owned(),
        }
    }
}

impl Policy {
    /// Reads an XML SPIF 1.0, 2.0 or 2.1.
    ///
    /// # Errors
    ///
    /// Where the text is not well-formed, has a document type, exceeds a bound, uses words that the vocabulary
    /// does not have, or contradicts itself (duplicates, dangling references, cycles).
    pub fn from_xml(text: &str) -> Result<Self, SpifError> {
        let document = xml::read(text)?;
        let root = document.root_element();
        let policy = read_policy(root)?;
        Ok(policy)
    }
}

const ROOT_CHILDREN: &[&str] = &[
    "defaultSecurityPolicyId",
    "securityPolicyId",
    "updateInfo",
    "equivalentPolicies",
    "securityClassifications",
    "securityCategoryTagSets",
    "privacyMarks",
    "markingData",
    "markingQualifier",
    "extensions",
];

fn read_policy(root: Element<'_>) -> Read<Policy> {
    if root.tag_name().name() != "SPIF" || !ours(root) {
        return Err(fault(
            root,
            "this is not an XML SPIF",
            "the root must be SPIF in the namespace http://www.xmlspif.org/spif",
        ));
    }
    if let Some(version) = root.attribute("schemaVersion").filter(|v| !SCHEMAS.contains(v)) {
        return Err(fault(
            root,
            format!("schema version {version:?} is not known"),
            "use a policy in the XML SPIF schema 1.0, 2.0 or 2.1",
        ));
    }
    only(root, ROOT_CHILDREN)?;
    let identity = one(root, "securityPolicyId")?;
    only(identity, &["markingData", "markingQualifier"])?;
    // What the schema lets a policy say of its own name stands here or at the root.
    let mut own_marking = marking(identity)?;
    own_marking.extend(marking(root)?);
    let mut own_qualifiers = qualifiers(identity)?;
    own_qualifiers.extend(qualifiers(root)?);
    let mut policy = Policy {
        name: text(identity, "name")?,
        id: oid(identity, "id")?,
        version: root.attribute("version").unwrap_or_default().to_owned(),
        classifications: Vec::new(),
        tag_sets: Vec::new(),
        equivalents: Vec::new(),
        marking: own_marking,
        qualifiers: own_qualifiers,
        reading: ClassificationReading::Listed,
        not_before: date(root, "notBefore")?,
        not_after: date(root, "notAfter")?,
        remarks: versions::remarks(root),
        index: BTreeMap::new(),
    };
    for node in named(root, "defaultSecurityPolicyId") {
        only(node, &["markingData", "markingQualifier"])?;
        let default = EquivalentPolicy {
            name: text(node, "name")?,
            id: oid(node, "id")?,
            required: Vec::new(),
        };
        // A policy may be its own default.
        if default.id != policy.id && default.name != policy.name {
            policy.equivalents.push(default);
        }
    }
    for list in named(root, "equivalentPolicies") {
        only(list, &["equivalentPolicy"])?;
        for node in named(list, "equivalentPolicy") {
            if policy.equivalents.len() == MAX_SETS {
                return Err(too_many(node));
            }
            let found = equivalent_policy(node, &policy)?;
            // The default policy may be listed again, with what its labels must carry.
            policy
                .equivalents
                .retain(|known| known.id != found.id || !known.required.is_empty());
            policy.equivalents.push(found);
        }
    }
    let list = one(root, "securityClassifications")?;
    only(list, &["securityClassification", "markingData", "markingQualifier"])?;
    for node in named(list, "securityClassification") {
        let class = classification(node, &policy)?;
        if policy.classifications.len() == MAX_CLASSES {
            return Err(fault(node, "too many classifications", "a policy may have at most 256"));
        }
        policy.classifications.push(class);
    }
    if policy.classifications.is_empty() {
        return Err(fault(list, "the policy has no classification", "give it at least one"));
    }
    for list in named(root, "securityCategoryTagSets") {
        only(list, &["securityCategoryTagSet"])?;
        for node in named(list, "securityCategoryTagSet") {
            tag_set(node, &mut policy)?;
        }
    }
    soundness::check(root, &policy)?;
    Ok(policy)
}

fn equivalent_policy(node: Element<'_>, policy: &Policy) -> Read<EquivalentPolicy> {
    only(node, &["requiredCategory"])?;
    let found = EquivalentPolicy {
        name: text(node, "name")?,
        id: oid(node, "id")?,
        required: requirements(node)?,
    };
    if found.id == policy.id || found.name == policy.name {
        return Err(fault(
            node,
            "the policy is declared equivalent to itself",
            "remove the equivalence",
        ));
    }
    let default = |known: &EquivalentPolicy| {
        named(node.document().root_element(), "defaultSecurityPolicyId")
            .any(|child| child.attribute("id") == Some(&known.id))
    };
    if policy
        .equivalents
        .iter()
        .any(|known| (known.id == found.id || known.name == found.name) && !default(known))
    {
        return Err(duplicate(node, "equivalent policy", &found.name));
    }
    Ok(found)
}

fn classification(node: Element<'_>, policy: &Policy) -> Read<Classification> {
    only(
        node,
        &[
            "equivalentClassification",
            "markingData",
            "markingQualifier",
            "requiredCategory",
        ],
    )?;
    let hierarchy: u32 = number(node, "hierarchy")?;
    let class = Classification {
        name: text(node, "name")?,
        lacv: number(node, "lacv")?,
        hierarchy: u16::try_from(hierarchy).map_err(|_| {
            fault(
                node,
                format!("hierarchy {hierarchy} is too high"),
                "use a number up to 65535",
            )
        })?,
        color: color(node)?,
        obsolete: flag(node, "obsolete")?,
        equivalents: named(node, "equivalentClassification")
            .map(|child| equivalent_class(child, policy))
            .collect::<Read<_>>()?,
        marking: marking(node)?,
        qualifiers: qualifiers(node)?,
        required: requirements(node)?,
    };
    if policy
        .classifications
        .iter()
        .any(|known| known.name.eq_ignore_ascii_case(&class.name))
    {
        return Err(duplicate(node, "classification name", &class.name));
    }
    if policy.class_by_lacv(class.lacv).is_some() {
        return Err(duplicate(node, "classification lacv", &class.lacv.to_string()));
    }
    for applied in [Applied::Encrypt, Applied::Decrypt] {
        let mut seen = BTreeSet::new();
        let clash = class
            .equivalents
            .iter()
            // Outward there is one answer; several levels of another policy may be one level here.
            .find(|e| {
                let inward = (applied == Applied::Decrypt).then_some(e.lacv);
                e.holds(applied) && !seen.insert((&e.policy, inward))
            });
        if let Some(clash) = clash {
            return Err(duplicate(node, "equivalent classification for policy", &clash.policy));
        }
    }
    Ok(class)
}

fn equivalent_class(node: Element<'_>, policy: &Policy) -> Read<EquivalentClass> {
    only(node, &["requiredCategory"])?;
    Ok(EquivalentClass {
        policy: policy_ref(node, policy)?,
        lacv: number(node, "lacv")?,
        applied: applied(node)?,
        required: requirements(node)?,
    })
}

fn tag_set(node: Element<'_>, policy: &mut Policy) -> Read<()> {
    only(node, &["securityCategoryTag", "equivalentSecurityCategoryTagSet"])?;
    let set = TagSet {
        name: text(node, "name")?,
        id: oid(node, "id")?,
        tags: Vec::new(),
        equivalents: named(node, "equivalentSecurityCategoryTagSet")
            .map(|child| equivalent_set(child, policy))
            .collect::<Read<_>>()?,
    };
    let place = policy.tag_sets.len();
    if let Some(known) = policy
        .tag_sets
        .iter()
        .find(|known| known.id == set.id || known.name == set.name)
    {
        let what = if known.id == set.id { &set.id } else { &set.name };
        return Err(duplicate(node, "tag set", what));
    }
    if place == MAX_SETS {
        return Err(too_many(node));
    }
    policy.tag_sets.push(set);
    for child in named(node, "securityCategoryTag") {
        let tag = tag(child, policy)?;
        let position = policy.tag_sets[place].tags.len();
        if position == MAX_SETS {
            return Err(too_many(child));
        }
        if policy.tag_sets[place].tags.iter().any(|known| known.name == tag.name) {
            return Err(duplicate(child, "tag", &tag.name));
        }
        for (value, (v, at)) in tag.values.iter().zip(named(child, "tagCategory")).enumerate() {
            let spot = Place {
                set: place,
                tag: position,
                value,
            };
            if policy.index.insert((place, tag.tag_type, v.lacv), spot).is_some() {
                return Err(duplicate(at, "lacv in this tag set and tag type", &v.lacv.to_string()));
            }
            if policy.index.len() > MAX_VALUES {
                return Err(fault(at, "too many categories", "a policy may have at most 20000"));
            }
        }
        policy.tag_sets[place].tags.push(tag);
    }
    Ok(())
}

fn equivalent_set(node: Element<'_>, policy: &Policy) -> Read<EquivalentSet> {
    only(node, &["requiredCategory"])?;
    Ok(EquivalentSet {
        policy: policy_ref(node, policy)?,
        required: requirements(node)?,
    })
}

/// A number of selections; `unbounded` is none in particular.
fn selection(node: Element<'_>, name: &str) -> Read<Option<usize>> {
    match node.attribute(name) {
        Some("unbounded") => Ok(None),
        _ => optional_number(node, name),
    }
}

fn tag(node: Element<'_>, policy: &Policy) -> Read<Tag> {
    only(node, &["tagCategory", "markingQualifier"])?;
    let single = flag(node, "singleSelection")?;
    let max = selection(node, "maxSelection")?;
    // Schema 2.1 writes 0 for "no upper bound".
    let max = if single { Some(1) } else { max.filter(|n| *n > 0) };
    let min = selection(node, "minSelection")?.unwrap_or(0);
    if max.is_some_and(|max| min > max) {
        return Err(fault(
            node,
            "minSelection exceeds maxSelection",
            "correct the two numbers",
        ));
    }
    let values: Vec<TagValue> = named(node, "tagCategory")
        .map(|child| value(child, policy))
        .collect::<Read<_>>()?;
    let mut names = BTreeSet::new();
    for (value, at) in values.iter().zip(named(node, "tagCategory")) {
        if !names.insert(value.name.to_ascii_lowercase()) {
            return Err(duplicate(at, "category name", &value.name));
        }
    }
    let name = match node.attribute("name") {
        Some(_) => text(node, "name")?,
        // The schema lets a tag go without a name; it is then called as its set.
        None => node
            .parent_element()
            .map_or_else(|| text(node, "name"), |set| text(set, "name"))?,
    };
    Ok(Tag {
        name,
        tag_type: tag_type(node, false)?,
        min,
        max,
        values,
        qualifiers: qualifiers(node)?,
    })
}

fn value(node: Element<'_>, policy: &Policy) -> Read<TagValue> {
    only(
        node,
        &[
            "equivalentSecCategoryTag",
            "markingData",
            "markingQualifier",
            "excludedClass",
            "requiredClass",
            "requiredCategory",
            "excludedCategory",
        ],
    )?;
    let classes = |name: &'static str| -> Read<Vec<String>> {
        let mut found: Vec<String> = Vec::new();
        for child in named(node, name) {
            let class = child.text().unwrap_or_default().trim();
            if policy.class(class).is_none() {
                return Err(dangling(child, "classification", class));
            }
            if found.iter().any(|known| known == class) {
                return Err(duplicate(child, name, class));
            }
            found.push(class.to_owned());
        }
        Ok(found)
    };
    let excluded_classes = classes("excludedClass")?;
    let required_class = match node.attribute("requiredClass") {
        Some(class) if policy.class(class).is_none() => return Err(dangling(node, "classification", class)),
        Some(class) => Some(class.to_owned()),
        None => classes("requiredClass")?.into_iter().next(),
    };
    if required_class
        .as_ref()
        .is_some_and(|class| excluded_classes.contains(class))
    {
        return Err(fault(
            node,
            "a classification is required and excluded",
            "remove one of the two",
        ));
    }
    let name = text(node, "name")?;
    let equivalents: Vec<EquivalentValue> = named(node, "equivalentSecCategoryTag")
        .map(|child| equivalent_value(child, policy))
        .collect::<Read<_>>()?;
    Ok(TagValue {
        lacv: category_lacv(node)?.ok_or_else(|| fault(node, "lacv is missing", "add the attribute"))?,
        obsolete: flag(node, "obsolete")?,
        input: word(node, "userInput", INPUTS)?,
        date_format: date_format(node)?,
        required_class,
        excluded_classes,
        required: requirements(node)?,
        excluded: named(node, "excludedCategory").map(reference).collect::<Read<_>>()?,
        not_before: date(node, "notBefore")?,
        not_after: date(node, "notAfter")?,
        equivalents,
        marking: marking(node)?,
        qualifiers: qualifiers(node)?,
        name,
    })
}

/// How a date is typed; a format that cannot be checked is refused.
fn date_format(node: Element<'_>) -> Read<Option<String>> {
    match node.attribute("dateFormat") {
        Some(format) if !dates::is_format(format) => Err(fault(
            node,
            format!("dateFormat {format:?} is not understood"),
            "write it in YYYY, MM, DD, hh, mm and ss",
        )),
        format => Ok(format.map(str::to_owned)),
    }
}

fn equivalent_value(node: Element<'_>, policy: &Policy) -> Read<EquivalentValue> {
    only(node, &[])?;
    let discard = match node.attribute("action") {
        None => false,
        Some("discard") => true,
        Some(other) => return Err(unknown(node, "action", other)),
    };
    Ok(EquivalentValue {
        policy: policy_ref(node, policy)?,
        applied: applied(node)?,
        counterpart: if discard {
            None
        } else {
            Some(Reference {
                set: oid(node, "tagSetId")?,
                tag_type: tag_type(node, true)?,
                lacv: Some(category_lacv(node)?.ok_or_else(|| fault(node, "lacv is missing", "add the attribute"))?),
            })
        },
    })
}

fn requirements(node: Element<'_>) -> Read<Vec<Requirement>> {
    named(node, "requiredCategory")
        .map(|child| {
            only(child, &["categoryGroup"])?;
            let groups: Vec<Reference> = named(child, "categoryGroup").map(reference).collect::<Read<_>>()?;
            // Without an operation the strictest one holds.
            let operation = word(child, "operation", OPERATIONS)?.unwrap_or(Operation::All);
            if groups.is_empty() {
                return Err(fault(child, "the requirement names no category", "add a categoryGroup"));
            }
            Ok(Requirement { operation, groups })
        })
        .collect()
}

fn reference(node: Element<'_>) -> Read<Reference> {
    only(node, &[])?;
    let lacv = category_lacv(node)?;
    if flag(node, "all")? && lacv.is_some() {
        return Err(fault(
            node,
            "lacv and all=\"true\" contradict each other",
            "write one of them, or neither for any value of the tag",
        ));
    }
    Ok(Reference {
        set: text(node, "tagSetRef")?,
        tag_type: tag_type(node, true)?,
        lacv,
    })
}

/// `enumType` may be left out in references, where the schema calls the enumerated types by their effect.
fn tag_type(node: Element<'_>, in_reference: bool) -> Read<TagType> {
    let given = node.attribute("tagType").unwrap_or_default();
    match (given, node.attribute("enumType")) {
        ("restrictive", None) => Ok(TagType::Restrictive),
        ("permissive", None) => Ok(TagType::Permissive),
        ("enumerated", Some("restrictive")) => Ok(TagType::EnumeratedRestrictive),
        ("enumerated", Some("permissive")) => Ok(TagType::EnumeratedPermissive),
        ("enumerated", None) if in_reference => enumerated_elsewhere(node),
        ("enumerated", None) => Err(fault(node, "enumType is missing", "write restrictive or permissive")),
        ("enumerated", Some(other)) => Err(unknown(node, "enumType", other)),
        ("tagType7", _) => Ok(TagType::Tag7),
        ("notApplicable", _) => Ok(TagType::NotApplicable),
        ("restrictive" | "permissive", Some("restrictive" | "permissive")) if in_reference => match given {
            "restrictive" => Ok(TagType::Restrictive),
            _ => Ok(TagType::Permissive),
        },
        ("restrictive" | "permissive", Some(_)) => Err(fault(
            node,
            "the tag is not enumerated but has an enumType",
            "remove enumType",
        )),
        (other, _) => Err(unknown(node, "tagType", other)),
    }
}

/// A reference to an enumerated tag that leaves its kind to the tag: the one of that set, where there is one kind only.
fn enumerated_elsewhere(node: Element<'_>) -> Read<TagType> {
    let set = node.attribute("tagSetRef");
    let mut kinds: Vec<&str> = node
        .document()
        .root_element()
        .descendants()
        .filter(|set_node| set.is_some() && set_node.tag_name().name() == "securityCategoryTagSet")
        .filter(|set_node| set_node.attribute("name") == set || set_node.attribute("id") == set)
        .flat_map(|set_node| named(set_node, "securityCategoryTag"))
        .filter(|tag| tag.attribute("tagType") == Some("enumerated"))
        .filter_map(|tag| tag.attribute("enumType"))
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    match kinds.as_slice() {
        ["restrictive"] => Ok(TagType::EnumeratedRestrictive),
        ["permissive"] => Ok(TagType::EnumeratedPermissive),
        _ => Err(fault(node, "enumType is missing", "write restrictive or permissive")),
    }
}

/// A category's number. The schema also allows text: it is known by a digest of it, beyond all numbers that are written.
fn category_lacv(node: Element<'_>) -> Read<Option<u64>> {
    match node.attribute("lacv").map(str::trim) {
        Some(written) if written.bytes().all(|b| b.is_ascii_digit()) => optional_number(node, "lacv"),
        Some(written) => {
            let written = bounded(node, "lacv", written)?;
            let digest = written.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, b| {
                (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
            });
            Ok(Some(digest | 1 << 63))
        }
        None => Ok(None),
    }
}

const OPERATIONS: &[(&str, Operation)] = &[
    ("onlyOne", Operation::OnlyOne),
    ("oneOrMore", Operation::OneOrMore),
    ("all", Operation::All),
];
const INPUTS: &[(&str, Input)] = &[
    ("string", Input::Text),
    ("integer", Input::Integer),
    ("date", Input::Date),
];
const APPLIED: &[(&str, Applied)] = &[
    ("encrypt", Applied::Encrypt),
    ("decrypt", Applied::Decrypt),
    ("both", Applied::Both),
];
fn applied(node: Element<'_>) -> Read<Applied> {
    Ok(word(node, "applied", APPLIED)?.unwrap_or(Applied::Both))
}

fn policy_ref(node: Element<'_>, policy: &Policy) -> Read<String> {
    let name = text(node, "policyRef")?;
    if policy.equivalents.iter().any(|known| known.name == name) {
        Ok(name)
    } else {
        Err(dangling(node, "equivalent policy", &name))
    }
}

//! From an XML SPIF to a [`Policy`]: everything that is not understood is refused.

use std::collections::{BTreeMap, BTreeSet};

use super::element::{
    Element, NAMESPACE, Read, bounded, dangling, date, duplicate, flag, named, number, oid, one, only, optional_number,
    text, too_many, unknown, word,
};
use super::policy::{
    Applied, Classification, ClassificationReading, EquivalentClass, EquivalentPolicy, EquivalentValue, Input,
    MarkingCode, MarkingData, Operation, Place, Policy, Qualifiers, Reference, Requirement, Tag, TagSet, TagType,
    TagValue,
};
use super::soundness;
use crate::xml::{self, XmlFault, fault};

const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

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
    /// Reads an XML SPIF 2.0 or 2.1.
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
    "equivalentPolicies",
    "securityClassifications",
    "securityCategoryTagSets",
    "privacyMarks",
    "markingData",
    "markingQualifier",
    "extensions",
];

fn read_policy(root: Element<'_>) -> Read<Policy> {
    if root.tag_name().name() != "SPIF" || root.tag_name().namespace() != Some(NAMESPACE) {
        return Err(fault(
            root,
            "this is not an XML SPIF",
            "the root must be SPIF in the namespace http://www.xmlspif.org/spif",
        ));
    }
    if let Some(version) = root.attribute("schemaVersion").filter(|v| !["2.0", "2.1"].contains(v)) {
        return Err(fault(
            root,
            format!("schema version {version:?} is not known"),
            "use a policy in the XML SPIF schema 2.0 or 2.1",
        ));
    }
    only(root, ROOT_CHILDREN)?;
    let identity = one(root, "securityPolicyId")?;
    let mut policy = Policy {
        name: text(identity, "name")?,
        id: oid(identity, "id")?,
        version: root.attribute("version").unwrap_or_default().to_owned(),
        classifications: Vec::new(),
        tag_sets: Vec::new(),
        equivalents: Vec::new(),
        marking: marking(root)?,
        qualifiers: qualifiers(root)?,
        reading: ClassificationReading::Listed,
        index: BTreeMap::new(),
    };
    for list in named(root, "equivalentPolicies") {
        only(list, &["equivalentPolicy"])?;
        for node in named(list, "equivalentPolicy") {
            if policy.equivalents.len() == MAX_SETS {
                return Err(too_many(node));
            }
            policy.equivalents.push(equivalent_policy(node, &policy)?);
        }
    }
    let list = one(root, "securityClassifications")?;
    only(list, &["securityClassification"])?;
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
    if policy
        .equivalents
        .iter()
        .any(|known| known.id == found.id || known.name == found.name)
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
    let hierarchy = number(node, "hierarchy")?;
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
            .find(|e| e.holds(applied) && !seen.insert(&e.policy));
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

fn tag(node: Element<'_>, policy: &Policy) -> Read<Tag> {
    only(node, &["tagCategory", "markingQualifier"])?;
    let single = flag(node, "singleSelection")?;
    let max = optional_number(node, "maxSelection")?.map(|n| n as usize);
    // Schema 2.1 writes 0 for "no upper bound".
    let max = if single { Some(1) } else { max.filter(|n| *n > 0) };
    let min = optional_number(node, "minSelection")?.unwrap_or(0) as usize;
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
    Ok(Tag {
        name: text(node, "name")?,
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
        lacv: number(node, "lacv")?,
        obsolete: flag(node, "obsolete")?,
        input: word(node, "userInput", INPUTS)?,
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
                lacv: Some(number(node, "lacv")?),
            })
        },
    })
}

fn requirements(node: Element<'_>) -> Read<Vec<Requirement>> {
    named(node, "requiredCategory")
        .map(|child| {
            only(child, &["categoryGroup"])?;
            let groups: Vec<Reference> = named(child, "categoryGroup").map(reference).collect::<Read<_>>()?;
            let operation = word(child, "operation", OPERATIONS)?
                .ok_or_else(|| fault(child, "operation is missing", "write onlyOne, oneOrMore or all"))?;
            if groups.is_empty() {
                return Err(fault(child, "the requirement names no category", "add a categoryGroup"));
            }
            Ok(Requirement { operation, groups })
        })
        .collect()
}

fn reference(node: Element<'_>) -> Read<Reference> {
    only(node, &[])?;
    let lacv = optional_number(node, "lacv")?;
    let all = flag(node, "all")?;
    if all == lacv.is_some() {
        return Err(fault(
            node,
            "either lacv or all=\"true\" is needed",
            "write exactly one of them",
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
        ("enumerated", None) => Err(fault(node, "enumType is missing", "write restrictive or permissive")),
        ("enumerated", Some(other)) => Err(unknown(node, "enumType", other)),
        ("tagType7", _) => Ok(TagType::Tag7),
        ("notApplicable", _) => Ok(TagType::NotApplicable),
        ("restrictive" | "permissive", Some(_)) => {
            let place = if in_reference { "the reference" } else { "the tag" };
            Err(fault(
                node,
                format!("{place} is not enumerated but has an enumType"),
                "remove enumType",
            ))
        }
        (other, _) => Err(unknown(node, "tagType", other)),
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
const CODES: &[(&str, MarkingCode)] = &[
    ("pageTop", MarkingCode::PageTop),
    ("pageBottom", MarkingCode::PageBottom),
    ("pageTopBottom", MarkingCode::PageTopBottom),
    ("documentStart", MarkingCode::DocumentStart),
    ("documentEnd", MarkingCode::DocumentEnd),
    ("noNameDisplay", MarkingCode::NoNameDisplay),
    ("noMarkingDisplay", MarkingCode::NoMarkingDisplay),
    ("suppressClassName", MarkingCode::SuppressClassName),
    ("firstLineOfText", MarkingCode::FirstLineOfText),
    ("lastLineOfText", MarkingCode::LastLineOfText),
    ("subject", MarkingCode::Subject),
    ("xHeader", MarkingCode::XHeader),
    ("portionMarking", MarkingCode::PortionMarking),
    ("inputTitle", MarkingCode::InputTitle),
    ("waterMark", MarkingCode::WaterMark),
    ("replacePolicy", MarkingCode::ReplacePolicy),
];

fn marking(node: Element<'_>) -> Read<Vec<MarkingData>> {
    named(node, "markingData")
        .map(|child| {
            only(child, &["code"])?;
            let codes = named(child, "code")
                .map(|code| {
                    let name = code.text().unwrap_or_default().trim();
                    let known = CODES.iter().find(|(word, _)| *word == name);
                    known.map(|(_, code)| *code).ok_or_else(|| unknown(code, "code", name))
                })
                .collect::<Read<_>>()?;
            Ok(MarkingData {
                lang: child.attribute((XML_NAMESPACE, "lang")).map(str::to_owned),
                phrase: bounded(child, "phrase", child.attribute("phrase").unwrap_or_default())?,
                codes,
            })
        })
        .collect()
}

fn qualifiers(node: Element<'_>) -> Read<Vec<Qualifiers>> {
    named(node, "markingQualifier")
        .map(|child| {
            only(child, &["qualifier"])?;
            let mut found = Qualifiers {
                lang: child.attribute((XML_NAMESPACE, "lang")).map(str::to_owned),
                code: word(child, "markingCode", CODES)?,
                ..Qualifiers::default()
            };
            for qualifier in named(child, "qualifier") {
                let code = qualifier.attribute("qualifierCode").unwrap_or_default();
                let slot = match code {
                    "prefix" => &mut found.prefix,
                    "suffix" => &mut found.suffix,
                    "separator" => &mut found.separator,
                    other => return Err(unknown(qualifier, "qualifierCode", other)),
                };
                let given = qualifier.attribute("markingQualifier").unwrap_or_default();
                if slot.replace(bounded(qualifier, "markingQualifier", given)?).is_some() {
                    return Err(duplicate(qualifier, "qualifier", code));
                }
            }
            Ok(found)
        })
        .collect()
}

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

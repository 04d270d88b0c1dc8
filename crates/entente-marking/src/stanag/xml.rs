//! STANAG 4774: confidentiality labels in XML, and clearances in the same vocabulary.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use roxmltree::Node;

use super::{MAX_CATEGORIES, MAX_TEXT, StanagError};
use crate::spif::{CategoryType, Clearance, PolicyName, SecurityCategory, SecurityLabel, Succession};
use crate::xml::{self, XmlFault, escape, fault};

/// The namespace of labels (STANAG 4774 edition 1).
pub const NAMESPACE: &str = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0";

/// Who put the label there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelKind {
    /// The originator's own.
    Originator,
    /// The originator's label in the terms of another policy.
    Alternative,
}

/// A label that was read, with its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The label.
    pub label: SecurityLabel,
    /// Who put it there.
    pub kind: LabelKind,
}

type Read<T> = Result<T, XmlFault>;
pub(super) type Element<'a> = Node<'a, 'a>;

impl From<XmlFault> for StanagError {
    fn from(fault: XmlFault) -> Self {
        Self {
            line: fault.line,
            column: fault.column,
            reason: fault.reason,
            remedy: fault.remedy.to_owned(),
        }
    }
}

/// Reads an originator or alternative confidentiality label.
///
/// # Errors
///
/// Where the text is not well-formed, exceeds a bound, is not in the namespace, or has an element that is not
/// understood: it might restrict access.
pub fn read_xml(text: &str) -> Result<Written, StanagError> {
    let document = xml::read(text)?;
    Ok(label(document.root_element())?)
}

/// Reads a clearance: a label's vocabulary with one or more classifications.
///
/// # Errors
///
/// As [`read_xml`].
pub fn read_clearance(text: &str) -> Result<Clearance, StanagError> {
    let document = xml::read(text)?;
    Ok(clearance(document.root_element())?)
}

pub(super) fn label(root: Element<'_>) -> Read<Written> {
    let kind = match root.tag_name().name() {
        "originatorConfidentialityLabel" | "OriginatorConfidentialityLabel" | "ConfidentialityLabel" => {
            LabelKind::Originator
        }
        "alternativeConfidentialityLabel" | "AlternativeConfidentialityLabel" => LabelKind::Alternative,
        _ => return Err(not_a_label(root)),
    };
    in_namespace(root)?;
    only(
        root,
        &[
            "ConfidentialityInformation",
            "OriginatorID",
            "CreationDateTime",
            "SuccessionHandling",
        ],
    )?;
    let mut label = information(one(root, "ConfidentialityInformation")?)?;
    label.created = optional(root, "CreationDateTime")?.map(moment).transpose()?;
    label.review = root
        .attribute("ReviewDateTime")
        .map(|value| moment_of(root, value))
        .transpose()?;
    if let Some(node) = optional(root, "SuccessionHandling")? {
        only(node, &["SuccessionDateTime", "SuccessorConfidentialityLabel"])?;
        let successor = one(node, "SuccessorConfidentialityLabel")?;
        let inner = optional(successor, "ConfidentialityInformation")?;
        label.succession = Some(Box::new(Succession {
            at: moment(one(node, "SuccessionDateTime")?)?,
            label: information(inner.unwrap_or(successor))?,
        }));
    }
    Ok(Written { label, kind })
}

fn information(node: Element<'_>) -> Read<SecurityLabel> {
    only(node, &["PolicyIdentifier", "Classification", "PrivacyMark", "Category"])?;
    let classification = content(one(node, "Classification")?)?;
    let mut label = SecurityLabel {
        policy: policy(node)?,
        categories: categories(node)?,
        ..SecurityLabel::new("", &classification)
    };
    for mark in named(node, "PrivacyMark") {
        label.privacy_marks.push(content(mark)?);
    }
    Ok(label)
}

fn clearance(root: Element<'_>) -> Read<Clearance> {
    in_namespace(root)?;
    let name = root.tag_name().name();
    if !name.to_ascii_lowercase().contains("confidentiality") {
        return Err(not_a_label(root));
    }
    let node = optional(root, "ConfidentialityInformation")?.unwrap_or(root);
    only(
        root,
        &[
            "ConfidentialityInformation",
            "PolicyIdentifier",
            "Classification",
            "ClassificationList",
            "Category",
            "OriginatorID",
            "CreationDateTime",
        ],
    )?;
    only(
        node,
        &[
            "PolicyIdentifier",
            "Classification",
            "ClassificationList",
            "PrivacyMark",
            "Category",
        ],
    )?;
    let mut classifications = BTreeSet::new();
    let list = optional(node, "ClassificationList")?;
    if let Some(list) = list {
        only(list, &["Classification"])?;
    }
    for class in named(node, "Classification").chain(list.into_iter().flat_map(|l| named(l, "Classification"))) {
        classifications.insert(content(class)?);
    }
    if classifications.is_empty() {
        return Err(fault(node, "the clearance has no classification", "add at least one"));
    }
    Ok(Clearance {
        policy: policy(node)?,
        classifications,
        categories: categories(node)?,
    })
}

fn policy(node: Element<'_>) -> Read<PolicyName> {
    let policy = one(node, "PolicyIdentifier")?;
    let uri = policy.attribute("URI").or_else(|| policy.attribute("URL"));
    Ok(PolicyName {
        name: content(policy)?,
        id: uri.map(|uri| oid(policy, uri)).transpose()?,
    })
}

fn categories(node: Element<'_>) -> Read<BTreeSet<SecurityCategory>> {
    let mut found = BTreeSet::new();
    for category in named(node, "Category") {
        let tag = category.attribute("TagName").unwrap_or_default();
        if tag.trim().is_empty() || tag.len() > MAX_TEXT {
            return Err(fault(category, "TagName is missing or too long", "name the category"));
        }
        let kind = match category.attribute("Type") {
            Some("RESTRICTIVE") => CategoryType::Restrictive,
            Some("PERMISSIVE") => CategoryType::Permissive,
            Some("INFORMATIVE") => CategoryType::Informative,
            given => {
                return Err(fault(
                    category,
                    format!("Type {:?} is not known", given.unwrap_or_default()),
                    "write RESTRICTIVE, PERMISSIVE or INFORMATIVE",
                ));
            }
        };
        let set = category.attribute("URI").map(|uri| oid(category, uri)).transpose()?;
        only(category, VALUES)?;
        let mut empty = true;
        for value in category.children().filter(Node::is_element) {
            empty = false;
            let entry = SecurityCategory {
                tag: tag.to_owned(),
                set: set.clone(),
                kind,
                value: content(value)?,
            };
            if !found.insert(entry) {
                return Err(fault(value, "the value is given twice", "remove one of them"));
            }
            if found.len() > MAX_CATEGORIES {
                return Err(fault(value, "too many categories", "a label may have at most 4096"));
            }
        }
        if empty {
            return Err(fault(category, "the category has no value", "add a GenericValue"));
        }
    }
    Ok(found)
}

const VALUES: &[&str] = &["GenericValue", "CountryCode", "IntegerValue", "URIValue", "DateValue"];

fn oid(node: Element<'_>, uri: &str) -> Read<String> {
    let id = uri.strip_prefix("urn:oid:").unwrap_or(uri);
    if id.is_empty() || id.len() > MAX_TEXT {
        return Err(fault(
            node,
            "the identifier is empty or too long",
            "write urn:oid: and the object identifier",
        ));
    }
    Ok(id.to_owned())
}

fn moment(node: Element<'_>) -> Read<Timestamp> {
    moment_of(node, &content(node)?)
}

fn moment_of(node: Element<'_>, text: &str) -> Read<Timestamp> {
    text.trim().parse().map_err(|_| {
        fault(
            node,
            format!("{text:?} is not a moment"),
            "write it as 2026-11-21T00:00:00Z",
        )
    })
}

fn named<'a>(node: Element<'a>, name: &'static str) -> impl Iterator<Item = Element<'a>> {
    node.children()
        .filter(move |child| child.has_tag_name((NAMESPACE, name)))
}

fn optional<'a>(node: Element<'a>, name: &'static str) -> Read<Option<Element<'a>>> {
    let mut found = named(node, name);
    match (found.next(), found.next()) {
        (_, Some(second)) => Err(fault(second, format!("{name} is given twice"), "remove one of them")),
        (first, None) => Ok(first),
    }
}

fn one<'a>(node: Element<'a>, name: &'static str) -> Read<Element<'a>> {
    optional(node, name)?.ok_or_else(|| fault(node, format!("{name} is missing"), "add the element"))
}

fn only(node: Element<'_>, names: &[&str]) -> Read<()> {
    for child in node.children().filter(Node::is_element) {
        in_namespace(child)?;
        if !names.contains(&child.tag_name().name()) {
            return Err(fault(
                child,
                format!("the element {:?} is not known here", child.tag_name().name()),
                "remove it: what is not understood might be a restriction",
            ));
        }
    }
    Ok(())
}

fn in_namespace(node: Element<'_>) -> Read<()> {
    if node.tag_name().namespace() == Some(NAMESPACE) {
        return Ok(());
    }
    let name = node.tag_name().name();
    let namespace = node.tag_name().namespace().unwrap_or("none");
    Err(fault(
        node,
        format!("the element {name:?} is in the namespace {namespace:?}"),
        "use urn:nato:stanag:4774:confidentialitymetadatalabel:1:0",
    ))
}

fn not_a_label(node: Element<'_>) -> XmlFault {
    fault(
        node,
        format!("{:?} is not a confidentiality label", node.tag_name().name()),
        "the root must be originatorConfidentialityLabel or alternativeConfidentialityLabel",
    )
}

/// The text of an element without children; empty and long ones are refused.
fn content(node: Element<'_>) -> Read<String> {
    if let Some(child) = node.children().find(Node::is_element) {
        return Err(fault(child, "only text is allowed here", "remove the element"));
    }
    let all: String = node
        .children()
        .filter(Node::is_text)
        .filter_map(|part| part.text())
        .collect();
    let text = all.trim();
    if text.is_empty() || text.len() > MAX_TEXT {
        return Err(fault(
            node,
            format!("the text of {:?} is empty or too long", node.tag_name().name()),
            "write between 1 and 1024 bytes",
        ));
    }
    Ok(text.to_owned())
}

/// Writes an originator's label. [`read_xml`] gives the same label back.
pub fn write_xml(label: &SecurityLabel) -> String {
    write_xml_as(label, LabelKind::Originator)
}

/// Writes a label of either kind. [`read_xml`] gives both back.
pub fn write_xml_as(label: &SecurityLabel, kind: LabelKind) -> String {
    let root = match kind {
        LabelKind::Originator => "originatorConfidentialityLabel",
        LabelKind::Alternative => "alternativeConfidentialityLabel",
    };
    let mut out = format!("<slab:{root} xmlns:slab=\"{NAMESPACE}\"");
    if let Some(review) = label.review {
        let _ = write!(out, " ReviewDateTime=\"{review}\"");
    }
    out.push_str(">\n");
    write_information(&mut out, label, std::slice::from_ref(&label.classification));
    if let Some(created) = label.created {
        let _ = writeln!(out, "  <slab:CreationDateTime>{created}</slab:CreationDateTime>");
    }
    if let Some(succession) = &label.succession {
        let at = succession.at;
        let _ = writeln!(out, "  <slab:SuccessionHandling>");
        let _ = writeln!(out, "  <slab:SuccessionDateTime>{at}</slab:SuccessionDateTime>");
        let _ = writeln!(out, "  <slab:SuccessorConfidentialityLabel>");
        write_information(
            &mut out,
            &succession.label,
            std::slice::from_ref(&succession.label.classification),
        );
        let _ = writeln!(
            out,
            "  </slab:SuccessorConfidentialityLabel>\n  </slab:SuccessionHandling>"
        );
    }
    let _ = writeln!(out, "</slab:{root}>");
    out
}

/// Writes a clearance. [`read_clearance`] gives the same clearance back.
pub fn write_clearance(clearance: &Clearance) -> String {
    let classes: Vec<String> = clearance.classifications.iter().cloned().collect();
    let label = SecurityLabel {
        policy: clearance.policy.clone(),
        categories: clearance.categories.clone(),
        ..SecurityLabel::new("", "")
    };
    let mut out = format!("<slab:originatorConfidentialityLabel xmlns:slab=\"{NAMESPACE}\">\n");
    write_information(&mut out, &label, &classes);
    out.push_str("</slab:originatorConfidentialityLabel>\n");
    out
}

fn write_information(out: &mut String, label: &SecurityLabel, classes: &[String]) {
    let uri = |id: &Option<String>| {
        id.as_ref()
            .map_or(String::new(), |id| format!(" URI=\"urn:oid:{}\"", escape(id)))
    };
    let _ = writeln!(out, "  <slab:ConfidentialityInformation>");
    let id = uri(&label.policy.id);
    let name = escape(&label.policy.name);
    let _ = writeln!(out, "    <slab:PolicyIdentifier{id}>{name}</slab:PolicyIdentifier>");
    for class in classes {
        let _ = writeln!(out, "    <slab:Classification>{}</slab:Classification>", escape(class));
    }
    for mark in &label.privacy_marks {
        let _ = writeln!(out, "    <slab:PrivacyMark>{}</slab:PrivacyMark>", escape(mark));
    }
    let mut previous: Option<&SecurityCategory> = None;
    for category in &label.categories {
        let same = previous.is_some_and(|p| (&p.tag, &p.set, p.kind) == (&category.tag, &category.set, category.kind));
        if !same {
            if previous.is_some() {
                let _ = writeln!(out, "    </slab:Category>");
            }
            let kind = match category.kind {
                CategoryType::Restrictive => "RESTRICTIVE",
                CategoryType::Permissive => "PERMISSIVE",
                CategoryType::Informative => "INFORMATIVE",
            };
            let tag = escape(&category.tag);
            let set = uri(&category.set);
            let _ = writeln!(out, "    <slab:Category TagName=\"{tag}\" Type=\"{kind}\"{set}>");
        }
        let _ = writeln!(
            out,
            "      <slab:GenericValue>{}</slab:GenericValue>",
            escape(&category.value)
        );
        previous = Some(category);
    }
    if previous.is_some() {
        let _ = writeln!(out, "    </slab:Category>");
    }
    let _ = writeln!(out, "  </slab:ConfidentialityInformation>");
}

//! Which version of the schema brought what: files in use name an earlier version than the one whose words they write, so
//! that is said, and not refused.

use super::element::{Element, NAMESPACE};

/// The versions of the schema that are read; each later one only adds.
pub(super) const SCHEMAS: [&str; 3] = ["1.0", "2.0", "2.1"];

/// Something about a policy file that is understood, but not as the schema has it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {reason}")]
pub struct Remark {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What is unusual.
    pub reason: String,
}

impl Remark {
    fn at(node: Element<'_>, reason: String) -> Self {
        let at = node.document().text_pos_at(node.range().start);
        Self {
            line: at.row,
            column: at.col,
            reason,
        }
    }
}

/// Elements that schema 2.0 brought, by the element that they stand in.
const ELEMENTS: &[(&str, &[&str])] = &[
    ("SPIF", &["markingData", "markingQualifier"]),
    ("securityPolicyId", &["markingData", "markingQualifier"]),
    ("defaultSecurityPolicyId", &["markingData", "markingQualifier"]),
    ("securityClassifications", &["markingData", "markingQualifier"]),
    ("privacyMarks", &["markingData", "markingQualifier"]),
    ("privacyMark", &["markingData", "markingQualifier"]),
    ("tagCategory", &["markingQualifier"]),
    ("equivalentPolicy", &["requiredCategory"]),
    ("equivalentClassification", &["requiredCategory"]),
    ("securityCategoryTagSet", &["equivalentSecurityCategoryTagSet"]),
];

/// Attributes that schema 2.0 brought, by their element.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("SPIF", &["notBefore", "notAfter"]),
    ("privacyMarks", &["minSelection", "maxSelection"]),
    ("securityCategoryTag", &["minSelection", "maxSelection"]),
    ("tagCategory", &["notBefore", "notAfter", "dateFormat"]),
    ("equivalentSecCategoryTag", &["action"]),
];

/// Marking codes that a version brought.
const CODES: &[(&str, &[&str])] = &[
    (
        "2.0",
        &[
            "firstLineOfText",
            "lastLineOfText",
            "subject",
            "xHeader",
            "portionMarking",
            "inputTitle",
            "waterMark",
        ],
    ),
    ("2.1", &["replacePolicy"]),
];

fn has(table: &[(&str, &[&str])], key: &str, word: &str) -> bool {
    table.iter().any(|row| row.0 == key && row.1.contains(&word))
}

/// What a file writes in words of a later version than the one that it names, and where its namespace is not the schema's.
pub(super) fn remarks(root: Element<'_>) -> Vec<Remark> {
    let mut found = Vec::new();
    if root.tag_name().namespace() != Some(NAMESPACE) {
        let reason = format!("the namespace is {NAMESPACE} in the schema; it is read as that");
        found.push(Remark::at(root, reason));
    }
    let Some(version) = root.attribute("schemaVersion") else {
        let reason = "schemaVersion is missing; every version's words are read".to_owned();
        found.push(Remark::at(root, reason));
        return found;
    };
    let inside = |node: &Element<'_>| !node.ancestors().any(|above| above.has_tag_name("extensions"));
    for node in root.descendants().filter(Element::is_element).filter(inside) {
        for (what, since) in later(node).into_iter().filter(|(_, since)| *since > version) {
            let reason =
                format!("{what} came with schema {since}, and the file says {version}; it is read all the same");
            found.push(Remark::at(node, reason));
        }
    }
    found
}

/// What of an element came with a later version than the first, and with which.
fn later(node: Element<'_>) -> Vec<(String, &'static str)> {
    let name = node.tag_name().name();
    let parent = node.parent_element().map_or("", |parent| parent.tag_name().name());
    let element = has(ELEMENTS, parent, name).then(|| (format!("{name} in {parent}"), "2.0"));
    let attributes = node
        .attributes()
        .filter(|attribute| has(ATTRIBUTES, name, attribute.name()));
    let attributes = attributes.map(|attribute| (format!("the attribute {} of {name}", attribute.name()), "2.0"));
    let code = match name {
        "code" => node.text().map(str::trim),
        _ => node.attribute("markingCode"),
    };
    let since = code.and_then(|code| CODES.iter().find(|row| row.1.contains(&code)));
    let code = since.map(|row| (format!("the marking code {}", code.unwrap_or_default()), row.0));
    element.into_iter().chain(attributes).chain(code).collect()
}

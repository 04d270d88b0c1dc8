//! STANAG 5636: labels in JSON, as they stand in the assertions of ZTDF objects.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{MAX_CATEGORIES, MAX_TEXT, StanagError};
use crate::spif::{CategoryType, PolicyName, SecurityCategory, SecurityLabel};

/// The `schema` of an assertion that holds such a label.
pub const JSON_SCHEMA: &str = "urn:nato:stanag:5636:A:1:elements:json";
/// The `format` of an assertion that holds such a label.
pub const JSON_FORMAT: &str = "json+stanag5636";
/// The longest text that is read.
const MAX_BYTES: usize = 1 << 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    ocl: Ocl,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    context: Option<Context>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Context {
    #[serde(rename = "@base")]
    base: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ocl {
    pol: String,
    cls: String,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    catl: Vec<Cat>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    dcr: Option<jiff::Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cat {
    #[serde(rename = "type")]
    kind: Kind,
    name: String,
    vals: Vec<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Kind {
    P,
    R,
    I,
}

impl From<CategoryType> for Kind {
    fn from(kind: CategoryType) -> Self {
        match kind {
            CategoryType::Permissive => Self::P,
            CategoryType::Restrictive => Self::R,
            CategoryType::Informative => Self::I,
        }
    }
}

impl From<Kind> for CategoryType {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::P => Self::Permissive,
            Kind::R => Self::Restrictive,
            Kind::I => Self::Informative,
        }
    }
}

fn refused(reason: impl Into<String>, remedy: &str) -> StanagError {
    StanagError {
        line: 1,
        column: 1,
        reason: reason.into(),
        remedy: remedy.to_owned(),
    }
}

/// Reads a label, and the base of its context, where it has one.
///
/// # Errors
///
/// Where the text is not JSON, exceeds a bound or has members that are not understood: they might restrict
/// access.
pub fn read_json(text: &str) -> Result<(SecurityLabel, Option<String>), StanagError> {
    if text.len() > MAX_BYTES {
        return Err(refused("the text is too long", "a label has at most 1 MiB"));
    }
    let document: Document = serde_json::from_str(text).map_err(|error| StanagError {
        line: u32::try_from(error.line()).unwrap_or(u32::MAX),
        column: u32::try_from(error.column()).unwrap_or(u32::MAX),
        reason: error.to_string(),
        remedy: r#"write {"ocl":{"pol":…,"cls":…,"catl":[{"type":"P","name":…,"vals":[…]}],"dcr":…}}"#.to_owned(),
    })?;
    let ocl = document.ocl;
    let mut categories = BTreeSet::new();
    for cat in &ocl.catl {
        if cat.vals.is_empty() {
            return Err(refused(
                format!("the category {:?} has no value", cat.name),
                "add one to vals",
            ));
        }
        for value in &cat.vals {
            check(&cat.name)?;
            check(value)?;
            let entry = SecurityCategory {
                tag: cat.name.clone(),
                set: None,
                kind: cat.kind.into(),
                value: value.clone(),
            };
            if !categories.insert(entry) {
                return Err(refused(format!("{value:?} is given twice"), "remove one of them"));
            }
            if categories.len() > MAX_CATEGORIES {
                return Err(refused("too many categories", "a label may have at most 4096"));
            }
        }
    }
    check(&ocl.pol)?;
    check(&ocl.cls)?;
    let (name, id) = match ocl.pol.strip_prefix("urn:oid:") {
        Some(id) => (String::new(), Some(id.to_owned())),
        None => (ocl.pol, None),
    };
    let label = SecurityLabel {
        policy: PolicyName { name, id },
        categories,
        created: ocl.dcr,
        ..SecurityLabel::new("", &ocl.cls)
    };
    Ok((label, document.context.map(|context| context.base)))
}

fn check(text: &str) -> Result<(), StanagError> {
    if text.trim().is_empty() || text.len() > MAX_TEXT {
        return Err(refused("a text is empty or too long", "write between 1 and 1024 bytes"));
    }
    Ok(())
}

/// Writes a label. The form has no place for privacy marks, review, succession and identifiers of tag sets.
pub fn write_json(label: &SecurityLabel, base: Option<&str>) -> String {
    let mut catl: Vec<Cat> = Vec::new();
    let mut previous: Option<&SecurityCategory> = None;
    for category in &label.categories {
        match catl.last_mut() {
            Some(cat) if previous.is_some_and(|p| p.tag == category.tag && p.kind == category.kind) => {
                if !cat.vals.contains(&category.value) {
                    cat.vals.push(category.value.clone());
                }
            }
            _ => catl.push(Cat {
                kind: category.kind.into(),
                name: category.tag.clone(),
                vals: vec![category.value.clone()],
            }),
        }
        previous = Some(category);
    }
    let pol = match &label.policy.id {
        Some(id) if label.policy.name.is_empty() => format!("urn:oid:{id}"),
        _ => label.policy.name.clone(),
    };
    let document = Document {
        ocl: Ocl {
            pol,
            cls: label.classification.clone(),
            catl,
            dcr: label.created,
        },
        context: base.map(|base| Context { base: base.to_owned() }),
    };
    serde_json::to_string(&document).unwrap_or_default()
}

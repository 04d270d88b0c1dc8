//! Elements and attributes of the XML SPIF vocabulary, with an error for what is missing or not known.

use roxmltree::Node;

use crate::xml::{XmlFault, fault};

/// The namespace of XML SPIF in all its versions.
pub(super) const NAMESPACE: &str = "http://www.xmlspif.org/spif";
/// The same with two letters exchanged, as some files in use have it.
const MISSPELT: &str = "http://www.xmslpif.org/spif";
/// The longest name or phrase, in bytes.
const MAX_TEXT: usize = 1_024;

pub(super) type Read<T> = Result<T, XmlFault>;
pub(super) type Element<'a> = Node<'a, 'a>;

/// The schema qualifies the names of elements; files that leave some or all unqualified are common.
pub(super) fn ours(node: Element<'_>) -> bool {
    let space = node.tag_name().namespace();
    space.is_none_or(|space| [NAMESPACE, MISSPELT].contains(&space))
}

pub(super) fn named<'a>(node: Element<'a>, name: &'static str) -> impl Iterator<Item = Element<'a>> {
    node.children()
        .filter(move |child| child.is_element() && child.tag_name().name() == name && ours(*child))
}

pub(super) fn one<'a>(node: Element<'a>, name: &'static str) -> Read<Element<'a>> {
    let mut found = named(node, name);
    match (found.next(), found.next()) {
        (Some(child), None) => Ok(child),
        (None, _) => Err(fault(node, format!("{name} is missing"), "add the element")),
        (Some(_), Some(second)) => Err(duplicate(second, "element", name)),
    }
}

/// Refuses child elements that are not understood: they might carry a restriction.
pub(super) fn only(node: Element<'_>, names: &[&str]) -> Read<()> {
    for child in node.children().filter(Node::is_element) {
        let tag = child.tag_name();
        if !ours(child) || !names.contains(&tag.name()) {
            return Err(fault(
                child,
                format!("the element {:?} is not known here", tag.name()),
                "remove it, or move it into extensions: what is not understood might be a restriction",
            ));
        }
    }
    Ok(())
}

pub(super) fn bounded(node: Element<'_>, name: &str, value: &str) -> Read<String> {
    if value.len() > MAX_TEXT {
        return Err(fault(node, format!("{name} is too long"), "use at most 1024 bytes"));
    }
    Ok(value.to_owned())
}

pub(super) fn text(node: Element<'_>, name: &str) -> Read<String> {
    match node.attribute(name) {
        Some(value) if !value.trim().is_empty() => bounded(node, name, value),
        _ => Err(fault(node, format!("{name} is missing"), "add the attribute")),
    }
}

pub(super) fn oid(node: Element<'_>, name: &str) -> Read<String> {
    let id = text(node, name)?;
    let well_formed = id.split('.').count() > 1
        && id
            .split('.')
            .all(|arc| !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()));
    if well_formed {
        Ok(id)
    } else {
        Err(fault(
            node,
            format!("{id:?} is not an object identifier"),
            "write numbers joined by dots",
        ))
    }
}

pub(super) fn optional_number<T: std::str::FromStr>(node: Element<'_>, name: &str) -> Read<Option<T>> {
    node.attribute(name)
        .map(|value| {
            value.trim().parse().map_err(|_| {
                fault(
                    node,
                    format!("{name} {value:?} is not a number"),
                    "write a whole number from 0",
                )
            })
        })
        .transpose()
}

pub(super) fn number<T: std::str::FromStr>(node: Element<'_>, name: &str) -> Read<T> {
    optional_number(node, name)?.ok_or_else(|| fault(node, format!("{name} is missing"), "add the attribute"))
}

pub(super) fn flag(node: Element<'_>, name: &str) -> Read<bool> {
    match node.attribute(name) {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(other) => Err(unknown(node, name, other)),
    }
}

/// A colour of a classification: a name of CSS, or `#RRGGBB`. Nothing else gets onto pages and papers.
pub(super) fn color(node: Element<'_>) -> Read<Option<String>> {
    let Some(given) = node.attribute("color").map(str::trim) else {
        return Ok(None);
    };
    let is_name = (1..=32).contains(&given.len()) && given.bytes().all(|b| b.is_ascii_alphabetic());
    let digits = given.strip_prefix('#').unwrap_or_default();
    let is_code = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    match is_name || is_code {
        true => Ok(Some(given.to_owned())),
        false => Err(fault(
            node,
            format!("color {given:?} is not a colour"),
            "write a name such as red, or #RRGGBB",
        )),
    }
}

pub(super) fn date(node: Element<'_>, name: &str) -> Read<Option<jiff::civil::Date>> {
    node.attribute(name)
        .map(|value| {
            value.get(..10).and_then(|day| day.parse().ok()).ok_or_else(|| {
                fault(
                    node,
                    format!("{name} {value:?} is not a date"),
                    "write it as 2026-11-21",
                )
            })
        })
        .transpose()
}

pub(super) fn word<T: Copy>(node: Element<'_>, name: &str, words: &[(&str, T)]) -> Read<Option<T>> {
    let Some(given) = node.attribute(name) else {
        return Ok(None);
    };
    match words.iter().find(|(word, _)| *word == given) {
        Some((_, meaning)) => Ok(Some(*meaning)),
        None => Err(unknown(node, name, given)),
    }
}

pub(super) fn unknown(node: Element<'_>, what: &str, given: &str) -> XmlFault {
    fault(
        node,
        format!("{what} {given:?} is not known"),
        "use a word of the XML SPIF schema",
    )
}

pub(super) fn duplicate(node: Element<'_>, what: &str, given: &str) -> XmlFault {
    fault(
        node,
        format!("{what} {given:?} is given twice"),
        "remove or rename one of them",
    )
}

pub(super) fn dangling(node: Element<'_>, what: &str, given: &str) -> XmlFault {
    fault(
        node,
        format!("{what} {given:?} is not defined"),
        "define it or correct the reference",
    )
}

pub(super) fn too_many(node: Element<'_>) -> XmlFault {
    fault(
        node,
        "too many of this element",
        "a policy may have at most 512 at each place",
    )
}

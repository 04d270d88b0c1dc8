//! How an XML SPIF says what is displayed: phrases of marking data, and what stands around them.

use std::collections::BTreeMap;

use super::element::{Element, Read, bounded, duplicate, named, only, unknown, word};
use super::policy::{MarkingCode, MarkingData, Qualifiers};

const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

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

/// The phrases of an element, in each language.
pub(super) fn marking(node: Element<'_>) -> Read<Vec<MarkingData>> {
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

/// What stands around phrases. A language may be that of the whole element or of each of its parts.
pub(super) fn qualifiers(node: Element<'_>) -> Read<Vec<Qualifiers>> {
    let mut all = Vec::new();
    for child in named(node, "markingQualifier") {
        only(child, &["qualifier"])?;
        let outer = child.attribute((XML_NAMESPACE, "lang"));
        let code = word(child, "markingCode", CODES)?;
        let mut by_lang: BTreeMap<Option<&str>, Qualifiers> = BTreeMap::new();
        for qualifier in named(child, "qualifier") {
            let lang = qualifier.attribute((XML_NAMESPACE, "lang")).or(outer);
            let found = by_lang.entry(lang).or_insert_with(|| Qualifiers {
                lang: lang.map(str::to_owned),
                code,
                ..Qualifiers::default()
            });
            let part = qualifier.attribute("qualifierCode").unwrap_or_default();
            let slot = match part {
                "prefix" => &mut found.prefix,
                "suffix" => &mut found.suffix,
                "separator" => &mut found.separator,
                other => return Err(unknown(qualifier, "qualifierCode", other)),
            };
            let given = qualifier.attribute("markingQualifier").unwrap_or_default();
            if slot.replace(bounded(qualifier, "markingQualifier", given)?).is_some() {
                return Err(duplicate(qualifier, "qualifier", part));
            }
        }
        all.extend(by_lang.into_values());
    }
    Ok(all)
}

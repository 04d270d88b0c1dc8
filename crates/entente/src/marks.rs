//! The schemes and groups that every node knows, and what marks mean here.

use std::collections::BTreeMap;

use entente_core::{Message, Portion, PortionRef, Report, ReportId, State};
use entente_marking::{Groups, Label, MarkKind, Scheme, SchemeId, Schemes, codes, spif, us};

/// The schemes that every node knows.
pub(crate) fn schemes() -> Schemes {
    let mut schemes = Schemes::empty();
    schemes.insert(std::sync::Arc::new(us::UsIc::ic_2016()));
    schemes.insert(std::sync::Arc::new(us::UsIc::dodm_5200_01()));
    // The codes go before the policies of the same name, which are there for exchange with other policies.
    schemes.insert(std::sync::Arc::new(codes::tlp()));
    schemes.insert(std::sync::Arc::new(codes::pap()));
    schemes.insert(std::sync::Arc::new(codes::europol()));
    for policy in spif::builtin_policies() {
        schemes.insert(std::sync::Arc::new(spif::SpifScheme::new(policy)));
    }
    schemes
}

/// Who belongs to which group.
pub(crate) fn groups() -> Groups {
    us::groups()
}

/// Reads every mark of a message again: what a mark means is decided here, not by the sender.
pub(crate) fn recheck(message: Message, schemes: &Schemes, state: &State) -> Message {
    let read = |scheme: &SchemeId, profile: Option<&str>, portion: &mut Portion| {
        let label = match schemes.get(scheme, profile) {
            Some(known) => known.check(&portion.mark, MarkKind::Portion, None).label(&portion.mark),
            None => Label::unintelligible(&portion.mark),
        };
        // A portion that abbreviates its banner's list was read with the banner at its author: the stricter reading holds.
        portion.label = label.join(&portion.label);
    };
    match message {
        Message::Delivery {
            mut report,
            delivery,
            arrangements,
        } => {
            let (scheme, profile) = (report.scheme.clone(), report.profile.clone());
            report
                .portions
                .iter_mut()
                .for_each(|portion| read(&scheme, Some(&profile), portion));
            Message::Delivery {
                report,
                delivery,
                arrangements,
            }
        }
        Message::Answer {
            consents,
            refusals,
            mut substitutes,
            exposures,
        } => {
            for substitute in &mut substitutes {
                // A substitute follows the rules of the report that it belongs to.
                let report = state.reports.get(&substitute.report);
                match report.and_then(|holding| holding.versions.get(&substitute.version)) {
                    Some(report) => read(&report.scheme, Some(&report.profile), &mut substitute.portion),
                    None => substitute.portion.label = Label::unintelligible(&substitute.portion.mark),
                }
            }
            Message::Answer {
                consents,
                refusals,
                substitutes,
                exposures,
            }
        }
        other => other,
    }
}

/// The banner over marks of portions of one report.
pub(crate) fn banner_in<'m>(report: &Report, marks: impl Iterator<Item = &'m str>) -> Option<String> {
    let known = schemes();
    let scheme = known.get(&report.scheme, Some(&report.profile))?;
    banner_of(scheme.as_ref(), marks, None)
}

/// The banner over portions of one or several reports: one roll-up for each scheme.
pub(crate) fn banner_over<'p>(state: &State, portions: impl Iterator<Item = &'p PortionRef>) -> String {
    let mut by_scheme: BTreeMap<String, (ReportId, u32, Vec<String>)> = BTreeMap::new();
    for reference in portions {
        let held = state
            .reports
            .get(&reference.report)
            .and_then(|held| held.versions.get(&reference.version));
        if let Some((report, portion)) = held.zip(state.portion(reference)) {
            let key = format!("{:?}/{}", report.scheme, report.profile);
            let entry = by_scheme
                .entry(key)
                .or_insert_with(|| (report.id.clone(), report.version, Vec::new()));
            entry.2.push(portion.mark.clone());
        }
    }
    let banners = by_scheme.into_values().filter_map(|(id, version, marks)| {
        let report = state.reports.get(&id)?.versions.get(&version)?;
        banner_in(report, marks.iter().map(String::as_str))
    });
    banners.collect::<Vec<_>>().join(" | ")
}

/// The banner that marks add up to.
pub(crate) fn banner_of<'m>(
    scheme: &dyn Scheme,
    marks: impl Iterator<Item = &'m str>,
    written: Option<&str>,
) -> Option<String> {
    let marks: Vec<&str> = marks.collect();
    scheme.rollup(&marks, written).banner.map(|marking| marking.canonical)
}

//! The schemes and groups that every node knows, and what marks mean here.

use entente_core::{Message, Portion, State};
use entente_marking::{Groups, Label, MarkKind, SchemeId, Schemes, codes, spif, us};

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

//! What marks mean is decided by the reader: every mark that comes from outside is read again.

use entente_marking::{Label, MarkKind, SchemeId, Schemes};

use crate::message::Message;
use crate::report::Portion;
use crate::state::State;

/// Reads every mark of a message again: what a mark means is decided here, not by the sender.
pub(super) fn recheck(message: Message, schemes: &Schemes, state: &State) -> Message {
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

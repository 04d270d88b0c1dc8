//! What a partner can say with its own good signature that is not true.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::{Consent, Recall, Recipients};
use entente_core::{ConsentId, Delivery, Message, Part, PortionRef, RecallAction, RecallId, Report};
use entente_node::{Node, NodeError};

use crate::dice::Dice;
use crate::federation::{Federation, LIAR, NAMES, OnTheWire, party, reader};

/// The liar signs something that is not its to say, or not true.
pub(crate) fn lie(all: &mut Federation, dice: &mut Dice) {
    all.count += 1;
    let to = dice.name(&NAMES[..4]);
    let node = all.node(LIAR);
    let Some((message, what)) = said(all, dice, &node, to) else {
        return;
    };
    let sealed = sealed(&node, to, all.count, &message, all.now(LIAR)).unwrap();
    all.tell("lied", format!("{LIAR} lies to {to}: {what}"));
    all.wire.push(OnTheWire::Message {
        from: LIAR,
        to,
        sealed,
        carried: None,
    });
}

fn sealed(node: &Node, to: &str, number: usize, message: &Message, now: jiff::Timestamp) -> Result<Vec<u8>, NodeError> {
    let header = entente_seal::Header {
        from: LIAR.to_owned(),
        to: to.to_owned(),
        id: format!("{LIAR}-9{number:05}"),
        created: now.to_string(),
        kind: message.kind().to_owned(),
    };
    let moment = node.moment();
    let receiver = moment
        .state()
        .parties
        .get(&party(to))
        .and_then(|known| known.recipient.clone());
    let payload = serde_json::to_vec(message).unwrap();
    Ok(entente_seal::seal(
        &header,
        &payload,
        &*node.keys()?,
        &receiver.unwrap(),
    )?)
}

/// A report that the liar holds, of somebody else where there is one.
fn held(node: &Node, dice: &mut Dice) -> Option<Report> {
    let moment = node.moment();
    let all: Vec<&Report> = moment
        .state()
        .reports
        .values()
        .filter_map(|holding| holding.latest())
        .collect();
    if all.is_empty() {
        None
    } else {
        Some((*dice.pick(&all)).clone())
    }
}

fn said(all: &Federation, dice: &mut Dice, node: &Node, to: &str) -> Option<(Message, String)> {
    let mut report = held(node, dice)?;
    let at = all.now(LIAR);
    match dice.roll(5) {
        // A consent in the originator's name.
        0 => {
            let mut consent: Consent = forged_consent(&report, to, all.count);
            consent.given = at;
            let message = Message::Answer {
                consents: vec![consent],
                refusals: Vec::new(),
                substitutes: Vec::new(),
                exposures: Vec::new(),
            };
            Some((message, format!("that {} consents to {}", report.originator, report.id)))
        }
        // Somebody else's consent is withdrawn.
        1 => {
            let consent = ConsentId::new(format!("con-{}", 1 + dice.roll(all.count.max(1)))).unwrap();
            let message = Message::Withdrawal {
                consent: consent.clone(),
                at,
                reason: "a lie".to_owned(),
            };
            Some((message, format!("that {consent} is withdrawn")))
        }
        // Somebody else's report is recalled.
        2 => {
            let recall = recall_of(&report, at, all.count);
            Some((Message::Recall(recall), format!("that {} is recalled", report.id)))
        }
        // Text of others with itself, or everybody, as receivers of the original.
        n => {
            let originator = report.originator.clone();
            for portion in &mut report.portions {
                let everybody: BTreeSet<_> = NAMES.into_iter().map(party).collect();
                portion.lineage.map(|_, origin| {
                    origin.recipients.extend(everybody.iter().cloned());
                    if n == 4 {
                        origin.arrangements.clear();
                    }
                });
            }
            let delivery = Delivery {
                report: report.id.clone(),
                version: report.version,
                to: party(to),
                by: party(LIAR),
                at,
                portions: None,
                under: BTreeSet::new(),
            };
            let message = Message::Delivery {
                delivery,
                part: Part::default(),
                report: report.clone(),
                arrangements: Vec::new(),
            };
            Some((message, format!("{} of {originator}, as if all had got it", report.id)))
        }
    }
}

fn forged_consent(report: &Report, to: &str, number: usize) -> Consent {
    let portions: Vec<PortionRef> = report
        .portions
        .iter()
        .map(|portion| report.reference(&portion.id))
        .collect();
    serde_json::from_value(serde_json::json!({
        "id": format!("con-e{number}"), "originator": report.originator, "to": to, "report": report.id, "portions": portions,
        "recipients": Recipients { persons: NAMES.into_iter().map(reader).collect(), parties: NAMES.into_iter().map(party).collect() },
        "stated": [], "purposes": null, "conditions": [], "given": "2030-01-01T00:00:00Z",
    }))
    .unwrap()
}

fn recall_of(report: &Report, at: jiff::Timestamp, number: usize) -> Recall {
    Recall {
        id: RecallId::new(format!("rec-e{number}")).unwrap(),
        originator: report.originator.clone(),
        report: report.id.clone(),
        version: report.version,
        action: RecallAction::RetainHide,
        reason: "a lie".to_owned(),
        ordered: at,
        holders: BTreeMap::new(),
        scope: Default::default(),
    }
}

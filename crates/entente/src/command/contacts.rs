//! Whom one calls at a party.

use clap::Args;
use entente_core::{Command, Contact, PartyPath};
use entente_node::Pinned;
use serde_json::json;

use super::Global;
use super::list::{List, ListArgs};
use crate::failure::Failure;
use crate::output;

/// How to reach a contact.
#[derive(Debug, Args)]
pub(crate) struct ContactArgs {
    /// An address for mail.
    #[arg(long, value_name = "NAME@HOST")]
    email: Option<String>,
    /// A telephone number.
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// The time zone of its clock, such as `Europe/Warsaw`.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// The fingerprint of its `OpenPGP` key.
    #[arg(long, value_name = "FINGERPRINT")]
    openpgp: Option<String>,
    /// Anything else, such as office hours.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

impl ContactArgs {
    /// What is named here, over what is noted already.
    fn over(self, known: Contact) -> Contact {
        Contact {
            email: self.email.unwrap_or(known.email),
            phone: self.phone.unwrap_or(known.phone),
            zone: self.zone.unwrap_or(known.zone),
            openpgp: self.openpgp.unwrap_or(known.openpgp),
            note: self.note.unwrap_or(known.note),
        }
    }
}

/// Notes a contact, or strikes it out where nothing is given.
pub(super) fn set(
    node: &mut Pinned,
    global: &Global,
    (party, name): (PartyPath, String),
    contact: Option<ContactArgs>,
) -> Result<(), Failure> {
    let known = node
        .state()
        .contacts
        .get(&party)
        .and_then(|known| known.get(&name).cloned());
    let contact = contact.map(|named| named.over(known.unwrap_or_default()));
    node.submit(Command::SetContact {
        party: party.clone(),
        name: name.clone(),
        contact: contact.clone(),
    })?;
    let value = json!({ "party": party, "name": name, "contact": contact });
    output::either(global.json, &value, || match &contact {
        Some(contact) => output::line(format!("{name} of {party}: {}", contact.line())),
        None => output::line(format!("{name} of {party} is struck out")),
    })
}

/// Lists the contacts of all parties.
pub(super) fn list(node: &Pinned, global: &Global, chosen: &ListArgs) -> Result<(), Failure> {
    let all = node.state().contacts.iter();
    let each = all.flat_map(|(party, known)| known.iter().map(move |(name, contact)| (party, name, contact)));
    let rows = each.map(|(party, name, contact)| {
        let row = [
            &contact.phone,
            &contact.email,
            &contact.zone,
            &contact.openpgp,
            &contact.note,
        ];
        let row = [party.to_string(), name.clone()]
            .into_iter()
            .chain(row.into_iter().cloned());
        (
            row.collect(),
            json!({ "party": party, "name": name, "contact": contact }),
        )
    });
    let list = List {
        head: &["party", "contact", "phone", "email", "zone", "openpgp", "note"],
        empty: "no contacts are noted; note one with `entente party contact PARTY NAME --phone NUMBER`",
    };
    chosen.show(global, &list, rows)
}

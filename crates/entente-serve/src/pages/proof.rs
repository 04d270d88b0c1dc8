//! The proof of one entry of the ledger: made again for whoever looks, step by step, with the way to the signed head drawn.

use std::borrow::Cow;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use entente_ledger::{Checkpoint, Hash, Proof, Verifier, leaf_hash, verify_inclusion};
use jiff::Timestamp;

use super::answer::{Desk, Reply, Sent, Trouble};
use super::gate::Visitor;
use super::ledger::{framed, size};
use super::tongue::Tongue;
use crate::persons::hex;

/// A step of the proof.
struct Check {
    what: String,
    says: String,
    holds: bool,
}

impl Check {
    fn sign(&self) -> &'static str {
        if self.holds { "✓" } else { "✕" }
    }

    fn class(&self) -> &'static str {
        if self.holds { "passed" } else { "first" }
    }
}

/// A neighbour on the way to the head, and on which side it stands.
struct Neighbour {
    hash: String,
    left: bool,
    /// Where it stands in the picture: across, and above or below the line.
    at: (usize, usize),
}

impl Neighbour {
    fn short(&self) -> &str {
        self.hash.get(..6).unwrap_or_default()
    }

    fn side(&self, t: Tongue) -> Cow<'static, str> {
        t.say(if self.left { "proof-left" } else { "proof-right" })
    }
}

/// Who else signed a head of this ledger.
struct Witnessed {
    name: String,
    size: u64,
    at: String,
    /// Whether the ledger continues what they signed.
    continued: bool,
}

#[derive(Template)]
#[template(path = "proof.html")]
struct Page {
    t: Tongue,
    number: u64,
    size: u64,
    headline: String,
    made: String,
    when: String,
    kind: &'static str,
    actor: String,
    checks: Vec<Check>,
    path: Vec<Neighbour>,
    root: String,
    witnesses: Vec<Witnessed>,
    head: String,
    /// Why there is no proof yet.
    not_yet: bool,
}

/// The neighbours from the entry upwards, each with its side (RFC 9162, section 2.1.3.2).
fn neighbours(index: u64, size: u64, hashes: &[Hash]) -> Vec<Neighbour> {
    let (mut node, mut last) = (index, size.saturating_sub(1));
    let each = hashes.iter().enumerate().map(|(n, hash)| {
        let left = node & 1 == 1 || node == last;
        while left && node & 1 == 0 && node != 0 {
            node >>= 1;
            last >>= 1;
        }
        node >>= 1;
        last >>= 1;
        Neighbour {
            hash: hex(hash),
            left,
            at: ((n + 1) * STEP + STEP / 2, if left { 28 } else { 116 }),
        }
    });
    each.collect()
}

/// The keys that this party signs its ledger with, those of before included.
fn own_keys(desk: &Desk) -> Vec<Verifier> {
    let home = desk.state().home.as_ref();
    let party = home.and_then(|home| desk.state().parties.get(home));
    let keys = party.into_iter().flat_map(|party| &party.signing_keys);
    keys.filter_map(|key| Verifier::parse(key).ok()).collect()
}

/// Who else signed the newest head that anybody signed, of those whose keys are known here.
fn witnesses(desk: &Desk) -> Result<Vec<Witnessed>, Trouble> {
    let t = desk.tongue;
    let Some((size, note)) = desk.pinned.node().witnessed()? else {
        return Ok(Vec::new());
    };
    let home = desk.state().home.as_ref();
    let partners = desk.state().parties.keys().filter(|party| Some(*party) != home);
    let mut keys: Vec<Verifier> = partners
        .filter_map(|party| entente_node::witness_key(desk.state(), party))
        .collect();
    let settings = desk.host.settings();
    keys.extend(
        settings
            .witnesses
            .values()
            .filter_map(|witness| Verifier::parse(&witness.key).ok()),
    );
    let signed = note.verify(&keys).unwrap_or_default();
    let told = Checkpoint::parse(note.text()).map_err(|error| Trouble::Broken(error.to_string()))?;
    let continued = desk.pinned.log()?.continues(&told);
    let continued = continued.map_err(|error| Trouble::Broken(error.to_string()))?;
    let each = signed.into_iter().map(|one| Witnessed {
        name: one.name,
        size,
        continued,
        at: one
            .time
            .and_then(|time| Timestamp::from_second(i64::try_from(time).ok()?).ok())
            .map_or_else(|| t.say("proof-no-moment").into_owned(), |at| t.minute(at)),
    });
    Ok(each.collect())
}

fn checks(
    desk: &Desk,
    proof: &Proof,
    entry: &[u8],
    witnesses: &[Witnessed],
) -> Result<(Vec<Check>, Checkpoint), Trouble> {
    let t = desk.tongue;
    let broken = |error: &dyn std::fmt::Display| Trouble::Broken(error.to_string());
    let checkpoint = Checkpoint::parse(proof.checkpoint.text()).map_err(|error| broken(&error))?;
    let leaf = leaf_hash(entry);
    let leads = verify_inclusion(&leaf, proof.index, checkpoint.size, &checkpoint.root, &proof.hashes);
    let stored = desk.pinned.store().entries(proof.index..proof.index + 1);
    let stored = stored.map_err(|error| broken(&error))?;
    let signed = proof.checkpoint.verify(&own_keys(desk)).unwrap_or_default();
    let names: Vec<&str> = witnesses.iter().map(|one| one.name.as_str()).collect();
    let mut all = vec![
        Check {
            what: t.say("proof-leaf").into_owned(),
            says: hex(&leaf),
            holds: stored.first().is_some_and(|stored| stored == entry),
        },
        Check {
            what: t.count("proof-lead", proof.hashes.len()),
            says: hex(&checkpoint.root),
            holds: leads,
        },
        Check {
            what: t.say_of("proof-signed", &checkpoint.origin),
            says: t.count("proof-for-entries", checkpoint.size),
            holds: !signed.is_empty(),
        },
    ];
    if !witnesses.is_empty() {
        all.push(Check {
            what: t.say("proof-continues").into_owned(),
            says: names.join(", "),
            holds: witnesses.iter().all(|one| one.continued),
        });
    }
    Ok((all, checkpoint))
}

/// The files that prove an entry to others without this node: the proof, the receipt (RFC 9942) and the entry that it is for.
const FILES: [(&str, &str); 3] = [
    (".proof", "text/plain; charset=utf-8"),
    (".cose", "application/cose; cose-type=\"cose-sign1\""),
    (".entry", "application/octet-stream"),
];

fn file(desk: &Desk, number: u64, (ending, kind): (&str, &'static str)) -> Result<Reply, Trouble> {
    let index = number - 1;
    let refused = |error: &dyn std::fmt::Display| Trouble::Refused(format!("{error}."));
    let bytes = match ending {
        ".cose" => desk.pinned.receipt(index)?.0,
        _ => {
            let (proof, entry) = desk.pinned.log()?.prove(index).map_err(|error| refused(&error))?;
            if ending == ".entry" {
                entry
            } else {
                proof.render().into_bytes()
            }
        }
    };
    Ok(Reply::File(Sent {
        name: format!("entry-{number}{ending}"),
        kind,
        bytes,
    }))
}

/// `GET /ledger/NUMBER`, and `GET /ledger/NUMBER.proof`, `.cose`, `.entry`: files that others verify without this node.
pub(crate) async fn entry(visitor: Visitor, Path(name): Path<String>) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("see-ledger")?;
        let named = FILES.iter().find_map(|file| Some((name.strip_suffix(file.0)?, *file)));
        let number = named.map_or(name.as_str(), |(number, _)| number);
        let number: u64 = number.parse().map_err(|_| Trouble::Nothing)?;
        let all = size(desk)?;
        let index = number
            .checked_sub(1)
            .filter(|index| *index < all)
            .ok_or(Trouble::Nothing)?;
        if let Some((_, wanted)) = named {
            return file(desk, number, wanted);
        }
        let found = desk.pinned.log()?.prove(index);
        let record = desk.pinned.store().event(number);
        let record = record
            .map_err(|error| Trouble::Broken(error.to_string()))?
            .ok_or(Trouble::Nothing)?;
        let witnesses = witnesses(desk)?;
        let proven = found
            .ok()
            .map(|(proof, entry)| checks(desk, &proof, &entry, &witnesses).map(|(checks, head)| (proof, checks, head)))
            .transpose()?;
        let holds = proven
            .as_ref()
            .is_some_and(|(_, checks, _)| checks.iter().all(|check| check.holds));
        let (kind, t) = (record.event.event.kind(), desk.tongue);
        let page = Page {
            t: desk.tongue,
            number,
            size: all,
            headline: match (&proven, holds) {
                (None, _) => t.pair("proof-head-none", number, kind),
                (Some(_), true) => t.pair("proof-head-holds", number, kind),
                (Some(_), false) => t.pair("proof-head-broken", number, kind),
            },
            made: t.minute(desk.now),
            when: t.second(record.time),
            kind,
            actor: record
                .event
                .actor
                .map(|actor| actor.person.to_string())
                .unwrap_or_default(),
            path: proven
                .as_ref()
                .map(|(proof, _, head)| neighbours(proof.index, head.size, &proof.hashes))
                .unwrap_or_default(),
            root: proven.as_ref().map(|(.., head)| hex(&head.root)).unwrap_or_default(),
            head: proven
                .as_ref()
                .map(|(proof, ..)| proof.checkpoint.render())
                .unwrap_or_default(),
            not_yet: proven.is_none(),
            checks: proven.map(|(_, checks, _)| checks).unwrap_or_default(),
            witnesses,
        };
        Ok(Reply::Page(framed(t, t.say_of("proof-title", number), page.render()?)))
    };
    visitor.answer(work).await
}

/// Steps of the picture.
const STEP: usize = 96;

impl Page {
    fn width(&self) -> usize {
        (self.path.len() + 2) * STEP
    }

    fn says(&self) -> String {
        let each = self
            .path
            .iter()
            .map(|one| self.t.pair("proof-on-the", one.short(), one.side(self.t)));
        each.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use entente_ledger::{node_hash, prove_inclusion};

    #[test]
    fn the_sides_of_the_picture_lead_to_the_root() {
        for size in 1..40_u64 {
            let leaves: Vec<Hash> = (0..size).map(|n| leaf_hash(&n.to_be_bytes())).collect();
            let root = entente_ledger::root_of(leaves.iter().copied());
            for index in 0..size {
                let at = usize::try_from(index).unwrap();
                let hashes = prove_inclusion(&leaves, at).unwrap();
                let path = neighbours(index, size, &hashes);
                let led = path
                    .iter()
                    .zip(&hashes)
                    .fold(leaves[at], |hash, (one, other)| match one.left {
                        true => node_hash(other, &hash),
                        false => node_hash(&hash, other),
                    });
                assert_eq!(led, root, "{index} of {size}");
            }
        }
    }
}

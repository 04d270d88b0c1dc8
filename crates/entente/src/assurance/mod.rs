//! Assurance: what a party did with another's material, proved from its ledger, for the other to verify alone.

mod checked;
mod compare;
mod page;
mod say;
mod verify;

use std::collections::{BTreeMap, BTreeSet};

use entente_core::{Concern, Event, PartyPath, PortionRef, State, concern};
use entente_ledger::{Note, leaf_hash, prove_consistency};
use entente_store::Opening;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub(crate) use checked::{Checked, Problem};
pub(crate) use page::page;
pub(crate) use verify::{Trusted, verify};

use crate::failure::Failure;
use crate::output;
use crate::words::hex;
use entente_node::Pinned;

/// The format that this program writes and reads.
const FORMAT: &str = "entente-assurance/v1";

/// The file: statements of a party for another, with what proves them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assurance {
    /// [`FORMAT`].
    format: String,
    /// Who wrote it, and whose ledger it is about.
    pub(crate) by: PartyPath,
    /// For whom.
    #[serde(rename = "for")]
    pub(crate) whom: PartyPath,
    /// When.
    pub(crate) written: Timestamp,
    /// The marking of the whole.
    pub(crate) banner: String,
    /// The signed checkpoint (C2SP `tlog-checkpoint`) that all proofs lead to.
    pub(crate) checkpoint: String,
    /// That the log continues an earlier checkpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<Since>,
    /// Every entry that concerns the receiver, in order.
    entries: Vec<Entry>,
    /// How many other entries there are, by kind.
    others: BTreeMap<String, u64>,
    /// A note over the digest of everything else, signed with the same keys as the ledger: what is not proved is at
    /// least said by the writer, and by nobody on the way.
    signature: String,
}

impl Assurance {
    /// What is signed.
    fn statement(&self) -> Result<String, Failure> {
        let body = Self {
            signature: String::new(),
            ..self.clone()
        };
        let digest = Sha256::digest(serde_json::to_vec(&body).map_err(Failure::failed)?);
        Ok(format!("{FORMAT}\n{}\nsha256 {}\n", self.by, hex(&digest)))
    }
}

/// A consistency proof (RFC 6962 §2.1.2) from an earlier size.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    size: u64,
    /// Hexadecimal.
    hashes: Vec<String>,
}

/// An entry of the ledger.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The entry as it stands in the log.
    entry: String,
    /// Its inclusion proof (C2SP `tlog-proof`), which holds the checkpoint.
    proof: String,
    #[serde(flatten)]
    shown: Shown,
}

/// Whether the event behind an entry is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Shown {
    /// As it was recorded.
    Open {
        /// Hexadecimal.
        salt: String,
        /// The bytes that the entry commits to, with references in place of texts.
        event: String,
        /// The texts that are still there, by what the event calls them: what is not, was destroyed.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        texts: BTreeMap<String, Text>,
    },
    /// Not: it also holds what the receiver must not see.
    Closed {
        /// What that is.
        because: String,
        /// The receiver's portions in it, by the writer's word.
        portions: Vec<PortionRef>,
    },
}

/// A text that an event refers to. Its name commits to salt and literal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    /// Hexadecimal.
    salt: String,
    /// As JSON writes it, with quotes.
    literal: String,
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    let bytes =
        digits.map(|pair| u8::from_str_radix(str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok());
    bytes.collect()
}

/// The portions that opened events may speak of: everything of reports that rest on the party or went to it.
fn spoken_of(state: &State, party: &PartyPath) -> BTreeSet<PortionRef> {
    let mut all = BTreeSet::new();
    for holding in state.reports.values() {
        let went = holding.deliveries.iter().any(|delivery| party.includes(&delivery.to));
        for report in holding.versions.values() {
            let rests = |portion: &entente_core::Portion| portion.lineage.originators().any(|o| party.includes(o));
            if went || report.portions.iter().any(rests) {
                all.extend(report.portions.iter().map(|portion| PortionRef {
                    report: report.id.clone(),
                    version: report.version,
                    portion: portion.id.clone(),
                }));
            }
        }
    }
    all
}

/// Writes the assurance for a party, from a freshly signed ledger.
pub(crate) fn write(
    node: &Pinned,
    whom: &PartyPath,
    since: Option<u64>,
    banner: impl Fn(&State, &BTreeSet<PortionRef>) -> String,
) -> Result<Assurance, Failure> {
    let (by, state) = (node.home()?.clone(), node.state());
    if !state.parties.contains_key(whom) {
        return Err(Failure::not_found(format!(
            "{whom} is not known here; `entente party list` shows the parties"
        )));
    }
    if by.includes(whom) {
        return Err(Failure::usage(format!(
            "{whom} is this party itself; an assurance is for another"
        )));
    }
    let keys = node.keys()?;
    let size = node.publish()?.size;
    let log = node.log()?;
    let checkpoint = std::fs::read_to_string(node.ledger_folder().join("checkpoint")).map_err(Failure::failed)?;
    let mut others: BTreeMap<String, u64> = BTreeMap::new();
    let mut concerned = Vec::new();
    node.store().events(1, |recorded| {
        if recorded.seq <= size {
            match concern(state, &recorded.event, whom) {
                Concern::None => *others.entry(recorded.event.kind().to_owned()).or_default() += 1,
                found => concerned.push((recorded.seq, found)),
            }
        }
    })?;
    let bar = output::progress(concerned.len() as u64, "proving");
    let mut entries = Vec::with_capacity(concerned.len());
    for (seq, found) in concerned {
        let (proof, entry) = log.prove(seq - 1)?;
        let shown = match found {
            Concern::Part { because, portions } => Shown::Closed {
                because: because.to_owned(),
                portions: portions.into_iter().collect(),
            },
            Concern::Whole { .. } | Concern::None => match node.store().opening(seq)? {
                Some(opening) => opened(opening)?,
                None => Shown::Closed {
                    because: "its content was destroyed, and it was recorded before contents could be proved apart"
                        .to_owned(),
                    portions: Vec::new(),
                },
            },
        };
        entries.push(Entry {
            entry: String::from_utf8(entry).map_err(Failure::failed)?,
            proof: proof.render(),
            shown,
        });
        bar.inc(1);
    }
    bar.finish_and_clear();
    let since = since.map(|earlier| continues(node, earlier, size)).transpose()?;
    let mut made = Assurance {
        format: FORMAT.to_owned(),
        by,
        whom: whom.clone(),
        written: Timestamp::now(),
        banner: banner(state, &spoken_of(state, whom)),
        checkpoint,
        since,
        entries,
        others,
        signature: String::new(),
    };
    let mut note = Note::new(&made.statement()?).map_err(Failure::failed)?;
    keys.signer().sign(&mut note);
    made.signature = note.render();
    Ok(made)
}

fn opened(opening: Opening) -> Result<Shown, Failure> {
    let mut texts = BTreeMap::new();
    for text in &opening.texts {
        let literal = String::from_utf8(text.literal().to_vec()).map_err(Failure::failed)?;
        let salt = hex(text.salt().as_bytes());
        texts.insert(text.name(), Text { salt, literal });
    }
    Ok(Shown::Open {
        salt: hex(&opening.salt),
        event: String::from_utf8(opening.payload).map_err(Failure::failed)?,
        texts,
    })
}

fn continues(node: &Pinned, earlier: u64, size: u64) -> Result<Since, Failure> {
    let leaves = node.store().entries(0..size)?;
    let leaves: Vec<_> = leaves.iter().map(|entry| leaf_hash(entry)).collect();
    let place = usize::try_from(earlier).ok().filter(|place| *place > 0);
    let hashes = place.and_then(|place| prove_consistency(&leaves, place)).ok_or_else(|| {
        Failure::usage(format!(
            "the ledger has {size} entries, so it cannot continue one of {earlier}; name the size of an earlier assurance"
        ))
    })?;
    Ok(Since {
        size: earlier,
        hashes: hashes.iter().map(|hash| hex(hash)).collect(),
    })
}

/// An entry that was verified, and the event behind it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Opened {
    /// The event's number.
    pub(crate) seq: u64,
    /// When it was recorded.
    pub(crate) time: String,
    /// What happened.
    pub(crate) event: Event,
}

/// An entry that was verified, whose event stays closed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Closed {
    /// The event's number.
    pub(crate) seq: u64,
    /// When it was recorded.
    pub(crate) time: String,
    /// Which kind of event it is.
    pub(crate) kind: String,
    /// Why it is not shown.
    pub(crate) because: String,
    /// What it is about, by the writer's word.
    pub(crate) portions: Vec<PortionRef>,
}

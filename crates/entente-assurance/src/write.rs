//! Writing an assurance, from a ledger that was signed just now.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use entente_core::{Concern, Event, PartyPath, PortionRef, State, concern};
use entente_ledger::{Hash, Note, NoteSigner, Proof, Wording, hex, leaf_hash, prove_consistency};
use jiff::Timestamp;

use crate::Error;
use crate::file::{Assurance, Entry, FORMAT, Shown, Since, Text, Witnessed};

/// What proves the content of an entry: as the writer's store has it.
pub struct Content {
    /// The salt of the entry's commitment.
    pub salt: Vec<u8>,
    /// The bytes that it commits to, with references in place of texts.
    pub payload: Vec<u8>,
    /// The texts that are still there.
    pub texts: Vec<Wording>,
}

/// Why a record cannot be read, in the words of whoever keeps it.
pub type Unread = Box<dyn std::error::Error + Send + Sync>;

/// The writer's own records. Events are numbered from 1, entries of the ledger from 0.
pub trait Records {
    /// Calls `each` with every event and its number.
    ///
    /// # Errors
    /// When one cannot be read.
    fn events(&self, each: &mut dyn FnMut(u64, &Event)) -> Result<(), Unread>;

    /// The proof (C2SP `tlog-proof`) that entry `index` is in the signed ledger, and the entry.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn prove(&self, index: u64) -> Result<(Proof, Vec<u8>), Unread>;

    /// What proves the content of event `seq`; none when it was destroyed as a whole.
    ///
    /// # Errors
    /// When it cannot be read.
    fn content(&self, seq: u64) -> Result<Option<Content>, Unread>;

    /// The ledger's entries in a range.
    ///
    /// # Errors
    /// When they cannot be read.
    fn entries(&self, range: Range<u64>) -> Result<Vec<Vec<u8>>, Unread>;
}

/// What an assurance is written from.
pub struct Writing<'w> {
    /// The writer.
    pub by: PartyPath,
    /// What is true at the writer.
    pub state: &'w State,
    /// The signed checkpoint, as it stands in the public ledger.
    pub checkpoint: String,
    /// How many entries it covers.
    pub size: u64,
    /// The newest checkpoint that others signed too, with how many entries it covers.
    pub witnessed: Option<(u64, String)>,
    /// The writer's keys.
    pub signer: NoteSigner,
    /// The writer's records.
    pub records: &'w dyn Records,
    /// The marking of these portions together.
    pub banner: &'w dyn Fn(&BTreeSet<PortionRef>) -> String,
}

/// Events that concern the receiver, by number, and how.
type Concerned = Vec<(u64, Concern)>;

impl Writing<'_> {
    /// Writes the assurance for `whom`; with `since`, also that the ledger continues an earlier one of this many entries.
    /// `progress` is called with how many entries are proved, and how many there are.
    ///
    /// # Errors
    /// When it is for an unknown party or for the writer itself, `since` is no earlier size, or records cannot be read.
    pub fn write(
        self,
        whom: &PartyPath,
        since: Option<u64>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Assurance, Error> {
        if !self.state.parties.contains_key(whom) {
            return Err(Error::Unknown(whom.clone()));
        }
        if self.by.includes(whom) {
            return Err(Error::Itself(whom.clone()));
        }
        let (concerned, others) = self.told_apart(whom)?;
        let mut entries = Vec::with_capacity(concerned.len());
        let total = concerned.len() as u64;
        for (seq, found) in concerned {
            entries.push(self.entry(seq, found)?);
            progress(entries.len() as u64, total);
        }
        let since = since.map(|earlier| self.continues(earlier)).transpose()?;
        let seen = self.witnessed.clone().filter(|(size, _)| *size <= self.size);
        let witnessed = seen.map(|(size, checkpoint)| {
            let hashes = match size == self.size {
                true => Vec::new(),
                false => self.continues(size)?.hashes,
            };
            Ok::<_, Error>(Witnessed { checkpoint, hashes })
        });
        let witnessed = witnessed.transpose()?;
        let mut made = Assurance {
            format: FORMAT.to_owned(),
            whom: whom.clone(),
            written: Timestamp::now(),
            banner: (self.banner)(&spoken_of(self.state, whom)),
            by: self.by,
            checkpoint: self.checkpoint,
            since,
            witnessed,
            entries,
            others,
            signature: String::new(),
        };
        let mut note = Note::new(&made.statement()?).map_err(Error::unreadable)?;
        self.signer.sign(&mut note);
        made.signature = note.render();
        Ok(made)
    }

    /// The events that concern a party, and how many others there are of each kind.
    fn told_apart(&self, whom: &PartyPath) -> Result<(Concerned, BTreeMap<String, u64>), Error> {
        let mut others: BTreeMap<String, u64> = BTreeMap::new();
        let mut concerned = Concerned::new();
        let mut each = |seq, event: &Event| {
            if seq <= self.size {
                match concern(self.state, event, whom) {
                    Concern::None => *others.entry(event.kind().to_owned()).or_default() += 1,
                    found => concerned.push((seq, found)),
                }
            }
        };
        self.records.events(&mut each).map_err(Error::Records)?;
        Ok((concerned, others))
    }

    fn entry(&self, seq: u64, found: Concern) -> Result<Entry, Error> {
        let (proof, entry) = self.records.prove(seq - 1).map_err(Error::Records)?;
        let shown = match found {
            Concern::Part { because, portions } => Shown::Closed {
                because: because.to_owned(),
                portions: portions.into_iter().collect(),
            },
            Concern::Whole { .. } | Concern::None => match self.records.content(seq).map_err(Error::Records)? {
                Some(content) => opened(content)?,
                None => Shown::Closed {
                    because: "its content was destroyed, and it was recorded before contents could be proved apart"
                        .to_owned(),
                    portions: Vec::new(),
                },
            },
        };
        Ok(Entry {
            entry: String::from_utf8(entry).map_err(Error::unreadable)?,
            proof: proof.render(),
            shown,
        })
    }

    fn continues(&self, earlier: u64) -> Result<Since, Error> {
        let entries = self.records.entries(0..self.size).map_err(Error::Records)?;
        let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let place = usize::try_from(earlier).ok().filter(|place| *place > 0);
        let hashes = place.and_then(|place| prove_consistency(&leaves, place));
        let hashes = hashes.ok_or(Error::NoSuchSize {
            size: self.size,
            earlier,
        })?;
        Ok(Since {
            size: earlier,
            hashes: hashes.iter().map(|hash| hex(hash)).collect(),
        })
    }
}

fn opened(content: Content) -> Result<Shown, Error> {
    let mut texts = BTreeMap::new();
    for text in &content.texts {
        let literal = String::from_utf8(text.literal().to_vec()).map_err(Error::unreadable)?;
        let salt = hex(text.salt().as_bytes());
        texts.insert(text.name(), Text { salt, literal });
    }
    Ok(Shown::Open {
        salt: hex(&content.salt),
        event: String::from_utf8(content.payload).map_err(Error::unreadable)?,
        texts,
    })
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

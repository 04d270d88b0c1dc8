//! Verifying an assurance, without a network and without trusting its writer.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::{Event, State};
use entente_ledger::{
    Checkpoint, Hash, Leaf, Note, NoteError, Proof, Salt, Verifier, Wording, expand, names, signed_by_owner,
    verify_consistency,
};

use crate::checked::{Checked, Closed, Opened, Witness};
use crate::compare;
use crate::file::{Assurance, Entry, FORMAT, Shown, Text, unhex};
use jiff::Timestamp;

/// What the verifier relies on.
pub struct Trusted<'t> {
    /// The writer's keys.
    pub keys: &'t [Verifier],
    /// The verifier's own records, if it has a node.
    pub own: Option<&'t State>,
    /// The last checkpoint of this writer that was verified here.
    pub seen: Option<&'t Checkpoint>,
}

/// Verifies signatures, proofs, commitments and counts, and compares with the verifier's own records.
pub fn verify(assurance: &Assurance, trusted: &Trusted<'_>) -> Checked {
    let mut checked = Checked {
        by: assurance.by.clone(),
        whom: assurance.whom.clone(),
        written: assurance.written,
        banner: assurance.banner.clone(),
        size: 0,
        signed_by: Vec::new(),
        opened: Vec::new(),
        closed: Vec::new(),
        others: assurance.others.clone(),
        findings: Vec::new(),
        differences: Vec::new(),
        gaps: Vec::new(),
        continues: false,
        witnesses: Vec::new(),
        checkpoint: None,
    };
    if assurance.format != FORMAT {
        checked.found(
            "format",
            format!("`{}` is not {FORMAT}; use the program that wrote it", assurance.format),
        );
        return checked;
    }
    if let Err(problem) = check_signature(assurance, trusted.keys) {
        checked.found("signature", problem);
    }
    let home = trusted.own.and_then(|own| own.home.as_ref());
    if let Some(home) = home.filter(|home| !home.includes(&assurance.whom)) {
        checked.found(
            "for",
            format!("it was written for {}, and this is the node of {home}", assurance.whom),
        );
    }
    match check_checkpoint(assurance, trusted.keys, &mut checked) {
        Ok(checkpoint) => {
            checked.size = checkpoint.size;
            check_entries(assurance, &checkpoint, trusted.keys, &mut checked);
            check_witnesses(assurance, &checkpoint, trusted.keys, &mut checked);
            checked.continues = check_continuity(assurance, &checkpoint, trusted.seen, &mut checked);
            checked.checkpoint = Some(checkpoint);
        }
        Err(problem) => checked.found("checkpoint", problem),
    }
    if checked.findings.is_empty() {
        if let Some(own) = trusted.own {
            compare::with_own_records(own, &mut checked);
            compare::with_terms(own, &mut checked);
        }
        name_gaps(trusted.own.is_some(), &mut checked);
    }
    checked
}

/// Everything in the file is said by the party that it names.
fn check_signature(assurance: &Assurance, keys: &[Verifier]) -> Result<(), String> {
    let note = Note::parse(assurance.signature.as_bytes()).map_err(|error| error.to_string())?;
    let signed = note.verify(keys).map_err(|error| error.to_string())?;
    let statement = assurance.statement().map_err(|error| error.to_string())?;
    if note.text() != statement || !signed.iter().any(|signed| signed.name == assurance.by.as_str()) {
        return Err(format!("it does not say what {} signed", assurance.by));
    }
    Ok(())
}

fn check_checkpoint(assurance: &Assurance, keys: &[Verifier], checked: &mut Checked) -> Result<Checkpoint, String> {
    let note = Note::parse(assurance.checkpoint.as_bytes()).map_err(|error| error.to_string())?;
    let checkpoint = Checkpoint::parse(note.text()).map_err(|error| error.to_string())?;
    let signed = note.verify(keys).map_err(|error| error.to_string())?;
    let named = checkpoint.origin.split('/').next();
    if named != Some(assurance.by.as_str()) || !signed_by_owner(&checkpoint, &signed) {
        return Err(format!(
            "the log `{}` is not one that {} signed",
            checkpoint.origin, assurance.by
        ));
    }
    checked.signed_by = signed.into_iter().map(|signed| signed.name).collect();
    Ok(checkpoint)
}

fn check_entries(assurance: &Assurance, checkpoint: &Checkpoint, keys: &[Verifier], checked: &mut Checked) {
    let mut last = 0;
    for (n, entry) in assurance.entries.iter().enumerate() {
        match check_entry(assurance, entry, checkpoint, keys) {
            Ok((leaf, _)) if leaf.seq <= last => {
                checked.found(format!("event {}", leaf.seq), "it is out of order, or there twice");
            }
            Ok((leaf, Some(event))) => {
                last = leaf.seq;
                checked.opened.push(Opened {
                    seq: leaf.seq,
                    time: leaf.time,
                    event,
                });
            }
            Ok((leaf, None)) => {
                last = leaf.seq;
                let Shown::Closed { because, portions } = &entry.shown else {
                    continue;
                };
                checked.closed.push(Closed {
                    seq: leaf.seq,
                    time: leaf.time,
                    kind: leaf.kind,
                    because: because.clone(),
                    portions: portions.clone(),
                });
            }
            Err(problem) => checked.found(format!("entry {} of the file", n + 1), problem),
        }
    }
    let others = assurance
        .others
        .values()
        .try_fold(0u64, |sum, count| sum.checked_add(*count));
    let all = others.and_then(|others| others.checked_add(assurance.entries.len() as u64));
    if all != Some(checkpoint.size) {
        checked.found(
            "counts",
            format!(
                "the log has {} entries, and the file accounts for {}",
                checkpoint.size,
                all.map_or("more than can be".to_owned(), |all| all.to_string())
            ),
        );
    }
}

/// One entry: that it is in the log, and that the event is the one it commits to.
fn check_entry(
    assurance: &Assurance,
    entry: &Entry,
    checkpoint: &Checkpoint,
    keys: &[Verifier],
) -> Result<(Leaf, Option<Event>), String> {
    let proof = Proof::parse(entry.proof.as_bytes()).map_err(|error| error.to_string())?;
    if proof.checkpoint.render() != assurance.checkpoint {
        return Err("its proof leads to another checkpoint".to_owned());
    }
    let proved = proof.verify(entry.entry.as_bytes(), &checkpoint.origin, keys, &[]);
    proved.map_err(|error| error.to_string())?;
    let leaf = Leaf::parse(entry.entry.as_bytes()).ok_or("it is not written as entries of a ledger are")?;
    if leaf.seq != proof.index + 1 {
        return Err(format!(
            "it is number {}, and stands at place {}",
            leaf.seq,
            proof.index + 1
        ));
    }
    let Shown::Open { salt, event, texts } = &entry.shown else {
        return Ok((leaf, None));
    };
    let salt = unhex(salt).as_deref().and_then(Salt::from_bytes);
    let salt = salt.ok_or("its salt is not 32 bytes in hexadecimal")?;
    if !leaf.opens_to(&salt, event.as_bytes()) {
        return Err(format!("event {} is not the one that was recorded", leaf.seq));
    }
    let whole = in_plain_words(event, texts, leaf.seq)?;
    let event: Event = serde_json::from_slice(&whole)
        .map_err(|error| format!("event {} cannot be read ({error}); use a newer program", leaf.seq))?;
    if event.kind() != leaf.kind {
        return Err(format!("event {} was recorded as another kind", leaf.seq));
    }
    Ok((leaf, Some(event)))
}

/// An event with its texts, each of which is the one that was recorded. Those that are not shown were destroyed.
fn in_plain_words(event: &str, texts: &BTreeMap<String, Text>, seq: u64) -> Result<Vec<u8>, String> {
    let named: BTreeSet<String> = names(event.as_bytes()).into_iter().collect();
    if texts.keys().any(|name| !named.contains(name)) {
        return Err(format!(
            "event {seq} does not refer to all texts that are shown with it"
        ));
    }
    expand(event.as_bytes(), |name| {
        let Some(text) = texts.get(name) else { return Ok(None) };
        let salt = unhex(&text.salt).as_deref().and_then(Salt::from_bytes);
        let salt = salt.ok_or_else(|| format!("the salt of a text of event {seq} is not 32 bytes in hexadecimal"))?;
        let wording = Wording::opened(salt, text.literal.clone().into_bytes());
        match wording.name() == name {
            true => Ok(Some(wording.literal().to_vec())),
            false => Err(format!("a text of event {seq} is not the one that was recorded")),
        }
    })
}

/// Who else signed the log, of those whose keys are known: each once, with the moment and the size.
fn check_witnesses(assurance: &Assurance, checkpoint: &Checkpoint, keys: &[Verifier], checked: &mut Checked) {
    let Some(witnessed) = &assurance.witnessed else { return };
    let place = "witnesses";
    let note = Note::parse(witnessed.checkpoint.as_bytes());
    let told = note.as_ref().ok().and_then(|note| Checkpoint::parse(note.text()).ok());
    let (Ok(note), Some(told)) = (note, told) else {
        checked.found(place, "what they signed is no checkpoint");
        return;
    };
    let hashes = witnessed.hashes.iter().map(|text| Hash::try_from(unhex(text)?).ok());
    let hashes: Option<Vec<Hash>> = hashes.collect();
    let holds = told.origin == checkpoint.origin
        && match told.size == checkpoint.size {
            true => told.root == checkpoint.root,
            false => hashes.is_some_and(|hashes| {
                verify_consistency(told.size, &told.root, checkpoint.size, &checkpoint.root, &hashes)
            }),
        };
    if !holds {
        checked.found(place, "the log does not continue what they signed");
        return;
    }
    let others = keys.iter().filter(|key| key.name() != assurance.by.as_str());
    let others: Vec<Verifier> = others.map(Verifier::as_witness).collect();
    match note.verify(&others) {
        Ok(signed) => {
            for one in signed {
                if !checked.witnesses.iter().any(|known| known.name == one.name) {
                    let at = one
                        .time
                        .and_then(|time| Timestamp::from_second(i64::try_from(time).ok()?).ok());
                    checked.witnesses.push(Witness {
                        name: one.name,
                        at,
                        size: told.size,
                    });
                }
            }
        }
        Err(NoteError::Unsigned) => {}
        Err(error) => checked.found(place, error.to_string()),
    }
}

/// Whether the log is shown to continue the one that was seen before.
fn check_continuity(
    assurance: &Assurance,
    checkpoint: &Checkpoint,
    seen: Option<&Checkpoint>,
    checked: &mut Checked,
) -> bool {
    let Some(seen) = seen else {
        let gap = "no earlier checkpoint of this log was kept here, so this one starts the comparison";
        checked.gaps.push(gap.to_owned());
        return true;
    };
    if seen.origin != checkpoint.origin {
        let problem = format!(
            "the log is `{}`; the one seen before was `{}`",
            checkpoint.origin, seen.origin
        );
        checked.found("checkpoint", problem);
        return false;
    }
    if seen.size > checkpoint.size {
        checked.gaps.push(format!(
            "it is older than what was seen before ({} entries); ask for a newer one",
            seen.size
        ));
        return false;
    }
    if seen.size == checkpoint.size {
        if seen.root != checkpoint.root {
            let problem = "two logs of the same size differ: the writer shows different logs";
            checked.found("checkpoint", problem);
        }
        return seen.root == checkpoint.root;
    }
    let Some(since) = assurance.since.as_ref().filter(|since| since.size == seen.size) else {
        checked.gaps.push(format!(
            "that the log continues the {} entries seen before is not shown; ask for `assure --for {} --since {}`",
            seen.size, assurance.whom, seen.size
        ));
        return false;
    };
    let hashes = since.hashes.iter().map(|text| Hash::try_from(unhex(text)?).ok());
    let hashes: Option<Vec<Hash>> = hashes.collect();
    let holds = hashes
        .is_some_and(|hashes| verify_consistency(seen.size, &seen.root, checkpoint.size, &checkpoint.root, &hashes));
    if !holds {
        let problem = format!("the log does not continue the {} entries seen before", seen.size);
        checked.found("since", problem);
    }
    holds
}

fn name_gaps(compared: bool, checked: &mut Checked) {
    let others: u64 = checked.others.values().sum();
    if !checked.closed.is_empty() {
        checked.gaps.push(format!(
            "{} events are proved to be there and stay closed; what they are about is {}'s word",
            checked.closed.len(),
            checked.by
        ));
    }
    if others > 0 {
        checked.gaps.push(format!(
            "that none of the {others} other entries concerns {} is {}'s word; their number is proved, and their kinds stand in the public ledger",
            checked.whom, checked.by
        ));
    }
    if !compared {
        checked
            .gaps
            .push("it was not compared with the receiver's own records; verify it at its node".to_owned());
    }
    if checked.witnesses.is_empty() {
        let gap = "nobody else whose key is known here has signed the log";
        checked.gaps.push(gap.to_owned());
    }
    checked.gaps.push(
        "what was copied by hand, read outside the program, or never recorded is in no ledger; acknowledgements are what holders say"
            .to_owned(),
    );
}

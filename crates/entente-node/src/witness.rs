//! Witnesses: this party signs what it saw of partners' logs, keeps what others signed of its own, and stops whoever shows two
//! histories.

use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use entente_assurance::{Assurance, Checked, Trusted};
use entente_core::{Command, PartyPath, State};
use entente_ledger::{Checkpoint, Kind, Note, Signed, Submission, Unsigned, Verifier};
use sha2::{Digest, Sha256};

use crate::error::NodeError;
use crate::network::name_messages;
use crate::node::Node;

/// How many signed checkpoints of one's own are kept with their witnesses' signatures.
const KEPT: usize = 64;

/// What a witness answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Witnessed {
    /// It signs: the line of its signature.
    Signed(String),
    /// It does not: the status, and the size that it signed last, where that is what is wrong.
    Unsigned(u16, Option<u64>),
}

impl Node {
    /// The part of an address under which a partner submits its checkpoints: its own, so that answers tell nobody else whom
    /// this party knows.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn witness_prefix(&self, party: &PartyPath) -> Result<String, NodeError> {
        let key = name_messages(self.folder())?;
        let digest = Sha256::new()
            .chain_update(key)
            .chain_update(format!("witness {party}"))
            .finalize();
        Ok(entente_ledger::hex(digest.get(..16).unwrap_or_default()))
    }

    /// The partner whose prefix this is, as long as it is known and the link is not stopped.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn whose_prefix(&self, prefix: &str) -> Result<Option<PartyPath>, NodeError> {
        let moment = self.moment();
        let state = moment.state();
        let mut found = None;
        // All are looked at, whichever it is.
        for party in state.parties.keys().filter(|party| Some(*party) != state.home.as_ref()) {
            let own = self.witness_prefix(party)?;
            let same = own.len() == prefix.len()
                && own
                    .bytes()
                    .zip(prefix.bytes())
                    .fold(0, |all, (one, other)| all | (one ^ other))
                    == 0;
            if same && state.frozen(party).is_none() {
                found = Some(party.clone());
            }
        }
        Ok(found)
    }

    fn seen_place(&self, party: &PartyPath) -> PathBuf {
        self.folder().join("seen").join(party.as_str())
    }

    /// The last checkpoint of a partner's log that was seen here, with its signatures.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn seen(&self, party: &PartyPath) -> Result<Option<(Note, Checkpoint)>, NodeError> {
        let path = self.seen_place(party);
        match read(&path)? {
            Some(note) => {
                let told = Checkpoint::parse(note.text()).map_err(|error| broken(&path, error))?;
                Ok(Some((note, told)))
            }
            None => Ok(None),
        }
    }

    fn keep_seen(&self, party: &PartyPath, note: &str) -> Result<(), NodeError> {
        write(&self.seen_place(party), note.as_bytes())
    }

    /// Answers what a partner submits to this party as a witness. What was signed is on the disk before it is answered; two
    /// checkpoints of one size that differ are kept as evidence, and stop the link.
    ///
    /// # Errors
    /// When the keys cannot be unlocked, or the disk fails.
    pub fn witness(&self, party: &PartyPath, submitted: &[u8]) -> Result<Witnessed, NodeError> {
        let keys = self.keys()?;
        let _turn = self.seeing.lock().unwrap_or_else(PoisonError::into_inner);
        let submission = match Submission::parse(submitted) {
            Ok(submission) => submission,
            Err(unsigned) => return Ok(Witnessed::Unsigned(unsigned.status(), None)),
        };
        let seen = self.seen(party)?;
        let own = |origin: &str| origin.split('/').next() == Some(party.as_str());
        let judged = submission.judge(
            &verifiers(self.moment().state(), party),
            own,
            seen.as_ref().map(|(_, seen)| seen),
        );
        match judged {
            Ok(told) => {
                // Without the signature in the log's name: that is for witnesses who know it by no other.
                self.keep_seen(party, &submission.checkpoint.render())?;
                let mut note = told.note().map_err(entente_ledger::PublishError::from)?;
                let now = u64::try_from(self.now().as_second()).unwrap_or_default();
                let signed = keys.signer().cosign(&mut note, now);
                signed.map_err(entente_ledger::PublishError::from)?;
                let text = note.render();
                let line = text.rsplit("\n\n").next().unwrap_or_default();
                Ok(Witnessed::Signed(line.to_owned()))
            }
            Err(Unsigned::Fork(before)) => {
                let kept = seen.map(|(note, _)| note.render()).unwrap_or_default();
                self.caught(party, &before, (&kept, &submission.checkpoint.render()))?;
                Ok(Witnessed::Unsigned(409, Some(before.size)))
            }
            Err(Unsigned::OtherSize(size)) => Ok(Witnessed::Unsigned(409, Some(size))),
            Err(unsigned) => Ok(Witnessed::Unsigned(unsigned.status(), None)),
        }
    }

    /// Keeps two signed checkpoints that cannot both be true, and stops the link with whoever signed them.
    fn caught(&self, party: &PartyPath, before: &Checkpoint, notes: (&str, &str)) -> Result<(), NodeError> {
        let both = format!("{}\n{}", notes.0, notes.1);
        let name = entente_ledger::hex(&Sha256::digest(&both));
        let path = self.folder().join("conflicts").join(format!("{name}.checkpoints"));
        write(&path, both.as_bytes())?;
        let why = format!(
            "it signed two histories: two logs of {} entries that differ; both are kept in conflicts/{name}.checkpoints",
            before.size
        );
        self.submit_all(vec![Command::StopLink {
            party: party.clone(),
            why,
        }])?;
        Ok(())
    }

    fn witnessed_folder(&self) -> PathBuf {
        self.folder().join("witnessed")
    }

    /// The sizes of this party's own checkpoints that others signed, the newest first.
    fn witnessed_sizes(&self) -> Vec<u64> {
        let files = std::fs::read_dir(self.witnessed_folder())
            .into_iter()
            .flatten()
            .flatten();
        let mut sizes: Vec<u64> = files
            .filter_map(|file| file.file_name().to_str()?.parse().ok())
            .collect();
        sizes.sort_unstable_by(|one, other| other.cmp(one));
        sizes
    }

    fn witnessed_at(&self, size: u64) -> Result<Option<Note>, NodeError> {
        read(&self.witnessed_folder().join(size.to_string()))
    }

    /// The newest of this party's own checkpoints that somebody else has signed too.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn witnessed(&self) -> Result<Option<(u64, Note)>, NodeError> {
        for size in self.witnessed_sizes() {
            if let Some(note) = self.witnessed_at(size)? {
                return Ok(Some((size, note)));
            }
        }
        Ok(None)
    }

    /// The size that a witness has signed last, as far as that is kept here.
    ///
    /// # Errors
    /// When what is kept cannot be read.
    pub fn witnessed_by(&self, witness: &Verifier) -> Result<u64, NodeError> {
        for size in self.witnessed_sizes() {
            let note = self.witnessed_at(size)?;
            if note.is_some_and(|note| note.verify(std::slice::from_ref(witness)).is_ok()) {
                return Ok(size);
            }
        }
        Ok(0)
    }

    /// What to submit to a witness that has signed `old` entries last; none where it has signed all there are, or nothing was
    /// published yet.
    ///
    /// # Errors
    /// When the keys cannot be unlocked, or the ledger cannot be read.
    pub fn submission(&self, old: u64) -> Result<Option<Submission>, NodeError> {
        let log = self.log()?;
        let latest = log.latest()?.map_or(0, |latest| latest.size);
        if latest == 0 || latest == old {
            return Ok(None);
        }
        Ok(Some(log.submission(old, &self.keys()?.signer())?))
    }

    /// Keeps a witness's signature of one of this party's checkpoints.
    ///
    /// # Errors
    /// When it is not that witness's about this checkpoint, or the disk fails.
    pub fn keep_witnessed(
        &self,
        submission: &Submission,
        line: &str,
        witness: &Verifier,
    ) -> Result<Vec<Signed>, NodeError> {
        let failed = |error| NodeError::Publish(entente_ledger::PublishError::Note(error));
        let text = submission.checkpoint.text();
        let answered = Note::parse(format!("{text}\n{}\n", line.trim_end()).as_bytes()).map_err(failed)?;
        let signed = answered.verify(std::slice::from_ref(witness)).map_err(failed)?;
        let told = Checkpoint::parse(text).map_err(|error| broken(&self.witnessed_folder(), error))?;
        let _turn = self.seeing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut note = match self.witnessed_at(told.size)? {
            Some(note) => note,
            None => submission.checkpoint.clone(),
        };
        note.join(&answered).map_err(failed)?;
        write(
            &self.witnessed_folder().join(told.size.to_string()),
            note.render().as_bytes(),
        )?;
        for size in self.witnessed_sizes().into_iter().skip(KEPT) {
            // One that is left over is only kept longer.
            let _ = std::fs::remove_file(self.witnessed_folder().join(size.to_string()));
        }
        Ok(signed)
    }

    /// Verifies a partner's assurance and compares it with this party's own records; keeps what was seen of its log. Two histories
    /// stop the link. `asked` says how many entries of the log had been seen when the assurance was asked for: one that does not
    /// continue these stops the link too. What was seen of the log since then may be newer than what is shown, and proves nothing.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn compare(&self, made: &Assurance, keys: &[Verifier], asked: Option<u64>) -> Result<Checked, NodeError> {
        let _turn = self.seeing.lock().unwrap_or_else(PoisonError::into_inner);
        let moment = self.moment();
        let seen = self.seen(&made.by)?;
        let trusted = Trusted {
            keys,
            own: Some(moment.state()),
            seen: seen.as_ref().map(|(_, seen)| seen),
        };
        let checked = entente_assurance::verify(made, &trusted);
        let signed_now = Note::parse(made.checkpoint.as_bytes())
            .ok()
            .filter(|note| note.verify(&verifiers(moment.state(), &made.by)).is_ok());
        let told = signed_now.and_then(|note| Checkpoint::parse(note.text()).ok());
        if let (Some((note, seen)), Some(told)) = (&seen, &told) {
            let forked = told.size == seen.size && told.root != seen.root && told.origin == seen.origin;
            let shown_after = asked.is_some_and(|before| seen.size <= before);
            if forked || (shown_after && !checked.continues) {
                self.caught(&made.by, seen, (&note.render(), &made.checkpoint))?;
                return Ok(checked);
            }
        }
        if checked.findings.is_empty() && checked.continues {
            self.keep_seen(&made.by, &made.checkpoint)?;
        }
        Ok(checked)
    }
}

/// The keys by which a partner's log is verified: those that hold now.
fn verifiers(state: &State, party: &PartyPath) -> Vec<Verifier> {
    let known = state.parties.get(party);
    let current = known.and_then(|known| known.current_key());
    current.and_then(|key| Verifier::parse(key).ok()).into_iter().collect()
}

/// The key by which a partner signs as a witness.
pub fn witness_key(state: &State, party: &PartyPath) -> Option<Verifier> {
    let key = verifiers(state, party).into_iter().next()?;
    (key.kind() == Kind::Signature).then(|| key.as_witness())
}

fn broken(path: &Path, error: impl std::fmt::Display) -> NodeError {
    NodeError::File {
        path: path.to_owned(),
        error: std::io::Error::other(error.to_string()),
    }
}

fn read(path: &Path) -> Result<Option<Note>, NodeError> {
    match std::fs::read(path) {
        Ok(bytes) => Note::parse(&bytes).map(Some).map_err(|error| broken(path, error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(broken(path, error)),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), NodeError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    entente_files::create_folder(folder)
        .and_then(|()| entente_files::write(path, bytes))
        .map_err(|error| broken(path, error))
}

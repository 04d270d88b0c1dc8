//! Sample data to look around in: another run of this program, with nodes and a folder of its own, which are gone when it ends.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;

/// Somebody of the sample, as whom one may look around.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Guest {
    /// Their id.
    pub(super) person: String,
    /// What they are called.
    pub(super) called: String,
    /// The link that signs in as them, on this machine.
    pub(super) link: String,
}

/// How it stands with the sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// There is none.
    None,
    /// Its nodes are being set up.
    Begins,
    /// Its people can be looked at.
    Serves(Vec<Guest>),
    /// It ended by itself.
    Failed,
}

/// A sample that runs. Dropping it throws it away.
pub(super) struct Sample {
    child: Child,
    read: Arc<Mutex<Standing>>,
}

impl Sample {
    /// Begins one.
    pub(super) fn begin(mut command: Command) -> std::io::Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let read = Arc::new(Mutex::new(Standing::Begins));
        if let Some(said) = child.stdout.take() {
            let told = read.clone();
            std::thread::spawn(move || {
                let mut guests = Vec::new();
                for line in BufReader::new(said).lines().map_while(Result::ok) {
                    // What else it says is for whoever reads its output.
                    if let Ok(guest) = serde_json::from_str::<Guest>(&line) {
                        guests.push(guest);
                        *told.lock().unwrap_or_else(PoisonError::into_inner) = Standing::Serves(guests.clone());
                    }
                }
                *told.lock().unwrap_or_else(PoisonError::into_inner) = Standing::Failed;
            });
        }
        Ok(Self { child, read })
    }

    /// How it stands with it.
    pub(super) fn standing(&self) -> Standing {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        // It clears its nodes and its folder away itself; one that has ended needs no word.
        if let Some(id) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(id, Signal::TERM);
        }
        let _ = self.child.wait();
    }
}

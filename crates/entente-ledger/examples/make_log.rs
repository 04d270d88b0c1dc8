//! Publishes a log for other programs to check, and tells how fast that went.
//!
//! `make_log FOLDER SIZE…` makes a new log that grows through the sizes, each with a signed checkpoint. The folder then
//! holds `ledger/` (the published log), `head` (the kept checkpoint), `log.vkey` (the verifier key) and, in `proofs/`,
//! offline proofs of some entries (`N.tlog-proof`), each with its entry (`N.entry`). The last line printed is JSON.

use std::error::Error;
use std::ops::Range;
use std::path::Path;
use std::time::Instant;

use ed25519_dalek::SigningKey;
use entente_ledger::{Folder, Kind, Leaf, Log, NoteSigner, Salt, verify};

/// The log's name, and that of its key.
const ORIGIN: &str = "log.example/made";

/// More than anybody waits for, so that a slip in the command does not fill the disk.
const MAX_SIZE: u64 = 100_000_000;

fn entry(index: u64) -> Vec<u8> {
    let event = format!("event number {index}");
    Leaf::new(
        index + 1,
        "2026-11-20T10:00:00Z".to_owned(),
        "example",
        &Salt::random(),
        event.as_bytes(),
    )
    .to_bytes()
}

/// Publishes every size in turn; gives the seconds it took, without the making of entries.
fn publish(log: &Log, signer: &NoteSigner, sizes: &[u64]) -> Result<f64, Box<dyn Error>> {
    let largest = usize::try_from(sizes.iter().copied().max().unwrap_or(0))?;
    let entries: Vec<Vec<u8>> = (0..).map(entry).take(largest).collect();
    let wanted = |range: Range<u64>| -> Result<Vec<Vec<u8>>, String> {
        let place = |index: u64| usize::try_from(index).map_err(|error| error.to_string());
        let found = entries.get(place(range.start)?..place(range.end)?);
        found
            .map(<[_]>::to_vec)
            .ok_or_else(|| "there are no such entries".to_owned())
    };
    let start = Instant::now();
    for size in sizes {
        log.publish(*size, signer, wanted)?;
    }
    Ok(start.elapsed().as_secs_f64())
}

/// Writes the proofs of the first, a middle and the last entry.
fn write_proofs(log: &Log, folder: &Path, size: u64) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    for index in [0, size / 2, size - 1] {
        let (proof, entry) = log.prove(index)?;
        std::fs::write(folder.join(format!("{index}.tlog-proof")), proof.render())?;
        std::fs::write(folder.join(format!("{index}.entry")), entry)?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: make_log FOLDER SIZE…")?;
    let folder = Path::new(&folder);
    let sizes: Vec<u64> = arguments.map(|size| size.parse()).collect::<Result<_, _>>()?;
    let size = *sizes
        .last()
        .filter(|size| **size > 0)
        .ok_or("the last size is at least 1")?;
    if sizes.iter().any(|size| *size > MAX_SIZE) {
        return Err(format!("a size is at most {MAX_SIZE}").into());
    }
    std::fs::create_dir(folder)?;

    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| error.to_string())?;
    let signer = NoteSigner::new(ORIGIN, SigningKey::from_bytes(&random))?;
    let key = signer.verifier(Kind::Signature);
    std::fs::write(folder.join("log.vkey"), key.vkey() + "\n")?;

    let log = Log::new(folder.join("ledger"), folder.join("head"), ORIGIN);
    let publishing = publish(&log, &signer, &sizes)?;
    let start = Instant::now();
    let report = verify(&Folder::new(folder.join("ledger")), &[key], &mut |_, _| ());
    let verifying = start.elapsed().as_secs_f64();
    if !report.ok {
        return Err(serde_json::to_string(&report)?.into());
    }
    let start = Instant::now();
    write_proofs(&log, &folder.join("proofs"), size)?;
    let proving = start.elapsed().as_secs_f64() / 3.0;

    let figures = serde_json::json!({
        "entries": size, "checkpoints": sizes.len(), "root": report.root,
        "publish_seconds": publishing, "verify_seconds": verifying, "prove_seconds_each": proving,
    });
    println!("{figures}");
    Ok(())
}

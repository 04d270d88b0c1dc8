//! What every provider has to pass, whatever keeps its bytes.
//!
//! A provider's own tests call [`all`] with a function that opens it, again and again over the same bytes, and
//! [`until_killed`] in a process that they kill, then [`after_kill`]. What keeps the files of a log has to pass [`tiles`].

use entente_ledger::{Kind, Leaf, Log, NoteSigner, Salt, Tiles, Verifier, verify};

use crate::error::StoreError;
use crate::outbox::{Left, Letter};
use crate::projection::{DocKey, Topic};
use crate::provider::{Provider, Step};
use crate::rows::StoredEvent;
use crate::schema::REFERRING;

/// Opens a provider over the bytes that were there before.
pub type Open<'o> = &'o dyn Fn() -> Result<Box<dyn Provider>, StoreError>;

/// A rule that did not hold.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The provider failed.
    #[error(transparent)]
    Failed(#[from] StoreError),
    /// It did something else than it must.
    #[error("{rule}: {found}")]
    Rule {
        /// The rule.
        rule: &'static str,
        /// What was found.
        found: String,
    },
}

fn must(rule: &'static str, holds: bool, found: impl std::fmt::Debug) -> Result<(), Broken> {
    match holds {
        true => Ok(()),
        false => Err(Broken::Rule {
            rule,
            found: format!("{found:?}"),
        }),
    }
}

/// Every rule, one after another over the same bytes, which are empty at first.
///
/// # Errors
/// Naming the first rule that does not hold.
pub fn all(open: Open<'_>) -> Result<(), Broken> {
    events_follow_each_other(open)?;
    a_step_that_fails_leaves_nothing(open)?;
    documents_are_what_was_put_last(open)?;
    a_shelf_shows_its_moment(open)?;
    letters_leave_once_and_their_numbers_are_never_given_again(open)?;
    texts_stay_until_they_are_destroyed(open)
}

fn event(seq: u64, payload: &[u8]) -> (StoredEvent, Vec<u8>) {
    let (time, salt) = ("2026-11-20T10:00:00Z".to_owned(), Salt::random());
    let entry = Leaf::new(seq, time.clone(), "tried", &salt, payload).to_bytes();
    let event = StoredEvent {
        seq,
        time,
        kind: "tried".to_owned(),
        form: REFERRING,
        salt: Some(salt),
        payload: payload.to_vec(),
    };
    (event, entry)
}

fn append(step: &dyn Step, payload: &[u8]) -> Result<u64, StoreError> {
    let head = step.head()?;
    let (event, entry) = event(head + 1, payload);
    step.append(head, &event, &entry)?;
    Ok(head + 1)
}

fn payloads(open: Open<'_>) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    let mut all = Vec::new();
    open()?.look(&mut |step| {
        step.tail(1, &mut |event| {
            all.push((event.seq, event.payload));
            Ok(())
        })
    })?;
    Ok(all)
}

fn events_follow_each_other(open: Open<'_>) -> Result<(), Broken> {
    let mut provider = open()?;
    provider.step(&mut |step| {
        append(step, b"one")?;
        append(step, b"two").map(|_| ())
    })?;
    let late = provider.step(&mut |step| {
        let (event, entry) = event(2, b"late");
        step.append(1, &event, &entry)
    });
    let moved = matches!(late, Err(StoreError::Moved { base: 1, head: 2 }));
    must("an event is appended at the head only", moved, &late)?;
    drop(provider);
    let all = payloads(open)?;
    let expected = [(1, b"one".to_vec()), (2, b"two".to_vec())];
    must("events are there in order after reopening", all == expected, &all)?;
    let mut entry = None;
    open()?.look(&mut |step| {
        entry = step.entry(2)?;
        Ok(())
    })?;
    let leaf = entry.as_deref().and_then(Leaf::parse);
    must(
        "every event has its entry",
        leaf.is_some_and(|leaf| leaf.seq == 2),
        &entry,
    )
}

fn letter(payload: &[u8]) -> Letter {
    Letter {
        id: 0,
        seq: 1,
        kind: "letter".to_owned(),
        destination: "GBR".to_owned(),
        payload: payload.to_vec(),
    }
}

fn a_step_that_fails_leaves_nothing(open: Open<'_>) -> Result<(), Broken> {
    let failed = open()?.step(&mut |step| {
        append(step, b"lost")?;
        step.put(&DocKey::new("lost", "a"), b"1")?;
        step.enqueue(&letter(b"lost"), None)?;
        step.keep("lost", 1, &Topic::new("lost", 1), b"lost")?;
        Err(StoreError::Stopped("on purpose".to_owned()))
    });
    must("the failure of a step is told", failed.is_err(), &failed)?;
    let (mut head, mut documents, mut letters, mut text) = (0, 0, 0, None);
    open()?.look(&mut |step| {
        head = step.head()?;
        step.each(&mut |_, _| {
            documents += 1;
            Ok(())
        })?;
        letters = step.waiting()?.len();
        text = step.read("lost")?;
        Ok(())
    })?;
    let nothing = (head, documents, letters) == (2, 0, 0) && text.is_none();
    must(
        "a step that fails leaves nothing",
        nothing,
        (head, documents, letters, text),
    )
}

fn documents(open: Open<'_>) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    let mut all = Vec::new();
    open()?.look(&mut |step| {
        step.each(&mut |key, json| {
            all.push((key.id, json.map_err(StoreError::Stopped)?));
            Ok(())
        })
    })?;
    all.sort();
    Ok(all)
}

fn documents_are_what_was_put_last(open: Open<'_>) -> Result<(), Broken> {
    open()?.step(&mut |step| {
        for (id, json) in [("a", "1"), ("b", "2"), ("a", "3"), ("c", "4")] {
            step.put(&DocKey::new("tried", id), json.as_bytes())?;
        }
        // However many wait to be written at once, they are written in order.
        for n in 0..300 {
            step.put(&DocKey::new("tried", "a"), n.to_string().as_bytes())?;
        }
        step.put(&DocKey::new("tried", "a"), b"3")?;
        step.remove(&DocKey::new("tried", "b"))?;
        step.remove(&DocKey::new("tried", "never there"))
    })?;
    let all = documents(open)?;
    let expected = [("a".to_owned(), b"3".to_vec()), ("c".to_owned(), b"4".to_vec())];
    must("a document is what was put last", all == expected, &all)
}

/// Whatever is put, removed and appended after it, a shelf shows what was true; once something is destroyed, nothing.
fn a_shelf_shows_its_moment(open: Open<'_>) -> Result<(), Broken> {
    let key = |id: &str| DocKey::new("shown", id);
    let mut provider = open()?;
    provider.step(&mut |step| {
        for id in ["a", "a/1", "b", "c"] {
            step.put(&key(id), id.as_bytes())?;
        }
        Ok(())
    })?;
    let shelf = provider.shelf()?;
    let head = shelf.head();
    provider.step(&mut |step| {
        append(step, b"later")?;
        step.put(&key("a"), b"later")?;
        step.put(&key("d"), b"later")?;
        step.remove(&key("b"))
    })?;
    provider.tidy()?;
    must("a shelf knows its event", shelf.head() == head, shelf.head())?;
    let a = shelf.get(&key("a"))?;
    must("a shelf shows what was there", a.as_deref() == Some(b"a"), &a)?;
    let (b, d) = (shelf.get(&key("b"))?, shelf.get(&key("d"))?);
    must("what was removed later is there", b.as_deref() == Some(b"b"), &b)?;
    must("what was put later is not", d.is_none(), &d)?;
    let all = shelf.ids("shown", "", 10)?;
    must("ids come in order", all == ["a", "a/1", "b", "c"], &all)?;
    let some = shelf.ids("shown", "a\0", 2)?;
    must("ids come from one on, so many", some == ["a/1", "b"], &some)?;
    let mut others = Vec::new();
    shelf.each_but(&["shown", "nothing"], &mut |key, _| {
        others.push((key.kind, key.id));
        Ok(())
    })?;
    let of = |id: &str| ("tried".to_owned(), id.to_owned());
    must("kinds are left out", others == [of("a"), of("c")], &others)?;
    let later = provider.shelf()?;
    let again = (later.head(), later.get(&key("a"))?);
    must(
        "another shelf shows what is true by then",
        again == (head + 1, Some(b"later".to_vec())),
        &again,
    )?;
    provider.step(&mut |step| {
        for id in ["a", "a/1", "c", "d"] {
            step.remove(&key(id))?;
        }
        step.destroy(&[Topic::new("shown", 1)], &[])
    })?;
    must(
        "after a destruction every shelf is given up",
        shelf.is_given_up() && later.is_given_up(),
        (),
    )?;
    let refused = matches!(later.get(&key("a")), Err(StoreError::GivenUp));
    must("what was given up shows nothing", refused, ())
}

fn waiting(open: Open<'_>) -> Result<Vec<Letter>, StoreError> {
    let mut all = Vec::new();
    open()?.look(&mut |step| {
        all = step.waiting()?;
        Ok(())
    })?;
    Ok(all)
}

/// The letters to where they all go that are not confirmed.
fn unconfirmed(open: Open<'_>) -> Result<Vec<i64>, StoreError> {
    let mut all = Vec::new();
    open()?.look(&mut |step| {
        all = step.unconfirmed("GBR")?;
        Ok(())
    })?;
    Ok(all)
}

fn letters_leave_once_and_their_numbers_are_never_given_again(open: Open<'_>) -> Result<(), Broken> {
    let mut numbers = Vec::new();
    open()?.step(&mut |step| {
        for n in 0..3u8 {
            numbers.push(step.enqueue(&letter(&[n]), Some(&Topic::new("letters", 1)))?);
        }
        Ok(())
    })?;
    let all = waiting(open)?;
    let order: Vec<_> = all.iter().map(|letter| letter.payload.clone()).collect();
    must("letters wait in order", order == [[0], [1], [2]], &order)?;
    let (first, last) = (all[0].id, all[2].id);
    let moment = jiff::Timestamp::UNIX_EPOCH;
    open()?.step(&mut |step| {
        step.left(first, Left::Handed, moment)?;
        step.left(first, Left::Handed, moment)
    })?;
    must("a letter leaves once", waiting(open)?.len() == 2, waiting(open)?)?;
    let second = all[1].id;
    let silent = unconfirmed(open)?;
    must(
        "what was handed to somebody is not confirmed",
        silent == [first],
        &silent,
    )?;
    open()?.step(&mut |step| {
        step.left(first, Left::Confirmed, moment)?;
        step.left(second, Left::Confirmed, moment)?;
        step.left(second, Left::Confirmed, moment)
    })?;
    let silent = unconfirmed(open)?;
    must(
        "what is confirmed has left",
        waiting(open)?.len() == 1 && silent.is_empty(),
        &silent,
    )?;
    let mut next = 0;
    open()?.step(&mut |step| step.destroy(&[Topic::new("letters", 1)], &[]))?;
    must(
        "letters are destroyed with what they are about",
        waiting(open)?.is_empty(),
        waiting(open)?,
    )?;
    let silent = unconfirmed(open)?;
    must(
        "what was destroyed before it left is not waited for",
        silent.is_empty(),
        &silent,
    )?;
    open()?.step(&mut |step| {
        next = step.enqueue(&letter(b"next"), None)?;
        step.left(next, Left::Confirmed, moment)
    })?;
    must("a number is never given again", next > last, (next, last))
}

fn texts_stay_until_they_are_destroyed(open: Open<'_>) -> Result<(), Broken> {
    let key = |id: &str| DocKey::new("text", id);
    open()?.step(&mut |step| {
        step.keep("t1", 1, &Topic::new("x", 1), b"first")?;
        step.keep("t1", 1, &Topic::new("x", 1), b"another under its name")?;
        step.keep("t2", 1, &Topic::new("x", 2), b"second version")?;
        step.keep("t3", 2, &Topic::new("y", 1), b"of another")?;
        step.put(&key("gone"), b"\"first\"")?;
        step.put(&key("stays"), b"\"of another\"")
    })?;
    let read = |name: &'static str| -> Result<Option<Vec<u8>>, StoreError> {
        let mut text = None;
        open()?.look(&mut |step| {
            text = step.read(name)?;
            Ok(())
        })?;
        Ok(text)
    };
    must(
        "a text is what was kept first",
        read("t1")?.as_deref() == Some(b"first"),
        read("t1")?,
    )?;
    open()?.step(&mut |step| step.destroy(&[Topic::new("x", 1)], &[key("gone")]))?;
    must("what is destroyed is gone", read("t1")?.is_none(), read("t1")?)?;
    must("a later version stays", read("t2")?.is_some(), read("t2")?)?;
    must(
        "what is about another stays",
        read("t3")?.as_deref() == Some(b"of another"),
        read("t3")?,
    )?;
    let left: Vec<String> = documents(open)?.into_iter().map(|(id, _)| id).collect();
    must(
        "touched documents are gone, and no others",
        left == ["a", "c", "stays"],
        &left,
    )
}

/// Appends steps of two events, a document, a letter and a text each, and says the number of each step's last event once it
/// is acknowledged; for a process that is killed meanwhile.
///
/// # Errors
/// When the provider fails.
pub fn until_killed(open: Open<'_>, acknowledged: &mut dyn FnMut(u64)) -> Result<(), StoreError> {
    let mut provider = open()?;
    loop {
        let mut last = 0;
        provider.step(&mut |step| {
            let first = append(step, b"half")?;
            last = append(step, b"whole")?;
            let name = last.to_string();
            step.put(&DocKey::new("step", "last"), name.as_bytes())?;
            step.enqueue(&letter(name.as_bytes()), None)?;
            step.keep(&format!("step {name}"), first, &Topic::new("steps", 1), name.as_bytes())?;
            // Now and then something is destroyed: a kill may fall into that, too.
            match last % 16 {
                0 => step.destroy(&[Topic::new("steps", 1)], &[DocKey::new("step", "last")]),
                _ => Ok(()),
            }
        })?;
        acknowledged(last);
    }
}

/// What must be there after a kill: everything that was acknowledged, and no half of a step.
///
/// # Errors
/// Naming the rule that does not hold.
pub fn after_kill(open: Open<'_>, acknowledged: u64) -> Result<(), Broken> {
    let (mut head, mut letters, mut events, mut last, mut text) = (0, 0, 0, None, None);
    open()?.look(&mut |step| {
        head = step.head()?;
        letters = step.waiting()?.len() as u64;
        step.tail(1, &mut |_| {
            events += 1;
            Ok(())
        })?;
        step.each(&mut |_, json| {
            last = Some(json.map_err(StoreError::Stopped)?);
            Ok(())
        })?;
        text = step.read(&format!("step {head}"))?;
        Ok(())
    })?;
    must(
        "what was acknowledged is there",
        head >= acknowledged,
        (head, acknowledged),
    )?;
    must(
        "no half of a step is there",
        head % 2 == 0 && events == head && letters * 2 == head,
        (head, events, letters),
    )?;
    let now = Some(head.to_string().into_bytes());
    match head % 16 {
        0 => must(
            "what was destroyed is gone",
            last.is_none() && text.is_none(),
            (last, text),
        ),
        _ => must(
            "document and text are of the last step",
            last == now && text == now,
            (last, text, head),
        ),
    }
}

/// Opens what keeps the files of a log, again and again over what was put before.
pub type OpenTiles<'o> = &'o dyn Fn() -> std::sync::Arc<dyn Tiles>;

/// Every rule of what keeps the files of a log, which has none at first. `signer` signs as the log `log.example`, whose
/// kept checkpoint goes into the file `head`.
///
/// # Errors
/// Naming the first rule that does not hold.
///
/// # Panics
/// Never: the key of a signer is one.
pub fn tiles(open: OpenTiles<'_>, signer: &NoteSigner, head: &std::path::Path) -> Result<(), Broken> {
    files_are_what_was_put_last(open)?;
    a_log_is_published_and_read_back(open, signer, head)
}

fn told<T>(what: &'static str, done: Result<T, impl std::fmt::Display>) -> Result<T, Broken> {
    done.map_err(|error| Broken::Rule {
        rule: what,
        found: error.to_string(),
    })
}

fn files_are_what_was_put_last(open: OpenTiles<'_>) -> Result<(), Broken> {
    let files = open();
    for (path, bytes) in [
        ("tile/0/001.p/3", "one"),
        ("a", "two"),
        ("tile/0/001.p/3", "three"),
        ("b", ""),
    ] {
        told("a file can be put", files.put(path, bytes.as_bytes()))?;
    }
    told("what was put can be made durable", files.settle())?;
    let read = |path: &str| told("a file can be read", open().read(path));
    let tile = read("tile/0/001.p/3")?;
    must("a file is what was put last", tile.as_deref() == Some(b"three"), &tile)?;
    must("a file may be empty", read("b")?.as_deref() == Some(b""), read("b")?)?;
    must("what was never put is not there", read("tile/0/001")?.is_none(), ())?;
    let all = files.list();
    let expected = ["a", "b", "tile/0/001.p/3"].map(str::to_owned);
    must("files are listed in order", all.as_deref() == Some(&expected), &all)?;
    for path in ["a", "b", "tile/0/001.p/3", "never there"] {
        told("a file can be taken away", files.remove(path))?;
    }
    told("what was taken away is so for good", files.settle())?;
    must("what was taken away is gone", read("a")?.is_none(), read("a")?)
}

/// Tiles of several levels, partial ones that the log outgrows, and the refusal to sign what is not there any more.
fn a_log_is_published_and_read_back(
    open: OpenTiles<'_>,
    signer: &NoteSigner,
    head: &std::path::Path,
) -> Result<(), Broken> {
    let salt = Salt::random();
    let entry = |seq| Leaf::new(seq, "2026-11-20T10:00:00Z".to_owned(), "tried", &salt, b"x").to_bytes();
    let log = || Log::kept_in(open(), head, "log.example");
    for size in [1, 300, 70_000] {
        let entries = |range: std::ops::Range<u64>| Ok(range.map(|index| entry(index + 1)).collect());
        told("a log can be published", log().publish(size, signer, entries))?;
    }
    let key = Verifier::parse(&signer.verifier(Kind::Signature).vkey()).expect("a signer has a key");
    let report = verify(&*open(), &[key], &mut |_, _| ());
    must("a log that was published verifies", report.ok, &report.findings)?;
    must("nothing of it is missing", report.size == 70_000, report.size)?;
    told("an entry can be proved", log().prove(299))?;
    told("a tile can be damaged", open().put("tile/1/001.p/17", &[7; 17 * 32]))?;
    let refused = log().publish(70_001, signer, |range| {
        Ok(range.map(|index| entry(index + 1)).collect())
    });
    must("a log that was changed is not signed", refused.is_err(), ())
}

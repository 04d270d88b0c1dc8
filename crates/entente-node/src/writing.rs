//! Consents in writing: signed when a letter is sealed, verified when one is opened.
//!
//! What is signed commits to the words of each text with a salt of its own; the salts go to whoever may have the texts.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::written::{Signed, Verified, Writing, WrittenText, committed_words, to_sign};
use entente_core::{Message, PartyPath, PortionId, PortionRef, State};
use entente_ledger::{Note, Verifier, hex};
use entente_seal::KeyPair;
use sha2::{Digest, Sha256};

use crate::moment::Moment;

/// The first line of what is signed.
const FORMAT: &str = "entente-consent/1";
/// The kind of letter that brings consents.
const ANSWER: &str = "answer";
/// Bytes of a salt: nobody tries all of them.
const SALT: usize = 16;

/// The commitment to a text.
fn digest(salt: &str, portion: &PortionRef, text: &str) -> String {
    let mut hash = Sha256::new();
    for part in [salt, &portion.to_string(), &committed_words(text)] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}

/// The payload of a letter with what this party puts in writing of the consents in it.
pub(crate) fn signed(payload: Vec<u8>, kind: &str, moment: &Moment, keys: &KeyPair) -> Vec<u8> {
    let message = || serde_json::from_slice::<Message>(&payload).ok();
    let Some(Message::Answer {
        mut consents,
        refusals,
        substitutes,
        exposures,
    }) = Some(kind).filter(|kind| *kind == ANSWER).and_then(|_| message())
    else {
        return payload;
    };
    let library = moment.library();
    for consent in &mut consents {
        let all = to_sign(moment.state(), consent, &library.schemes, &library.groups);
        let notes = all.into_iter().filter_map(|(writing, texts)| one(writing, texts, keys));
        consent.life.signed = notes.collect();
    }
    let message = Message::Answer {
        consents,
        refusals,
        substitutes,
        exposures,
    };
    serde_json::to_vec(&message).unwrap_or(payload)
}

/// Signs one writing. Without chance there is no salt, and then nothing is put in writing.
fn one(mut writing: Writing, texts: Vec<(PortionRef, String, String)>, keys: &KeyPair) -> Option<Signed> {
    let mut salts: BTreeMap<PortionId, String> = BTreeMap::new();
    for (portion, mark, text) in texts {
        let mut bytes = [0u8; SALT];
        getrandom::fill(&mut bytes).ok()?;
        let salt = hex(&bytes);
        writing.texts.push(WrittenText {
            digest: digest(&salt, &portion, &text),
            mark,
            portion: portion.clone(),
        });
        salts.insert(portion.portion, salt);
    }
    let mut note = Note::new(&format!("{FORMAT}\n{}\n", serde_json::to_string(&writing).ok()?)).ok()?;
    keys.signer().sign(&mut note);
    Some(Signed {
        receiver: writing.receiver,
        note: note.render(),
        salts,
        read: None,
    })
}

/// Looks at everything in a message that is signed by itself, and leaves in it what was verified with keys that are known here.
pub(crate) fn verify(state: &State, message: &mut Message) {
    match message {
        Message::Answer { consents, .. } => {
            for signed in consents.iter_mut().flat_map(|consent| &mut consent.life.signed) {
                signed.read = read(state, signed, |_| None);
            }
        }
        Message::Delivery { report, part, .. } => {
            for signed in &mut part.writings {
                let text = |portion: &PortionRef| {
                    let here = portion.report == report.id && portion.version == report.version;
                    let found = report.portion(&portion.portion).filter(|_| here);
                    found.map(|portion| portion.text.clone())
                };
                signed.read = read(state, signed, text);
            }
        }
        _ => {}
    }
}

/// What a signed note says, where the key that its originator signs with now is known here and signed it. A former key, a
/// compromised one, or a link that is frozen verifies nothing.
fn read(state: &State, signed: &Signed, text: impl Fn(&PortionRef) -> Option<String>) -> Option<Box<Verified>> {
    let note = Note::parse(signed.note.as_bytes()).ok()?;
    let body = note.text().strip_prefix(FORMAT)?.strip_prefix('\n')?;
    let writing: Writing = serde_json::from_str(body.trim_end()).ok()?;
    let key = verifier(state, &writing.originator)?;
    note.verify(&[key]).ok().filter(|signatures| !signatures.is_empty())?;
    let committed = |written: &&WrittenText| {
        let salt = signed.salts.get(&written.portion.portion);
        let here = text(&written.portion);
        salt.zip(here)
            .is_some_and(|(salt, text)| digest(salt, &written.portion, &text) == written.digest)
    };
    let texts: BTreeSet<PortionRef> = writing
        .texts
        .iter()
        .filter(committed)
        .map(|one| one.portion.clone())
        .collect();
    Some(Box::new(Verified { writing, texts }))
}

fn verifier(state: &State, party: &PartyPath) -> Option<Verifier> {
    let key = state.parties.get(party)?.current_key()?;
    let ring = state.key_rings.get(party);
    let doubted = ring.is_some_and(|ring| ring.frozen.is_some() || ring.compromised.contains_key(key));
    let verifier = Verifier::parse(key).ok().filter(|key| key.name() == party.as_str());
    verifier.filter(|_| !doubted)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing test may stop")]

    use entente_core::{Event, Party, PersonId, Recipients, ReportId};
    use entente_marking::SchemeId;

    use super::*;

    fn state(party: &str, keys: &KeyPair) -> State {
        let mut state = State::default();
        state.apply(&Event::PartySet(Party {
            path: PartyPath::new(party).unwrap(),
            name: String::new(),
            client_of: BTreeSet::new(),
            signing_keys: keys.public().signing,
            recipient: None,
        }));
        state
    }

    fn portion() -> PortionRef {
        PortionRef {
            report: ReportId::new("R").unwrap(),
            version: 1,
            portion: PortionId::new("plan").unwrap(),
        }
    }

    fn note(keys: &KeyPair) -> Signed {
        let party = |text: &str| PartyPath::new(text).unwrap();
        let writing = Writing {
            consent: entente_core::ConsentId::new("con").unwrap(),
            originator: party("USA"),
            holder: party("GBR"),
            receiver: party("JOR"),
            report: portion().report,
            scheme: SchemeId::new("us-ic"),
            profile: "ic-2016".to_owned(),
            expires: None,
            texts: Vec::new(),
            recipients: Recipients {
                persons: [PersonId::new("JOR/colonel").unwrap()].into(),
                ..Recipients::default()
            },
            stated: Vec::new(),
            purposes: None,
            conditions: vec!["orally".to_owned()],
            given: "2026-11-20T10:00:00Z".parse().unwrap(),
            ends: None,
            not_before: None,
        };
        let texts = vec![(portion(), "(S//REL TO USA, JOR)".to_owned(), "A plan.".to_owned())];
        one(writing, texts, keys).unwrap()
    }

    #[test]
    fn e2_what_is_in_writing_is_verified_by_a_known_key_and_for_the_words_it_commits_to() {
        let keys = KeyPair::generate("USA").unwrap();
        let other = KeyPair::generate("USA").unwrap();
        let signed = note(&keys);
        let known = state("USA", &keys);
        let says = |words: &'static str| move |_: &PortionRef| Some(words.to_owned());
        let found = read(&known, &signed, says("A  plan.")).unwrap();
        assert_eq!(found.texts, [portion()].into(), "spaces are no words");
        assert!(read(&known, &signed, says("Another plan.")).unwrap().texts.is_empty());
        assert!(read(&known, &signed, |_| None).unwrap().texts.is_empty());
        // Another key, no key, a key that is doubted, a note that was changed.
        assert_eq!(read(&state("USA", &other), &signed, says("A plan.")), None);
        assert_eq!(read(&State::default(), &signed, says("A plan.")), None);
        assert_eq!(read(&state("GBR", &keys), &signed, says("A plan.")), None);
        let mut doubted = known.clone();
        doubted.apply(&Event::KeyCompromised {
            party: PartyPath::new("USA").unwrap(),
            key: keys.public().signing[0].clone(),
            from: "2026-01-01T00:00:00Z".parse().unwrap(),
            at: "2026-01-01T00:00:00Z".parse().unwrap(),
        });
        assert_eq!(read(&doubted, &signed, says("A plan.")), None);
        let changed = Signed {
            note: signed.note.replace("JOR/colonel", "JOR/general"),
            ..signed.clone()
        };
        assert_ne!(changed.note, signed.note);
        assert_eq!(read(&known, &changed, says("A plan.")), None);
        let salted = Signed {
            salts: BTreeMap::new(),
            ..signed
        };
        assert!(read(&known, &salted, says("A plan.")).unwrap().texts.is_empty());
    }
}

//! Each signs the checkpoints of the others.

use entente_node::{Witnessed, witness_key};

use crate::federation::{Federation, LIAR, NAMES, party};

/// A party publishes its ledger, and asks another to sign it; gives what came of it.
pub(crate) fn ask(all: &mut Federation, name: &'static str, witness: &'static str) {
    let node = all.node(name);
    node.publish().unwrap();
    let moment = node.moment();
    let key = witness_key(moment.state(), &party(witness)).unwrap();
    let before = node.witnessed_by(&key).unwrap();
    let Some(submission) = node.submission(before).unwrap() else {
        return;
    };
    let answer = all.node(witness).witness(&party(name), submission.render().as_bytes());
    match answer.unwrap() {
        Witnessed::Signed(line) => {
            node.keep_witnessed(&submission, &line, &key).unwrap();
            all.tell("cosigned", format!("{witness} signs the ledger of {name}"));
        }
        Witnessed::Unsigned(status, size) => {
            all.broken(&format!(
                "{witness} does not sign the ledger of {name}: {status} {size:?}"
            ));
        }
    }
    all.read(name);
    all.read(witness);
}

/// Whatever happened, each honest ledger continues what every other has seen of it, and all of them sign the last one.
pub(crate) fn everybody_signs(all: &mut Federation) {
    let honest = || NAMES.into_iter().filter(|name| *name != LIAR);
    for name in honest() {
        for witness in honest().filter(|witness| *witness != name) {
            ask(all, name, witness);
        }
        let node = all.node(name);
        let moment = node.moment();
        let (size, note) = node.witnessed().unwrap().unwrap();
        let keys: Vec<_> = honest()
            .filter(|witness| *witness != name)
            .filter_map(|witness| witness_key(moment.state(), &party(witness)))
            .collect();
        let signed = note.verify(&keys).unwrap();
        if signed.len() != keys.len() || size != node.store().ledger_size().unwrap() {
            all.broken(&format!(
                "the ledger of {name} is signed by {} of {} to {size}",
                signed.len(),
                keys.len()
            ));
        }
    }
}

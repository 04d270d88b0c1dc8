//! Getting a partner's records of what is between the two, over the network.

use std::sync::Arc;

use entente_assurance::Assurance;
use entente_core::PartyPath;
use entente_node::{Answer, Node, NodeError, Question};

use super::ASK;
use super::client::{self, Post, Unreached};
use crate::settings::Settings;

/// Why there are none.
#[derive(Debug, thiserror::Error)]
pub enum Unreconciled {
    /// It is not reached over the network.
    #[error("{0} is not reached over the network: have it write `entente assure --for` this party, and give the file")]
    NoAddress(PartyPath),
    /// It was not reached, or gave no answer that counts.
    #[error("{party}: {problem}")]
    Unreached {
        /// Who.
        party: PartyPath,
        /// Why.
        problem: String,
    },
    /// It cannot answer now.
    #[error("{0} cannot show its records now; try again later")]
    Unable(PartyPath),
    /// This node failed.
    #[error(transparent)]
    Node(#[from] NodeError),
}

/// Asks a partner for its records of what is between the two, and waits for them.
///
/// # Errors
/// When it is not reached, or does not answer.
pub fn records_of(node: &Arc<Node>, settings: &Settings, party: &PartyPath) -> Result<Assurance, Unreconciled> {
    let partner = settings.partners.get(party);
    let partner = partner.ok_or_else(|| Unreconciled::NoAddress(party.clone()))?.clone();
    let since = node.seen(party)?.map(|(_, seen)| seen.size).filter(|size| *size > 0);
    let question = node.ask(party, &Question::Records { since })?;
    let unreached = |problem: String| Unreconciled::Unreached {
        party: party.clone(),
        problem,
    };
    // On a thread of its own: whoever calls may be on one that must not wait.
    let sealed = question.sealed.clone();
    let waited = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(Unreached::Connect)?;
        runtime.block_on(client::post(&partner, Post::sealed(ASK, sealed)))
    });
    let answer = waited
        .join()
        .map_err(|_| unreached("the question broke off".to_owned()))?;
    let answer = answer.map_err(|problem| unreached(problem.to_string()))?;
    match node.answered(&question, &answer)? {
        Answer::Records(made) => Ok(*made),
        Answer::Witness { .. } | Answer::Upload { .. } | Answer::Unable => Err(Unreconciled::Unable(party.clone())),
    }
}

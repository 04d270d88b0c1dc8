//! Witnessing (C2SP `tlog-witness`): this node signs what it saw of partners' ledgers, and asks them, and witnesses that are no
//! partners, to sign its own. It never delays a receipt.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use entente_core::PartyPath;
use entente_ledger::{MAX_SUBMISSION, Verifier};
use entente_node::{Answer, NodeError, Question, Witnessed, witness_key};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::ASK;
use super::client::{self, Post, Unreached};
use crate::host::{Host, aside};
use crate::server::told;
use crate::settings::{Partner, Settings};

/// The largest answer of a witness: lines of signatures.
const MAX_LINES: usize = 16 << 10;

/// `POST /witness/PREFIX/add-checkpoint`.
pub(crate) async fn add_checkpoint(
    State(host): State<Arc<Host>>,
    Path(prefix): Path<String>,
    request: Request,
) -> Response {
    if host.keys().is_none() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let Ok(body) = to_bytes(request.into_body(), MAX_SUBMISSION).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let looked = host.clone();
    let done = aside(move || {
        looked.node().catch_up()?;
        match looked.node().whose_prefix(&prefix)? {
            Some(party) => looked.node().witness(&party, &body).map(Some),
            None => Ok(None),
        }
    });
    match done.await {
        Ok(Ok(Some(Witnessed::Signed(line)))) => line.into_response(),
        Ok(Ok(Some(Witnessed::Unsigned(status, size)))) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            match size {
                Some(size) => (
                    status,
                    [(header::CONTENT_TYPE, "text/x.tlog.size")],
                    format!("{size}\n"),
                )
                    .into_response(),
                None => status.into_response(),
            }
        }
        Ok(Ok(None)) => StatusCode::NOT_FOUND.into_response(),
        Ok(Err(error)) => {
            let problem: &NodeError = &error;
            host.journal
                .warn("a checkpoint was not witnessed", &[("problem", problem)]);
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Why nobody signed.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Unreached(#[from] Unreached),
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error("its key is not known")]
    Key,
    #[error("it does not offer it")]
    Offer,
    #[error("the node broke off")]
    Broken,
}

/// Somebody to be asked: where, and by which key they sign.
#[derive(Clone)]
struct Asked {
    name: String,
    at: Partner,
    path: String,
    key: Verifier,
}

/// Asks for signatures, at the intervals at which the ledger is published, until it is told to stop.
pub(crate) async fn witnesses(host: Arc<Host>, mut stopping: watch::Receiver<bool>) {
    let mut prefixes: HashMap<PartyPath, String> = HashMap::new();
    loop {
        let pause = Duration::from_secs(host.settings().publish_seconds);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = told(&mut stopping) => return,
        }
        if host.keys().is_none() {
            continue;
        }
        let settings = host.settings();
        let mut asked = others(&settings);
        for (party, partner) in &settings.partners {
            match partner_asked(&host, party, partner, &mut prefixes).await {
                Ok(one) => asked.push(one),
                Err(problem) => unsigned(&host, party.as_str(), &problem),
            }
        }
        let mut away = JoinSet::new();
        for one in asked {
            let host = host.clone();
            away.spawn(async move {
                if let Err(problem) = sign(&host, &one).await {
                    unsigned(&host, &one.name, &problem);
                }
            });
        }
        while away.join_next().await.is_some() {}
    }
}

fn unsigned(host: &Host, name: &str, problem: &Trouble) {
    host.journal.warn(
        "the ledger was not witnessed",
        &[("witness", &name), ("problem", problem)],
    );
}

/// Witnesses that are no partners.
fn others(settings: &Settings) -> Vec<Asked> {
    let each = settings.witnesses.iter().filter_map(|(name, witness)| {
        let path = witness
            .address
            .parse::<Uri>()
            .ok()?
            .path()
            .trim_end_matches('/')
            .to_owned();
        Some(Asked {
            name: name.clone(),
            at: witness.reached(),
            path: format!("{path}/add-checkpoint"),
            key: Verifier::parse(&witness.key).ok()?,
        })
    });
    each.collect()
}

/// A partner, once it has said under which prefix it takes checkpoints of this party.
async fn partner_asked(
    host: &Arc<Host>,
    party: &PartyPath,
    partner: &Partner,
    prefixes: &mut HashMap<PartyPath, String>,
) -> Result<Asked, Trouble> {
    let key = witness_key(host.node().moment().state(), party).ok_or(Trouble::Key)?;
    let prefix = match prefixes.get(party) {
        Some(prefix) => prefix.clone(),
        None => {
            let (node, to) = (host.node().clone(), party.clone());
            let question = aside(move || node.ask(&to, &Question::Witness)).await;
            let question = question.map_err(|_| Trouble::Broken)??;
            let answer = client::post(partner, Post::sealed(ASK, question.sealed.clone())).await?;
            let node = host.node().clone();
            let answer = aside(move || node.answered(&question, &answer)).await;
            let Answer::Witness { prefix } = answer.map_err(|_| Trouble::Broken)?? else {
                return Err(Trouble::Offer);
            };
            prefixes.insert(party.clone(), prefix.clone());
            prefix
        }
    };
    let plain = prefix.len() <= 64 && prefix.chars().all(|c| c.is_ascii_alphanumeric());
    if !plain {
        return Err(Trouble::Offer);
    }
    Ok(Asked {
        name: party.to_string(),
        at: partner.clone(),
        path: format!("/witness/{prefix}/add-checkpoint"),
        key,
    })
}

/// Has one witness sign the newest checkpoint. It may have signed another size than is known here: then it says which.
async fn sign(host: &Arc<Host>, asked: &Asked) -> Result<(), Trouble> {
    let (node, key) = (host.node().clone(), asked.key.clone());
    let known = aside(move || node.witnessed_by(&key)).await;
    let mut old = known.map_err(|_| Trouble::Broken)??;
    for _ in 0..2 {
        let node = host.node().clone();
        let submission = aside(move || node.submission(old)).await;
        let Some(submission) = submission.map_err(|_| Trouble::Broken)?? else {
            return Ok(());
        };
        let post = Post {
            path: asked.path.clone(),
            kind: None,
            body: submission.render().into_bytes(),
            most: MAX_LINES,
        };
        let (status, answer) = client::send(&asked.at, post).await?;
        let text = String::from_utf8_lossy(&answer).into_owned();
        match status {
            StatusCode::OK => {
                let (node, key) = (host.node().clone(), asked.key.clone());
                let kept = aside(move || node.keep_witnessed(&submission, &text, &key)).await;
                kept.map_err(|_| Trouble::Broken)??;
                return Ok(());
            }
            StatusCode::CONFLICT => match text.trim().parse::<u64>() {
                Ok(size) if size != old => old = size,
                _ => return Err(Unreached::Status(status).into()),
            },
            status => return Err(Unreached::Status(status).into()),
        }
    }
    Ok(())
}

//! From a button to somebody's identity: what is remembered in between, each once, for the browser that began.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use openidconnect::core::CoreResponseType;
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, TokenResponse as _,
};

use super::provider::{ALGORITHMS, Metadata, Provider, cause, says_issuer};
use crate::edge::alike;
use crate::persons::{NoChance, code, kept};

/// How long somebody may take at their provider.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long what a provider says of itself is believed without asking again.
const BELIEVED: Duration = Duration::from_secs(300);
/// People who are away at a provider at once.
const MOST: usize = 1000;

/// Somebody who is away at a provider.
struct Flow {
    provider: String,
    metadata: Metadata,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    /// What is kept of what the browser keeps.
    browser: String,
    to: String,
    began: Instant,
}

/// Somebody whom a provider knows and this node does not yet.
struct Unbound {
    identity: Identity,
    browser: String,
    began: Instant,
}

/// Who somebody is at their provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The provider's name in the settings.
    pub(crate) provider: String,
    /// Its issuer.
    pub(crate) issuer: String,
    /// Who, for the issuer.
    pub(crate) subject: String,
    /// Their groups.
    pub(crate) groups: BTreeSet<String>,
    /// Where they wanted to go.
    pub(crate) to: String,
}

/// What a browser needs to go to a provider.
pub(crate) struct Begun {
    /// Where it goes.
    pub(crate) address: String,
    /// What it keeps meanwhile.
    pub(crate) keeps: String,
}

/// What comes back from a provider.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Back {
    pub(crate) code: String,
    pub(crate) state: String,
    pub(crate) iss: Option<String>,
    pub(crate) error: Option<String>,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotSignedIn {
    /// The answer belongs to nothing that this browser began here.
    #[error("this did not begin here, took too long, or was done already: begin again")]
    Foreign,
    /// The provider says no.
    #[error("the provider did not sign you in: begin again, or ask whoever runs it")]
    Refused,
    /// The provider cannot be asked, or what it says does not hold.
    #[error("what the provider says cannot be believed: {0}")]
    Unproved(String),
    /// The provider cannot be reached.
    #[error("the provider cannot be reached: {0}")]
    Unreached(String),
    /// Too many people are away at once.
    #[error("too many people are signing in; try again in some minutes")]
    Full,
    /// The machine gives no chance.
    #[error(transparent)]
    Chance(#[from] NoChance),
}

/// Everybody who is away at a provider.
#[derive(Default)]
pub(crate) struct Flows {
    away: Mutex<HashMap<String, Flow>>,
    unbound: Mutex<HashMap<String, Unbound>>,
    known: Mutex<HashMap<String, (Instant, Metadata)>>,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Flows {
    async fn metadata(&self, provider: &Provider) -> Result<Metadata, NotSignedIn> {
        let known = locked(&self.known).get(&provider.issuer).cloned();
        if let Some((_, metadata)) = known.filter(|(since, _)| since.elapsed() < BELIEVED) {
            return Ok(metadata);
        }
        let metadata = provider.metadata().await.map_err(NotSignedIn::Unreached)?;
        locked(&self.known).insert(provider.issuer.clone(), (Instant::now(), metadata.clone()));
        Ok(metadata)
    }

    /// Begins: where the browser goes, and what it keeps.
    pub(crate) async fn begin(
        &self,
        (name, provider): (String, Provider),
        back: String,
        to: String,
    ) -> Result<Begun, NotSignedIn> {
        let metadata = self.metadata(&provider).await?;
        let client = provider.client(metadata.clone(), back).map_err(NotSignedIn::Unproved)?;
        let (state, nonce, keeps) = (code(52)?, Nonce::new(code(52)?), code(52)?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (asked_state, asked_nonce) = (CsrfToken::new(state.clone()), nonce.clone());
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let (address, ..) = client
            .authorize_url(flow, move || asked_state, move || asked_nonce)
            .set_pkce_challenge(challenge)
            .url();
        let mut away = locked(&self.away);
        away.retain(|_, flow| flow.began.elapsed() < PATIENCE);
        if away.len() >= MOST {
            return Err(NotSignedIn::Full);
        }
        let flow = Flow {
            provider: name,
            metadata,
            nonce,
            verifier,
            browser: kept(&keeps),
            to,
            began: Instant::now(),
        };
        away.insert(kept(&state), flow);
        Ok(Begun {
            address: address.to_string(),
            keeps,
        })
    }

    /// The flow that an answer belongs to, once: begun by this browser, with this provider, and answered by it and no other.
    fn taken(&self, name: &str, keeps: &str, back: &Back) -> Result<Flow, NotSignedIn> {
        let flow = locked(&self.away).remove(&kept(&back.state));
        let flow = flow
            .filter(|flow| flow.began.elapsed() < PATIENCE)
            .ok_or(NotSignedIn::Foreign)?;
        let same_browser = alike(flow.browser.as_bytes(), kept(keeps).as_bytes());
        let issuer = flow.metadata.issuer().as_str();
        let same_issuer = match &back.iss {
            Some(said) => said == issuer,
            None => !says_issuer(&flow.metadata),
        };
        match same_browser && flow.provider == name && same_issuer {
            true => Ok(flow),
            false => Err(NotSignedIn::Foreign),
        }
    }

    /// Ends: who it is that comes back.
    pub(crate) async fn end(
        &self,
        (name, provider): (String, Provider),
        address: String,
        keeps: String,
        back: Back,
    ) -> Result<Identity, NotSignedIn> {
        let flow = self.taken(&name, &keeps, &back)?;
        if back.error.is_some() || back.code.is_empty() {
            return Err(NotSignedIn::Refused);
        }
        let unproved = |error: &dyn std::error::Error| NotSignedIn::Unproved(format!("{error}{}", cause(error)));
        let issuer = flow.metadata.issuer().to_string();
        let client = provider.client(flow.metadata, address).map_err(NotSignedIn::Unproved)?;
        let ask = provider.asking();
        let tokens = client
            .exchange_code(AuthorizationCode::new(back.code))
            .map_err(|error| unproved(&error))?
            .set_pkce_verifier(flow.verifier)
            .request_async(&ask)
            .await
            .map_err(|_| NotSignedIn::Refused)?;
        let token = tokens
            .id_token()
            .ok_or_else(|| NotSignedIn::Unproved("it gave no identity".to_owned()))?;
        let verifier = client.id_token_verifier().set_allowed_algs(ALGORITHMS);
        let claims = token.claims(&verifier, &flow.nonce).map_err(|error| unproved(&error))?;
        Ok(Identity {
            provider: name,
            issuer,
            subject: claims.subject().to_string(),
            groups: claims.additional_claims().groups(&provider.groups),
            to: flow.to,
        })
    }

    /// Remembers somebody whom this node does not know yet, until their code; gives what the form bears.
    pub(crate) fn wait_for_code(&self, identity: Identity, keeps: &str) -> Result<String, NotSignedIn> {
        let key = code(52)?;
        let mut all = locked(&self.unbound);
        all.retain(|_, one| one.began.elapsed() < PATIENCE);
        if all.len() >= MOST {
            return Err(NotSignedIn::Full);
        }
        let one = Unbound {
            identity,
            browser: kept(keeps),
            began: Instant::now(),
        };
        all.insert(kept(&key), one);
        Ok(key)
    }

    /// Who it was that waits for a code in this browser.
    pub(crate) fn waiting(&self, key: &str, keeps: &str) -> Option<Identity> {
        let all = locked(&self.unbound);
        let one = all.get(&kept(key)).filter(|one| one.began.elapsed() < PATIENCE)?;
        alike(one.browser.as_bytes(), kept(keeps).as_bytes()).then(|| one.identity.clone())
    }

    /// Forgets somebody who has used their code.
    pub(crate) fn forget(&self, key: &str) {
        locked(&self.unbound).remove(&kept(key));
    }
}

//! What older folders hold: records that name a thing without saying whose it is, and documents under such names.

use serde_json::Value;

use crate::ids::{ConsentId, PartyPath, RecallId, RequestId};
use crate::named::{Called, Named};
use crate::request::Refusal;
use crate::state::{Document, State};

/// Where in a document of a kind stands whose it is.
fn whose(kind: &str) -> Option<&'static str> {
    match kind {
        "request" => Some("/request/from"),
        "consent" | "substitute" | "recall" => Some("/originator"),
        "notice" | "incident-notice" => Some("/0"),
        "exposure" => Some("/to"),
        _ => None,
    }
}

impl State {
    /// The key under which a stored document is kept today. Older folders keep what parties name by the name alone.
    pub fn current_key(kind: &str, id: &str, value: &Value) -> String {
        let party = whose(kind).filter(|_| !id.contains('/'));
        match party.and_then(|place| value.pointer(place)).and_then(Value::as_str) {
            Some(party) => format!("{party}/{id}"),
            None => id.to_owned(),
        }
    }

    /// The request that a record names; of records that do not say whose, the one that was put to `originator`.
    pub(crate) fn request_key(
        &self,
        asker: Option<&PartyPath>,
        id: &RequestId,
        originator: &PartyPath,
    ) -> Option<Named<RequestId>> {
        if let Some(asker) = asker {
            return Some(Named::new(asker.clone(), id.clone()));
        }
        let all = Called::from(id.clone()).all(&self.requests);
        let mut all = all.into_iter().filter(|(_, case)| case.request.to == *originator);
        all.next().map(|(key, _)| key.clone())
    }

    /// A refusal with its words, as it is kept with the request that it answers; itself where that is not known here.
    pub fn refusal_in_words(&self, refusal: &Refusal) -> Refusal {
        let key = self.request_key(refusal.asker.as_ref(), &refusal.request, &refusal.originator);
        let case = key.and_then(|key| self.requests.get(&key));
        let mut kept = case.into_iter().flat_map(|case| &case.refusals);
        let same = |kept: &&Refusal| {
            (&kept.originator, &kept.portions, kept.given) == (&refusal.originator, &refusal.portions, refusal.given)
        };
        kept.find(same).unwrap_or(refusal).clone()
    }

    /// The consent that a record names; of records that do not say whose, one that this party gave.
    pub(crate) fn consent_key(&self, by: Option<&PartyPath>, id: &ConsentId) -> Option<Named<ConsentId>> {
        if let Some(by) = by {
            return Some(Named::new(by.clone(), id.clone()));
        }
        let own = |by: &PartyPath| self.home.as_ref().is_some_and(|home| by.includes(home));
        let all = Called::from(id.clone()).all(&self.consents);
        let chosen = all.iter().find(|(key, _)| own(&key.by)).or(all.first());
        chosen.map(|(key, _)| (*key).clone())
    }

    /// The recall that a record names, answered by `holder`; where it does not say whose, the one that this holder was to
    /// answer.
    pub(crate) fn recall_key(
        &self,
        by: Option<&PartyPath>,
        id: &RecallId,
        holder: &PartyPath,
    ) -> Option<Named<RecallId>> {
        if let Some(by) = by {
            return Some(Named::new(by.clone(), id.clone()));
        }
        let all = Called::from(id.clone()).all(&self.recalls);
        let mut all = all
            .into_iter()
            .filter(|(_, recall)| recall.holders.contains_key(holder));
        all.next().map(|(key, _)| key.clone())
    }
}

/// The document under a name, and the place where older folders keep it, which is given up.
pub(crate) fn moved<I: std::fmt::Display>(kind: &'static str, key: &Named<I>) -> [Document; 2] {
    let document = |id: String| Document { kind, id };
    [document(key.to_string()), document(key.id.to_string())]
}

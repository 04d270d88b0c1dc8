//! Terms for the record of others, as ODRL: what the command line writes, for whoever is signed in; and the profile they are written in.

use axum::extract::{Path, RawQuery};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use entente_core::ArrangementId;
use entente_desk::arrangements::known;
use entente_exchange::exporting::Receiver;
use entente_exchange::odrl::{self, NoPolicies, Policies};
use entente_marking::Purpose;

use super::answer::{Desk, Reply, Sent, Trouble};
use super::fields::Fields;
use super::gate::Visitor;

/// JSON-LD 1.1, section 8.1.
const JSON_LD: &str = "application/ld+json";

/// The terms of an arrangement, for whoever sits at the desk.
pub(crate) fn of_arrangement(desk: &Desk, id: &ArrangementId) -> Result<Policies, Trouble> {
    let terms = known(desk.state(), id)?;
    Ok(odrl::arrangement(terms, &reader(desk, ""), desk.now)?)
}

/// The consents that whoever sits at the desk may know of, for a purpose where one is stated.
pub(crate) fn of_consents(desk: &Desk, purpose: &str) -> Result<Policies, Trouble> {
    Ok(odrl::consents(&desk.moment(), &[], &reader(desk, purpose), desk.now)?)
}

fn reader(desk: &Desk, purpose: &str) -> Receiver {
    let purpose = Some(purpose).filter(|purpose| !purpose.is_empty());
    Receiver::Person(desk.me().clone(), purpose.map(Purpose::new))
}

/// `GET /arrangements/ID/odrl`.
pub(crate) async fn arrangement(visitor: Visitor, Path(id): Path<String>) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("see-partners")?;
        let made = of_arrangement(desk, &ArrangementId::new(id)?)?;
        sent(&format!("arrangement-{}", made.named.join("-")), &made)
    };
    visitor.answer(work).await
}

/// `GET /consents.jsonld`, with a purpose where one is stated.
pub(crate) async fn consents(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let wanted = Fields::of_query(query.as_deref().unwrap_or_default());
    let work = move |desk: &mut Desk| {
        desk.must("see-requests")?;
        sent("consents", &of_consents(desk, wanted.get("purpose"))?)
    };
    visitor.answer(work).await
}

fn sent(name: &str, made: &Policies) -> Result<Reply, Trouble> {
    let bytes = serde_json::to_vec_pretty(&made.document).map_err(|error| Trouble::Broken(error.to_string()))?;
    Ok(Reply::File(Sent {
        name: format!("{name}.jsonld"),
        kind: JSON_LD,
        bytes,
    }))
}

/// `GET /odrl/1.jsonld`: what the words of the profile mean, and the context; the same at every node, for everybody.
pub(crate) async fn profile() -> Response {
    let kept = [
        (header::CONTENT_TYPE, JSON_LD),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (kept, odrl::profile().to_string()).into_response()
}

impl From<NoPolicies> for Trouble {
    fn from(error: NoPolicies) -> Self {
        match error {
            NoPolicies::NotBound { .. } => Self::Refused(error.to_string()),
            NoPolicies::Missing(..) => Self::Nothing,
        }
    }
}

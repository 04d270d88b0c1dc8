//! Pages for people: made here, whole, from what the desk says for whoever is signed in.

mod about;
mod access;
mod acting;
mod agreeing;
mod answer;
mod answering;
mod arrangements;
mod audience;
mod briefings;
mod clock;
mod copies;
mod course;
mod desk;
mod drafting;
mod embargo;
mod exporting;
mod federated;
mod fields;
mod founding;
mod frame;
mod fresh;
mod gate;
mod giving;
mod importing;
mod incidents;
mod introducing;
mod join;
mod keys;
mod ledger;
mod listing;
mod mark;
mod notices;
mod opening;
mod partners;
mod passkeys;
mod pending;
mod people;
mod picture;
mod policies;
mod proof;
mod reports;
mod requests;
mod reviewing;
mod sample;
mod sheet;
mod sign_in;
mod speaking;
mod style;
mod tongue;
mod upload;
mod watching;
mod writing;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::host::Host;
pub(crate) use access::{ended, open};
pub(crate) use answer::{Desk, Trouble};
pub(crate) use audience::meant;
pub(crate) use drafting::Drafts;
pub(crate) use exporting::of_program as exported;
pub(crate) use fields::Fields;
pub use founding::{Founded, Founding, Make, found};
#[cfg(test)]
pub(crate) use gate::COOKIE;
pub(crate) use importing::of_program as imported;
pub(crate) use join::Halves;
pub(crate) use notices::{Wished, wish, wished};
pub(crate) use policies::{of_arrangement, of_consents};
pub(crate) use reports::{read, seen};
pub(crate) use speaking::Languages;
pub(crate) use upload::MAX_UPLOAD;
pub(crate) use upload::Waiting as Uploads;

/// The largest form: a text of some pages, and room for what the browser adds.
const MAX_FORM: usize = 256 << 10;

/// The addresses to which people send files, and room for what the browser adds.
fn with_files() -> Router<Arc<Host>> {
    Router::new()
        .route("/import", get(importing::page).post(importing::post))
        .route("/watch", get(watching::page).post(watching::post))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD + MAX_FORM))
}

/// The addresses for people.
pub(crate) fn routes() -> Router<Arc<Host>> {
    Router::new()
        .route("/sign-in", get(sign_in::page).post(sign_in::post))
        .route("/sign-in/with/{name}", get(federated::begin))
        .route("/sign-in/with/{name}/back", get(federated::back))
        .route("/sign-in/with/{name}/bind", post(federated::bind))
        .route("/sign-in/passkey", post(passkeys::enter))
        .route("/sign-in/passkey/begin", post(passkeys::ask))
        .route("/passkeys", get(passkeys::page))
        .route("/passkeys/begin", post(passkeys::begin))
        .route("/passkeys/finish", post(passkeys::finish))
        .route("/passkeys/remove", post(passkeys::remove))
        .route("/sign-out", post(sign_in::out))
        .route("/keys", get(keys::page).post(keys::switch))
        .route("/language", post(speaking::choose))
        .route("/join", get(join::page).post(join::post))
        .route("/join/confirm", post(join::confirm))
        .route("/join/{code}", get(join::by_link).post(join::by_passkey))
        .route("/join/{code}/begin", post(join::ask_passkey))
        .route("/enter/{code}", get(sign_in::enter).post(sign_in::entered))
        .route("/static/{name}", get(style::file))
        .route("/favicon.ico", get(style::icon))
        .route("/", get(desk::page))
        .route("/reports", get(reports::listing))
        .route("/reports/{id}", get(reports::one).post(reports::open))
        .route("/reports/{id}/audience", get(audience::page))
        .route("/reports/{id}/export", get(exporting::page).post(exporting::post))
        .route("/reports/{id}/embargo", get(embargo::page).post(embargo::post))
        .route("/reports/{id}/{way}", get(giving::page).post(giving::give))
        .route("/arrangements", get(arrangements::listing).post(agreeing::record))
        .route("/arrangements/{id}/odrl", get(policies::arrangement))
        .route("/consents.jsonld", get(policies::consents))
        .route("/odrl/1.jsonld", get(policies::profile))
        .route("/arrangements/{id}", get(arrangements::one).post(agreeing::act))
        .route("/briefings", get(briefings::listing).post(briefings::prepare))
        .route("/briefings/{id}", get(briefings::one))
        .route("/briefings/{id}/said", post(briefings::said))
        .route("/briefings/{id}/{whom}", get(briefings::paper))
        .route("/write", get(writing::page).post(writing::post))
        .route("/write/check", post(writing::check))
        .route("/write/marks", post(writing::complete))
        .route("/search", get(reports::search))
        .route("/requests", get(requests::listing).post(requests::open))
        .route("/requests/{*id}", get(answering::one).post(answering::answer))
        .route("/pending", get(pending::listing))
        .route("/pending/{id}", get(pending::one).post(pending::answer))
        .route("/incidents", get(incidents::listing).post(opening::open))
        .route("/incidents/{id}", get(incidents::one).post(incidents::act))
        .route("/incidents/{id}/acknowledge", post(incidents::acknowledge))
        .route("/partners", get(partners::page))
        .route("/partners/invite", post(introducing::invite))
        .route("/partners/accept", post(introducing::accept))
        .route("/people", get(people::page))
        .route("/people/{*id}", get(people::one))
        .route("/people/roles", post(people::roles))
        .route("/people/code", post(people::code))
        .route("/ledger", get(ledger::page))
        .route("/ledger/{number}", get(proof::entry))
        .route("/notices", get(notices::page).post(notices::post))
        .route("/notices/{id}", get(notices::follow))
        .route("/access", get(access::page).post(access::end))
        .merge(with_files())
        .fallback(answer::nothing)
        .layer(DefaultBodyLimit::max(MAX_FORM))
}

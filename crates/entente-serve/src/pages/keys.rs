//! Keys: which there are, and switching them off. A script reads them; everything works without it.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

use super::answer::{Desk, Reply, with_cookie};
use super::frame::{Page, Place, keys};
use super::gate::{Posted, Visitor};
use super::tongue::Tongue;

/// The cookie of whoever switched them off, in this browser.
pub(super) const COOKIE: &str = "__Host-entente-keys";

#[derive(Template)]
#[template(path = "keys.html")]
struct Keys<'k> {
    t: Tongue,
    form: &'k str,
    on: bool,
    /// The key after `g`, and the key of the name of where it leads.
    places: Vec<(&'static str, &'static str)>,
}

/// `GET /keys`.
pub(crate) async fn page(visitor: Visitor) -> Response {
    let work = |desk: &mut Desk| {
        let body = Keys {
            t: desk.tongue,
            form: &desk.session.form,
            on: desk.keys,
            places: keys(desk.state(), desk.me(), desk.now),
        };
        Ok(Reply::Page(Page {
            title: desk.tongue.say("keys-title").into_owned(),
            tongue: desk.tongue,
            place: Place::None,
            banner: None,
            body: body.render()?,
        }))
    };
    visitor.answer(work).await
}

/// `POST /keys`: switches them off or on, in this browser.
pub(crate) async fn switch(posted: Posted) -> Response {
    let off = posted.fields.get("keys") == "off";
    let lasting = if off { "Max-Age=31536000" } else { "Max-Age=0" };
    let cookie = format!("{COOKIE}=off; Path=/; Secure; HttpOnly; SameSite=Lax; {lasting}");
    with_cookie(Redirect::to("/keys").into_response(), &cookie)
}

//! Who may come in: a session, and for whatever changes something, a form that this node made for it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Instant;

use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::answer;
use super::fields::Fields;
use super::fresh::Poll;
use super::speaking::accepted;
use super::tongue::Tongue;
use crate::edge::alike;
use crate::host::Host;
use crate::persons::Session;
use crate::server::Peer;

/// The cookie of a session. Its prefix makes browsers refuse it for another host, another path, or without TLS.
pub(crate) const COOKIE: &str = "__Host-entente";

/// Somebody who is signed in.
pub(crate) struct Visitor {
    pub(crate) host: Arc<Host>,
    pub(crate) session: Session,
    pub(crate) token: String,
    /// Whether the request comes from a page of this node or from the person's own hand: only then is text shown.
    pub(crate) by_hand: bool,
    /// In which language they read.
    pub(crate) tongue: Tongue,
    /// Whether keys are read in their browser.
    pub(crate) keys: bool,
    /// Whether a script only looks again.
    pub(crate) poll: Option<Poll>,
}

/// A form of somebody who is signed in, checked to be one that this node made for them.
pub(crate) struct Posted {
    pub(crate) visitor: Visitor,
    pub(crate) fields: Fields,
}

/// A form of somebody who is not signed in yet, sent from a page of this node.
pub(crate) struct Stranger {
    pub(crate) host: Arc<Host>,
    pub(crate) fields: Fields,
    pub(crate) address: IpAddr,
    /// In which language they read, as their browser says.
    pub(crate) tongue: Tongue,
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The token in the cookie.
pub(crate) fn token(headers: &HeaderMap) -> Option<String> {
    cookie(headers, COOKIE)
}

/// What a browser keeps under a name.
pub(crate) fn cookie(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == wanted)
        .map(|(_, token)| token.to_owned())
}

/// Where somebody is connected from.
pub(crate) fn address(parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<Peer>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip())
}

/// Whether a form was sent from a page of this node. Browsers that do not say so are asked for the origin.
pub(super) fn from_here(headers: &HeaderMap) -> bool {
    match (text(headers, "sec-fetch-site"), text(headers, "origin")) {
        (Some(site), _) => site == "same-origin",
        (None, None) => true,
        (None, Some(origin)) => {
            let said = origin.split_once("://").map(|(_, host)| host);
            said.is_some() && said == text(headers, "host")
        }
    }
}

/// Whether a page was asked for by a person, not by a program that looks ahead.
fn by_hand(headers: &HeaderMap) -> bool {
    let ahead = ["sec-purpose", "purpose", "x-moz"]
        .into_iter()
        .filter_map(|name| text(headers, name));
    matches!(text(headers, "sec-fetch-site"), Some("same-origin" | "none"))
        && !ahead
            .into_iter()
            .any(|purpose| purpose.contains("prefetch") || purpose.contains("preview"))
}

impl FromRequestParts<Arc<Host>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, host: &Arc<Host>) -> Result<Self, Response> {
        let token = token(&parts.headers);
        let lasting = host.settings().sessions.clone();
        let poll = Poll::of(&parts.headers);
        let now = Instant::now();
        // What looks again by itself is nobody at work.
        let session = token.as_deref().and_then(|token| match &poll {
            Some(_) => host.sessions.look(token, &lasting, now),
            None => host.sessions.of(token, &lasting, now),
        });
        match token.zip(session) {
            Some((token, session)) => Ok(Self {
                host: host.clone(),
                tongue: (host.languages.chosen(&session.person)).unwrap_or_else(|| accepted(&parts.headers)),
                session,
                token,
                by_hand: poll.is_none() && by_hand(&parts.headers),
                keys: cookie(&parts.headers, super::keys::COOKIE).is_none(),
                poll,
            }),
            None => {
                let back = match parts.method {
                    Method::GET => parts.uri.path_and_query().map_or("/", |path| path.as_str()),
                    _ => "/",
                };
                let to = match back {
                    "/" => "/sign-in".to_owned(),
                    back => format!("/sign-in?to={}", escaped(back)),
                };
                Err(Redirect::to(&to).into_response())
            }
        }
    }
}

/// A text as a value in a query.
pub(crate) fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let one = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

impl FromRequest<Arc<Host>> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, host: &Arc<Host>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, host).await?;
        let here = from_here(&parts.headers);
        let form = Form::<Vec<(String, String)>>::from_request(Request::from_parts(parts, body), host).await;
        Self::checked(visitor, here, Fields::new(form.map_err(IntoResponse::into_response)?.0)).await
    }
}

impl Posted {
    /// The fields of somebody who is signed in, where this node made the form for them and it was sent from here.
    pub(super) async fn checked(visitor: Visitor, here: bool, fields: Fields) -> Result<Self, Response> {
        match here && alike(fields.get("form").as_bytes(), visitor.session.form.as_bytes()) {
            true => Ok(Self { visitor, fields }),
            false => Err(answer::foreign_form(visitor).await),
        }
    }
}

impl FromRequest<Arc<Host>> for Stranger {
    type Rejection = Response;

    async fn from_request(request: Request, host: &Arc<Host>) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let (here, address) = (from_here(&parts.headers), address(&parts));
        let tongue = accepted(&parts.headers);
        let form = Form::<Vec<(String, String)>>::from_request(Request::from_parts(parts, body), host).await;
        let fields = Fields::new(form.map_err(IntoResponse::into_response)?.0);
        match here {
            true => Ok(Self {
                host: host.clone(),
                fields,
                address,
                tongue,
            }),
            false => Err(Redirect::to("/sign-in").into_response()),
        }
    }
}

/// Where to go after signing in: a path of this node, and nothing else.
pub(crate) fn back_to(wanted: &str) -> &str {
    let path = wanted.starts_with('/') && !wanted.starts_with("//") && !wanted.starts_with("/\\");
    match path && wanted.len() < 2048 && wanted.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => wanted,
        false => "/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        list.iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_form_counts_only_from_a_page_of_this_node() {
        for (list, counts) in [
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "same-site")], false),
            (vec![("sec-fetch-site", "cross-site")], false),
            (vec![("sec-fetch-site", "none")], false),
            (
                vec![("origin", "http://a.localhost:1"), ("host", "a.localhost:1")],
                true,
            ),
            (
                vec![("origin", "http://b.localhost:1"), ("host", "a.localhost:1")],
                false,
            ),
            (vec![("origin", "null"), ("host", "a.localhost:1")], false),
            (
                vec![
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "http://a:1"),
                    ("host", "a:1"),
                ],
                false,
            ),
        ] {
            assert_eq!(from_here(&headers(&list)), counts, "{list:?}");
        }
    }

    #[test]
    fn text_is_shown_to_a_person_s_own_request_only() {
        for (list, shown) in [
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "none")], true),
            (
                vec![("sec-fetch-site", "none"), ("sec-purpose", "prefetch;prerender")],
                false,
            ),
            (vec![("sec-fetch-site", "cross-site")], false),
            (vec![], false),
        ] {
            assert_eq!(by_hand(&headers(&list)), shown, "{list:?}");
        }
    }

    #[test]
    fn signing_in_leads_nowhere_else() {
        for (wanted, to) in [
            ("/reports/R-1?purpose=x", "/reports/R-1?purpose=x"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/a\r\nSet-Cookie: x", "/"),
            ("", "/"),
        ] {
            assert_eq!(back_to(wanted), to, "{wanted}");
        }
    }

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let found = |text: &str| token(&headers(&[("cookie", text)]));
        assert_eq!(found("a=b; __Host-entente=X; c=d").as_deref(), Some("X"));
        assert_eq!(found("entente=X; x__Host-entente=Y"), None);
    }
}

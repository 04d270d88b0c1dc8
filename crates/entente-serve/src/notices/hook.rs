//! Calls of programs, signed as Standard Webhooks says (symmetric, `v1`).

use std::net::{IpAddr, ToSocketAddrs as _};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Method, Request, Uri, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::Full;
use ring::hmac;
use serde_json::json;

use super::{Hook, NotTold, Notice};
use crate::fetch::{self, Reach};
use crate::reach::{may_call, on_this_machine};
use crate::settings::NoticeSettings;

/// The most bytes of an answer that are read: nothing is done with them.
const MOST: usize = 64 << 10;
/// How long a call may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// The longest address.
const LONGEST: usize = 2000;

/// Checks that an address can be called, as far as that can be said without calling it; its name is looked up.
///
/// # Errors
/// What to write instead.
pub(crate) fn check(address: &str, settings: &NoticeSettings) -> Result<(), String> {
    let uri = read(address)?;
    let secure = uri.scheme_str() == Some("https");
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let found = (host, port)
        .to_socket_addrs()
        .map_err(|_| format!("there is no server `{host}`"))?;
    let found: Vec<IpAddr> = found.map(|address| address.ip()).collect();
    if !found.iter().all(|address| may_call(*address, &settings.hooks_inside)) {
        return Err("this node calls public addresses, and networks that its operator allows".to_owned());
    }
    match secure {
        true if settings.trusted.is_none() => {
            Err("this node trusts no certificates of webhooks: its operator names them".to_owned())
        }
        false if !on_this_machine(&uri) => Err("write https://: calls go over TLS".to_owned()),
        _ => Ok(()),
    }
}

fn read(address: &str) -> Result<Uri, String> {
    let write = || "write the address of your program as https://host/path".to_owned();
    let uri: Uri = address.parse().map_err(|_| write())?;
    let plain = uri
        .authority()
        .is_some_and(|authority| !authority.as_str().contains('@'));
    match uri.scheme_str() {
        Some("https" | "http") if plain && address.len() <= LONGEST => Ok(uri),
        _ => Err(write()),
    }
}

/// The signature of a call.
fn signature(secret: &str, id: &str, at: i64, body: &str) -> Result<String, NotTold> {
    let key = STANDARD
        .decode(secret)
        .map_err(|_| NotTold::Refused("the secret cannot be read; set the webhook anew".to_owned()))?;
    let tag = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, &key),
        format!("{id}.{at}.{body}").as_bytes(),
    );
    Ok(format!("v1,{}", STANDARD.encode(tag.as_ref())))
}

/// Calls a program. It counts as told once the answer is 2xx; nobody is followed elsewhere.
pub(super) async fn call(settings: &NoticeSettings, hook: &Hook, notice: &Notice) -> Result<(), NotTold> {
    let uri = read(&hook.address).map_err(NotTold::Refused)?;
    let body = json!({
        "type": "todo", "timestamp": notice.at, "data": { "id": notice.id, "link": notice.link },
    })
    .to_string();
    // The moment of this try: receivers refuse what is old.
    let at = jiff::Timestamp::now().as_second();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header("webhook-id", &notice.id)
        .header("webhook-timestamp", at)
        .header("webhook-signature", signature(&hook.secret, &notice.id, at, &body)?)
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| NotTold::Refused(error.to_string()))?;
    let reach = Reach::Checked(&settings.hooks_inside);
    if uri.scheme_str() == Some("http") && !on_this_machine(&uri) {
        return Err(NotTold::Refused("calls go over TLS".to_owned()));
    }
    let called = fetch::send((&uri, reach), settings.trusted.as_deref(), request, MOST);
    match tokio::time::timeout(PATIENCE, called).await {
        Ok(Ok((status, _, _))) if status.is_success() => Ok(()),
        Ok(Ok((status, _, _))) => Err(NotTold::Failed(format!("it answered {status}"))),
        Ok(Err(error)) => Err(NotTold::Failed(error.to_string())),
        Err(_) => Err(NotTold::Failed("it did not answer in time".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_signed_as_the_specification_s_example() {
        // From the reference libraries of Standard Webhooks.
        let signed = signature(
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            "{\"test\": 2432232314}",
        );
        assert_eq!(signed.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn an_address_is_one_of_a_server() {
        for (address, fits) in [
            ("https://hooks.example/x?y=z", true),
            ("http://127.0.0.1:1/x", true),
            ("https://user:word@hooks.example/", false),
            ("file:///etc/passwd", false),
            ("gopher://x/", false),
            ("/x", false),
            ("https://hooks example/", false),
            ("", false),
        ] {
            assert_eq!(read(address).is_ok(), fits, "{address}");
        }
    }
}

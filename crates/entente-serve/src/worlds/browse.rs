//! A browser as plain as can be, without a network between: links, forms, and what they lead to.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, header};
use entente_core::PersonId;
use http_body_util::BodyExt as _;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use jiff::{Timestamp, ToSpan as _};
use tokio::runtime::Runtime;

use super::world::World;
use crate::persons::{Scope, Token};
use crate::server::Peer;

/// What came of a request.
#[derive(Clone, Debug)]
pub(super) struct Got {
    pub(super) status: u16,
    /// Headers and body, as one text.
    pub(super) text: String,
    /// Where it leads.
    pub(super) to: Option<String>,
}

pub(super) struct Browser<'w> {
    world: &'w World,
    cookie: String,
    form: String,
    bearer: String,
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap()
    })
}

impl<'w> Browser<'w> {
    /// Somebody who has signed in, and has a program that reads for them.
    pub(super) fn of(world: &'w World, person: &PersonId) -> Self {
        let sessions = &world.host.sessions;
        let token = sessions
            .begin(person.clone(), "a test", None, Instant::now())
            .unwrap()
            .unwrap();
        let session = sessions
            .of(&token, &world.host.settings().sessions, Instant::now())
            .unwrap();
        let reads = Token {
            name: format!("reads for {person}"),
            person: person.clone(),
            scope: Scope::Read,
            until: Timestamp::now() + 24.hours(),
        };
        let bearer = world.host.accounts.give_token(reads, Timestamp::now()).unwrap();
        Self {
            world,
            cookie: format!("{}={token}", crate::pages::COOKIE),
            form: session.form,
            bearer,
        }
    }

    fn ask(&self, request: Request<Body>) -> Got {
        let service = TowerToHyperService::new(self.world.router.clone());
        runtime().block_on(async {
            let answer = service.call(request).await.unwrap();
            let (head, body) = answer.into_parts();
            let mut text: String = head
                .headers
                .iter()
                .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap_or("")))
                .collect();
            // A stream has no end: what comes at once is what there is.
            let mut body = body;
            let mut bytes = Vec::new();
            while let Ok(Some(frame)) = tokio::time::timeout(Duration::from_millis(500), body.frame()).await {
                bytes.extend(frame.unwrap().into_data().unwrap_or_default());
                if head
                    .headers
                    .get(header::CONTENT_TYPE)
                    .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
                {
                    break;
                }
            }
            text.push_str(&String::from_utf8_lossy(&bytes));
            Got {
                status: head.status.as_u16(),
                to: head
                    .headers
                    .get(header::LOCATION)
                    .and_then(|to| to.to_str().ok())
                    .map(str::to_owned),
                text: format!("{}\n{text}", head.status.as_u16()),
            }
        })
    }

    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let peer = Peer(SocketAddr::from(([127, 0, 0, 1], 9)));
        let request = Request::builder()
            .method(method)
            .uri(path)
            .extension(peer)
            .header("host", "node.localhost");
        match path.starts_with("/api/") {
            true => request.header("authorization", format!("Bearer {}", self.bearer)),
            false => request
                .header("cookie", &self.cookie)
                .header("sec-fetch-site", "same-origin"),
        }
    }

    /// Follows a link.
    pub(super) fn get(&self, path: &str) -> Got {
        match self.request("GET", path).body(Body::empty()) {
            Ok(request) => self.ask(request),
            Err(error) => panic!("{path}: {error}"),
        }
    }

    /// Sends a form, with the token of this session.
    pub(super) fn send(&self, form: &Form, fields: &[(String, String)]) -> Got {
        let own = fields.iter().map(|(name, value)| match name.as_str() {
            "form" => (name.as_str(), self.form.as_str()),
            name => (name, value.as_str()),
        });
        let (kind, body) = match form.files {
            false => {
                let pairs: Vec<String> = own
                    .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
                    .collect();
                ("application/x-www-form-urlencoded".to_owned(), pairs.join("&"))
            }
            true => {
                let part = |(name, value): (&str, &str)| {
                    format!("--line\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                };
                let parts: String = own.map(part).collect();
                (
                    "multipart/form-data; boundary=line".to_owned(),
                    format!("{parts}--line--\r\n"),
                )
            }
        };
        let request = self
            .request("POST", &form.to)
            .header("content-type", kind)
            .body(Body::from(body));
        self.ask(request.unwrap())
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte.is_ascii_alphanumeric() {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

fn plain(text: &str) -> String {
    let marks = [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&#60;", "<"),
        ("&gt;", ">"),
        ("&#62;", ">"),
        ("&amp;", "&"),
        ("&#38;", "&"),
    ];
    marks
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split_once(&format!(" {name}=\""))?.1;
    Some(plain(rest.split_once('"')?.0))
}

/// Where the links of a page lead within the node.
pub(super) fn links(page: &str) -> Vec<String> {
    let found = page.split("href=\"").skip(1).filter_map(|rest| rest.split_once('"'));
    let found = found.map(|(link, _)| plain(link.split('#').next().unwrap_or_default()));
    found
        .filter(|link| link.starts_with('/') && !link.starts_with("//"))
        .collect()
}

/// A form of a page.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) to: String,
    pub(super) posts: bool,
    /// Whether it takes files.
    files: bool,
    /// Fields with their values, as they stand.
    fields: Vec<(String, String)>,
    /// Fields that can be ticked.
    boxes: Vec<(String, String)>,
    /// Fields to choose in, with what there is.
    choices: Vec<(String, Vec<String>)>,
    buttons: Vec<(String, String)>,
}

/// What is typed into an empty field. Ids of what is protected are made by chance: nobody types one that is taken.
fn typed(name: &str) -> &'static str {
    match name {
        "to" => "GBR.CAB",
        "people" => "CHL.GOV/minister",
        "until" => "2099-12-31",
        "text" => "---\nid: TRY-1\ntitle: (U) A title\nscheme: us-ic\n---\n(U) Something was seen at the quay.\n",
        _ => "",
    }
}

/// The forms of a page. Buttons and fields outside belong to none.
pub(super) fn forms(page: &str) -> Vec<Form> {
    page.split("<form")
        .skip(1)
        .filter_map(|rest| form(rest.split("</form>").next().unwrap_or_default()))
        .collect()
}

fn form(text: &str) -> Option<Form> {
    let (head, inside) = text.split_once('>')?;
    let mut found = Form {
        to: attribute(head, "action")?,
        posts: attribute(head, "method").is_some_and(|method| method == "post"),
        files: attribute(head, "enctype").is_some(),
        fields: Vec::new(),
        boxes: Vec::new(),
        choices: Vec::new(),
        buttons: Vec::new(),
    };
    for tag in inside.split('<').skip(1) {
        let Some(name) = attribute(tag, "name") else { continue };
        let value = attribute(tag, "value").unwrap_or_default();
        let kind = attribute(tag, "type").unwrap_or_default();
        if tag.starts_with("input") && ["checkbox", "radio"].contains(&kind.as_str()) {
            found.boxes.push((name, value));
        } else if tag.starts_with("input") && kind != "file" {
            let value = if value.is_empty() {
                typed(&name).to_owned()
            } else {
                value
            };
            found.fields.push((name, value));
        } else if tag.starts_with("textarea") {
            found.fields.push((name.clone(), typed(&name).to_owned()));
        } else if tag.starts_with("button") {
            found.buttons.push((name, value));
        } else if tag.starts_with("select") {
            let options = inside.split(&format!("name=\"{name}\"")).nth(1).unwrap_or_default();
            let options = options
                .split("</select>")
                .next()
                .unwrap_or_default()
                .split("<option")
                .skip(1);
            let option = |text: &str| {
                attribute(text.split('>').next().unwrap_or_default(), "value")
                    .or_else(|| Some(plain(text.split_once('>')?.1.split('<').next()?)))
                    .unwrap_or_default()
            };
            found.choices.push((name, options.map(option).collect()));
        }
    }
    Some(found)
}

impl Form {
    /// What the form asks for, where it only looks: with each choice there is.
    pub(super) fn queries(&self) -> Vec<String> {
        let query = |chosen: Option<(&str, &str)>| {
            let fields = self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let pairs: Vec<String> = fields
                .chain(chosen)
                .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
                .collect();
            format!("{}?{}", self.to, pairs.join("&"))
        };
        let each = self.choices.iter().flat_map(|(name, options)| {
            options
                .iter()
                .take(4)
                .map(move |option| (name.as_str(), option.as_str()))
        });
        std::iter::once(query(None))
            .chain(each.map(|chosen| query(Some(chosen))))
            .collect()
    }

    /// What is sent: as it stands, with everything ticked, with each button.
    pub(super) fn fillings(&self) -> Vec<Vec<(String, String)>> {
        let chosen = self
            .choices
            .iter()
            .map(|(name, options)| (name.clone(), options.last().cloned().unwrap_or_default()));
        let base: Vec<(String, String)> = self.fields.iter().cloned().chain(chosen).collect();
        let all: Vec<(String, String)> = base.iter().cloned().chain(self.boxes.iter().cloned()).collect();
        let pressed = self
            .buttons
            .iter()
            .map(|button| all.iter().cloned().chain([button.clone()]).collect());
        [base, all.clone()].into_iter().chain(pressed).collect()
    }
}

/// An answer without what differs from session to session and from moment to moment.
pub(super) fn without_chance(got: &Got) -> String {
    let mut text = got.text.clone();
    for name in [
        "name=\"form\" value=\"",
        "name=\"shown\" value=\"",
        "name=\"digest\" value=\"",
        "class=\"secret\">",
        "etag: \"",
    ] {
        let mut kept = String::new();
        let mut parts = text.split(name);
        kept.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let end = part.find(['"', '<']).unwrap_or(0);
            kept.push_str(name);
            kept.push_str(&part[end..]);
        }
        text = kept;
    }
    // Ids and digests are of eight digits and more; moments have a colon, and so have clocks.
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() || c == ':' || c == '.' && word.contains(':') {
            word.push(c);
            continue;
        }
        let hex = word.len() >= 8 && word.chars().all(|c| c.is_ascii_hexdigit());
        let clock = word.contains(':') && word.chars().all(|c| c.is_ascii_digit() || ":.TZ".contains(c));
        out.push_str(if hex || clock { "#" } else { &word });
        word.clear();
        out.push(c);
    }
    out
}

//! In which language somebody reads pages: what they chose, else what their browser accepts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use entente_core::PersonId;

use super::gate::{Posted, back_to};
use super::tongue::Tongue;

/// Choices at most: far above the staff of a service.
const MOST: usize = 100_000;

/// What people chose, in a file beside their accounts. One that cannot be read is none: pages then speak what browsers accept.
#[derive(Debug)]
pub(crate) struct Languages {
    file: PathBuf,
    chosen: Mutex<BTreeMap<PersonId, String>>,
}

impl Languages {
    /// What was chosen at the node in this folder.
    pub(crate) fn of(data: &Path) -> Self {
        let file = data.join("languages.json");
        let read = std::fs::read(&file).ok();
        let chosen = read.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Self {
            chosen: Mutex::new(chosen.unwrap_or_default()),
            file,
        }
    }

    /// What somebody chose.
    pub(crate) fn chosen(&self, person: &PersonId) -> Option<Tongue> {
        let chosen = self.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        chosen.get(person).and_then(|code| Tongue::of_code(code))
    }

    fn choose(&self, person: &PersonId, tongue: Tongue) -> std::io::Result<()> {
        let mut chosen = self.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        if chosen.len() < MOST || chosen.contains_key(person) {
            chosen.insert(person.clone(), tongue.code().to_owned());
        }
        let text = serde_json::to_vec_pretty(&*chosen).unwrap_or_default();
        entente_files::write(&self.file, &text)
    }
}

/// What a browser accepts, as far as that is spoken here.
pub(super) fn accepted(headers: &HeaderMap) -> Tongue {
    let header = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    header.and_then(Tongue::accepted).unwrap_or_default()
}

/// `POST /language`: from then on somebody reads pages in that language.
pub(crate) async fn choose(headers: HeaderMap, posted: Posted) -> Response {
    let visitor = posted.visitor;
    if let Some(tongue) = Tongue::of_code(posted.fields.get("language")) {
        let kept = visitor.host.languages.choose(&visitor.session.person, tongue);
        if let Err(error) = kept {
            visitor
                .host
                .journal
                .warn("a language was not kept", &[("problem", &error)]);
        }
    }
    // Back to the page that the choice was made on, where it can be looked at again.
    let from = headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let path = from
        .split_once("://")
        .and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
    Redirect::to(back_to(path.unwrap_or("/"))).into_response()
}

//! Files that people send with a form, and what is kept of them until they are taken in: in memory, for the session alone.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::fields::Fields;
use super::gate::{Posted, Visitor, from_here};
use crate::host::Host;
use crate::persons::Session;

/// The largest file that a page takes: far above any report. Larger ones go through `entente import`.
pub(crate) const MAX_UPLOAD: usize = 4 << 20;

/// Fields of one form: far above what any form here has.
const MAX_PARTS: usize = 40;

/// Files that wait at once, the oldest of which go first: what a small machine has room for.
const MAX_WAITING: usize = 16;

/// A file as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Files that were sent and not yet taken in, one for each session.
#[derive(Debug, Default)]
pub(crate) struct Waiting(Mutex<VecDeque<(String, Arc<File>)>>);

impl Waiting {
    /// Keeps a file for a session, instead of the one before.
    pub(crate) fn keep(&self, session: &Session, file: File) -> Arc<File> {
        let file = Arc::new(file);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(form, _)| *form != session.form);
        all.push_back((session.form.clone(), file.clone()));
        while all.len() > MAX_WAITING {
            all.pop_front();
        }
        file
    }

    /// The file that waits for a session.
    pub(crate) fn of(&self, session: &Session) -> Option<Arc<File>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().find(|(form, _)| *form == session.form);
        found.map(|(_, file)| file.clone())
    }

    /// Lets go of it.
    pub(crate) fn drop_of(&self, session: &Session) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(form, _)| *form != session.form);
    }
}

/// A form with a file, checked to be one that this node made for whoever sent it.
pub(crate) struct Uploaded {
    pub(crate) posted: Posted,
    pub(crate) file: Option<File>,
}

impl FromRequest<Arc<Host>> for Uploaded {
    type Rejection = Response;

    async fn from_request(request: Request, host: &Arc<Host>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        // Nobody's body is read who is not signed in.
        let visitor = Visitor::from_request_parts(&mut parts, host).await?;
        let here = from_here(&parts.headers);
        let kind = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        let boundary = kind.and_then(boundary).map(str::to_owned);
        let bytes = Bytes::from_request(Request::from_parts(parts, body), host).await;
        let bytes = bytes.map_err(IntoResponse::into_response)?;
        let (fields, file) = boundary
            .and_then(|boundary| read(&bytes, &boundary))
            .unwrap_or_default();
        let posted = Posted::checked(visitor, here, Fields::new(fields)).await?;
        Ok(Self { posted, file })
    }
}

/// What stands between the parts of a form.
fn boundary(kind: &str) -> Option<&str> {
    let (kind, rest) = kind.split_once(';')?;
    let said = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?;
    let said = said.trim_matches('"');
    let fits = !said.is_empty() && said.len() <= 70 && said.bytes().all(|byte| byte.is_ascii_graphic());
    (kind.trim().eq_ignore_ascii_case("multipart/form-data") && fits).then_some(said)
}

fn position(bytes: &[u8], sought: &[u8]) -> Option<usize> {
    bytes.windows(sought.len()).position(|window| window == sought)
}

type Read = (Vec<(String, String)>, Option<File>);

/// The fields of a form and its file; `None` where it is no form as browsers send them.
fn read(bytes: &[u8], boundary: &str) -> Option<Read> {
    let line = format!("--{boundary}");
    let between = format!("\r\n--{boundary}");
    let mut rest = bytes.strip_prefix(line.as_bytes())?;
    let (mut fields, mut file) = (Vec::new(), None);
    for _ in 0..MAX_PARTS {
        if rest.starts_with(b"--") {
            return Some((fields, file));
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let head = position(rest, b"\r\n\r\n")?;
        let (headers, content) = (rest.get(..head)?, rest.get(head + 4..)?);
        let end = position(content, between.as_bytes())?;
        let value = content.get(..end)?;
        rest = content.get(end + between.len()..)?;
        let headers = std::str::from_utf8(headers).ok()?;
        let of_part = headers
            .split("\r\n")
            .find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
        let name = quoted(of_part, "name")?;
        match quoted(of_part, "filename") {
            // An empty field for a file has an empty name.
            Some(said) if !said.is_empty() => {
                file = Some(File {
                    name: plain(said),
                    bytes: value.to_vec(),
                });
            }
            Some(_) => {}
            None => fields.push((name.to_owned(), String::from_utf8_lossy(value).into_owned())),
        }
    }
    None
}

/// A value in quotes after its name.
fn quoted<'h>(header: &'h str, name: &str) -> Option<&'h str> {
    let sought = format!(" {name}=\"");
    let start = header.find(&sought)? + sought.len();
    let rest = header.get(start..)?;
    rest.get(..rest.find('"')?)
}

/// A file's name without folders or anything that is no letter, digit, dot, dash or underscore.
fn plain(said: &str) -> String {
    let last = said.rsplit(['/', '\\']).next().unwrap_or_default();
    let safe = |c: char| c.is_alphanumeric() || ".-_".contains(c);
    let name: String = last.chars().map(|c| if safe(c) { c } else { '_' }).take(100).collect();
    if name.trim_matches('.').is_empty() {
        "file".to_owned()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "--X\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\ntoken\r\n--X\r\nContent-Disposition: form-data; \
                        name=\"file\"; filename=\"../../a b.json\"\r\nContent-Type: application/json\r\n\r\n{\r\n}\r\n--X--\r\n";

    #[test]
    fn a_form_with_a_file_is_read_as_browsers_send_it() {
        let (fields, file) = read(FORM.as_bytes(), "X").unwrap();
        assert_eq!(fields, [("form".to_owned(), "token".to_owned())]);
        let file = file.unwrap();
        assert_eq!(
            (file.name.as_str(), file.bytes.as_slice()),
            ("a_b.json", &b"{\r\n}"[..])
        );
    }

    #[test]
    fn what_is_cut_off_or_torn_is_no_form() {
        for end in 0..FORM.len() - 4 {
            assert_eq!(read(&FORM.as_bytes()[..end], "X"), None, "{end}");
        }
        assert_eq!(read(FORM.as_bytes(), "Y"), None);
        let many = "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n".repeat(MAX_PARTS + 1) + "--X--\r\n";
        assert_eq!(read(many.as_bytes(), "X"), None);
    }

    #[test]
    fn only_forms_with_files_have_a_boundary() {
        for (kind, found) in [
            ("multipart/form-data; boundary=X", Some("X")),
            ("Multipart/Form-Data; charset=utf-8; boundary=\"X y\"", None),
            ("multipart/form-data; boundary=\"----X\"", Some("----X")),
            ("multipart/form-data; boundary=", None),
            ("application/x-www-form-urlencoded", None),
        ] {
            assert_eq!(boundary(kind), found, "{kind}");
        }
    }

    #[test]
    fn a_name_leads_into_no_folder() {
        for (said, name) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\a\\b.eml", "b.eml"),
            ("..", "file"),
            ("a\r\nb", "a__b"),
            ("Bericht-ä.json", "Bericht-ä.json"),
        ] {
            assert_eq!(plain(said), name);
        }
    }
}

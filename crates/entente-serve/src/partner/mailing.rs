//! Messages by mail: the same sealed message as the file, as an attachment, out through the server for mail and in from a folder.
//!
//! Nothing goes back on this way, so that a receipt is a mail of its own, and a message stays in the outbox until it has come. What
//! stands around the sealed attachment counts for nothing: not whom a mail says it is from, and not its text.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use entente_core::{MessageOutcome, PartyPath};
use entente_node::{Came, MAX_MESSAGE, NodeError, UNANSWERED};
use lettre::message::{Attachment, MultiPart, SinglePart, header};
use lettre::{Address, Message};
use mail_parser::{MessageParser, MimeHeaders as _};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{SEALED, inbox, next_try};
use crate::host::{Host, aside};
use crate::notices::{Mail, NotTold, begun, deliver, random_id};
use crate::server::told;
use crate::settings::{SettingsError, Way, wrong};

/// How often the folder and the outbox are looked at.
const LOOK: Duration = Duration::from_secs(2);
/// Mails taken from the folder at once.
const AT_ONCE: usize = 64;
/// The largest mail that is read: a message in base64 with its line ends, and what stands around it.
const MAX_MAIL: u64 = (MAX_MESSAGE as u64) / 2 * 3 + (1 << 20);
/// What the attachment is called.
const NAME: &str = "message.entente";

/// What an operator sets about messages by mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByMail {
    /// The folder (a Maildir) in which mails for this party arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<PathBuf>,
    /// After how many hours a message goes out again whose receipt has not come.
    #[serde(default = "a_day")]
    pub again_hours: u64,
    /// The addresses of partners.
    #[serde(default)]
    pub partners: BTreeMap<PartyPath, String>,
}

fn a_day() -> u64 {
    24
}

impl ByMail {
    /// Lets the path count from a folder.
    pub(crate) fn below(&mut self, place: &impl Fn(&mut PathBuf)) {
        self.mailbox.iter_mut().for_each(place);
    }

    /// Checks that the values can be used.
    ///
    /// # Errors
    /// The first that cannot, with what to write instead.
    pub(crate) fn check(&self, server: Option<&Mail>) -> Result<(), SettingsError> {
        if self.again_hours == 0 {
            return Err(wrong("by_mail.again_hours", "write at least 1"));
        }
        for (party, address) in &self.partners {
            let setting = || format!("by_mail.partners.\"{party}\"");
            address
                .parse::<Address>()
                .map_err(|_| wrong(setting(), "write the address as name@host"))?;
            if server.is_none() {
                return Err(wrong(
                    setting(),
                    "messages go out through the server of `[notices.mail]`; name it",
                ));
            }
        }
        Ok(())
    }
}

/// What has left by mail and is not confirmed: when.
type UnderWay = HashMap<String, Instant>;

/// Works until it is told to stop.
pub(crate) async fn mailing(host: Arc<Host>, mut stopping: watch::Receiver<bool>) {
    let mut under_way = UnderWay::new();
    let (mut failures, mut next) = (0, Instant::now());
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = told(&mut stopping) => return,
        }
        let settings = host.settings();
        let Some(by_mail) = settings
            .by_mail
            .clone()
            .filter(|_| host.keys().is_some() && next <= Instant::now())
        else {
            continue;
        };
        let working = host.clone();
        let worked = aside(move || {
            let done = round(&working, &by_mail, &mut under_way);
            (done, under_way)
        });
        let Ok((done, left)) = worked.await else { return };
        under_way = left;
        failures = match done {
            Ok(()) => 0,
            Err(problem) => {
                host.journal
                    .warn("messages cannot go by mail", &[("problem", &problem)]);
                next = Instant::now() + next_try(&settings.courier, failures);
                failures.saturating_add(1)
            }
        };
    }
}

/// Takes in what has come, and sends what waits.
fn round(host: &Host, by_mail: &ByMail, under_way: &mut UnderWay) -> Result<(), String> {
    if let Some(mailbox) = &by_mail.mailbox {
        for (path, name) in arrived(mailbox)? {
            if !is_taken(host, by_mail, &path, under_way)? {
                continue;
            }
            let seen = mailbox.join("cur").join(format!("{name}:2,S"));
            std::fs::rename(&path, &seen).map_err(|error| format!("{}: {error}", seen.display()))?;
        }
    }
    let again = Duration::from_secs(by_mail.again_hours * 3600);
    under_way.retain(|_, left| left.elapsed() < again);
    let waiting = host.node().receivers().map_err(|error| error.to_string())?;
    for party in waiting {
        let address = by_mail.partners.get(&party);
        let Some(address) = address.filter(|_| host.settings().way_to(&party) == Way::Mail) else {
            continue;
        };
        let letters = host
            .node()
            .carry(&party, UNANSWERED, &BTreeSet::new())
            .map_err(|error| error.to_string())?;
        for letter in letters {
            if let Entry::Vacant(new) = under_way.entry(letter.id) {
                send(host, address, &party, letter.sealed)?;
                new.insert(Instant::now());
            }
        }
    }
    Ok(())
}

/// The mails that have arrived, in the order of their names; a Maildir has those that nobody has seen in `new`.
fn arrived(mailbox: &Path) -> Result<Vec<(PathBuf, String)>, String> {
    let folder = mailbox.join("new");
    let failed = |error: std::io::Error| format!("{}: {error}; `by_mail.mailbox` names a Maildir", folder.display());
    let mut all = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let is_file = entry.file_type().map_err(failed)?.is_file();
        if let Some(name) = entry
            .file_name()
            .to_str()
            .filter(|name| is_file && !name.starts_with('.'))
        {
            all.push((entry.path(), name.to_owned()));
        }
    }
    all.sort();
    all.truncate(AT_ONCE);
    if !all.is_empty() {
        std::fs::create_dir_all(mailbox.join("cur")).map_err(failed)?;
    }
    Ok(all)
}

/// Takes in what a mail holds; whether nothing of it is left to do. What is no message is said once, and put aside.
fn is_taken(host: &Host, by_mail: &ByMail, path: &Path, under_way: &mut UnderWay) -> Result<bool, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    if std::fs::metadata(path).map_err(failed)?.len() > MAX_MAIL {
        host.journal.warn("a mail is too large to be a message", &[]);
        return Ok(true);
    }
    let mail = std::fs::read(path).map_err(failed)?;
    let sealed = attached(&mail);
    if sealed.is_empty() {
        host.journal.warn("a mail holds no sealed message", &[]);
    }
    for message in sealed {
        let (now, share) = (Instant::now(), host.settings().courier.messages_a_minute);
        if inbox::claimed(&message).is_some_and(|from| !host.limits.allow(&from, share, now)) {
            return Ok(false);
        }
        match host.node().take_post(&message) {
            Ok(Came::Message(answered)) => {
                inbox::count(host, &answered, now);
                if let Some(address) = by_mail.partners.get(&answered.from) {
                    send(host, address, &answered.from, answered.sealed)?;
                }
            }
            // It leaves again, sealed anew.
            Ok(Came::Receipt(message, MessageOutcome::SealAgain)) => drop(under_way.remove(&message)),
            Ok(Came::Receipt(..)) => drop(host.metrics.confirmed.fetch_add(1, Ordering::Relaxed)),
            // A receipt for other bytes than those that left is none either: nobody keeps other mails out with it.
            Err(error) if error.is_of_the_message() || matches!(error, NodeError::OtherReceipt(_)) => {
                inbox::unverified(host);
            }
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(true)
}

/// The sealed messages in a mail.
fn attached(mail: &[u8]) -> Vec<Vec<u8>> {
    let Some(read) = MessageParser::new().parse(mail) else {
        return Vec::new();
    };
    let is_sealed = |part: &mail_parser::MessagePart<'_>| {
        let kind = part.content_type().is_some_and(|kind| {
            let subtype = kind.subtype().unwrap_or_default();
            format!("{}/{subtype}", kind.ctype()).eq_ignore_ascii_case(SEALED)
        });
        kind || part.attachment_name().is_some_and(|name| name.ends_with(".entente"))
    };
    let sealed = read.attachments().filter(|part| is_sealed(part));
    sealed.map(|part| part.contents().to_vec()).collect()
}

/// Sends a sealed message; it has left once the server has taken it.
fn send(host: &Host, address: &str, to: &PartyPath, sealed: Vec<u8>) -> Result<(), String> {
    let settings = host.settings();
    let Some(server) = &settings.notices.mail else {
        return Err("there is no server for mail any more".to_owned());
    };
    let mail = mail(server, address, to, sealed).map_err(|error| error.to_string())?;
    deliver(server, &mail).map_err(|error: NotTold| error.to_string())
}

fn mail(server: &Mail, address: &str, to: &PartyPath, sealed: Vec<u8>) -> Result<Message, Box<dyn std::error::Error>> {
    let said = format!("A sealed message for {to}. Its node opens it; nobody else can.\r\n");
    let parts = MultiPart::mixed()
        .singlepart(SinglePart::plain(said))
        .singlepart(Attachment::new(NAME.to_owned()).body(sealed, header::ContentType::parse(SEALED)?));
    let begun = begun(server, address, &random_id()?)?;
    Ok(begun.subject("Sealed message").multipart(parts)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_out_as_a_mail_comes_in_as_the_same_bytes() {
        let server = Mail {
            from: "Entente <entente@usa.example>".to_owned(),
            ..Mail::default()
        };
        let to = PartyPath::new("GBR.CAB").unwrap();
        for size in [0, 1, 76, 57 * 4, 100_000] {
            let sealed: Vec<u8> = (0..size)
                .map(|n: u32| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
                .collect();
            let mail = mail(&server, "entente@cab.example", &to, sealed.clone())
                .unwrap()
                .formatted();
            assert_eq!(attached(&mail), [sealed], "{size}");
        }
        let plain = b"From: a@b\r\nSubject: s\r\n\r\nSee message.entente\r\n";
        assert!(attached(plain).is_empty() && attached(b"\0\xff").is_empty());
    }
}

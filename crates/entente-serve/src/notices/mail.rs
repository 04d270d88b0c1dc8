//! Mail (SMTP, RFC 5321), over TLS unless the server is on this machine.

use std::path::Path;
use std::time::Duration;

use lettre::message::{Mailbox, MessageBuilder, header};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{Address, Message, SmtpTransport, Transport as _};

use super::{NotTold, Notice};
use crate::host::aside;
use crate::settings::{Mail, NoticeSettings};

/// How long a server may take for one step.
const PATIENCE: Duration = Duration::from_secs(20);

/// Checks that mail can go to an address.
///
/// # Errors
/// When it is none.
pub(crate) fn check(address: &str) -> Result<(), String> {
    let parsed: Result<Address, _> = address.parse();
    parsed
        .map(|_| ())
        .map_err(|_| "write the address as name@host".to_owned())
}

/// What stands in every mail: the same for everything, but for the link.
fn message(settings: &Mail, to: &str, notice: &Notice) -> Result<Message, NotTold> {
    begun(settings, to, &notice.id)?
        .subject("Entente: something waits for you")
        .header(header::ContentType::TEXT_PLAIN)
        .body(format!(
            "Something waits for you. Sign in to see what:\r\n\r\n{}\r\n\r\nYou asked to be told. On your page \"Notices\" you can end it.\r\n",
            notice.link
        ))
        .map_err(|error| NotTold::Refused(error.to_string()))
}

/// What every mail begins with: whom it is from and for, its id, and that nobody's vacation answers it.
pub(crate) fn begun(settings: &Mail, to: &str, id: &str) -> Result<MessageBuilder, NotTold> {
    let refused = |error: &dyn std::fmt::Display| NotTold::Refused(error.to_string());
    let from: Mailbox = settings.from.parse().map_err(|error| refused(&error))?;
    let to: Address = to.parse().map_err(|error| refused(&error))?;
    let id = format!("<{id}@{}>", from.email.domain());
    let generated = header::HeaderName::new_from_ascii_str("Auto-Submitted");
    Ok(Message::builder()
        .message_id(Some(id))
        .from(from)
        .to(Mailbox::new(None, to))
        .raw_header(header::HeaderValue::new(generated, "auto-generated".to_owned())))
}

/// How a server is spoken to.
fn transport(settings: &Mail) -> Result<SmtpTransport, NotTold> {
    let refused = |problem: String| NotTold::Refused(problem);
    let (secure, host, port) = settings.server_parts().map_err(refused)?;
    let mut builder = SmtpTransport::builder_dangerous(&host)
        .port(port)
        .timeout(Some(PATIENCE));
    builder = match (secure, &settings.certificate) {
        (false, None) => builder.tls(Tls::None),
        (secure, Some(certificate)) => {
            let parameters = trusting(&host, certificate).map_err(refused)?;
            builder.tls(match secure {
                true => Tls::Wrapper(parameters),
                false => Tls::Required(parameters),
            })
        }
        (true, None) => return Err(refused("name the `certificate` that the server shows".to_owned())),
    };
    if let (Some(user), Some(password)) = (&settings.user, &settings.password) {
        let password = entente_files::read_secret(password)
            .map_err(|error| NotTold::Failed(format!("{}: {error}", password.display())))?;
        builder = builder.credentials(Credentials::new(user.clone(), password.trim().to_owned()));
    }
    Ok(builder.build())
}

fn trusting(host: &str, certificate: &Path) -> Result<TlsParameters, String> {
    let pem = std::fs::read(certificate).map_err(|error| format!("{}: {error}", certificate.display()))?;
    let failed = |error: lettre::transport::smtp::Error| format!("{}: {error}", certificate.display());
    TlsParameters::builder(host.to_owned())
        .certificate_store(CertificateStore::None)
        .add_root_certificate(Certificate::from_pem(&pem).map_err(failed)?)
        .build_rustls()
        .map_err(failed)
}

/// Hands a mail to the server.
pub(crate) fn deliver(settings: &Mail, message: &Message) -> Result<(), NotTold> {
    let sent = transport(settings)?.send(message);
    sent.map(|_| ()).map_err(|error| match error.is_permanent() {
        // The server says that it will never take it.
        true => NotTold::Refused(plain(&error.to_string())),
        false => NotTold::Failed(plain(&error.to_string())),
    })
}

/// Sends a notice. It counts as told once the server has taken it.
pub(super) async fn send(settings: &NoticeSettings, to: &str, notice: &Notice) -> Result<(), NotTold> {
    let Some(mail) = settings.mail.clone() else {
        return Err(NotTold::Refused("this node has no server for mail any more".to_owned()));
    };
    let (to, notice) = (to.to_owned(), notice.clone());
    let sent = aside(move || deliver(&mail, &message(&mail, &to, &notice)?));
    sent.await
        .unwrap_or_else(|_| Err(NotTold::Failed("the work broke off".to_owned())))
}

/// What a server says may name whom it is about: only its first word, the code, is written down.
fn plain(said: &str) -> String {
    let code = said.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 3);
    match code {
        Some(code) => format!("the server for mail answered {code}"),
        None => {
            "the server for mail was not reached, or shows another certificate than the one in the settings".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_says_a_link_and_nothing_of_what_it_is_about() {
        let settings = Mail {
            from: "Entente <entente@node.example>".to_owned(),
            ..Mail::default()
        };
        let notice = Notice {
            id: "0123".to_owned(),
            link: "https://node.example/notices/0123".to_owned(),
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        let text = String::from_utf8(message(&settings, "lane@cab.example", &notice).unwrap().formatted()).unwrap();
        assert!(
            text.contains("Message-ID: <0123@node.example>") && text.contains(&notice.link),
            "{text}"
        );
        for forged in ["a@b\r\nBcc: c@d", "a b", "a@b,c@d", "<a@b>", ""] {
            assert!(
                check(forged).is_err() && message(&settings, forged, &notice).is_err(),
                "{forged}"
            );
        }
    }

    #[test]
    fn what_a_server_says_of_people_is_not_written_down() {
        assert_eq!(
            plain("permanent error (550): lane@cab.example unknown"),
            "the server for mail answered 550"
        );
        assert!(!plain("connection refused by 10.0.0.1").contains('1'));
    }
}

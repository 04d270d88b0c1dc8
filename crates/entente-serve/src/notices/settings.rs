//! What an operator sets about notices.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::reach::{Network, on_this_machine};
use crate::settings::{SettingsError, wrong};

/// How people are told that something waits for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoticeSettings {
    /// Seconds between two looks: what came up meanwhile is one notice.
    pub every_seconds: u64,
    /// Networks in which webhooks are called, besides public addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hooks_inside: Vec<Network>,
    /// PEM file of certificates that vouch for the servers of webhooks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trusted: Option<PathBuf>,
    /// The server for mail; without one no mail is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<Mail>,
}

impl Default for NoticeSettings {
    fn default() -> Self {
        Self {
            every_seconds: 300,
            hooks_inside: Vec::new(),
            trusted: None,
            mail: None,
        }
    }
}

/// The server for mail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// `smtps://host:port` with TLS from the beginning, `smtp://host:port` with STARTTLS; without TLS only on this machine.
    pub server: String,
    /// PEM file of the certificate that it, or whoever vouches for it, shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// Whom mails are from.
    pub from: String,
    /// The name to sign in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// A file with the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<PathBuf>,
}

impl Mail {
    /// Whether TLS is spoken from the beginning, the host, and the port.
    pub(crate) fn server_parts(&self) -> Result<(bool, String, u16), String> {
        let write = || "write it as smtps://host:port, or smtp://host:port".to_owned();
        let uri: axum::http::Uri = self.server.parse().map_err(|_| write())?;
        let host = uri.host().ok_or_else(write)?.trim_matches(['[', ']']).to_owned();
        let (secure, usual) = match uri.scheme_str() {
            Some("smtps") => (true, 465),
            Some("smtp") => (false, 587),
            _ => return Err(write()),
        };
        if self.certificate.is_none() && (secure || !on_this_machine(&uri)) {
            return Err(
                "name the `certificate` that the server, or whoever vouches for it, shows, a PEM file".to_owned(),
            );
        }
        Ok((secure, host, uri.port_u16().unwrap_or(usual)))
    }
}

impl NoticeSettings {
    /// Lets every path count from a folder.
    pub(crate) fn below(&mut self, place: &impl Fn(&mut PathBuf)) {
        self.trusted.iter_mut().for_each(place);
        if let Some(mail) = &mut self.mail {
            mail.certificate.iter_mut().for_each(place);
            mail.password.iter_mut().for_each(place);
        }
    }

    /// Checks that the values can be used.
    ///
    /// # Errors
    /// The first that cannot, with what to write instead.
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        if self.every_seconds == 0 {
            return Err(wrong("notices.every_seconds", "write at least 1"));
        }
        let Some(mail) = &self.mail else { return Ok(()) };
        mail.server_parts().map_err(|said| wrong("notices.mail.server", said))?;
        let from: Result<lettre::message::Mailbox, _> = mail.from.parse();
        from.map_err(|_| wrong("notices.mail.from", "write it as `Name <name@host>`"))?;
        match mail.user.is_some() == mail.password.is_some() {
            true => Ok(()),
            false => Err(wrong("notices.mail", "`user` and `password` go together")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_goes_over_tls_unless_the_server_is_here() {
        for (server, certificate, fits) in [
            ("smtp://127.0.0.1:1025", false, true),
            ("smtp://localhost", false, true),
            ("smtp://mail.example:587", false, false),
            ("smtp://mail.example:587", true, true),
            ("smtps://mail.example", true, true),
            ("smtps://127.0.0.1:465", false, false),
            ("mail.example", true, false),
            ("https://mail.example", true, false),
        ] {
            let mail = Mail {
                server: server.to_owned(),
                certificate: certificate.then(|| PathBuf::from("mail.pem")),
                from: "Entente <a@b.example>".to_owned(),
                ..Mail::default()
            };
            assert_eq!(mail.server_parts().is_ok(), fits, "{server} {certificate}");
        }
    }
}

//! What an operator sets: one commented file, which flags and the environment go before.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use entente_core::PartyPath;
use serde::{Deserialize, Serialize};

use crate::credentials::PinnedIssuer;
pub use crate::federation::Provider;
use crate::introduction;
pub use crate::notices::{Mail, NoticeSettings};
pub(crate) use crate::partner::ByMail;
use crate::reach::on_this_machine;
use crate::traces::TraceSettings;

/// The file with every setting, commented, as it is handed out.
pub const EXAMPLE: &str = include_str!("../serve.toml");

/// The largest settings file read: thousands of partners, and no more.
const MAX_FILE: u64 = 1 << 20;

/// What this machine is called in a browser: passkeys are made for a name, not for an address.
const OWN_NAME: &str = "entente.localhost";

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address under which browsers reach the pages, where that is not the one above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Proxies before this node, by their addresses: what they say of where a request comes from is believed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trusted_proxies: Vec<IpAddr>,
    /// How often the public ledger is brought up to date, in seconds.
    pub publish_seconds: u64,
    /// Whether what is public of this party's own reports is served to everybody, as a provider of CSAF advisories does.
    pub advisories: bool,
    /// A file with the token that readers of the metrics show; without it there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics_token: Option<PathBuf>,
    /// Names and addresses for which this node makes a certificate of its own, where `tls` gives none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own_certificate_for: Vec<String>,
    /// The certificate to serve with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<Tls>,
    /// How long people stay signed in.
    pub sessions: Sessions,
    /// How messages travel.
    pub courier: Courier,
    /// Messages by mail, for partners that are not reached otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_mail: Option<ByMail>,
    /// How people are told that something waits for them.
    pub notices: NoticeSettings,
    /// Where traces go; without it nothing is traced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traces: Option<TraceSettings>,
    /// Providers of identities that people sign in with.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sign_in_with: BTreeMap<String, Provider>,
    /// Where partners are reached.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub partners: BTreeMap<PartyPath, Partner>,
    /// Witnesses of the public ledger that are no partners.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub witnesses: BTreeMap<String, Witness>,
    /// Issuers of credentials about people, by the name that they give themselves.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub issuers: BTreeMap<String, PinnedIssuer>,
}

/// A certificate and its key, as PEM files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate, with those that lead to its root.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// How long people stay signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// Minutes without a request.
    pub idle_minutes: u64,
    /// Hours in all.
    pub hours: u64,
}

/// How messages travel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Courier {
    /// Seconds until a message that did not arrive is tried again; doubled each time.
    pub first_wait_seconds: u64,
    /// The longest such wait.
    pub longest_wait_seconds: u64,
    /// Messages that are on their way to one partner at once.
    pub in_flight: usize,
    /// Messages of more KiB than this travel in pieces of this size, and go on where they stopped.
    pub piece_kib: usize,
    /// Messages taken from one partner in a minute.
    pub messages_a_minute: u32,
}

/// How messages travel to a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By themselves, over the network.
    Network,
    /// By themselves, by mail.
    Mail,
    /// As files that somebody carries.
    Files,
}

impl Way {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Mail => "mail",
            Self::Files => "files",
        }
    }
}

/// The largest piece of a message that is taken, in KiB.
pub(crate) const MAX_PIECE_KIB: usize = 4096;

/// Where a partner is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    /// `https://host:port`; `http://` only on this machine.
    pub address: String,
    /// PEM file of the certificate that it, or whoever vouches for it, shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
}

/// A witness of the public ledger that is no partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Witness {
    /// `https://host:port`, with a path before `add-checkpoint` where it has one; `http://` only on this machine.
    pub address: String,
    /// PEM file of the certificate that it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// Its verifier key, of type 04.
    pub key: String,
}

impl Witness {
    /// The same, as it is reached.
    pub(crate) fn reached(&self) -> Partner {
        Partner {
            address: self.address.clone(),
            certificate: self.certificate.clone(),
        }
    }

    fn check(&self, name: &str) -> Result<(), SettingsError> {
        let setting = format!("witnesses.\"{name}\"");
        entente_ledger::Verifier::parse(&self.key)
            .map_err(|error| wrong(format!("{setting}.key"), error.to_string()))?;
        self.reached().check_at(&format!("{setting}.address"))
    }
}

impl Tls {
    /// Where the certificate stands that a node makes itself.
    pub fn own(data: &Path) -> Self {
        Self {
            certificate: data.join("tls/certificate.pem"),
            key: data.join("tls/key.pem"),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8420)),
            origin: None,
            trusted_proxies: Vec::new(),
            publish_seconds: 60,
            advisories: false,
            metrics_token: None,
            tls: None,
            own_certificate_for: Vec::new(),
            sessions: Sessions::default(),
            courier: Courier::default(),
            by_mail: None,
            notices: NoticeSettings::default(),
            traces: None,
            sign_in_with: BTreeMap::new(),
            partners: BTreeMap::new(),
            witnesses: BTreeMap::new(),
            issuers: BTreeMap::new(),
        }
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            idle_minutes: 15,
            hours: 8,
        }
    }
}

impl Default for Courier {
    fn default() -> Self {
        Self {
            first_wait_seconds: 2,
            longest_wait_seconds: 900,
            in_flight: 4,
            piece_kib: 1024,
            messages_a_minute: 20_000,
        }
    }
}

/// What is wrong with the settings, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("{}: {error}", .path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{}: {problem}", .path.display())]
    Syntax {
        /// Which one.
        path: PathBuf,
        /// Where and what.
        problem: String,
    },
    /// A value that cannot be used.
    #[error("{setting}: {problem}")]
    Value {
        /// Which setting.
        setting: String,
        /// What is wrong, and what to write.
        problem: String,
    },
}

pub(crate) fn wrong(setting: impl Into<String>, problem: impl Into<String>) -> SettingsError {
    SettingsError::Value {
        setting: setting.into(),
        problem: problem.into(),
    }
}

impl Settings {
    /// Reads a file; paths in it count from its folder.
    ///
    /// # Errors
    /// When it cannot be read, or has a setting that does not exist.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let failed = |error| SettingsError::File {
            path: path.to_owned(),
            error,
        };
        if std::fs::metadata(path).map_err(failed)?.len() > MAX_FILE {
            return Err(failed(std::io::Error::other("it is too large to be a settings file")));
        }
        let text = std::fs::read_to_string(path).map_err(failed)?;
        let settings: Self = toml::from_str(&text).map_err(|error| SettingsError::Syntax {
            path: path.to_owned(),
            problem: error.to_string(),
        })?;
        Ok(settings.below(path.parent().unwrap_or(Path::new("."))))
    }

    /// The settings of a data folder: those of the file named, or of `serve.toml` in it, with the partners whose invitations
    /// were accepted there. What the file says of a partner goes before its invitation. What the service manager hands over in
    /// its folder of credentials (`tls.pem` and `tls.key`, `metrics.token`) goes before the file.
    ///
    /// # Errors
    /// When a file cannot be read, or has a setting that does not exist, or a certificate is handed over without its key.
    pub fn of(file: Option<&Path>, data: &Path, credentials: Option<&Path>) -> Result<Self, SettingsError> {
        let usual = data.join("serve.toml");
        let mut settings = match file {
            Some(file) => Self::read(file)?,
            None if usual.exists() => Self::read(&usual)?,
            None => Self::default(),
        };
        for (party, partner) in introduction::accepted(data)? {
            settings.partners.entry(party).or_insert(partner);
        }
        if let Some(credentials) = credentials {
            settings.handed_over(credentials)?;
        }
        if settings.tls.is_none() && !settings.own_certificate_for.is_empty() {
            settings.tls = Some(Tls::own(data));
        }
        Ok(settings)
    }

    fn handed_over(&mut self, credentials: &Path) -> Result<(), SettingsError> {
        let there = |name: &str| Some(credentials.join(name)).filter(|path| path.exists());
        match (there("tls.pem"), there("tls.key")) {
            (Some(certificate), Some(key)) => self.tls = Some(Tls { certificate, key }),
            (None, None) => {}
            _ => {
                return Err(wrong(
                    "tls",
                    "the credentials `tls.pem` and `tls.key` go together, and one of them is missing; hand over both",
                ));
            }
        }
        if let Some(token) = there("metrics.token") {
            self.metrics_token = Some(token);
        }
        Ok(())
    }

    fn below(mut self, folder: &Path) -> Self {
        let place = |path: &mut PathBuf| *path = folder.join(&*path);
        self.metrics_token.iter_mut().for_each(place);
        if let Some(tls) = &mut self.tls {
            place(&mut tls.certificate);
            place(&mut tls.key);
        }
        self.notices.below(&place);
        self.by_mail.iter_mut().for_each(|by_mail| by_mail.below(&place));
        self.traces.iter_mut().for_each(|traces| traces.below(&place));
        for provider in self.sign_in_with.values_mut() {
            provider.below(&place);
        }
        for partner in self.partners.values_mut() {
            partner.certificate.iter_mut().for_each(place);
        }
        for witness in self.witnesses.values_mut() {
            witness.certificate.iter_mut().for_each(place);
        }
        for issuer in self.issuers.values_mut() {
            issuer.below(&place);
        }
        self
    }

    /// The partners to which messages travel by themselves: over the network or by mail.
    pub fn reached(&self) -> BTreeSet<PartyPath> {
        let by_mail = self.by_mail.iter().flat_map(|by_mail| by_mail.partners.keys());
        self.partners.keys().chain(by_mail).cloned().collect()
    }

    /// How messages travel to a partner.
    pub fn way_to(&self, party: &PartyPath) -> Way {
        let by_mail = self.by_mail.as_ref().map(|by_mail| &by_mail.partners);
        if self.partners.contains_key(party) {
            Way::Network
        } else if by_mail.is_some_and(|partners| partners.contains_key(party)) {
            Way::Mail
        } else {
            Way::Files
        }
    }

    /// What is served at an address, as programs write it.
    pub fn url(&self, listening: SocketAddr) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{listening}")
    }

    /// The address under which browsers reach the pages.
    pub(crate) fn own_origin(&self) -> String {
        let origin = self.origin.clone().unwrap_or_else(|| self.url(self.listen));
        origin.trim_end_matches('/').to_owned()
    }

    /// The address for which browsers make passkeys: where nobody set one and only this machine is listened to, a name that
    /// browsers take for it.
    pub(crate) fn passkey_origin(&self) -> String {
        match self.origin {
            None if self.tls.is_none() && self.listen.ip().is_loopback() => {
                format!("http://{OWN_NAME}:{}", self.listen.port())
            }
            _ => self.own_origin(),
        }
    }

    /// A link to one of the pages, for somebody who sits at this machine; `listening` is where it does listen.
    pub fn link(&self, listening: SocketAddr, path: &str) -> String {
        let own = Self {
            listen: listening,
            ..self.clone()
        };
        format!("{}{path}", own.passkey_origin())
    }

    /// Checks that the values can be used together.
    ///
    /// # Errors
    /// The first that cannot, with what to write instead.
    pub fn check(&self) -> Result<(), SettingsError> {
        if self.tls.is_none() && !self.listen.ip().is_loopback() {
            return Err(wrong(
                "listen",
                format!(
                    "{} can be reached by others, and without TLS they could read along; give `[tls] certificate` and `key`, \
                     or names in `own_certificate_for`, \
                     or listen on 127.0.0.1",
                    self.listen
                ),
            ));
        }
        if self.sessions.idle_minutes == 0 || self.sessions.hours == 0 {
            return Err(wrong("sessions", "nobody could stay signed in; write at least 1"));
        }
        let courier = &self.courier;
        if courier.in_flight == 0
            || courier.messages_a_minute == 0
            || courier.piece_kib == 0
            || self.publish_seconds == 0
        {
            return Err(wrong("courier", "nothing could travel; write at least 1"));
        }
        if courier.piece_kib > MAX_PIECE_KIB {
            return Err(wrong("courier", format!("a piece has at most {MAX_PIECE_KIB} KiB")));
        }
        self.notices.check()?;
        let by_mail = self.by_mail.as_ref();
        by_mail.map_or(Ok(()), |by_mail| by_mail.check(self.notices.mail.as_ref()))?;
        self.traces.as_ref().map_or(Ok(()), TraceSettings::check)?;
        for (name, provider) in &self.sign_in_with {
            provider.check(name)?;
        }
        for (party, partner) in &self.partners {
            partner.check(party)?;
        }
        for (name, witness) in &self.witnesses {
            witness.check(name)?;
        }
        for (name, issuer) in &self.issuers {
            issuer.check(name)?;
        }
        Ok(())
    }

    /// The settings as they are in force, as a file.
    ///
    /// # Errors
    /// Never for settings that were read.
    pub fn shown(&self) -> Result<String, SettingsError> {
        toml::to_string(self).map_err(|error| wrong("settings", error.to_string()))
    }
}

/// Whether an address is spoken to over TLS; without it, only one on this machine is.
///
/// # Errors
/// When it is neither, with what to write instead.
pub(crate) fn is_secured(setting: &str, address: &str) -> Result<bool, SettingsError> {
    let write = || wrong(setting, "write it as https://host:port");
    let address: axum::http::Uri = address.parse().map_err(|_| write())?;
    match address.scheme_str() {
        Some("https") => Ok(true),
        Some("http") if on_this_machine(&address) => Ok(false),
        Some("http") => Err(wrong(setting, "http is for this machine only; write https://")),
        _ => Err(write()),
    }
}

impl Partner {
    pub(crate) fn check(&self, party: &PartyPath) -> Result<(), SettingsError> {
        self.check_at(&format!("partners.\"{party}\".address"))
    }

    fn check_at(&self, setting: &str) -> Result<(), SettingsError> {
        match is_secured(setting, &self.address)? && self.certificate.is_none() {
            true => Err(wrong(
                setting,
                "name the `certificate` that the partner shows, a PEM file; no other is trusted",
            )),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_is_handed_out_says_what_holds_without_it() {
        let settings: Settings = toml::from_str(EXAMPLE).expect("it is a settings file");
        assert_eq!(settings, Settings::default());
        let uncommented: String = EXAMPLE
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .flat_map(|line| [line, "\n"])
            .collect();
        let all: Settings = toml::from_str(&uncommented).expect("what is commented out can be used as it is");
        assert!(
            all.tls.is_some()
                && all.origin.is_some()
                && all.metrics_token.is_some()
                && all.traces.is_some()
                && !all.partners.is_empty()
        );
        all.check().expect("the examples go together");
    }

    #[test]
    fn what_is_shown_reads_back_as_it_was() {
        let settings: Settings = toml::from_str("[partners.\"GBR.CAB\"]\naddress = \"http://127.0.0.1:1\"").unwrap();
        let shown = settings.shown().unwrap();
        assert_eq!(toml::from_str::<Settings>(&shown).unwrap(), settings, "{shown}");
    }

    #[test]
    fn plain_text_is_refused_where_others_could_read_along() {
        let refused = [
            "listen = \"0.0.0.0:80\"",
            "listen = \"[::]:80\"",
            "[partners.GBR]\naddress = \"http://gbr.example:1\"",
            "[partners.GBR]\naddress = \"https://gbr.example:1\"",
            "[partners.GBR]\naddress = \"file:///etc/passwd\"",
            "[partners.GBR]\naddress = \"gbr\"",
            "[courier]\nin_flight = 0",
            "[courier]\npiece_kib = 0",
            "[courier]\npiece_kib = 5000",
        ];
        for text in refused {
            let settings: Settings = toml::from_str(text).unwrap();
            assert!(settings.check().is_err(), "{text}");
        }
        for text in [
            "listen = \"127.0.0.9:80\"",
            "listen = \"[::1]:80\"",
            "[partners.GBR]\naddress = \"http://127.0.0.1:1\"",
        ] {
            let settings: Settings = toml::from_str(text).unwrap();
            settings.check().unwrap();
        }
    }

    #[test]
    fn a_misspelt_setting_is_refused_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("serve.toml");
        std::fs::write(&file, "publish_second = 5\n").unwrap();
        let said = Settings::read(&file).unwrap_err().to_string();
        assert!(said.contains("line 1") && said.contains("publish_second"), "{said}");
    }
}

//! Where a database server is, and how it is trusted.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use super::trouble::ServerError;

/// How long a server may take to be reached.
const REACH: Duration = Duration::from_secs(5);
/// After which silence of a connection it is asked whether it is still there, and how often.
const SILENCE: (Duration, Duration, u32) = (Duration::from_secs(2), Duration::from_secs(1), 2);
/// How long what was sent may stay without a word that it arrived.
const UNHEARD: Duration = Duration::from_secs(6);

/// The address of a database, `postgresql://USER@HOST[:PORT]/DATABASE`. It has no password in it: that stands in a file for
/// its owner only, which `passfile=FILE` in the address names, or `PGPASSFILE`, or `~/.pgpass` (PostgreSQL, "The Password
/// File").
///
/// Over the network the connection is secured (`sslmode=require`), unless the address says `sslmode=disable`; the authority of
/// the server's certificate is named by `sslrootcert=FILE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    text: String,
    config: Config,
    passfile: Option<PathBuf>,
    authority: Option<PathBuf>,
}

impl FromStr for Address {
    type Err = ServerError;

    fn from_str(text: &str) -> Result<Self, ServerError> {
        let text = text.trim();
        let (plain, mut passfile, mut authority) = (text.split_once('?'), None, None);
        let mut kept = Vec::new();
        let mut secure = false;
        for pair in plain.map_or("", |(_, options)| options).split('&') {
            match pair.split_once('=') {
                Some(("passfile", file)) => passfile = Some(PathBuf::from(file)),
                Some(("sslrootcert", file)) => authority = Some(PathBuf::from(file)),
                Some(("sslmode", mode)) => {
                    secure = true;
                    // What is asked of a certificate is the same for each of them: that its authority is the one named.
                    kept.push(match mode {
                        "verify-ca" | "verify-full" => "sslmode=require",
                        _ => pair,
                    });
                }
                Some(("password", _)) => return Err(ServerError::PasswordShown),
                _ if pair.is_empty() => {}
                _ => kept.push(pair),
            }
        }
        let base = plain.map_or(text, |(base, _)| base);
        let problem = |problem: String| ServerError::Address {
            address: base.to_owned(),
            problem,
        };
        if !base.starts_with("postgresql://") && !base.starts_with("postgres://") {
            return Err(problem("it does not begin with postgresql://".to_owned()));
        }
        let given = match kept.is_empty() {
            true => base.to_owned(),
            false => format!("{base}?{}", kept.join("&")),
        };
        let mut config = Config::from_str(&given).map_err(|error| problem(super::trouble::said_plainly(&error)))?;
        if config.get_password().is_some() {
            return Err(ServerError::PasswordShown);
        }
        if config.get_hosts().is_empty() {
            return Err(problem("it names no host".to_owned()));
        }
        if config.get_dbname().is_none() {
            return Err(problem("it names no database".to_owned()));
        }
        if config.get_user().is_none() {
            return Err(problem("it names no user".to_owned()));
        }
        let local = config.get_hosts().iter().all(|host| match host {
            tokio_postgres::config::Host::Tcp(name) => {
                name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
            }
            tokio_postgres::config::Host::Unix(_) => true,
        });
        if !secure {
            config.ssl_mode(if local { SslMode::Disable } else { SslMode::Require });
        }
        config
            .application_name("entente")
            .connect_timeout(REACH)
            .keepalives_idle(SILENCE.0)
            .keepalives_interval(SILENCE.1)
            .keepalives_retries(SILENCE.2)
            .tcp_user_timeout(UNHEARD);
        Ok(Self {
            text: text.to_owned(),
            config,
            passfile,
            authority,
        })
    }
}

impl std::fmt::Display for Address {
    /// As it was given; there is no password in it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Address {
    /// The server and database, for a person.
    pub(crate) fn server(&self) -> String {
        let base = self.text.split('?').next().unwrap_or_default();
        base.split_once("://").map_or(base, |(_, rest)| rest).to_owned()
    }

    /// What a connection is made with; the password file is read anew, as it may have changed.
    pub(crate) fn config(&self) -> Result<Config, ServerError> {
        let mut config = self.config.clone();
        let named = self.passfile.clone().or_else(|| set("PGPASSFILE"));
        let own = || {
            set("HOME")
                .map(|home| home.join(".pgpass"))
                .filter(|file| file.exists())
        };
        if let Some(file) = named.or_else(own) {
            let text = std::fs::read_to_string(&file).map_err(|error| ServerError::NotLetIn {
                server: self.server(),
                problem: format!("{}: {error}", file.display()),
            })?;
            if let Some(password) = self.password(&text) {
                config.password(password);
            }
        }
        Ok(config)
    }

    /// The password of the first line that fits: `host:port:database:user:password`, where `*` fits anything.
    fn password(&self, text: &str) -> Option<String> {
        let host = self.config.get_hosts().first().map(|host| match host {
            tokio_postgres::config::Host::Tcp(name) => name.clone(),
            tokio_postgres::config::Host::Unix(_) => "localhost".to_owned(),
        })?;
        let port = self.config.get_ports().first().copied().unwrap_or(5432).to_string();
        let wanted = [
            host.as_str(),
            &port,
            self.config.get_dbname().unwrap_or_default(),
            self.config.get_user().unwrap_or_default(),
        ];
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let found = lines.map(fields).find(|fields| match fields.as_slice() {
            [line @ .., _] if line.len() == 4 => line
                .iter()
                .zip(wanted)
                .all(|(field, wanted)| field == "*" || field == wanted),
            _ => false,
        });
        found.and_then(|mut fields| fields.pop())
    }

    /// How the server's certificate is looked at.
    pub(crate) fn trust(&self) -> Result<ClientConfig, ServerError> {
        let failed = |problem: String| ServerError::Certificate {
            server: self.server(),
            problem,
        };
        let mut roots = RootCertStore::empty();
        if let Some(file) = &self.authority {
            for certificate in certificates(file).map_err(&failed)? {
                roots.add(certificate).map_err(|error| failed(error.to_string()))?;
            }
        }
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(error.to_string()))?;
        Ok(config.with_root_certificates(roots).with_no_client_auth())
    }
}

fn set(name: &str) -> Option<PathBuf> {
    let value = std::env::var_os(name).filter(|value| !value.is_empty());
    value.map(PathBuf::from)
}

/// The fields of a line of a password file; `\` takes a colon or itself as it is.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut plain) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '\\' if !plain => plain = true,
            ':' if !plain && fields.len() < 5 => fields.push(String::new()),
            c => {
                plain = false;
                if let Some(field) = fields.last_mut() {
                    field.push(c);
                }
            }
        }
    }
    fields
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let said = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let open = std::fs::File::open(file).map_err(|error| said(&error))?;
    let all = CertificateDer::pem_reader_iter(BufReader::new(open)).collect::<Result<Vec<_>, _>>();
    all.map_err(|error| said(&error))
}

//! Certificates: our own, and those that partners show.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::settings::{Settings, Tls};

/// What is wrong with a certificate or key.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file cannot be read as PEM.
    #[error("{}: {problem}; a PEM file is needed", .path.display())]
    Pem {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The key cannot be read, or others can read it.
    #[error("{}: {error}", .path.display())]
    Key {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Certificate and key do not go together, or cannot be used.
    #[error("{}: {error}", .path.display())]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        error: rustls::Error,
    },
    /// Nobody is trusted on this machine.
    #[error("this machine has no certificates that are trusted on the public web; name a file of them")]
    NoRoots,
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = |problem: String| TlsError::Pem {
        path: path.to_owned(),
        problem,
    };
    let all = CertificateDer::pem_file_iter(path).map_err(|error| pem(error.to_string()))?;
    let all: Vec<_> = all.collect::<Result<_, _>>().map_err(|error| pem(error.to_string()))?;
    match all.is_empty() {
        true => Err(pem("there is no certificate in it".to_owned())),
        false => Ok(all),
    }
}

/// A certificate's key; a file that others can read is not taken.
fn key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let text = entente_files::read_secret(path).map_err(|error| TlsError::Key {
        path: path.to_owned(),
        error,
    })?;
    PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|error| TlsError::Pem {
        path: path.to_owned(),
        problem: error.to_string(),
    })
}

/// Makes this node's own certificate for these names, where there is none for them yet.
///
/// # Errors
/// When a name is none, or the files cannot be written.
pub(crate) fn make_own(tls: &Tls, names: &[String]) -> Result<(), TlsError> {
    let beside = tls.certificate.with_extension("names");
    let wanted = names.join("\n");
    let stands = std::fs::read_to_string(&beside).is_ok_and(|made_for| made_for == wanted);
    if stands && tls.certificate.exists() && tls.key.exists() {
        return Ok(());
    }
    let failed = |problem: String| TlsError::Pem {
        path: tls.certificate.clone(),
        problem,
    };
    let made = rcgen::generate_simple_self_signed(names).map_err(|error| failed(error.to_string()))?;
    let folder = tls.certificate.parent().unwrap_or(Path::new("."));
    let write = || {
        entente_files::create_folder(folder)?;
        entente_files::write(&tls.key, made.signing_key.serialize_pem().as_bytes())?;
        entente_files::write(&tls.certificate, made.cert.pem().as_bytes())?;
        entente_files::write(&beside, wanted.as_bytes())
    };
    write().map_err(|error| failed(error.to_string()))
}

/// What this node shows under these settings; `None` where it speaks plain text.
///
/// # Errors
/// As for [`server`] and [`make_own`].
pub(crate) fn of(settings: &Settings) -> Result<Option<Arc<ServerConfig>>, TlsError> {
    let Some(tls) = &settings.tls else { return Ok(None) };
    if !settings.own_certificate_for.is_empty() && tls.certificate.ends_with("tls/certificate.pem") {
        make_own(tls, &settings.own_certificate_for)?;
    }
    server(tls).map(Some)
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// What this node shows to whoever connects.
///
/// # Errors
/// When a file cannot be read, or certificate and key do not go together.
pub(crate) fn server(tls: &Tls) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = certificates(&tls.certificate)?;
    let key = key(&tls.key)?;
    let unusable = |error| TlsError::Unusable {
        path: tls.certificate.clone(),
        error,
    };
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Trust in one file of certificates and in nothing else.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn client(trusted: &Path) -> Result<Arc<ClientConfig>, TlsError> {
    let unusable = |error| TlsError::Unusable {
        path: trusted.to_owned(),
        error,
    };
    let mut roots = RootCertStore::empty();
    for certificate in certificates(trusted)? {
        roots.add(certificate).map_err(unusable)?;
    }
    trusting(roots).map_err(unusable)
}

/// Trust in whom this machine trusts on the public web.
///
/// # Errors
/// When the machine has no certificates for it.
pub(crate) fn public_client() -> Result<Arc<ClientConfig>, TlsError> {
    let mut roots = RootCertStore::empty();
    let (usable, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if usable == 0 {
        return Err(TlsError::NoRoots);
    }
    let unusable = |error| TlsError::Unusable {
        path: "the machine's own certificates".into(),
        error,
    };
    trusting(roots).map_err(unusable)
}

fn trusting(roots: RootCertStore) -> Result<Arc<ClientConfig>, rustls::Error> {
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

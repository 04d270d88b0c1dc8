//! Certificates: our own, and those that partners show.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::settings::Tls;

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
    /// Certificate and key do not go together, or cannot be used.
    #[error("{}: {error}", .path.display())]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        error: rustls::Error,
    },
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

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// What this node shows to whoever connects.
///
/// # Errors
/// When a file cannot be read, or certificate and key do not go together.
pub(crate) fn server(tls: &Tls) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = certificates(&tls.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|error| TlsError::Pem {
        path: tls.key.clone(),
        problem: error.to_string(),
    })?;
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
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

//! A provider as an operator names it, and what is asked of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, Uri, header};
use entente_core::Role;
use http_body_util::Full;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, Client, ClientId, ClientSecret, EmptyExtraTokenFields,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdTokenFields, IssuerUrl,
    ProviderMetadata, RedirectUrl, StandardErrorResponse, StandardTokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fetch::{self, Reach, Unreached};
use crate::reach::on_this_machine;
use crate::settings::{SettingsError, wrong};

/// How long one answer of a provider may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// The most bytes of one: keys and documents of real providers have some ten thousand.
const MOST: usize = 1 << 20;

/// A provider of identities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// What stands on the button: *Sign in with …*
    pub title: String,
    /// Its issuer, `https://…`; `http://` only on this machine.
    pub issuer: String,
    /// What this node is called there.
    pub client: String,
    /// A file with the client's secret; none for a public client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<PathBuf>,
    /// PEM file of the certificate that it, or whoever vouches for it, shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// Origins that it may name for its endpoints, besides that of its issuer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// The claim that lists somebody's groups.
    #[serde(default = "groups")]
    pub groups: String,
    /// Which roles a group has.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, Vec<String>>,
}

fn groups() -> String {
    "groups".to_owned()
}

/// Everything else that a token says of somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claims(BTreeMap<String, Value>);

impl AdditionalClaims for Claims {}

/// What of a provider's document the library does not know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AlsoSays {
    /// Whether it says its issuer in answers (RFC 9207).
    #[serde(default)]
    authorization_response_iss_parameter_supported: Option<bool>,
}

impl AdditionalProviderMetadata for AlsoSays {}

pub(super) type Metadata = ProviderMetadata<
    AlsoSays,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Fields = IdTokenFields<
    Claims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

pub(super) type OurClient = Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// An answer that is on its way.
pub(super) type Asked = Pin<Box<dyn Future<Output = Result<HttpResponse, Unreached>> + Send>>;

/// Signatures that are believed: asymmetric ones, whatever else a provider offers.
pub(super) const ALGORITHMS: [CoreJwsSigningAlgorithm; 5] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

impl Claims {
    /// The groups that a claim lists: texts, one or several.
    pub(super) fn groups(&self, claim: &str) -> BTreeSet<String> {
        match self.0.get(claim) {
            Some(Value::String(one)) => BTreeSet::from([one.clone()]),
            Some(Value::Array(all)) => all.iter().filter_map(|one| Some(one.as_str()?.to_owned())).collect(),
            _ => BTreeSet::new(),
        }
    }
}

/// Scheme, host and port.
fn origin(uri: &Uri) -> Option<(String, String, u16)> {
    let scheme = uri.scheme_str()?.to_owned();
    let usual = if scheme == "https" { 443 } else { 80 };
    Some((scheme, uri.host()?.to_lowercase(), uri.port_u16().unwrap_or(usual)))
}

impl Provider {
    /// Lets every path count from a folder.
    pub(crate) fn below(&mut self, place: &impl Fn(&mut PathBuf)) {
        self.secret.iter_mut().for_each(place);
        self.certificate.iter_mut().for_each(place);
    }

    /// Checks that the values can be used.
    ///
    /// # Errors
    /// The first that cannot, with what to write instead.
    pub(crate) fn check(&self, name: &str) -> Result<(), SettingsError> {
        let setting = |what: &str| format!("sign_in_with.{name}.{what}");
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || !name.chars().all(fits) {
            return Err(wrong(setting("…"), "name it with small letters, digits and hyphens"));
        }
        for (what, address) in
            std::iter::once(("issuer", &self.issuer)).chain(self.also.iter().map(|also| ("also", also)))
        {
            let uri: Uri = address
                .parse()
                .map_err(|_| wrong(setting(what), "write it as https://host"))?;
            match uri.scheme_str() {
                Some("https") if self.certificate.is_some() => {}
                Some("https") => {
                    return Err(wrong(
                        setting("certificate"),
                        "name the certificate that the provider, or whoever vouches for it, shows, a PEM file",
                    ));
                }
                Some("http") if on_this_machine(&uri) => {}
                _ => {
                    return Err(wrong(
                        setting(what),
                        "write it as https://host; http:// is for this machine only",
                    ));
                }
            }
        }
        let known = |role: &&String| Role::ALL.into_iter().any(|known| known.name() == role.as_str());
        match self.roles.values().flatten().find(|role| !known(role)) {
            None => Ok(()),
            Some(strange) => Err(wrong(
                setting("roles"),
                format!(
                    "`{strange}` is no role; they are {}",
                    Role::ALL.map(Role::name).join(", ")
                ),
            )),
        }
    }

    /// Whether the provider may be asked at this address: the one that the operator named, whatever its document says.
    fn may_ask(&self, uri: &Uri) -> bool {
        let named = std::iter::once(&self.issuer).chain(&self.also);
        let mut named = named.filter_map(|address| origin(&address.parse().ok()?));
        let asked = origin(uri);
        named.any(|named| Some(&named) == asked.as_ref())
    }

    /// Asks the provider something; nobody is followed elsewhere.
    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Unreached> {
        let (parts, body) = request.into_parts();
        if !self.may_ask(&parts.uri) {
            return Err(Unreached::Elsewhere(parts.uri.host().unwrap_or_default().to_owned()));
        }
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut asked = Request::builder()
            .method(parts.method)
            .uri(path)
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| Unreached::Address)?;
        *asked.headers_mut() = parts.headers;
        asked.headers_mut().remove(header::HOST);
        let answer = fetch::send((&parts.uri, Reach::Named), self.certificate.as_deref(), asked, MOST);
        let (status, headers, body) = tokio::time::timeout(PATIENCE, answer)
            .await
            .map_err(|_| Unreached::Late)??;
        let mut response = HttpResponse::new(body.to_vec());
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }

    /// What asks the provider, for the library.
    pub(super) fn asking(&self) -> impl Fn(HttpRequest) -> Asked + Send + Sync + 'static {
        let provider = self.clone();
        move |request| {
            let provider = provider.clone();
            Box::pin(async move { provider.ask(request).await })
        }
    }

    /// What the provider says of itself, with its keys.
    pub(super) async fn metadata(&self) -> Result<Metadata, String> {
        let issuer = IssuerUrl::new(self.issuer.clone()).map_err(|error| error.to_string())?;
        let ask = self.asking();
        let found = Metadata::discover_async(issuer, &ask).await;
        found.map_err(|error| format!("{error}{}", cause(&error)))
    }

    /// The client by which it is asked.
    pub(super) fn client(&self, metadata: Metadata, back: String) -> Result<OurClient, String> {
        let secret = self.secret.as_deref().map(entente_files::read_secret).transpose();
        let secret = secret.map_err(|error| format!("the client's secret cannot be read: {error}"))?;
        let secret = secret.map(|text| ClientSecret::new(text.trim().to_owned()));
        let back = RedirectUrl::new(back).map_err(|error| error.to_string())?;
        Ok(
            OurClient::from_provider_metadata(metadata, ClientId::new(self.client.clone()), secret)
                .set_redirect_uri(back),
        )
    }
}

/// Whether a provider says its issuer in every answer.
pub(super) fn says_issuer(metadata: &Metadata) -> bool {
    metadata
        .additional_metadata()
        .authorization_response_iss_parameter_supported
        == Some(true)
}

/// What lies behind an error, in its own words.
pub(super) fn cause(error: &dyn std::error::Error) -> String {
    error.source().map(|source| format!(": {source}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(issuer: &str) -> Provider {
        Provider {
            title: "the ministry".to_owned(),
            issuer: issuer.to_owned(),
            client: "entente".to_owned(),
            secret: None,
            certificate: None,
            also: Vec::new(),
            groups: groups(),
            roles: BTreeMap::new(),
        }
    }

    #[test]
    fn a_provider_is_asked_where_the_operator_says_and_nowhere_else() {
        let provider = Provider {
            also: vec!["http://127.0.0.1:9".to_owned()],
            ..provider("http://127.0.0.1:8/realms/x")
        };
        for (address, asked) in [
            ("http://127.0.0.1:8/token", true),
            ("http://127.0.0.1:9/keys", true),
            ("http://127.0.0.1:10/keys", false),
            ("https://127.0.0.1:8/keys", false),
            ("http://169.254.169.254/keys", false),
            ("http://localhost:8/keys", false),
            ("/keys", false),
        ] {
            assert_eq!(provider.may_ask(&address.parse().unwrap()), asked, "{address}");
        }
    }

    #[test]
    fn a_provider_far_away_shows_a_certificate_and_roles_are_those_that_there_are() {
        assert!(provider("http://127.0.0.1:1").check("ministry").is_ok());
        for (name, wrong) in [
            ("ministry", provider("http://login.example")),
            ("ministry", provider("https://login.example")),
            ("Ministry/..", provider("http://127.0.0.1:1")),
            (
                "ministry",
                Provider {
                    roles: BTreeMap::from([("all".to_owned(), vec!["king".to_owned()])]),
                    ..provider("http://127.0.0.1:1")
                },
            ),
        ] {
            assert!(wrong.check(name).is_err(), "{name} {}", wrong.issuer);
        }
    }

    #[test]
    fn groups_are_texts_and_nothing_else() {
        let claims: Claims =
            serde_json::from_str(r#"{"groups": ["a", 1, null, "b"], "one": "c", "other": {"d": 1}}"#).unwrap();
        let found = |claim| claims.groups(claim).into_iter().collect::<Vec<_>>();
        assert_eq!(found("groups"), ["a", "b"]);
        assert_eq!(
            (found("one"), found("other"), found("none")),
            (vec!["c".to_owned()], vec![], vec![])
        );
    }
}

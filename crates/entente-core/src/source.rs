//! Protected sources, and what an originator answered about their exposure.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use entente_marking::Purpose;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::exposure::{Band, Register, Threshold};
use crate::ids::{ConsentId, PartyPath, PortionId, ReportId, RequestId, SourceId};
use crate::request::Recipients;

/// A register as it was given, read when it is first needed and not again: all copies share what was read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct RegisterText {
    json: Arc<str>,
    read: Arc<OnceLock<Option<Register>>>,
}

impl RegisterText {
    /// The text.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// What it says; `None` where it cannot be read.
    pub fn register(&self) -> Option<&Register> {
        self.read.get_or_init(|| Register::from_json(&self.json).ok()).as_ref()
    }
}

impl From<String> for RegisterText {
    fn from(json: String) -> Self {
        Self {
            json: json.into(),
            read: Arc::default(),
        }
    }
}

impl From<RegisterText> for String {
    fn from(text: RegisterText) -> Self {
        text.json.to_string()
    }
}

impl PartialEq for RegisterText {
    fn eq(&self, other: &Self) -> bool {
        self.json == other.json
    }
}

/// A source that its originator protects. The record never leaves the originator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProtectedSource {
    /// Its id.
    pub id: SourceId,
    /// The register of candidates, as the JSON that it was given in (see [`crate::exposure::Register::from_json`]).
    pub register: RegisterText,
    /// How far it may be narrowed.
    pub threshold: Threshold,
    /// The reports that rest on it.
    pub reports: BTreeSet<ReportId>,
    /// When it was put under protection.
    pub since: Timestamp,
    /// When and why protection ended, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<(Timestamp, String)>,
}

/// An originator's word about a release: it keeps its source above the threshold, or does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExposureAnswer {
    /// The request that it answers; none where it is about a delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// The originator.
    pub by: PartyPath,
    /// The party that asked, or that the report went to.
    pub to: PartyPath,
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// The portions, taken together.
    pub portions: BTreeSet<PortionId>,
    /// The audience.
    pub recipients: Recipients,
    /// The answer.
    pub band: Band,
    /// What for it is released although it narrows the source; `None` for any purpose. Kept at the originator only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purposes: Option<BTreeSet<Purpose>>,
    /// The release that it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentId>,
    /// Why the originator releases it although it narrows the source. Kept at the originator only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub despite: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl ExposureAnswer {
    /// What it is kept by: the request, or the delivery that it is about. A later answer takes its place.
    pub fn key(&self) -> String {
        match (&self.request, &self.consent) {
            (Some(request), _) => format!("{}/{request}", self.to),
            (None, Some(consent)) => format!("{consent}/{}", self.to),
            (None, None) => format!("{}/{}/{}", self.report, self.version, self.to),
        }
    }

    /// The answer as it leaves the originator: a source that is exposed knowingly is the originator's own business.
    #[must_use]
    pub fn told(&self) -> Self {
        Self {
            band: if self.despite.is_some() {
                Band::Within
            } else {
                self.band
            },
            purposes: None,
            despite: None,
            ..self.clone()
        }
    }
}

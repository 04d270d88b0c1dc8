//! What is published: of a report what the public may have, and its place in a provider's folder (CSAF 2.0, section 7).

use std::collections::BTreeSet;

use entente_core::decide::NotFound;
use entente_core::{Outcome, Person, PersonId, PortionId, ReportId};
use entente_desk::{Moment, View};
use entente_marking::Label;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::exporting::{Handing, NotExported};
use crate::outgoing::Outgoing;

/// The mark of what is public.
const PUBLIC: &str = "(TLP:CLEAR)";

/// What of this party's own report the public may have, as `decide` says: what is open to everybody, and what was released. It
/// goes without anything that only partners are told.
///
/// # Errors
/// When there is no such report, it is not only this party's, or nothing of it is public.
pub fn for_public(moment: &Moment<'_>, id: &ReportId, now: Timestamp) -> Result<Outgoing, NotExported> {
    let missing = || NotExported::from(NotFound::Report(id.to_string()));
    let state = moment.state();
    let held = state
        .reports
        .get(id)
        .and_then(|holding| holding.latest())
        .ok_or_else(missing)?;
    let home = state.home.as_ref().ok_or_else(missing)?;
    let mut behind = held.with_title().flat_map(|portion| portion.lineage.originators());
    if held.existence_protected || held.originator != *home || behind.any(|party| party != home) {
        return Err(missing());
    }
    let public = PersonId::public();
    let everybody = [Person::outsider(public.clone(), public.party().ok_or_else(missing)?)];
    let view = View::of(Some(&public), None, now);
    let audience = std::slice::from_ref(&public);
    let snapshot = moment.snapshot([id], (audience, &everybody));
    let decision = moment.decide(&snapshot, (id, Some(held.version)), None, audience, &view)?;
    let open: BTreeSet<&PortionId> = decision.permitted().collect();
    let titled = decision.audience_outcome(decision.title()) == Outcome::Permit;
    let handing = Handing::new(moment, &public, None, now);
    let free = |portion: &PortionId| state.held_back(&held.reference(portion), now).is_none();
    let portions = held
        .portions
        .iter()
        .filter(|portion| open.contains(&portion.id) && free(&portion.id));
    let portions = portions.map(|portion| {
        let mut going = handing.portion(held, portion);
        PUBLIC.clone_into(&mut going.mark);
        going.label = Label::unrestricted();
        going.originators.clear();
        going
    });
    let whole = handing.whole(held, portions.collect(), titled);
    let mut going = whole.ok_or_else(|| NotExported::Nothing(public.clone(), id.clone()))?;
    going.title_marks = vec![PUBLIC.to_owned()];
    going.title_label = Label::unrestricted();
    going.title_originators.clear();
    PUBLIC.trim_matches(['(', ')']).clone_into(&mut going.banner);
    "everybody".clone_into(&mut going.to);
    Ok(going)
}

/// An advisory in a provider's folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Advisory {
    /// The document.
    pub document: Value,
}

impl Advisory {
    fn tracking(&self, name: &str) -> &str {
        self.document["document"]["tracking"][name].as_str().unwrap_or_default()
    }

    /// Its id.
    pub fn id(&self) -> &str {
        self.tracking("id")
    }

    /// When it was first published.
    pub fn published(&self) -> &str {
        self.tracking("initial_release_date")
    }

    /// When it was last changed.
    pub fn updated(&self) -> &str {
        self.tracking("current_release_date")
    }

    /// Where it stands below its label: year and file (section 5.1).
    pub fn path(&self) -> String {
        let name: String = self
            .id()
            .to_lowercase()
            .chars()
            .map(|c| {
                if c.is_ascii_lowercase() || c.is_ascii_digit() || "+-".contains(c) {
                    c
                } else {
                    '_'
                }
            })
            .collect();
        let mut short = String::new();
        for c in name.chars() {
            if c != '_' || !short.ends_with('_') {
                short.push(c);
            }
        }
        format!("{}/{short}.json", self.published().get(..4).unwrap_or("0000"))
    }

    /// Its bytes.
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(&self.document).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// The metadata of a provider that is reached at an address (section 7.1.7).
pub fn provider(home: &str, base: &str, updated: &str) -> Value {
    json!({
        "canonical_url": format!("{base}/.well-known/csaf/provider-metadata.json"),
        "distributions": [
            { "rolie": { "feeds": [{
                "summary": "All advisories that are public.", "tlp_label": "WHITE", "url": format!("{base}/csaf/white/feed.json"),
            }] } },
            { "directory_url": format!("{base}/csaf/white/") },
        ],
        "last_updated": updated, "list_on_CSAF_aggregators": true, "metadata_version": "2.0", "mirror_on_CSAF_aggregators": true,
        "publisher": { "category": "other", "name": home, "namespace": format!("{base}/") },
        "role": "csaf_provider",
    })
}

/// The feed of a folder (ROLIE, RFC 8322; section 7.1.15).
pub fn feed(base: &str, advisories: &[Advisory], updated: &str) -> Value {
    let entries: Vec<Value> = advisories
        .iter()
        .map(|advisory| {
            let at = format!("{base}/csaf/white/{}", advisory.path());
            json!({
                "id": advisory.id(), "title": advisory.document["document"]["title"],
                "link": [{ "rel": "self", "href": at }, { "rel": "hash", "href": format!("{at}.sha256") }, { "rel": "hash", "href": format!("{at}.sha512") }],
                "published": advisory.published(), "updated": advisory.updated(),
                "content": { "type": "application/json", "src": at },
                "format": { "schema": "https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json", "version": "2.0" },
            })
        })
        .collect();
    json!({ "feed": {
        "id": "csaf-feed-tlp-white", "title": "Advisories that are public",
        "link": [{ "rel": "self", "href": format!("{base}/csaf/white/feed.json") }],
        "category": [{ "scheme": "urn:ietf:params:rolie:category:information-type", "term": "csaf" }],
        "updated": updated, "entry": entries,
    } })
}

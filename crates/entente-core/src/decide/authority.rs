//! On whose authority a rule stands: manual pages, standards, or this project's own design.

use entente_marking::SchemeId;

use super::rule::{Rule, Step};

/// The authority for a rule that a marking triggered, by the marking's scheme.
pub(crate) fn authority(rule: Rule, scheme: &SchemeId) -> &'static str {
    match (rule, scheme.as_str()) {
        (Rule::Clearance | Rule::Category | Rule::AnyOf, "us-ic") => "ISM.ACES V2021-NOV, access rules",
        (Rule::LabelUnknown, "us-ic") => "ISM.ACES V2021-NOV, 2.4 (unknown marking: deny)",
        (Rule::ReleaseList, "us-ic") => "ISM.ACES V2021-NOV, foreign disclosure and release",
        (Rule::ReleaseBanner, _) => {
            "Entente's own rule us-ic.u-takes-banner, a departure from ISM.ACES V2021-NOV, which asks every portion for a list"
        }
        (Rule::OwnerUnknown, _) => "IC Markings Manual 2016, pp. 53-59, 122-130 (owners of information)",
        (Rule::ControlOriginator, "us-ic") => "ICPG 710.1; IC Markings Manual 2016, pp. 136-138",
        (Rule::ControlGovernment, "us-ic") => "IC Markings Manual 2016, pp. 139-141",
        (Rule::CircleNamed | Rule::CircleOrganisation, "us-ic") => "IC Markings Manual 2016, pp. 172-175",
        (Rule::CircleCommunity | Rule::CircleClients | Rule::CircleOrganisation | Rule::CircleNamed, "tlp") => {
            "FIRST, Traffic Light Protocol 2.0"
        }
        (Rule::PurposeMarking, "pap") => "Permissible Actions Protocol",
        (Rule::PurposeMarking | Rule::ControlOriginator, "europol") => "Europol handling codes",
        _ => match rule.step() {
            Step::State => "Entente design, decision step 1 (state)",
            Step::Mandatory => "Entente design, decision step 2 (mandatory)",
            Step::Releasability => "Entente design, decision step 3 (releasability)",
            Step::OriginatorControl => "Entente design, decision step 4 (originator control)",
            Step::NeedToKnow => "Entente design, decision step 5 (need to know)",
            Step::Purpose => "Entente design, decision step 6 (purpose)",
            Step::LocalPolicy => "Entente design, decision step 7 (local policy)",
            Step::SourceExposure => "Entente design, decision step 8 (source exposure)",
        },
    }
}

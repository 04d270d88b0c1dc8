//! The rules of a decision, in the order in which they decide, and who could change what each of them finds.

use serde::{Deserialize, Serialize, Serializer};

use crate::outcome::Outcome;

/// The steps of a decision. The first that fails decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Reports, arrangements and persons have to be in a state in which anything can be released.
    State,
    /// Clearance, categories and read-ons.
    Mandatory,
    /// The release list.
    Releasability,
    /// The consent of every originator.
    OriginatorControl,
    /// The distribution.
    NeedToKnow,
    /// Purposes and caveats.
    Purpose,
    /// The party's own policies, which can only forbid.
    LocalPolicy,
    /// What the audience could work out about a source.
    SourceExposure,
}

impl Step {
    /// Every step, in the order of a decision.
    pub const ALL: [Self; 8] = [
        Self::State,
        Self::Mandatory,
        Self::Releasability,
        Self::OriginatorControl,
        Self::NeedToKnow,
        Self::Purpose,
        Self::LocalPolicy,
        Self::SourceExposure,
    ];

    /// What a failure at this step makes of the outcome.
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::State | Self::Mandatory | Self::NeedToKnow | Self::LocalPolicy => Outcome::Deny,
            Self::Releasability | Self::OriginatorControl | Self::Purpose | Self::SourceExposure => Outcome::Ask,
        }
    }
}

macro_rules! rules {
    ($( $(#[$doc:meta])* $name:ident = $id:literal, $step:ident, $says:literal, $remedy:literal; )*) => {
        /// A rule that can fail, with its step, what it says and what would help.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $( $(#[$doc])* $name, )*
        }

        impl Rule {
            /// Every rule, in the order of a decision.
            pub const ALL: &'static [Self] = &[ $( Self::$name, )* ];

            /// Its stable name in machine output.
            pub const fn id(self) -> &'static str {
                match self { $( Self::$name => $id, )* }
            }

            /// The step it belongs to.
            pub const fn step(self) -> Step {
                match self { $( Self::$name => Step::$step, )* }
            }

            /// What it says, with `{token}` and `{party}` to be filled in.
            pub(crate) const fn says(self) -> &'static str {
                match self { $( Self::$name => $says, )* }
            }

            /// What would help, and who could do it, with `{token}` and `{party}` to be filled in.
            pub(crate) const fn remedy(self) -> &'static str {
                match self { $( Self::$name => $remedy, )* }
            }
        }
    };
}

rules! {
    /// The person is not known here.
    PersonUnknown = "state.person-unknown", State, "{token} is not known here",
        "register the person with `entente person add`, with what is known about them";
    /// The person's access is switched off.
    PersonDisabled = "state.person-disabled", State, "{token} is disabled",
        "the security authority of {party} can enable the person";
    /// The credential by which the person is known has ended.
    PersonLapsed = "state.person-lapsed", State, "the credential by which {token} is known has ended",
        "take in a newer one of {party} with `entente person add --credential FILE`";
    /// The originator withdrew the report.
    ReportWithdrawn = "state.report-withdrawn", State, "the report was withdrawn",
        "{party} can issue a new version";
    /// Releases of the report are on hold.
    ReportOnHold = "state.report-on-hold", State, "releases of the report are on hold",
        "{party} can resume them with `entente report resume`";
    /// The report is under recall.
    ReportRecalled = "state.report-recalled", State, "the report is recalled ({token})",
        "{party} can issue a new version; until then nothing of it may be used";
    /// The report has expired.
    ReportExpired = "state.report-expired", State, "the report expired on {token}",
        "{party} can issue a new version with a later end";
    /// Its originator, or an arrangement, holds it back until a moment.
    Embargo = "state.embargo", State, "it is under embargo until {token}, and goes no further before",
        "{party} can move or end it with `entente embargo`; ask it to, or wait";
    /// Something that the portion rests on is withdrawn, recalled or expired.
    BaseClosed = "state.base-closed", State, "what it rests on is {token}",
        "{party} can write it anew without that, or wait for a new version of it";
    /// Releases of something that the portion rests on are on hold.
    BaseOnHold = "state.base-on-hold", State, "releases of what it rests on are on hold",
        "whoever put them on hold can let them go on; {party} can write it anew without that";
    /// Nobody is named as originator.
    LineageEmpty = "state.lineage-empty", State, "the portion names no originator",
        "have the report's author state whose information it is";
    /// The arrangement that it came under is not known here.
    ArrangementUnknown = "state.arrangement-unknown", State, "arrangement {token} is not known here",
        "import the arrangement's terms with `entente arrangement add`";
    /// The arrangement is suspended.
    ArrangementSuspended = "state.arrangement-suspended", State, "arrangement {token} is suspended",
        "the parties of the arrangement can resume it; {party} decides about its own reports";
    /// The arrangement has ended.
    ArrangementEnded = "state.arrangement-ended", State, "arrangement {token} has ended",
        "the parties can conclude a new arrangement; {party} decides about its own reports";
    /// The arrangement has expired.
    ArrangementExpired = "state.arrangement-expired", State, "arrangement {token} has expired",
        "the parties can extend the arrangement; {party} decides about its own reports";
    /// The arrangement has not begun.
    ArrangementNotBegun = "state.arrangement-not-begun", State, "arrangement {token} has not begun to apply",
        "wait for its start, or have the parties agree on an earlier one";
    /// The label holds something that nobody here understands.
    LabelUnknown = "mandatory.label-unknown", Mandatory, "`{token}` is not understood",
        "{party} can correct the mark; until then nobody may read the portion";
    /// No clearance, or one below the level.
    Clearance = "mandatory.clearance", Mandatory, "a clearance of {token} is needed",
        "the person's own security authority can clear them; {party} can give a substitute text at a lower level";
    /// A category that must be held is not.
    Category = "mandatory.category", Mandatory, "access to {token} is needed",
        "the control authority for {token} can read the person on; {party} can give a substitute text without it";
    /// None of several categories is held.
    AnyOf = "mandatory.any-of", Mandatory, "one of {token} is needed",
        "{party} can give a substitute text, or widen the list";
    /// The release list does not include the person.
    ReleaseList = "release.list", Releasability, "it is releasable only to {token}",
        "{party} must release it to the person's country and organisation";
    /// The banner's release list does not include the person, and a plain unclassified portion goes where the banner goes.
    ReleaseBanner = "us-ic.u-takes-banner", Releasability,
        "it has no list of its own, and its report's banner is releasable only to {token}",
        "{party} must release it to the person's country and organisation, or mark it with a list of its own";
    /// An owner that the mark names is no party known here.
    OwnerUnknown = "release.owner-unknown", Releasability, "the mark names {token} as an owner, and {token} is no party known here",
        "add {party} with `entente party add`, or have the arrangement say in `owners` who answers for it";
    /// The originator controls every further recipient.
    ControlOriginator = "control.originator", OriginatorControl, "{token}: the originator decides about further recipients",
        "{party} must consent";
    /// The originator's government may share it inside itself only.
    ControlGovernment = "control.government", OriginatorControl,
        "{token}: outside the originator's own government, the originator decides about further recipients",
        "{party} must consent";
    /// The arrangement has the third-party rule.
    OnwardConsent = "control.third-party", OriginatorControl, "the third-party rule of {token} applies",
        "{party} must consent";
    /// The arrangement allows its own members only.
    OnwardMembers = "control.members", OriginatorControl, "{token} lets its members share among themselves only",
        "{party} must consent";
    /// What the originator said about further recipients is known from another party's word only.
    ControlStated = "control.stated", OriginatorControl,
        "the terms of {party} for this text are known from another party's word only, so the third-party rule applies",
        "{party} must consent, or deliver its own report";
    /// Community only.
    CircleCommunity = "control.community", OriginatorControl, "{token}: inside the community only",
        "{party} must consent";
    /// Recipients' organisations and their clients only.
    CircleClients = "control.clients", OriginatorControl, "{token}: the recipients' organisations and their clients only",
        "{party} must consent";
    /// Recipients' organisations only.
    CircleOrganisation = "control.organisation", OriginatorControl, "{token}: the recipients' organisations only",
        "{party} must consent";
    /// Named recipients only.
    CircleNamed = "control.named", OriginatorControl, "{token}: named recipients only",
        "{party} must consent, or name the person as a recipient";
    /// Not on the distribution.
    NeedToKnow = "need-to-know.distribution", NeedToKnow, "the person is not on the distribution ({token})",
        "the custodian {party} may add the person with `entente report distribute`";
    /// The marking does not allow the purpose.
    PurposeMarking = "purpose.marking", Purpose, "the marking does not allow the purpose {token}",
        "{party} must agree to the purpose";
    /// The arrangement does not allow the purpose.
    PurposeArrangement = "purpose.arrangement", Purpose, "the arrangement does not allow the purpose {token}",
        "{party} must agree to the purpose";
    /// The consent relied upon was given for another purpose.
    PurposeConsent = "purpose.consent", Purpose, "the consent was not given for the purpose {token}",
        "{party} must extend its consent to the purpose";
    /// A policy of the party itself forbids it.
    LocalPolicy = "policy.local", LocalPolicy, "local policy {token} forbids it",
        "whoever is responsible for the policy at {party} could change it";
    /// The audience could work out a source.
    SourceExposure = "exposure.threshold", SourceExposure, "it would narrow a protected source below the originator's threshold",
        "{party} must agree, or give a substitute text";
    /// The originator has not said whether a source would be narrowed.
    SourceUnasked = "exposure.unasked", SourceExposure, "the originator protects a source here and has not been asked",
        "{party} must evaluate its source's exposure";
}

impl Rule {
    /// Whether neither a consent nor a substitute text can heal it, so that no originator is asked.
    pub const fn is_beyond_originators(self) -> bool {
        matches!(self.step(), Step::State | Step::LocalPolicy)
    }

    /// Whether it closes a report to its readers for good or for the time being, whoever they are. Those who work on a
    /// case about the report go on working with it.
    pub(crate) const fn leaves_it_to_cases(self) -> bool {
        matches!(
            self,
            Self::ReportWithdrawn
                | Self::ReportOnHold
                | Self::ReportRecalled
                | Self::ReportExpired
                | Self::BaseClosed
                | Self::BaseOnHold
        )
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_stand_in_the_order_of_the_steps_and_have_different_names() {
        assert!(Rule::ALL.windows(2).all(|pair| pair[0].step() <= pair[1].step()));
        let mut ids: Vec<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Rule::ALL.len());
    }
}

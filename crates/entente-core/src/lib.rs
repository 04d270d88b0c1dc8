//! Parties, arrangements, reports, decisions, requests, consents and source exposure, as pure functions.
//!
//! Nothing in this crate reads a file, a clock or a random number. A [`Command`] and a [`State`] give events or a
//! refusal; a [`Snapshot`] of the state and a [`Query`] give a [`Decision`].

mod arrangement;
mod ids;
mod party;
mod report;

pub use arrangement::{Arrangement, ArrangementStatus, NotInForce, Onward};
pub use ids::{
    ArrangementId, AudienceName, ConsentId, DisclosureId, MAX_NAME, NameError, PartyPath, PersonId, PortionId,
    PortionRef, RecallId, ReportId, RequestId,
};
pub use party::{Audience, Party, Person};
pub use report::{Delivery, Distribution, Lineage, Origin, Portion, Report};

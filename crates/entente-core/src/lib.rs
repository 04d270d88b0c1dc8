//! Parties, arrangements, reports, decisions, requests, consents and source exposure, as pure functions.
//!
//! Nothing in this crate reads a file, a clock or a random number. A [`Command`] and a [`State`] give events or a
//! refusal; a [`Snapshot`] of the state and a [`Query`] give a [`Decision`].

pub mod actor;
mod applied;
mod apply;
mod arrangement;
mod briefing;
mod classes;
mod concern;
mod contact;
pub mod decide;
mod deputy;
mod disclosure;
pub mod draft;
mod embargo;
mod empty;
mod entered;
mod event;
mod fact;
mod guard;
pub mod handle;
mod ids;
mod in_force;
pub mod incident;
mod installed;
mod kept;
mod kept_facts;
mod keys;
mod life;
mod lines;
mod links;
mod lookup;
mod message;
mod named;
mod outcome;
mod part;
mod party;
pub mod plain;
mod reach;
mod receipt;
mod repeat;
mod replay;
mod report;
mod request;
pub mod second;
mod shown;
mod source;
mod state;
mod stops;
mod stored;
pub mod unseen;
mod wording;
pub mod written;

pub use actor::{Act, Actor, Role};
pub use arrangement::{Arrangement, ArrangementStatus, CLOCK_TOLERANCE, NotInForce, Onward, Unmarked, Withheld, Word};
pub use briefing::{Briefing, BriefingItem};
pub use classes::{Class, Classes, Sorted, Touches};
pub use concern::{Concern, concern};
pub use contact::{Contact, Contacts, MAX_CONTACTS};
pub use decide::{Decision, Query, Reading, Snapshot, decide};
pub use deputy::{Deputy, LONGEST_DAYS, stands_in_for};
pub use disclosure::{
    Acknowledgement, Destroyed, Disclosure, Lawful, Notice, Opening, Override, Purged, Recall, RecallAction, Remains,
    Route, Scope,
};
pub use embargo::Embargo;
pub use empty::{EmptyAudience, empty_audiences};
pub use entente_exposure as exposure;
pub use entered::Entered;
pub use event::Event;
pub use fact::{Extent, Fact, Growth, Learned, Slot, Status, ValueTerm, Widening, WideningError, Words};
pub use guard::{BeforeAfter, SourceGuard};
pub use handle::{
    Command, Context, Decided, EmbargoWord, Following, Refusal as CommandRefusal, Review, Said, Telling, Terms, handle,
    handle_as,
};
pub use ids::{
    ArrangementId, AudienceName, BriefingId, ConsentId, DecisionId, DisclosureId, FactId, IncidentId, MAX_NAME,
    NameError, PartyPath, PendingId, PersonId, PortionId, PortionRef, RecallId, ReportId, RequestId, RuleName,
    SourceId,
};
pub use in_force::{InForce, MarksInForce};
pub use installed::{InstalledScheme, MarkRead};
pub use kept::{About, Kept, Key, Pairs, Place, Run, Shelf};
pub use keys::{KeyRing, KeysShown, Succession};
pub use life::{Accepted, Counter, Cut, Life, Narrowing, Narrowings, Saying};
pub use lines::{Changes, Line, Lines, Shape, Stock};
pub use message::Message;
pub use named::{Called, Named};
pub use outcome::Outcome;
pub use part::{Confirmed, Part, Receipt};
pub use party::{Audience, Dropped, LocalRule, Party, Person, PersonChange, Vouched};
pub use receipt::{MessageOutcome, MessageReceipt, Standing, TakenIn};
pub use repeat::{KEY_LASTS, UsedKey};
pub use replay::{Basis, Difference, Found, MarkAsRead, Replayed};
pub use report::{Delivery, Distribution, Lineage, Origin, Portion, Report, TITLE, Title};
pub use request::{Carried, CarriedText, Consent, Progress, Recipients, Refusal, Request, Substitute};
pub use second::{Answered, Pending, Proposed};
pub use shown::mark_for;
pub use source::{ExposureAnswer, ProtectedSource, RegisterText};
pub use state::{BadDocument, Document, Holding, RequestCase, State};
pub use stops::{Stopped, StoppedReader, stopped};
pub use wording::{Topic, is_wording};

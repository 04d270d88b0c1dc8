//! Short handling codes that are used out of the box: TLP 2.0, PAP and Europol's handling codes.
//!
//! ```
//! use entente_marking::{Circle, MarkKind, Scheme, codes};
//! let tlp = codes::tlp();
//! let checked = tlp.check("TLP:AMBER+STRICT", MarkKind::Banner, None);
//! assert_eq!(checked.marking.unwrap().label.circle, Circle::Organisation);
//! let old = tlp.check("TLP:WHITE", MarkKind::Banner, None);
//! assert_eq!(old.findings[0].suggestion.as_deref(), Some("TLP:CLEAR"));
//! ```

mod europol;
mod ladder;
mod pap;
mod tlp;

pub use europol::{Europol, europol};
pub use ladder::Ladder;
pub use pap::pap;
pub use tlp::tlp;

/// The longest mark that is read, in bytes.
const MAX_MARK: usize = 1_024;

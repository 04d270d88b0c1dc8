//! Text to tree: controls under the Atomic Energy Act (Register, Table 4, section 6).

#![warn(clippy::indexing_slicing)]

use super::mark::{Atomic, Mark};
use super::syntax::{Piece, Reader, Role};

/// Controls that may have additions (`RD-CNWDI`), and those that stand as they are.
pub(super) const NAMES: [&str; 13] = [
    "RD",
    "FRD",
    "RESTRICTED DATA",
    "FORMERLY RESTRICTED DATA",
    "DOD UCNI",
    "DOD UNCLASSIFIED CONTROLLED NUCLEAR INFORMATION",
    "DOE UNCLASSIFIED CONTROLLED NUCLEAR INFORMATION",
    "DCNI",
    "DOE UCNI",
    "UCNI",
    "TFNI",
    "TRANSCLASSIFIED FOREIGN NUCLEAR INFORMATION",
    "ATOMAL",
];

/// How many of the names may have additions.
const ADDED_TO: usize = 4;

pub(super) fn is_atomic(text: &str) -> bool {
    let (added_to, plain) = NAMES.split_at(ADDED_TO);
    plain.contains(&text)
        || added_to
            .iter()
            .filter_map(|name| text.strip_prefix(name))
            .any(|rest| rest.is_empty() || rest.starts_with('-'))
}

const ORDER_SOURCE: &str = "IC Markings Manual 2016, Table 4, section 6, and pp. 108-115";

/// A control that stands as it is: its place in the register's order, and whether the mark has it.
fn plain<'a>(aea: &'a mut Atomic, text: &str) -> Option<(u8, &'a mut bool)> {
    Some(match text {
        "DOD UCNI" | "DCNI" | "DOD UNCLASSIFIED CONTROLLED NUCLEAR INFORMATION" => (2, &mut aea.dod_ucni),
        "DOE UCNI" | "UCNI" | "DOE UNCLASSIFIED CONTROLLED NUCLEAR INFORMATION" => (3, &mut aea.doe_ucni),
        "TFNI" | "TRANSCLASSIFIED FOREIGN NUCLEAR INFORMATION" => (4, &mut aea.tfni),
        "ATOMAL" => (5, &mut aea.atomal),
        _ => return None,
    })
}

/// Restricted data, or formerly restricted data: which, and its additions.
fn restricted(text: &str) -> Option<(bool, &str)> {
    let after = |names: [&str; 2]| names.iter().find_map(|name| text.strip_prefix(name));
    let formerly = after(["FORMERLY RESTRICTED DATA", "FRD"]).map(|rest| (true, rest));
    formerly.or_else(|| after(["RESTRICTED DATA", "RD"]).map(|rest| (false, rest)))
}

impl Reader<'_> {
    pub(super) fn atomic(&mut self, mark: &mut Mark, piece: Piece<'_>) {
        let mut last = 0;
        for part in piece.split("/") {
            self.token(part, Role::Aea);
            let (place, present) = match (plain(&mut mark.aea, part.text), restricted(part.text)) {
                (Some(known), _) => known,
                (None, Some((true, _))) => (1, &mut mark.aea.frd),
                (None, Some((false, _))) => (0, &mut mark.aea.rd),
                (None, None) => {
                    self.unknown(part);
                    continue;
                }
            };
            if std::mem::replace(present, true) {
                self.twice(part.text, part);
            } else if place < last {
                let message = "atomic energy controls stand in the register's order";
                self.error("us-ic.aea.order", ORDER_SOURCE, message, part);
            }
            last = place.max(last);
            if let Some((formerly, rest)) = restricted(part.text) {
                self.additions(mark, part, formerly, rest);
            }
        }
    }

    /// `-CNWDI` and `-SIGMA 14 18` behind restricted data.
    fn additions(&mut self, mark: &mut Mark, part: Piece<'_>, formerly: bool, rest: &str) {
        for control in rest.split('-').filter(|control| !control.is_empty()) {
            let numbers = control.strip_prefix("SIGMA ").or_else(|| control.strip_prefix("SG "));
            match (control, numbers) {
                ("N" | "CNWDI" | "CRITICAL NUCLEAR WEAPON DESIGN INFORMATION", _) if !formerly => {
                    if control == "N" && !self.profile.is_dod() {
                        self.old(part, "`-N` is the DoD's form; here it is `-CNWDI`");
                    }
                    if mark.aea.cnwdi || !mark.aea.rd_sigma.is_empty() {
                        let message = "CNWDI stands once, directly after RD";
                        self.error("us-ic.aea.order", ORDER_SOURCE, message, part);
                    }
                    mark.aea.cnwdi = true;
                }
                (_, Some(numbers)) => self.sigma(mark, part, formerly, numbers),
                _ => self.unknown(part),
            }
        }
    }

    fn sigma(&mut self, mark: &mut Mark, part: Piece<'_>, formerly: bool, numbers: &str) {
        let known = match formerly {
            true => &mut mark.aea.frd_sigma,
            false => &mut mark.aea.rd_sigma,
        };
        for number in numbers.split(' ') {
            match number.parse::<u16>() {
                Ok(number @ 1..=99) => {
                    if known.last().is_some_and(|last| *last >= number) {
                        let message = "SIGMA numbers stand in ascending order, each of them once";
                        self.error("us-ic.aea.order", ORDER_SOURCE, message, part);
                    }
                    known.insert(number);
                }
                _ => self.error(
                    "us-ic.aea.sigma",
                    "IC Markings Manual 2016, pp. 108-115",
                    format!("`{number}` is not a SIGMA number (1 to 99)"),
                    part,
                ),
            }
        }
    }
}

//! Text to tree: controls under the Atomic Energy Act (Register, Table 4, section 6).

#![warn(clippy::indexing_slicing)]

use super::mark::Mark;
use super::syntax::{Piece, Reader, Role};

impl Reader<'_> {
    pub(super) fn atomic(&mut self, mark: &mut Mark, piece: Piece<'_>) {
        for part in piece.split("/") {
            self.token(part, Role::Aea);
            let aea = &mut mark.aea;
            match part.text {
                "DOD UCNI" | "DCNI" | "DOD UNCLASSIFIED CONTROLLED NUCLEAR INFORMATION" => aea.dod_ucni = true,
                "DOE UCNI" | "UCNI" | "DOE UNCLASSIFIED CONTROLLED NUCLEAR INFORMATION" => aea.doe_ucni = true,
                "TFNI" | "TRANSCLASSIFIED FOREIGN NUCLEAR INFORMATION" => aea.tfni = true,
                "ATOMAL" => aea.atomal = true,
                text => {
                    let (formerly, rest) = match ["FORMERLY RESTRICTED DATA", "FRD"]
                        .iter()
                        .find_map(|name| text.strip_prefix(name))
                    {
                        Some(rest) => (true, Some(rest)),
                        None => (
                            false,
                            ["RESTRICTED DATA", "RD"]
                                .iter()
                                .find_map(|name| text.strip_prefix(name)),
                        ),
                    };
                    let Some(rest) = rest else {
                        self.unknown(part);
                        continue;
                    };
                    if formerly {
                        aea.frd = true;
                    } else {
                        aea.rd = true;
                    }
                    for control in rest.split('-').filter(|control| !control.is_empty()) {
                        let numbers = control.strip_prefix("SIGMA ").or_else(|| control.strip_prefix("SG "));
                        match (control, numbers) {
                            ("N", _) if !formerly => {
                                mark.aea.cnwdi = true;
                                if !self.profile.is_dod() {
                                    self.old(part, "`-N` is the DoD's form; here it is `-CNWDI`");
                                }
                            }
                            ("CNWDI" | "CRITICAL NUCLEAR WEAPON DESIGN INFORMATION", _) if !formerly => {
                                mark.aea.cnwdi = true;
                            }
                            (_, Some(numbers)) => {
                                for number in numbers.split(' ') {
                                    match number.parse::<u16>() {
                                        Ok(number @ 1..=99) if formerly => {
                                            mark.aea.frd_sigma.insert(number);
                                        }
                                        Ok(number @ 1..=99) => {
                                            mark.aea.rd_sigma.insert(number);
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
                            _ => self.unknown(part),
                        }
                    }
                }
            }
        }
    }
}

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

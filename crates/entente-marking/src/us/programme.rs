//! Text to tree: special access programmes (Register, Table 4, section 5).

#![warn(clippy::indexing_slicing)]

use super::categories::{Order, is_name};
use super::mark::{Mark, Name};
use super::syntax::{Piece, Reader, Role};
use crate::scheme::MarkKind;

/// The words of a programme's nickname; two are usual.
const MAX_NICKNAME: usize = 4;

impl Reader<'_> {
    pub(super) fn sap(&mut self, mark: &mut Mark, piece: Piece<'_>, rest: Piece<'_>) {
        self.token(piece, Role::Sap);
        if rest.text == "MULTIPLE PROGRAMS" {
            mark.sap.multiple = true;
            return;
        }
        let mut order = Order::default();
        for (n, programme) in rest.split("/").enumerate() {
            let programme = match programme
                .after("SAR-")
                .or_else(|| programme.after("SPECIAL ACCESS REQUIRED-"))
            {
                Some(bare) if n > 0 => {
                    self.repeated_indicator(rest, programme);
                    bare
                }
                _ => programme,
            };
            let mut parts = programme.split("-");
            let Some(head) = parts.next() else { continue };
            if !self.is_programme(head) {
                continue;
            }
            let compartments = self.compartments(programme, parts, None);
            let name = Name::new(head.text);
            order.next(&name);
            if mark.sap.named.insert(name, compartments).is_some() {
                self.twice(head.text, programme);
            }
        }
        self.ordered(&order, mark.sap.named.keys(), piece, "programmes");
    }

    /// The DoD writes `SAR-` before each programme (figure 34), the intelligence community once.
    fn repeated_indicator(&mut self, rest: Piece<'_>, programme: Piece<'_>) {
        if self.profile.is_dod() {
            return;
        }
        let once = rest.text.replace("SPECIAL ACCESS REQUIRED-", "").replace("/SAR-", "/");
        self.error_with(
            "us-ic.sap.indicator",
            "IC Markings Manual 2016, p. 100",
            "`SAR-` stands once, before the first programme",
            programme,
            &format!("SAR-{once}"),
        );
    }

    /// A banner may spell a programme's nickname out, in several words; a portion has its abbreviation.
    fn is_programme(&mut self, head: Piece<'_>) -> bool {
        let words = head.text.split(' ').count();
        if !head.text.split(' ').all(is_name) || words > MAX_NICKNAME {
            self.error(
                "us-ic.sap.name",
                "IC Markings Manual 2016, p. 100",
                "a programme is named by letters and digits, as in `SAR-BP` or `SAR-BUTTER POPCORN`",
                head,
            );
            return false;
        }
        if words > 1 && self.kind == MarkKind::Portion {
            self.error(
                "us-ic.sap.portion",
                "IC Markings Manual 2016, p. 101",
                "a portion mark has the abbreviation of the programme, as in `SAR-BP`",
                head,
            );
        }
        true
    }
}

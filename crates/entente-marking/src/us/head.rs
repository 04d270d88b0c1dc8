//! Text to tree: classifications that are not, or not only, those of the United States.

#![warn(clippy::indexing_slicing)]

use super::country::is_nato;
use super::mark::{Codes, Head};
use super::syntax::{ListOf, Piece, Reader, Role};
use super::vocabulary::{ACTIVITIES, Class, NATO, NATO_FUSED};
use crate::release::Entity;
use crate::scheme::MarkKind;

/// A classification, and the programme word that older forms fuse with it.
pub(super) struct Read {
    pub(super) head: Head,
    pub(super) programme: Option<&'static str>,
}

impl From<Head> for Read {
    fn from(head: Head) -> Self {
        Self { head, programme: None }
    }
}

/// The rule whose suggestion is the whole mark rightly written.
pub(super) const NATO_FORM: &str = "us-ic.nato.form";

const REGISTER: &str = "IC Markings Manual 2016, Table 4, section 2";

fn set(owners: impl IntoIterator<Item = &'static str>) -> Codes {
    owners.into_iter().map(Entity::named).collect()
}

impl Reader<'_> {
    pub(super) fn class_name(&self, class: Class) -> &'static str {
        match self.kind {
            MarkKind::Banner => class.banner(),
            MarkKind::Portion => class.portion(),
        }
    }

    pub(super) fn foreign_head(&mut self, piece: Piece<'_>) -> Option<Read> {
        if let Some(read) = self.nato(piece) {
            return Some(read);
        }
        if let Some(rest) = piece.after("JOINT ") {
            return self.joint(piece, rest).map(Read::from);
        }
        let bare = Class::ALL.into_iter().any(|class| self.class_name(class) == piece.text);
        let parts = Class::ALL.into_iter().rev().filter(|_| !bare).find_map(|class| {
            let owners = piece.text.strip_suffix(self.class_name(class))?.strip_suffix(' ')?;
            let start = piece.start;
            Some((class, Piece { text: owners, start }))
        });
        let Some((class, owners)) = parts else {
            self.error("us-ic.class.foreign", "IC Markings Manual 2016, pp. 53-56", "after `//` comes a foreign classification: owners and level as in `//DEU SECRET`, a NATO one, `//FGI …` or `//JOINT …`", piece);
            self.token(piece, Role::Unknown);
            return None;
        };
        if owners.text == "FGI" {
            self.token(piece, Role::Concealed);
            return Some(Head::Foreign(Codes::new(), class).into());
        }
        self.token(owners, Role::Owner);
        let class_piece = Piece {
            text: piece.text.get(owners.text.len() + 1..).unwrap_or_default(),
            start: owners.end() + 1,
        };
        self.token(class_piece, Role::Class(class));
        let list = self.codes(owners, " ", ListOf::Others);
        if !list.is_empty() && list.iter().all(|owner| is_nato(owner.as_str())) {
            return Some(self.nato_spelt_out(piece, list, class).into());
        }
        if list.contains("USA") {
            self.error(
                "us-ic.class.own",
                REGISTER,
                "USA does not own a foreign classification: write the US one, or JOINT",
                owners,
            );
        }
        Some(Head::Foreign(list, class).into())
    }

    /// NATO's classifications, those of its operations, and the forms that fuse a programme word with them.
    fn nato(&mut self, piece: Piece<'_>) -> Option<Read> {
        let is = |banner: &str, portion: &str| match self.kind {
            MarkKind::Banner => banner == piece.text,
            MarkKind::Portion => portion == piece.text,
        };
        if let Some((_, _, class)) = NATO.iter().find(|row| is(row.0, row.1)) {
            self.token(piece, Role::Nato(*class));
            return Some(Head::Nato(set(["NATO"]), *class).into());
        }
        if let Some(row) = NATO_FUSED
            .iter()
            .find(|row| is(row.banner, row.portion) || row.also.contains(&piece.text))
        {
            self.token(piece, Role::Nato(row.class));
            if !self.profile.is_dod() {
                self.old(
                    piece,
                    format!(
                        "`{}` is an older form; today the programme word stands apart, after `//`",
                        piece.text
                    ),
                );
            }
            return Some(Read {
                head: Head::Nato(set(["NATO"]), row.class),
                programme: Some(row.programme),
            });
        }
        let operation = ACTIVITIES.iter().find_map(|(activity, letter)| {
            let class = match self.kind {
                MarkKind::Banner => piece
                    .text
                    .strip_prefix("NATO")?
                    .strip_prefix([' ', '/'])?
                    .strip_prefix(activity)?
                    .strip_prefix(' ')?,
                MarkKind::Portion => {
                    let rest = piece.text.strip_prefix('N')?;
                    rest.strip_prefix(activity).or_else(|| rest.strip_prefix(letter))?
                }
            };
            let class = Class::ALL.into_iter().find(|known| self.class_name(*known) == class)?;
            (class < Class::TopSecret).then_some((*activity, class))
        });
        let (activity, class) = operation?;
        self.token(piece, Role::Nato(class));
        Some(Head::Nato(set([activity, "NATO"]), class).into())
    }

    /// `//NATO S`: understood, and never valid, so that nobody mistakes it for a nation's classification.
    fn nato_spelt_out(&mut self, piece: Piece<'_>, mut owners: Codes, class: Class) -> Head {
        owners.insert(Entity::named("NATO"));
        self.error(
            NATO_FORM,
            REGISTER,
            format!(
                "NATO's classifications have words of their own: `{}` is not one; it needs the NATO read-on",
                piece.text
            ),
            piece,
        );
        Head::Nato(owners, class)
    }

    fn joint(&mut self, piece: Piece<'_>, rest: Piece<'_>) -> Option<Head> {
        let class = Class::ALL.into_iter().rev().find_map(|class| {
            let after = rest.after(self.class_name(class))?;
            (after.text.is_empty() || after.text.starts_with(' ')).then_some((class, after))
        });
        let Some((class, owners)) = class else {
            self.error(
                "us-ic.joint.class",
                "IC Markings Manual 2016, p. 57",
                "JOINT is followed by a classification and its owners, as in `//JOINT SECRET GBR USA`",
                piece,
            );
            return None;
        };
        self.token(piece, Role::Joint);
        let owners = owners.trimmed();
        if owners.text.is_empty() {
            if self.kind == MarkKind::Banner {
                self.error(
                    "us-ic.joint.owners",
                    "IC Markings Manual 2016, p. 57",
                    "a JOINT banner names its owners, as in `//JOINT SECRET GBR USA`",
                    piece,
                );
                return None;
            }
            return Some(Head::Joint(None, class));
        }
        let owners = self.codes(owners, " ", ListOf::Others);
        Some(Head::Joint(Some(owners), class))
    }
}

//! Text to tree: controls that are lists: REL TO, DISPLAY ONLY, EYES ONLY, and nicknames.

#![warn(clippy::indexing_slicing)]

use super::categories::is_name;
use super::mark::{Codes, List, Mark};
use super::render;
use super::syntax::{GRAMMAR, ListOf, Piece, Reader, Role, Token};
use crate::finding::Finding;
use crate::scheme::MarkKind;

/// The title of release lists, its abbreviation, and an older form.
const RELEASES: [&str; 3] = ["REL TO", "AUTHORIZED FOR RELEASE TO", "RELEASABLE TO"];

const EYES_SOURCE: &str = "IC Markings Manual 2016, p. 157";

impl Reader<'_> {
    /// Reads a control that is not a fixed word: a release list, or nicknames.
    pub(super) fn list<'t>(&mut self, mark: &mut Mark, part: Piece<'t>, eyes: &mut Vec<Piece<'t>>) -> (u16, u8) {
        if part.text == "REL" || RELEASES.iter().any(|title| part.text.starts_with(title)) {
            self.token(part, Role::Rel);
            let rel = self.rel(part);
            if mark.rel.replace(rel).is_some() {
                self.error("us-ic.syntax.duplicate", GRAMMAR, "REL TO stands twice", part);
            }
            return (75, 6);
        }
        if let Some(list) = part.after("DISPLAY ONLY ") {
            self.token(part, Role::Display);
            let list = self.codes(list, ", ", ListOf::Others);
            if mark.display.replace(list).is_some() {
                self.error("us-ic.syntax.duplicate", GRAMMAR, "DISPLAY ONLY stands twice", part);
            }
            return (125, 6);
        }
        if part.text == "EYES" {
            self.token(part, Role::Eyes);
            if mark.eyes.replace(List::AsBanner).is_some() {
                self.error("us-ic.syntax.duplicate", GRAMMAR, "EYES stands twice", part);
            }
            return (85, 6);
        }
        if let Some(last) = part.text.strip_suffix(" EYES ONLY") {
            eyes.push(Piece {
                text: last,
                start: part.start,
            });
            self.eyes_only(mark, &std::mem::take(eyes), part.end());
            return (85, 6);
        }
        if self.profile.is_dod()
            && let Some(nickname) = part.after("ACCM-")
        {
            self.token(part, Role::Accm);
            if !nickname.text.split(' ').all(is_name) {
                let source = "DoDM 5200.01 v2, encl. 4, para. 11.a";
                self.error(
                    "dodm.11a",
                    source,
                    "a nickname follows `ACCM-`, as in `ACCM-FICTITIOUS EFFORT`",
                    part,
                );
            }
            mark.accm.insert(nickname.text.into());
            return (u16::MAX, 7);
        }
        // Nicknames follow their `ACCM-`, joined by `/` (DoDM 5200.01 v2, encl. 4, para. 11.a).
        if !mark.accm.is_empty() && part.text.split(' ').all(is_name) {
            self.token(part, Role::Accm);
            mark.accm.insert(part.text.into());
            return (u16::MAX, 7);
        }
        self.unknown(part);
        (0, 0)
    }

    /// The countries before `EYES ONLY`: joined by `/`, as controls are.
    fn eyes_only(&mut self, mark: &mut Mark, written: &[Piece<'_>], end: usize) {
        let start = written.first().map_or(end, |first| first.start);
        self.tokens.push(Token {
            start,
            end,
            role: Role::Eyes,
        });
        let mut list = Codes::new();
        for country in written {
            match self.lists.country(country.text) {
                None => self.error(
                    "us-ic.list.unknown",
                    EYES_SOURCE,
                    format!("`{}` is not a country code", country.text),
                    *country,
                ),
                Some(known) if list.insert(known.clone()) => {}
                Some(_) => self.twice(country.text, *country),
            }
        }
        let in_order = written.iter().map(|country| country.text).eq(render::releasees(&list));
        if !in_order && written.len() == list.len() {
            let right = format!("{} EYES ONLY", render::joined(render::releasees(&list), "/"));
            let message = "USA stands first, then the others in alphabetical order";
            let fault = Finding::error("us-ic.eyes.order", EYES_SOURCE, message, start, end);
            self.findings.push(fault.suggest(right));
        }
        if mark.eyes.replace(List::Of(list)).is_some() {
            let message = "EYES ONLY stands twice";
            self.findings
                .push(Finding::error("us-ic.syntax.duplicate", GRAMMAR, message, start, end));
        }
    }

    fn rel(&mut self, part: Piece<'_>) -> List {
        let list = RELEASES
            .iter()
            .find_map(|title| part.after(title).filter(|list| list.text.starts_with(' ')))
            .map(Piece::trimmed);
        if part.text.starts_with("RELEASABLE TO") {
            self.old(part, "`RELEASABLE TO` is an older form; today it is `REL TO`");
        }
        let list = list.map(
            |list| match list.text.strip_prefix('[').and_then(|bare| bare.strip_suffix(']')) {
                Some(bare) => {
                    let message = "the brackets of the register's table are not written";
                    self.findings.push(Finding::warning(
                        "us-ic.rel.brackets",
                        GRAMMAR,
                        message,
                        list.start,
                        list.end(),
                    ));
                    Piece {
                        text: bare,
                        start: list.start + 1,
                    }
                }
                None => list,
            },
        );
        let Some(list) = list.filter(|list| !list.text.is_empty()) else {
            if part.text == "REL" && self.kind == MarkKind::Portion {
                return List::AsBanner;
            }
            self.error_with(
                "us-ic.rel.list",
                "IC Markings Manual 2016, p. 150",
                "REL TO needs its list of countries",
                part,
                "REL TO USA, …",
            );
            return List::Of(Codes::new());
        };
        let codes = self.codes(list, ", ", ListOf::Release);
        if !codes.contains("USA") {
            self.error_with(
                "us-ic.rel.usa",
                "IC Markings Manual 2016, p. 150; ISM-ID-00040",
                "a release list begins with USA",
                list,
                &format!("USA, {}", render::release_list(&codes)),
            );
        }
        if codes.len() < 2 {
            self.error(
                "us-ic.rel.others",
                "ISM-ID-00319",
                "a release list names at least one other country or group; for USA alone write NOFORN",
                list,
            );
        }
        List::Of(codes)
    }
}

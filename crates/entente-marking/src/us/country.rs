//! Countries and groups of countries on release lists: two published lists, as data.
//!
//! A node adds what the published lists lack with [`Register`](super::Register): groups that are not public, members that
//! only it knows. Whether roll-up may take a group apart is a column of its own.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use crate::groups::{Group, Groups};
use crate::release::Entity;

static COUNTRIES: LazyLock<FxHashSet<Entity>> = LazyLock::new(|| {
    rows(include_str!("../../data/countries.txt"))
        .filter_map(|mut row| row.next())
        .map(Entity::named)
        .collect()
});

static GROUPS: LazyLock<Groups> = LazyLock::new(|| {
    let mut groups = Groups::default();
    for mut row in rows(include_str!("../../data/groups.txt")) {
        let mut column = || row.next().unwrap_or_default();
        let (code, apart, ended, name, members) = (column(), column(), column(), column(), column());
        groups.insert(Group {
            code: Entity::new(code),
            name: match ended.is_empty() {
                true => name.to_owned(),
                false => format!("{name} (not in use since {ended})"),
            },
            members: members.split_ascii_whitespace().map(Entity::new).collect(),
            decomposable: apart == "yes",
        });
    }
    groups
});

fn rows(text: &'static str) -> impl Iterator<Item = impl Iterator<Item = &'static str>> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('|').map(str::trim))
}

/// Whether `code` is a country's.
pub fn is_country(code: &str) -> bool {
    COUNTRIES.contains(code)
}

/// The published codes of countries.
pub(crate) fn countries() -> impl Iterator<Item = &'static Entity> {
    COUNTRIES.iter()
}

/// The groups known out of the box.
pub fn groups() -> Groups {
    GROUPS.clone()
}

/// The same, to look into.
pub(crate) fn published() -> &'static Groups {
    &GROUPS
}

/// NATO, and the operations that its council runs: their information is NATO's, and needs its read-on
/// (IC Markings Manual 2016, Table 5: "NATO/NAC markings require NATO read-in").
pub(crate) const NATO_OWNERS: [&str; 5] = ["ISAF", "KFOR", "NATO", "RSMA", "SFOR"];

/// Whether information of `owner` needs a NATO read-on.
pub(crate) fn is_nato(owner: &str) -> bool {
    NATO_OWNERS.contains(&owner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_of_a_group_is_a_country() {
        for group in groups().iter() {
            for member in &group.members {
                assert!(is_country(member.as_str()), "{member} in {}", group.code);
            }
        }
        assert_eq!(groups().get(&Entity::new("NATO")).unwrap().members.len(), 32);
    }

    #[test]
    fn f10_all_published_tetragraphs_are_known() {
        let known = groups();
        assert!(known.iter().count() >= 61, "{}", known.iter().count());
        for code in "AMSP APFS ASEA BWCS CFCK CLFC CMFC CMFP CPMT CTOC CWCS EU FRME GCCH GFNX GMIF IMSC IMSP IPMC IRKS ISSG \
                     KFOR MESF MGEU MLEC MNTF NACT NATO NCFE NKIC NRDC NSG OSTY PAWA PSMX RISC SOFP TEYE TFTC UNCK AOSC BHTF \
                     CFOD CFUP ECTF EFOR EUDA GCTF IESC ISAF MCFI MIFH MPFL OSAG PGMF RSMA SFOR SPAA ACGU FVEY"
            .split_ascii_whitespace()
        {
            assert!(known.get(&Entity::new(code)).is_some(), "{code}");
        }
        assert!(COUNTRIES.len() > 270);
    }
}

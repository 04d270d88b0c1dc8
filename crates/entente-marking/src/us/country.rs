//! Countries and groups of countries on release lists.
//!
//! Codes are ISO 3166-1 alpha-3; group membership follows the published tetragraph taxonomy where it is public. The
//! members of NATO are those of 2024 (32). Whether roll-up may take a group apart is its own column.

use crate::groups::{Group, Groups};
use crate::release::Entity;

/// ISO 3166-1 alpha-3 codes, and the register's own codes for territories without one.
const COUNTRIES: &str = "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD \
BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV \
CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO \
GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL \
ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO \
MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR \
NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN \
SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN \
TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM XKS YEM ZAF ZMB ZWE";

/// Code, name, whether roll-up may take it apart, members.
#[rustfmt::skip]
const GROUPS: &[(&str, &str, bool, &str)] = &[
    ("FVEY", "Five Eyes", true, "AUS CAN GBR NZL USA"),
    ("ACGU", "Four Eyes", true, "AUS CAN GBR USA"),
    ("TEYE", "Three Eyes", true, "AUS GBR USA"),
    ("NATO", "North Atlantic Treaty Organization", false, "ALB BEL BGR CAN CZE DEU DNK ESP EST FIN FRA GBR GRC HRV HUN ISL ITA LTU LUX LVA MKD MNE NLD NOR POL PRT ROU SVK SVN SWE TUR USA"),
    ("EU", "European Union", false, "AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN SWE"),
    ("ISAF", "International Security Assistance Force (until 2014; membership no longer maintained)", false, ""),
    ("RSMA", "Resolute Support Mission (until 2021; membership no longer maintained)", false, ""),
    ("KFOR", "Kosovo Force (membership varies; none is assumed)", false, ""),
    ("CFIJ", "Combined Joint Task Force (membership varies; none is assumed)", false, ""),
    ("GCTF", "Global counter-terrorism forces (membership varies; none is assumed)", false, ""),
    ("UN", "United Nations (as an organisation)", false, ""),
];

/// Whether `code` is a country's.
pub(crate) fn is_country(code: &str) -> bool {
    code.len() == 3 && COUNTRIES.split_ascii_whitespace().any(|known| known == code)
}

/// The groups known out of the box.
pub fn groups() -> Groups {
    let mut groups = Groups::default();
    for (code, name, decomposable, members) in GROUPS {
        groups.insert(Group {
            code: Entity::new(code),
            name: (*name).to_owned(),
            members: members.split_ascii_whitespace().map(Entity::new).collect(),
            decomposable: *decomposable,
        });
    }
    groups
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
}

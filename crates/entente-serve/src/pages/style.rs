//! The style sheet and the scripts, each named by its digest, and the colours of marks, which are the schemes' data.

use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use ring::digest;

use crate::persons::hex;

/// Classes of colour: ground, text, and the strip beside a portion where it differs. US labels are SF 703 to 710 and the
/// CUI label, TLP is FIRST's own.
const COLOURS: [(&str, &str, &str, &str); 10] = [
    ("us-u", "#007a33", "#fff", ""),
    ("us-cui", "#502b85", "#fff", ""),
    ("us-c", "#0033a0", "#fff", ""),
    ("us-s", "#c8102e", "#fff", ""),
    ("us-ts", "#ff8c00", "#000", ""),
    ("us-sci", "#fce83a", "#000", ""),
    ("tlp-red", "#000", "#ff2b2b", "#ff2b2b"),
    ("tlp-amber", "#000", "#ffc000", "#ffc000"),
    ("tlp-green", "#000", "#33ff00", "#33ff00"),
    ("tlp-clear", "#000", "#fff", "#fff"),
];

/// A file that pages load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asset {
    /// The style sheet.
    Sheet,
    /// What refuses scripts in what becomes part of a page; loaded before whatever changes one.
    Trusted,
    /// What exchanges parts of a page while somebody works on it.
    Htmx,
    /// What carries questions and answers between pages and passkeys.
    Passkeys,
    /// Keys, on every page of whoever is signed in and did not switch them off.
    Keys,
    /// What looks again whether a page is still so.
    Fresh,
}

impl Asset {
    const ALL: [Self; 6] = [
        Self::Sheet,
        Self::Trusted,
        Self::Htmx,
        Self::Passkeys,
        Self::Keys,
        Self::Fresh,
    ];

    /// Its name before the digest, and what is in it.
    fn text(self) -> (&'static str, String) {
        let (stem, text) = match self {
            Self::Sheet => return ("entente", with_colours()),
            Self::Trusted => ("trusted", include_str!("../../assets/trusted.js")),
            // htmx 2.0.11, as it is published; its licence (0BSD) is beside it.
            Self::Htmx => ("htmx", include_str!("../../assets/htmx-2.0.11.min.js")),
            Self::Passkeys => ("passkeys", include_str!("../../assets/passkeys.js")),
            Self::Keys => ("keys", include_str!("../../assets/keys.js")),
            Self::Fresh => ("fresh", include_str!("../../assets/fresh.js")),
        };
        (stem, text.to_owned())
    }

    /// The name under which it is served.
    pub(crate) fn name(self) -> &'static str {
        let served = statics().iter().find(|file| file.asset == self);
        served.map_or("", |file| &file.name)
    }
}

/// A file that stays the same as long as its name does.
struct Static {
    asset: Asset,
    name: String,
    kind: &'static str,
    text: String,
}

impl Static {
    fn of(asset: Asset) -> Self {
        let (end, kind) = match asset {
            Asset::Sheet => ("css", "text/css; charset=utf-8"),
            _ => ("js", "text/javascript; charset=utf-8"),
        };
        let (stem, text) = asset.text();
        let digest = hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
        let short = digest.get(..16).unwrap_or_default();
        Self {
            asset,
            name: format!("{stem}-{short}.{end}"),
            kind,
            text,
        }
    }
}

fn statics() -> &'static [Static; 6] {
    static ALL: OnceLock<[Static; 6]> = OnceLock::new();
    ALL.get_or_init(|| Asset::ALL.map(Static::of))
}

fn with_colours() -> String {
    let mut text = include_str!("../../assets/entente.css").to_owned();
    text.push_str("\n/* Colours of marks: data of the schemes. */\n");
    for (class, ground, words, strip) in COLOURS {
        let strip = match strip {
            "" => String::new(),
            strip => format!("; --k: {strip}"),
        };
        text.push_str(&format!(".{class} {{ --b: {ground}; --f: {words}{strip} }}\n"));
    }
    text
}

/// `GET /static/…`.
pub(crate) async fn file(Path(name): Path<String>) -> Response {
    match statics().iter().find(|file| file.name == name) {
        Some(file) => (
            [
                (header::CONTENT_TYPE, file.kind),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ],
            file.text.as_str(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /favicon.ico`: browsers ask for it; two sheets of paper, one over the other.
pub(crate) async fn icon() -> Response {
    const ICON: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect x='2' y='1' width='9' height='12' \
                        fill='#0b5563'/><rect x='5' y='4' width='9' height='11' fill='#faf8f3' stroke='#0b5563'/></svg>";
    (
        [
            (header::CONTENT_TYPE, "image/svg+xml"),
            (header::CACHE_CONTROL, "public, max-age=86400"),
        ],
        ICON,
    )
        .into_response()
}

/// The class of a mark's colour; none where its scheme gives no colours. The mark itself always stands beside it.
pub(crate) fn class_of(mark: &str) -> &'static str {
    let text = mark.trim_start_matches(['(', '/']).trim_end_matches(')');
    let mut parts = text.split("//");
    let first = parts.next().unwrap_or_default();
    let systems = parts.next().unwrap_or_default();
    match first {
        "TS" | "TOP SECRET" if is_sci(systems) => "us-sci",
        "TS" | "TOP SECRET" => "us-ts",
        "S" | "SECRET" => "us-s",
        "C" | "CONFIDENTIAL" => "us-c",
        "U" | "UNCLASSIFIED" => "us-u",
        "TLP:RED" => "tlp-red",
        "TLP:AMBER" | "TLP:AMBER+STRICT" => "tlp-amber",
        "TLP:GREEN" => "tlp-green",
        "TLP:CLEAR" | "TLP:WHITE" => "tlp-clear",
        _ if first == "CUI" || first == "CONTROLLED" => "us-cui",
        _ => "",
    }
}

/// Whether the second part of a mark names a control system, rather than who may have it.
fn is_sci(part: &str) -> bool {
    const SYSTEMS: [&str; 6] = ["SI", "TK", "HCS", "RSV", "BUR", "KLM"];
    part.split('/').any(|system| {
        SYSTEMS.iter().any(|known| {
            system == *known || system.starts_with(&format!("{known}-")) || system.starts_with(&format!("{known} "))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_follow_level_and_systems_in_banner_and_portion_alike() {
        for (mark, class) in [
            ("(U//REL TO USA, CHL, GBR)", "us-u"),
            ("(S//OC/REL TO USA, GBR)", "us-s"),
            ("(TS//OC/REL TO USA, GBR)", "us-ts"),
            ("(TS//SI//OC/REL TO USA, GBR)", "us-sci"),
            ("TOP SECRET//SI-G//NOFORN", "us-sci"),
            ("TOP SECRET//NOFORN", "us-ts"),
            ("(TLP:AMBER+STRICT)", "tlp-amber"),
            ("(CUI//SP-CTI)", "us-cui"),
            ("(//NS)", ""),
            ("(H1)", ""),
        ] {
            assert_eq!(class_of(mark), class, "{mark}");
        }
    }

    #[test]
    fn every_class_is_in_the_sheet_and_the_sheet_stays_small() {
        let [sheet, ..] = statics();
        let text = &sheet.text;
        for (class, ..) in COLOURS {
            assert!(text.contains(&format!(".{class} {{")), "{class}");
        }
        let all: usize = statics().iter().map(|file| file.text.len()).sum();
        assert!(all < 100 << 10, "static files have at most 100 KB");
        assert!(
            !text.contains("@import") && !text.contains("url("),
            "nothing is fetched from elsewhere"
        );
    }
}

//! A mark on a page: where it may break, and its colour.

use super::frame::Banner;
use super::style::class_of;

/// A mark, ready to be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Parts between which a line may break: after `//` and nowhere else.
    pub(crate) parts: Vec<String>,
    /// The class of its colour.
    pub(crate) class: &'static str,
}

impl Mark {
    pub(crate) fn of(text: &str) -> Self {
        let whole = text.replace(' ', "\u{a0}");
        Self {
            parts: whole.split_inclusive("//").map(str::to_owned).collect(),
            class: class_of(text),
        }
    }
}

/// The banner over banners, each one's lines once; its colour is the strictest of them.
pub(crate) fn banner_over<'b>(banners: impl Iterator<Item = &'b str>) -> Option<Banner> {
    const STRICTEST_FIRST: [&str; 10] = [
        "us-sci",
        "us-ts",
        "us-s",
        "tlp-red",
        "us-c",
        "tlp-amber",
        "us-cui",
        "tlp-green",
        "us-u",
        "tlp-clear",
    ];
    let mut all: Vec<&str> = banners
        .flat_map(|banner| banner.split(" | "))
        .filter(|text| !text.is_empty())
        .collect();
    let place = |text: &&str| {
        let class = class_of(text);
        (
            STRICTEST_FIRST.iter().position(|known| *known == class),
            text.to_string(),
        )
    };
    all.sort_by_key(place);
    all.dedup();
    let class = class_of(
        all.iter()
            .find(|text| !class_of(text).is_empty())
            .copied()
            .unwrap_or_default(),
    );
    (!all.is_empty()).then(|| Banner {
        text: all.join(" | "),
        class,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_breaks_after_double_slashes_only() {
        let mark = Mark::of("(TS//SI//OC/REL TO USA, GBR)");
        assert_eq!(mark.parts, ["(TS//", "SI//", "OC/REL\u{a0}TO\u{a0}USA,\u{a0}GBR)"]);
    }

    #[test]
    fn the_strictest_banner_stands_first_and_gives_the_colour() {
        let banner = banner_over(["SECRET//NOFORN", "TOP SECRET//SI//NOFORN", "SECRET//NOFORN"].into_iter()).unwrap();
        assert_eq!(
            (banner.text.as_str(), banner.class),
            ("TOP SECRET//SI//NOFORN | SECRET//NOFORN", "us-sci")
        );
        assert_eq!(banner_over(std::iter::empty()), None);
    }
}

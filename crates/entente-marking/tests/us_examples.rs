//! Every worked example of the manual: the banner that belongs to the portions of its page.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use entente_marking::us::UsIc;
use entente_marking::{MarkKind, Scheme};

struct Example<'e> {
    number: &'e str,
    page: &'e str,
    banner: &'e str,
    portions: Vec<&'e str>,
    note: &'e str,
}

fn examples() -> Vec<Example<'static>> {
    include_str!("us_examples.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let columns: Vec<&str> = line.split(" | ").flat_map(|c| c.split(" |")).map(str::trim).collect();
            Example {
                number: columns[0],
                page: columns[1],
                banner: columns[2],
                portions: columns[3].split(" ; ").collect(),
                note: columns.get(4).copied().unwrap_or_default(),
            }
        })
        .collect()
}

#[test]
fn the_banner_is_that_of_the_manual() {
    let scheme = UsIc::ic_2016();
    let mut wrong = Vec::new();
    for example in examples() {
        let Example {
            number,
            page,
            banner,
            portions,
            note,
        } = &example;
        let context = note.starts_with("banner").then_some(*banner);
        // An odd row that leaves a list to the banner is still read with it.
        let context = context.or_else(|| note.starts_with("odd: gives").then_some(*banner));
        let rollup = scheme.rollup(portions, context);
        let got = rollup.banner.map(|marking| marking.canonical);
        let expected = match note.strip_prefix("odd:") {
            None => {
                // The manual writes some banners in long, some in short form: both read as the same mark.
                scheme.check(banner, MarkKind::Banner, None).canonical.map(|canonical| {
                    if canonical == *banner || got.as_deref() == Some(banner) {
                        (*banner).to_owned()
                    } else {
                        canonical
                    }
                })
            }
            // `odd: gives X: why` or `odd: refused: why`.
            Some(odd) => odd
                .trim()
                .strip_prefix("gives ")
                .and_then(|odd| odd.split(": ").next())
                .map(str::to_owned),
        };
        if got != expected {
            wrong.push(format!(
                "#{number} (p. {page}) {}\n  expected {expected:?}\n  got      {got:?}\n  findings {:?}",
                portions.join(" "),
                rollup
                    .findings
                    .iter()
                    .map(|f| format!("{}: {}", f.rule, f.message))
                    .collect::<Vec<_>>()
            ));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Section J: both texts are valid and mean the same.
#[test]
fn banner_and_portion_of_the_same_information_mean_the_same() {
    let scheme = UsIc::ic_2016();
    let mut wrong = Vec::new();
    for line in include_str!("us_pairs.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let mut columns = line.split('|').map(str::trim);
        let (banner, portion) = (columns.next().unwrap(), columns.next().unwrap());
        let odd = columns.next().is_some_and(|note| note.starts_with("odd:"));
        let in_banner = scheme.check(banner, MarkKind::Banner, None);
        let in_portion = scheme.check(portion, MarkKind::Portion, Some(banner));
        let same = in_banner.is_valid() && in_portion.is_valid() && {
            let rolled = scheme.rollup(&[portion], Some(banner)).banner.unwrap();
            rolled.label == in_banner.label(banner) && in_portion.label(portion) == in_banner.label(banner)
        };
        if same == odd {
            wrong.push(format!("{line}\n  {in_banner:#?}\n  {in_portion:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

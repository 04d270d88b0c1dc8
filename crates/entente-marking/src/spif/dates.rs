//! Dates that are typed into a category, in the format that the policy gives (ISO 8601: `YYYY-MM-DD`, `YYYYMMDD`, `YYYY-MM`).

use jiff::civil::DateTime;

/// The format without one: a day as it is written everywhere else.
pub(super) const DAY: &str = "YYYY-MM-DD";

/// A part of a date, or what stands between.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Between(char),
}

/// The parts of a format, each with its number of digits; `None` where it has letters that mean nothing.
fn parts(format: &str) -> Option<Vec<(Part, usize)>> {
    let mut found: Vec<(Part, usize)> = Vec::new();
    for letter in format.chars() {
        let after_hour = found.iter().any(|(part, _)| *part == Part::Hour);
        let part = match letter {
            'Y' | 'y' => Part::Year,
            'D' | 'd' => Part::Day,
            'H' | 'h' => Part::Hour,
            'M' | 'm' if after_hour => Part::Minute,
            'M' | 'm' => Part::Month,
            'S' | 's' if after_hour => Part::Second,
            'T' | 'Z' => Part::Between(letter),
            other if !other.is_alphanumeric() => Part::Between(other),
            _ => return None,
        };
        match found.last_mut() {
            Some((last, digits)) if *last == part && !matches!(part, Part::Between(_)) => *digits += 1,
            _ => found.push((part, 1)),
        }
    }
    let digits = |(part, digits): &(Part, usize)| match part {
        Part::Year => *digits == 4,
        Part::Between(_) => true,
        _ => *digits == 2,
    };
    let dated = found.iter().any(|(part, _)| *part == Part::Year);
    (dated && found.iter().all(digits)).then_some(found)
}

/// Whether a format can be read.
pub(super) fn is_format(format: &str) -> bool {
    parts(format).is_some()
}

/// Whether a text is a date in a format.
pub(super) fn is_date(text: &str, format: &str) -> bool {
    let Some(parts) = parts(format) else { return false };
    let mut rest = text;
    let (mut year, mut month, mut day, mut hour, mut minute, mut second) = (0, 1, 1, 0, 0, 0);
    for (part, digits) in parts {
        let slot = match part {
            Part::Between(c) => match rest.strip_prefix(c) {
                Some(behind) => {
                    rest = behind;
                    continue;
                }
                None => return false,
            },
            Part::Year => &mut year,
            Part::Month => &mut month,
            Part::Day => &mut day,
            Part::Hour => &mut hour,
            Part::Minute => &mut minute,
            Part::Second => &mut second,
        };
        let Some(written) = rest
            .get(..digits)
            .filter(|text| text.bytes().all(|b| b.is_ascii_digit()))
        else {
            return false;
        };
        let Ok(number) = written.parse::<i16>() else {
            return false;
        };
        *slot = number;
        rest = &rest[digits..];
    }
    let small = |number: i16| i8::try_from(number).unwrap_or(i8::MAX);
    let (month, day, hour, minute, second) = (small(month), small(day), small(hour), small(minute), small(second));
    rest.is_empty() && DateTime::new(year, month, day, hour, minute, second, 0).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_format() {
        for (text, format, is) in [
            ("2026-11-21", DAY, true),
            ("2026-02-30", DAY, false),
            ("21-11-2026", DAY, false),
            ("20261121", "YYYYMMDD", true),
            ("20261321", "YYYYMMDD", false),
            ("2026-11", "YYYY-MM", true),
            ("21/11/2026", "dd/MM/yyyy", true),
            ("2026-11-21T23:59:59Z", "YYYY-MM-DDThh:mm:ssZ", true),
            ("2026-11-21T24:59:59Z", "YYYY-MM-DDThh:mm:ssZ", false),
            ("2026-11-21 and more", DAY, false),
            ("é026-11-21", DAY, false),
            ("2026", "week", false),
        ] {
            assert_eq!(is_date(text, format), is, "{text} {format}");
        }
        assert!(is_format("YYYY") && !is_format("MM-DD") && !is_format("YY-MM-DD") && !is_format("YYYY-Www"));
    }
}

//! How long there is until a moment.

use jiff::Timestamp;

use super::tongue::Tongue;

/// How long there is until a moment, and whether that is late or soon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) left: String,
    pub(super) moment: String,
    pub(super) class: &'static str,
}

impl Clock {
    pub(super) fn of(until: Timestamp, now: Timestamp, t: Tongue) -> Self {
        let seconds = until.as_second() - now.as_second();
        let minutes = seconds.unsigned_abs() / 60;
        let left = match minutes {
            0..60 => format!("0:{minutes:02}"),
            60..2880 => format!("{}:{:02}", minutes / 60, minutes % 60),
            2880..527_040 => t.say_of("clock-days", minutes / 1440),
            _ => t.say_of("clock-years", minutes / 525_960),
        };
        let (left, class) = match seconds {
            ..0 => (format!("−{left}"), "late"),
            0..14_400 => (left, "soon"),
            _ => (left, ""),
        };
        Self {
            left,
            moment: t.short(until),
            class,
        }
    }

    pub(super) fn is_late(&self) -> bool {
        self.class == "late"
    }

    /// The key of the word before the moment.
    pub(super) fn key(&self) -> &'static str {
        if self.is_late() { "clock-since" } else { "clock-until" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_said_in_minutes_hours_days_or_years() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        for (seconds, left, class) in [
            (42 * 60, "0:42", "soon"),
            (5 * 3600 + 42 * 60, "5:42", ""),
            (3 * 86_400, "3 d", ""),
            (800 * 86_400, "2 y", ""),
            (-26 * 3600, "−26:00", "late"),
        ] {
            let clock = Clock::of(
                Timestamp::from_second(1_000_000 + seconds).unwrap(),
                now,
                Tongue::English,
            );
            assert_eq!((clock.left.as_str(), clock.class), (left, class), "{seconds}");
        }
    }
}

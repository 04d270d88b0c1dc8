//! Numbers for the operator's instruments. No name of a party, person or report stands in them.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper ends of the classes in which times of answers are counted, in milliseconds.
const CLASSES: [u64; 8] = [1, 5, 10, 25, 50, 100, 500, 2500];

/// All that is counted since the start.
#[derive(Debug, Default)]
pub struct Metrics {
    answers: [AtomicU64; 5],
    times: [AtomicU64; CLASSES.len() + 1],
    milliseconds: AtomicU64,
    /// Messages of partners that were taken in.
    pub taken: AtomicU64,
    /// Messages of partners that were refused, unreadable ones included.
    pub refused: AtomicU64,
    /// Messages that partners confirmed.
    pub confirmed: AtomicU64,
    /// Attempts that reached nobody.
    pub unreached: AtomicU64,
    /// People who signed in.
    pub signed_in: AtomicU64,
    /// Attempts to sign in that failed.
    pub sign_in_failed: AtomicU64,
}

/// Numbers that are looked up when somebody asks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gauges {
    /// Messages that wait to leave.
    pub waiting: u64,
    /// People who are signed in.
    pub sessions: u64,
    /// Whether messages can be signed.
    pub unlocked: bool,
}

impl Metrics {
    /// Counts an answer.
    pub fn answered(&self, status: u16, took: Duration) {
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        if let Some(counter) = self.answers.get(class) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        let took = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let class = CLASSES.iter().position(|end| took <= *end).unwrap_or(CLASSES.len());
        if let Some(counter) = self.times.get(class) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        self.milliseconds.fetch_add(took, Ordering::Relaxed);
    }

    /// The text that Prometheus reads.
    pub fn text(&self, gauges: Gauges) -> String {
        let mut out = String::new();
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        out.push_str("# TYPE entente_http_responses_total counter\n");
        for (class, counter) in (1..).zip(&self.answers) {
            let _ = writeln!(
                out,
                "entente_http_responses_total{{class=\"{class}xx\"}} {}",
                read(counter)
            );
        }
        out.push_str("# TYPE entente_http_response_milliseconds histogram\n");
        let mut sum = 0;
        for (class, counter) in self.times.iter().enumerate() {
            sum += read(counter);
            let end = CLASSES.get(class).map_or("+Inf".to_owned(), u64::to_string);
            let _ = writeln!(out, "entente_http_response_milliseconds_bucket{{le=\"{end}\"}} {sum}");
        }
        let _ = writeln!(
            out,
            "entente_http_response_milliseconds_sum {}",
            read(&self.milliseconds)
        );
        let _ = writeln!(out, "entente_http_response_milliseconds_count {sum}");
        for (name, counter) in [
            ("messages_taken", &self.taken),
            ("messages_refused", &self.refused),
            ("messages_confirmed", &self.confirmed),
            ("partners_unreached", &self.unreached),
            ("sign_ins", &self.signed_in),
            ("sign_ins_failed", &self.sign_in_failed),
        ] {
            let _ = writeln!(
                out,
                "# TYPE entente_{name}_total counter\nentente_{name}_total {}",
                read(counter)
            );
        }
        for (name, value) in [
            ("messages_waiting", gauges.waiting),
            ("sessions", gauges.sessions),
            ("keys_unlocked", u64::from(gauges.unlocked)),
        ] {
            let _ = writeln!(out, "# TYPE entente_{name} gauge\nentente_{name} {value}");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_times_add_up() {
        let metrics = Metrics::default();
        for (status, millis) in [(200, 0), (204, 5), (404, 6), (503, 9_000)] {
            metrics.answered(status, Duration::from_millis(millis));
        }
        let text = metrics.text(Gauges::default());
        for line in [
            "entente_http_responses_total{class=\"2xx\"} 2",
            "entente_http_responses_total{class=\"5xx\"} 1",
            "entente_http_response_milliseconds_bucket{le=\"5\"} 2",
            "entente_http_response_milliseconds_bucket{le=\"+Inf\"} 4",
            "entente_http_response_milliseconds_sum 9011",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}

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
    /// Times that the public ledger was brought up to date and signed.
    pub ledger_signed: AtomicU64,
    /// Times that it could not be.
    pub ledger_unsigned: AtomicU64,
}

/// Numbers that are looked up when somebody asks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gauges {
    /// Messages that wait to leave.
    pub waiting: u64,
    /// Bytes that are free where the data folder stands.
    pub free: u64,
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
        head(
            &mut out,
            "http_responses_total",
            "counter",
            "Answers, by the first digit of their status.",
        );
        for (class, counter) in (1..).zip(&self.answers) {
            let _ = writeln!(
                out,
                "entente_http_responses_total{{class=\"{class}xx\"}} {}",
                read(counter)
            );
        }
        self.write_times(&mut out);
        for (name, help, counter) in [
            (
                "messages_taken",
                "Messages of partners that were taken in.",
                &self.taken,
            ),
            (
                "messages_refused",
                "Messages of partners that were refused.",
                &self.refused,
            ),
            (
                "messages_confirmed",
                "Messages that partners confirmed.",
                &self.confirmed,
            ),
            (
                "partners_unreached",
                "Attempts that reached no partner.",
                &self.unreached,
            ),
            ("sign_ins", "People who signed in.", &self.signed_in),
            (
                "sign_ins_failed",
                "Attempts to sign in that failed.",
                &self.sign_in_failed,
            ),
            (
                "ledger_signings",
                "Times that the public ledger was signed.",
                &self.ledger_signed,
            ),
            (
                "ledger_signings_failed",
                "Times that it could not be signed.",
                &self.ledger_unsigned,
            ),
        ] {
            let name = format!("{name}_total");
            head(&mut out, &name, "counter", help);
            let _ = writeln!(out, "entente_{name} {}", read(counter));
        }
        for (name, help, value) in [
            ("messages_waiting", "Messages that wait to leave.", gauges.waiting),
            ("sessions", "People who are signed in.", gauges.sessions),
            (
                "keys_unlocked",
                "Whether messages can be signed.",
                u64::from(gauges.unlocked),
            ),
            (
                "disk_free_bytes",
                "Bytes free where the data folder stands.",
                gauges.free,
            ),
        ] {
            head(&mut out, name, "gauge", help);
            let _ = writeln!(out, "entente_{name} {value}");
        }
        out
    }

    fn write_times(&self, out: &mut String) {
        const NAME: &str = "http_response_milliseconds";
        head(out, NAME, "histogram", "How long answers took.");
        let mut sum = 0;
        for (class, counter) in self.times.iter().enumerate() {
            sum += counter.load(Ordering::Relaxed);
            let end = CLASSES.get(class).map_or("+Inf".to_owned(), u64::to_string);
            let _ = writeln!(out, "entente_{NAME}_bucket{{le=\"{end}\"}} {sum}");
        }
        let milliseconds = self.milliseconds.load(Ordering::Relaxed);
        let _ = writeln!(out, "entente_{NAME}_sum {milliseconds}\nentente_{NAME}_count {sum}");
    }
}

/// What Prometheus is told of a number before the number.
fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP entente_{name} {help}\n# TYPE entente_{name} {kind}");
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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

    /// The names under which samples are served.
    fn served() -> BTreeSet<String> {
        let text = Metrics::default().text(Gauges::default());
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        samples
            .map(|line| line.split([' ', '{']).next().unwrap().to_owned())
            .collect()
    }

    /// The names that a text speaks of: a word that begins as they do, and is neither a file, nor a job, nor a title.
    fn named(text: &str) -> BTreeSet<String> {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        words
            .filter(|word| word.starts_with("entente_"))
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn alerts_and_dashboard_speak_of_the_numbers_that_are_served_and_of_no_others() {
        let alerts = include_str!("../../../packaging/monitoring/alerts.yml");
        let tried = include_str!("../../../packaging/monitoring/alerts-test.yml");
        let dashboard = include_str!("../../../packaging/monitoring/dashboard.json");
        let served = served();
        for (file, text) in [("alerts", alerts), ("alerts-test", tried), ("dashboard", dashboard)] {
            let unknown: Vec<_> = named(text).difference(&served).cloned().collect();
            assert_eq!(unknown, [""; 0], "{file} speaks of what nobody serves");
        }
        let unseen: Vec<_> = served.difference(&named(dashboard)).cloned().collect();
        // What a histogram is made of besides is for other programs.
        assert_eq!(
            unseen,
            [
                "entente_http_response_milliseconds_count",
                "entente_http_response_milliseconds_sum"
            ],
            "the dashboard shows all there is"
        );
        let dashboard: serde_json::Value = serde_json::from_str(dashboard).unwrap();
        let panels = dashboard["panels"].as_array().unwrap();
        for panel in panels.iter().filter(|panel| panel["type"] != "row") {
            let expressions: Vec<_> = panel["targets"].as_array().into_iter().flatten().collect();
            let shows = |target: &&&serde_json::Value| target["expr"].as_str().is_some_and(|text| !text.is_empty());
            assert!(
                expressions.iter().any(|target| shows(&target)),
                "{} shows nothing",
                panel["title"]
            );
        }
    }
}

//! Answers whose time says no more than their bytes: they end with their class.
//!
//! What is missing and what the caller may not know of are the same bytes, and looking one up takes longer than not finding the
//! other. So what says that there is no such thing waits for the end of its class.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::Response;

/// The shortest class: more than it takes to look something up, check it and put it on the disk.
const CLASS: Duration = Duration::from_millis(16);

/// Borne by an answer that is no refusal and still says that there is no such thing.
#[derive(Clone, Copy, Debug)]
struct OfNothing;

/// Says of an answer that its time is to tell nothing.
pub(crate) fn of_nothing(answer: &mut Response) {
    answer.extensions_mut().insert(OfNothing);
}

/// Whether an answer says that something is not there, or that it is not for whoever asks: its time is to tell nothing.
pub(crate) fn concerns(answer: &Response) -> bool {
    // A form is told with 409 that it names what is not known.
    let refused = [StatusCode::NOT_FOUND, StatusCode::CONFLICT].contains(&answer.status());
    refused || answer.extensions().get::<OfNothing>().is_some()
}

/// Waits until the class ends of what began then.
pub(crate) async fn rest_of_class(since: Instant) {
    tokio::time::sleep_until((since + class_of(since.elapsed())).into()).await;
}

/// How long an answer takes that was ready after so long. Each class is twice as long as the one before.
fn class_of(took: Duration) -> Duration {
    let mut class = CLASS;
    while class < took {
        class *= 2;
    }
    class
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_ends_with_its_class() {
        for (took, whole) in [(0, 16), (3, 16), (16, 16), (17, 32), (40, 64), (500, 512)] {
            assert_eq!(class_of(Duration::from_millis(took)).as_millis(), whole, "{took}");
        }
    }
}

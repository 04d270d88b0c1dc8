//! Parties, arrangements, reports, decisions, requests, consents and source exposure, as pure functions.

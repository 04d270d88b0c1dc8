//! Events, projections, outbox and ledger in one transaction.

//! A tamper-evident, append-only log: C2SP tiles, checkpoints, signed notes and proofs.

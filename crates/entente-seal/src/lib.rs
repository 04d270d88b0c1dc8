//! Keys at rest, signatures and sealed files between parties.

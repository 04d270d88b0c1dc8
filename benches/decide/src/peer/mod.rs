//! Other people's engines, each with the same rules in its own language (`policies/`).
//!
//! What can be done before a decision is done before: policies are compiled, data is loaded, sets are sets.

mod casbin;
mod cedar;
mod rego;

use std::error::Error;

use entente_core::Outcome;

use crate::world::{Failing, World};

/// A policy engine that knows the world.
pub trait Peer {
    fn name(&self) -> &'static str;

    /// Every rule that fails for a person and a portion.
    fn failing(&mut self, person: usize, portion: usize) -> Failing;

    /// What comes out, in the quickest way that this engine has.
    fn outcome(&mut self, person: usize, portion: usize) -> Outcome;
}

/// All of them.
///
/// # Errors
/// When an engine does not accept its policies or the world.
pub fn all(world: &World) -> Result<Vec<Box<dyn Peer>>, Box<dyn Error>> {
    Ok(vec![
        Box::new(cedar::Cedar::new(world)?),
        Box::new(rego::Rego::new(world)?),
        Box::new(casbin::Casbin::new(world)?),
    ])
}

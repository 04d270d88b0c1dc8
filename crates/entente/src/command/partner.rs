//! `partner`: how it stands with those who share with this party.

use clap::Subcommand;
use entente_node::PartnerStanding;
use jiff::Timestamp;
use serde_json::json;

use super::Global;
use crate::failure::{Exit, Failure};
use crate::output;

/// `entente partner`.
#[derive(Debug, Subcommand)]
pub(crate) enum PartnerCommand {
    /// For each partner: by which way messages travel, when it was last heard of, what waits, what it has not confirmed.
    List,
}

impl PartnerCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let node = global.node()?;
        let by_network = super::exchange::by_network(global)?;
        let standings = node.node().partners()?;
        let way = |standing: &PartnerStanding| match by_network.contains(&standing.party) {
            true => "network",
            false => "files",
        };
        let moment = |at: Option<Timestamp>| {
            at.map_or_else(|| "never".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string())
        };
        let rows = standings.iter().map(|standing| {
            vec![
                standing.party.to_string(),
                if standing.keys { way(standing) } else { "no keys" }.to_owned(),
                moment(standing.heard_at),
                moment(standing.confirmed_at),
                standing.waiting.to_string(),
                standing.unconfirmed.len().to_string(),
                standing.refused.len().to_string(),
            ]
        });
        let rows = rows.collect();
        let value: Vec<_> = standings
            .iter()
            .map(|standing| json!({ "way": way(standing), "standing": standing }))
            .collect();
        output::either(global.json, &value, || {
            let head = [
                "partner",
                "way",
                "heard",
                "confirmed",
                "waits",
                "unconfirmed",
                "refused",
            ];
            output::table(&head, rows, "no partners are known; add one with `entente party add`");
        })?;
        Ok(Exit::Done)
    }
}

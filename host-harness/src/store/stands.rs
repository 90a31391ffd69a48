//! What is kept of how each office stands, beside the history of its runs.

use super::{LastDeliveries, OfficeSummary, Reached, Store, StoreError};
use crate::settings::OfficeNumber;

impl Store {
    /// Remembers how far the initial sync of an office has come.
    pub async fn record_reached(&self, office: &OfficeNumber, reached: Reached) -> Result<(), StoreError> {
        let office = office.clone();
        self.run(move |database, _| Ok(database.sum_up(&office, &|summary| summary.reached(reached))?)).await
    }

    /// Remembers when deliveries to an office that is there were last taken and refused.
    pub async fn record_deliveries(&self, office: &OfficeNumber, last: LastDeliveries) -> Result<(), StoreError> {
        let office = office.clone();
        self.run(move |database, _| Ok(database.sum_up(&office, &|summary| summary.heard(last.clone()))?)).await
    }

    /// What the runs of every office add up to, sorted by their numbers.
    pub async fn summaries(&self) -> Result<Vec<OfficeSummary>, StoreError> {
        self.run(|database, _| Ok(database.summaries(None)?)).await
    }

    /// What the runs of an office add up to; none where there is no such office.
    pub async fn summary(&self, office: &OfficeNumber) -> Result<Option<OfficeSummary>, StoreError> {
        let office = office.clone();
        self.run(move |database, _| Ok(database.summaries(Some(&office))?.pop())).await
    }

    /// Remembers whether webhooks of an office stand in Tribe that lead to that address.
    pub async fn record_webhooks(&self, office: &OfficeNumber, address: &str, stand: bool) -> Result<(), StoreError> {
        let (office, address) = (office.clone(), address.to_owned());
        self.run(move |database, _| {
            Ok(database.sum_up(&office, &|summary| summary.with_webhooks(address.clone(), stand))?)
        })
        .await
    }
}

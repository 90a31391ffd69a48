//! The export that tells in what both sides differ.

use super::Connector;
use super::advocaatcentraal::tribe_sync::types as wit;
use super::calls::Office;
use super::exports::advocaatcentraal::tribe_sync as export;
use crate::sync::differences;

impl export::differences::Guest for Connector {
    fn compare(after: Option<String>, budget: wit::Budget) -> Result<export::differences::Comparison, wit::Error> {
        let office = Office::open()?;
        let told = differences::differences(office.ports(), &office.settings, budget.into(), after.as_deref())?;
        let found = told.found.into_iter().map(|one| export::differences::Difference {
            subject: one.subject.into(),
            field: one.field,
            side: one.side.map(Into::into),
            why: one.why.as_str().to_owned(),
        });
        Ok(export::differences::Comparison { found: found.collect(), compared: told.compared, next: told.next })
    }
}

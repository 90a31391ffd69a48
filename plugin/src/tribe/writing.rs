//! Creating and changing records.

use crate::answer::{self, Failure};
use crate::ports::{Method, Response};
use crate::relation::{Instant, TribeId};
use crate::tribe::client::{Call, Client};
use crate::tribe::query;
use crate::tribe::record::{Edit, Record};

/// A record to create.
#[derive(Debug)]
pub struct Create {
    /// The entity set.
    pub set: String,
    /// The body.
    pub edit: Edit,
}

/// Fields to change on one record.
#[derive(Debug)]
pub struct Update {
    /// The entity set.
    pub set: String,
    /// Of which record.
    pub id: TribeId,
    /// The body.
    pub edit: Edit,
}

/// What Tribe says of a change that it carried out.
#[derive(Debug)]
pub struct Stored {
    /// The record; none where Tribe does not say (204).
    pub record: Option<Record>,
    /// Tribe's clock.
    pub server_time: Option<Instant>,
}

impl Client<'_> {
    /// Creates records and hands over each, with its tag, as it is made. An error of the whole is returned; the creates
    /// that were not handed over by then were not sent.
    pub fn create_each<Tag>(
        &self,
        creates: Vec<(Tag, Create)>,
        on_each: &mut dyn FnMut(Tag, Result<Record, Failure>),
    ) -> Result<(), Failure> {
        let calls = creates
            .into_iter()
            .map(|(tag, create)| Ok((tag, Call::odata(Method::Post, &create.set, create.edit.to_bytes()?))));
        self.send_each(calls.collect::<Result<_, Failure>>()?, &mut |tag, answer| {
            // A success without a record in it still was a success: only a look-up by marker can tell its id.
            let record =
                answer.and_then(|response| answer::json(&response).and_then(Record::new).map_err(Failure::in_doubt));
            on_each(tag, record);
        })
    }

    /// Changes records and hands over each, with its tag, as it was stored.
    pub fn update_each<Tag>(
        &self,
        updates: Vec<(Tag, Update)>,
        on_each: &mut dyn FnMut(Tag, Result<Stored, Failure>),
    ) -> Result<(), Failure> {
        let calls = updates.into_iter().map(|(tag, update)| {
            let record = query::single(&update.set, &update.id);
            Ok((tag, Call::odata(Method::Put, &record, update.edit.to_bytes()?)))
        });
        self.send_each(calls.collect::<Result<_, Failure>>()?, &mut |tag, answer| {
            on_each(tag, answer.and_then(|response| stored(&response)));
        })
    }
}

/// What an update's answer says; an empty one says only that it was carried out. Anything else is a proxy's page (F49): nobody knows
/// whether the update was carried out.
fn stored(response: &Response) -> Result<Stored, Failure> {
    let server_time = answer::server_time(response);
    if response.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Stored { record: None, server_time });
    }
    let record = answer::json(response).and_then(Record::new).map_err(Failure::in_doubt)?;
    Ok(Stored { record: Some(record), server_time })
}

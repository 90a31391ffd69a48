//! A request of a component leaves once everything that it wrote before is durable, and one that changes something only while
//! the office is still its call's to work for.

use koppeling_egress::OfficeEgress;
use tracing::Instrument;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use super::limits::{Ended, Excess};
use super::unsaved::Unsaved;

type Sent = (http::Response<WasiBody>, Box<dyn Future<Output = Result<(), Error>> + Send>);

/// An office's egress, behind what its call wrote, for so many requests.
pub(super) struct SavedFirst {
    egress: OfficeEgress,
    made: u32,
    most: u32,
    /// Ends the call where it makes more.
    pub(super) ended: Ended,
    /// None where a call has no keys.
    pub(super) unsaved: Option<Unsaved>,
}

impl SavedFirst {
    pub(super) fn new(egress: OfficeEgress, unsaved: Option<Unsaved>, most: u32) -> Self {
        let egress = match unsaved.clone() {
            None => egress,
            // What another process may be doing too is not done once more.
            Some(unsaved) => egress.changing_only_while(move || unsaved.may_change().is_ok()),
        };
        Self { egress, made: 0, most, ended: Ended::default(), unsaved }
    }
}

impl WasiHttpHooks for SavedFirst {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        sent: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Result<Sent, Error>> + Send> {
        self.made = self.made.saturating_add(1);
        if self.made > self.most {
            self.ended.end(Excess::Requests(self.most));
            return Box::new(async { Err(Error::HttpRequestDenied) });
        }
        let unsaved = self.unsaved.clone().filter(|unsaved| !unsaved.is_saved());
        let Some(unsaved) = unsaved else { return self.egress.send_request(request, options, sent) };
        let mut egress = self.egress.clone();
        let sending = async move {
            // To a component it certainly did not arrive; the call ends with its next operation on the keys.
            unsaved.save().await.map_err(|_| Error::DestinationUnavailable)?;
            Box::into_pin(egress.send_request(request, options, sent)).await
        };
        // It is polled elsewhere: its trace goes on below the call that asked for it.
        Box::new(sending.in_current_span())
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        self.egress.p2_outgoing_body_chunk_size()
    }
}

#[cfg(test)]
#[path = "saved_first_tests.rs"]
mod tests;

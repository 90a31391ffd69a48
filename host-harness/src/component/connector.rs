//! A loaded connector, and every function of its contract.

use std::path::Path;

use super::call::CallError;
use super::contract::latest::{Connector as Instance, ConnectorPre};
use super::engine::Runtime;
use super::examine::About;
use super::limits::Ended;
use super::load::{LoadError, Source, compile};
use super::office::CallContext;
use super::state::CallState;
use super::unsaved::Unsaved;
use super::{
    Absence, Brake, Budget, Change, Comparison, DeadLetter, Error, Explanation, Finding, KeptValue, LinksPage, Outcome,
    PreviewReport, Probed, PushOutcome, RecordId, Refusal, Registrations, RelationTypeLists, Stopped, Text, Trial,
    Which,
};

/// A connector, ready to be called. Every call gets a fresh instance. Cheap to clone.
///
/// Each function gives what the component answered; [`CallError`] when there is no answer.
#[derive(Clone)]
pub struct Connector {
    runtime: Runtime,
    ready: ConnectorPre<CallState>,
    about: About,
}

/// Makes durable what a call wrote, whatever became of it, before its answer is believed.
async fn saved(unsaved: Option<Unsaved>) -> Result<(), CallError> {
    match unsaved {
        None => Ok(()),
        Some(unsaved) => unsaved.save().await.map_err(CallError::from),
    }
}

/// A fresh instance, called once, under the deadline.
macro_rules! call {
    ($self:ident, $context:ident, $interface:ident.$function:ident($($argument:expr),*)) => {
        {
            let mut store = $self.runtime.store($context);
            let (unsaved, ended) = (store.data().unsaved(), store.data().ended());
            let answer = $self
                .bounded(&ended, async move {
                    let instance: Instance = $self.ready.instantiate_async(&mut store).await?;
                    instance.$interface().$function(&mut store, $($argument),*).await
                })
                .await;
            saved(unsaved).await.and(answer)
        }
    };
}

impl Connector {
    /// Loads a connector. Machine code is kept in the folder `cache`, where one is given.
    ///
    /// Compiles for a fraction of a second at the first start: call it where blocking is fine.
    pub fn load(runtime: &Runtime, source: &Source, cache: Option<&Path>) -> Result<Self, LoadError> {
        let (component, about, name) = compile(&runtime.engine, source, cache)?;
        let ready = runtime
            .linker
            .instantiate_pre(&component)
            .and_then(ConnectorPre::new)
            .map_err(|reason| LoadError::NotLinkable { name, reason: reason.to_string() })?;
        Ok(Self { runtime: runtime.clone(), ready, about })
    }

    /// What it says of itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The runtime that it was loaded into.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Starts an instance and drops it: what every call costs at least. For measuring.
    pub async fn instantiate(&self, context: CallContext) -> Result<(), CallError> {
        self.bounded(&Ended::default(), async {
            let mut store = self.runtime.store(context);
            self.ready.instantiate_async(&mut store).await.map(drop)
        })
        .await
    }

    /// `sync.initial-sync`.
    pub async fn initial_sync(
        &self,
        context: CallContext,
        budget: Budget,
    ) -> Result<Result<Outcome, Stopped>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_sync.call_initial_sync(budget))
    }

    /// `sync.poll`.
    pub async fn poll(&self, context: CallContext, budget: Budget) -> Result<Result<Outcome, Stopped>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_sync.call_poll(budget))
    }

    /// `sync.on-tribe-change`.
    pub async fn on_tribe_change(
        &self,
        context: CallContext,
        changes: &[Change],
        budget: Budget,
    ) -> Result<Result<PushOutcome, Stopped>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_sync.call_on_tribe_change(changes, budget))
    }

    /// `sync.sweep`.
    pub async fn sweep(&self, context: CallContext, budget: Budget) -> Result<Result<Outcome, Stopped>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_sync.call_sweep(budget))
    }

    /// `sync.brakes`.
    pub async fn brakes(&self, context: CallContext) -> Result<Result<Vec<Brake>, Error>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_sync.call_brakes())
    }

    /// `sync.release-brake`.
    pub async fn release_brake(
        &self,
        context: CallContext,
        brake: Option<&str>,
        budget: Budget,
    ) -> Result<Result<Outcome, Stopped>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_sync.call_release_brake(brake, budget))
    }

    /// `setup.check`. Each system has less than half of a call's time for its answer: where both are silent, both are
    /// named, and not the connector.
    pub async fn check(&self, mut context: CallContext) -> Result<Result<Vec<Finding>, Error>, CallError> {
        context.egress = context.egress.answered_within(self.runtime().limits().call * 5 / 12);
        call!(self, context, advocaatcentraal_tribe_sync_setup.call_check())
    }

    /// `setup.relation-types`.
    pub async fn relation_types(&self, context: CallContext) -> Result<Result<RelationTypeLists, Error>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_setup.call_relation_types())
    }

    /// `setup.preview`.
    pub async fn preview(
        &self,
        context: CallContext,
        budget: Budget,
    ) -> Result<Result<PreviewReport, Error>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_setup.call_preview(budget))
    }

    /// `setup.consent-url`.
    pub async fn consent_url(
        &self,
        context: CallContext,
        redirect_uri: &str,
        state: &str,
    ) -> Result<Result<String, Error>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_setup.call_consent_url(redirect_uri, state))
    }

    /// `setup.consent`. The code is a secret: never log it.
    pub async fn consent(
        &self,
        context: CallContext,
        code: &str,
        redirect_uri: &str,
    ) -> Result<Result<(), Error>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_setup.call_consent(code, redirect_uri))
    }

    /// `setup.probe`.
    pub async fn probe(&self, context: CallContext) -> Result<Result<Vec<Probed>, Error>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_setup.call_probe())
    }

    /// `setup.try-dialect`.
    pub async fn try_dialect(
        &self,
        context: CallContext,
        subject: &RecordId,
        even_if_changed: bool,
    ) -> Result<Result<Trial, Error>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_setup.call_try_dialect(subject, even_if_changed))
    }

    /// `setup.describe`.
    pub async fn describe(&self, context: CallContext, code: &str) -> Result<Option<Text>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_setup.call_describe(code))
    }

    /// `differences.compare`.
    pub async fn compare(
        &self,
        context: CallContext,
        after: Option<&str>,
        budget: Budget,
    ) -> Result<Result<Comparison, Error>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_differences.call_compare(after, budget))
    }

    /// `records.explain`.
    pub async fn explain(
        &self,
        context: CallContext,
        subject: &RecordId,
    ) -> Result<Result<Explanation, Error>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_records.call_explain(subject))
    }

    /// `records.links`.
    pub async fn links(
        &self,
        context: CallContext,
        after: Option<&str>,
    ) -> Result<Result<LinksPage, Error>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_records.call_links(after))
    }

    /// `records.resync`.
    pub async fn resync(
        &self,
        context: CallContext,
        subject: &RecordId,
        budget: Budget,
    ) -> Result<Result<Outcome, Stopped>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_records.call_resync(subject, budget))
    }

    /// `records.make-anew`.
    pub async fn make_anew(
        &self,
        context: CallContext,
        subject: &RecordId,
        budget: Budget,
    ) -> Result<Result<Outcome, Stopped>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_records.call_make_anew(subject, budget))
    }

    /// `records.retry-letters`.
    pub async fn retry_letters(
        &self,
        context: CallContext,
        code: Option<&str>,
        field: Option<&str>,
        budget: Budget,
    ) -> Result<Result<Outcome, Stopped>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_records.call_retry_letters(code, field, budget))
    }

    /// `records.forget`.
    pub async fn forget(&self, context: CallContext, subject: &RecordId) -> Result<Result<(), Error>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_records.call_forget(subject))
    }

    /// `records.undo`.
    pub async fn undo(
        &self,
        context: CallContext,
        which: &Which,
        even_if_moved: bool,
        budget: Budget,
    ) -> Result<Result<Outcome, Stopped>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_records.call_undo(which, even_if_moved, budget))
    }

    /// `records.dead-letters`.
    pub async fn dead_letters(&self, context: CallContext) -> Result<Result<Vec<DeadLetter>, Error>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_records.call_dead_letters())
    }

    /// `records.not-shown`.
    pub async fn not_shown(&self, context: CallContext) -> Result<Result<Vec<Absence>, Error>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_records.call_not_shown())
    }

    /// `records.kept`. The only answer that holds a client's data: show it, never log it.
    pub async fn kept(&self, context: CallContext) -> Result<Result<Vec<KeptValue>, Error>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_records.call_kept())
    }

    /// `webhook.read`.
    pub async fn read_webhook(
        &self,
        context: CallContext,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Result<Result<Vec<Change>, Refusal>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_webhook.call_read(headers, body))
    }

    /// `webhook.list`.
    pub async fn webhooks(&self, context: CallContext, url: &str) -> Result<Result<Registrations, Error>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_webhook.call_list(url))
    }

    /// `webhook.register`.
    pub async fn register_webhooks(
        &self,
        context: CallContext,
        url: &str,
    ) -> Result<Result<Registrations, Error>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_webhook.call_register(url))
    }

    /// `webhook.remove`.
    pub async fn remove_webhooks(
        &self,
        context: CallContext,
        url: &str,
    ) -> Result<Result<Registrations, Error>, CallError> {
        call!(self, context, advocaatcentraal_tribe_sync_webhook.call_remove(url))
    }

    /// Runs a call until its answer, its error, the deadline or another limit. The store lives in the future, so that whichever
    /// comes first drops the instance and everything that it had under way.
    async fn bounded<T>(
        &self,
        ended: &Ended,
        call: impl Future<Output = wasmtime::Result<T>> + Send,
    ) -> Result<T, CallError> {
        let limits = self.runtime.limits;
        let answer = tokio::select! {
            biased;
            () = ended.wait() => None,
            answer = tokio::time::timeout(limits.call, call) => Some(answer),
        };
        // It may have gone on until it trapped.
        match (ended.why(), answer) {
            (Some(excess), _) => Err(CallError::TooMuch(excess)),
            (None, Some(Ok(Ok(answer)))) => Ok(answer),
            (None, Some(Ok(Err(error)))) => Err(CallError::from_engine(&error, &limits)),
            (None, Some(Err(_)) | None) => Err(CallError::Deadline(limits.call)),
        }
    }
}

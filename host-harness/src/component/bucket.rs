//! An office's keys as the component holds them, and how an operation on them fails.

#![expect(unreachable_pub, reason = "the generated bindings re-export the bucket and its fault")]

use wasmtime::component::ResourceTableError;

use super::limits::Excess;
use super::unsaved::Unsaved;
use crate::store::StoreError;

/// An office's keys, opened.
pub struct Bucket(pub(super) Unsaved);

/// Why an operation on the keys failed.
#[derive(Debug, thiserror::Error)]
pub enum BucketFault {
    /// There is no store of that name, or this call has none.
    #[error("no such store")]
    NoSuchStore,
    /// Another process took the office over. Ends the call: whatever it would do next is no longer its to do.
    #[error("the lease is lost")]
    LeaseLost,
    /// The call only reads. Ends it: it is done again under a lease.
    #[error("nothing can be written without a lease")]
    NoLease,
    /// The store failed or was too slow.
    #[error("the store failed")]
    Failed,
    /// That value is damaged. Others may be sound: the component tells what that means.
    #[error("the value is damaged")]
    Damaged,
    /// It wants to store too much. Ends the call.
    #[error(transparent)]
    TooMuch(#[from] Excess),
    /// The component used a handle that it does not hold, or holds too many.
    #[error(transparent)]
    Handle(#[from] ResourceTableError),
}

impl From<StoreError> for BucketFault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::LeaseLost => Self::LeaseLost,
            StoreError::NoLease => Self::NoLease,
            StoreError::Damaged => Self::Damaged,
            StoreError::OfficeFull(_) | StoreError::Failed(_) => Self::Failed,
        }
    }
}

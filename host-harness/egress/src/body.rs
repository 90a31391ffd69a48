//! Bodies: an answer's under limits of time and size, and a request's that leaves only while it may, and up to a size.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep};
use wasmtime_wasi_http::{Error, WasiBody};

use crate::client::MayChange;

/// A body that ends with an error when it comes too slowly or is too large.
pub(crate) struct LimitedBody<B = Incoming> {
    inner: B,
    left: u64,
    limit: u64,
    pause: Duration,
    deadline: Instant,
    /// Fires at whichever comes first of the next pause's end and the deadline.
    alarm: Pin<Box<Sleep>>,
    /// Its place among the requests under way.
    _under_way: Option<OwnedSemaphorePermit>,
}

impl<B> LimitedBody<B> {
    pub(crate) fn new(
        inner: B,
        limit: u64,
        pause: Duration,
        deadline: Instant,
        under_way: Option<OwnedSemaphorePermit>,
    ) -> Self {
        let alarm = Box::pin(tokio::time::sleep_until(deadline.min(Instant::now() + pause)));
        Self { inner, left: limit, limit, pause, deadline, alarm, _under_way: under_way }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for LimitedBody<B> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        match Pin::new(&mut self.inner).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                let size = frame.data_ref().map_or(0, |data| data.len() as u64);
                let Some(left) = self.left.checked_sub(size) else {
                    return Poll::Ready(Some(Err(Error::HttpResponseBodySize(Some(self.limit)))));
                };
                self.left = left;
                let next = self.deadline.min(Instant::now() + self.pause);
                self.alarm.as_mut().reset(next);
                Poll::Ready(Some(Ok(frame)))
            }
            // The connection ended inside the body. The text of the error is dropped.
            Poll::Ready(Some(Err(_))) => Poll::Ready(Some(Err(Error::HttpResponseIncomplete))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => match self.alarm.as_mut().poll(context) {
                Poll::Ready(()) if Instant::now() >= self.deadline => {
                    Poll::Ready(Some(Err(Error::HttpResponseTimeout)))
                }
                Poll::Ready(()) => Poll::Ready(Some(Err(Error::ConnectionReadTimeout))),
                Poll::Pending => Poll::Pending,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The body of a request that may change something. Whether it still may is asked once more when the body is sent: the
/// connection is there by then, and the process may have been suspended while it was made. Without its body a request is
/// none.
pub(crate) struct AskedLast {
    inner: WasiBody,
    may_change: MayChange,
    is_asked: bool,
}

impl AskedLast {
    pub(crate) fn over(inner: WasiBody, may_change: MayChange) -> WasiBody {
        Self { inner, may_change, is_asked: false }.boxed_unsync()
    }
}

impl Body for AskedLast {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if !self.is_asked && !(self.may_change)() {
            return Poll::Ready(Some(Err(Error::DestinationUnavailable)));
        }
        self.is_asked = true;
        Pin::new(&mut self.inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The body of a request, up to a size. A component could send one without end.
pub(crate) struct SentBody {
    inner: WasiBody,
    left: u64,
    limit: u64,
}

impl SentBody {
    pub(crate) fn over(inner: WasiBody, limit: u64) -> WasiBody {
        Self { inner, left: limit, limit }.boxed_unsync()
    }
}

impl Body for SentBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let frame = match Pin::new(&mut self.inner).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => frame,
            other => return other,
        };
        let size = frame.data_ref().map_or(0, |data| data.len() as u64);
        match self.left.checked_sub(size) {
            Some(left) => {
                self.left = left;
                Poll::Ready(Some(Ok(frame)))
            }
            None => Poll::Ready(Some(Err(Error::HttpRequestBodySize(Some(self.limit))))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

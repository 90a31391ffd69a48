//! Waiting: `wasi:io/poll`, and the monotonic clock that only serves for it.
//!
//! A poll returns as soon as one thing is ready. The world chooses which of the polled answers becomes ready next, and
//! when. The monotonic clock stands still, so that no deadline of the component's own ever passes: a time-out is one of
//! the world's faults.

use wasmtime::component::{HasSelf, Linker, Resource};

use super::bindings::wasi::clocks::monotonic_clock;
use super::bindings::wasi::io::poll;
use super::{Call, in_world};

/// Something to wait for.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
#[derive(Clone, Copy, Debug)]
pub enum Pollable {
    /// It is ready already.
    Ready,
    /// The answer to the request of that number.
    Answer(usize),
    /// A time that never comes.
    Never,
}

pub(super) fn add_to_linker(linker: &mut Linker<Call>) -> wasmtime::Result<()> {
    poll::add_to_linker::<_, HasSelf<_>>(linker, |call| call)?;
    monotonic_clock::add_to_linker::<_, HasSelf<_>>(linker, |call| call)
}

impl Call {
    fn is_ready(&self, pollable: Pollable) -> bool {
        match pollable {
            Pollable::Ready => true,
            Pollable::Answer(number) => self.exchanges.is_over(number),
            Pollable::Never => false,
        }
    }

    /// Waits until at least one is ready.
    fn wait_for(&mut self, awaited: &[Pollable]) -> wasmtime::Result<()> {
        if awaited.iter().any(|pollable| self.is_ready(*pollable)) {
            return Ok(());
        }
        let is_awaited =
            |number| awaited.iter().any(|pollable| matches!(pollable, Pollable::Answer(n) if *n == number));
        let heard = in_world(|world| self.exchanges.hear(world, is_awaited))?;
        heard.ok_or_else(|| wasmtime::Error::msg("the component waits for what cannot come"))
    }
}

impl poll::Host for Call {
    fn poll(&mut self, pollables: Vec<Resource<Pollable>>) -> wasmtime::Result<Vec<u32>> {
        let awaited = pollables.iter().map(|pollable| self.table.get(pollable).copied());
        let awaited: Vec<Pollable> = awaited.collect::<Result<_, _>>()?;
        self.wait_for(&awaited)?;
        Ok((0..).zip(awaited).filter(|(_, pollable)| self.is_ready(*pollable)).map(|(place, _)| place).collect())
    }
}

impl poll::HostPollable for Call {
    fn ready(&mut self, pollable: Resource<Pollable>) -> wasmtime::Result<bool> {
        let pollable = *self.table.get(&pollable)?;
        Ok(self.is_ready(pollable))
    }

    fn block(&mut self, pollable: Resource<Pollable>) -> wasmtime::Result<()> {
        let pollable = *self.table.get(&pollable)?;
        self.wait_for(&[pollable])
    }

    fn drop(&mut self, pollable: Resource<Pollable>) -> wasmtime::Result<()> {
        self.table.delete(pollable)?;
        Ok(())
    }
}

impl monotonic_clock::Host for Call {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(0)
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(1)
    }

    fn subscribe_instant(&mut self, when: u64) -> wasmtime::Result<Resource<Pollable>> {
        self.subscribe_duration(when)
    }

    fn subscribe_duration(&mut self, time: u64) -> wasmtime::Result<Resource<Pollable>> {
        Ok(self.table.push(if time == 0 { Pollable::Ready } else { Pollable::Never })?)
    }
}

//! Runs a scenario with both builds of the connector. They are the same code, so they must make the same calls.

use std::fmt;

use super::run::steps_of;
use super::{Run, Scenario, Voice, run_on};
use crate::{Engine, Step};

/// The first step in which the two builds differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// How many steps were the same.
    pub same: usize,
    /// The first step that was not, of the native build; none where it had no more.
    pub native: Option<Step>,
    /// The same of the component.
    pub component: Option<Step>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |step: &Option<Step>| step.as_ref().map_or_else(|| "nothing more".to_owned(), |s| s.words.clone());
        writeln!(f, "after {} steps that are the same:", self.same)?;
        writeln!(f, "  native:    {}", words(&self.native))?;
        write!(f, "  component: {}", words(&self.component))
    }
}

/// Runs a scenario with each build. Where the runs differ, both are replayed to find the first step that differs.
pub fn compare(scenario: &Scenario) -> Result<Run, Box<Difference>> {
    let [native, component] = Engine::ALL.map(|engine| run_on(engine, scenario, Voice::Silent));
    if native == component { Ok(native) } else { Err(Box::new(first_difference(scenario))) }
}

/// Replays both builds and returns the first step in which they differ. Both are none if every step is the same and
/// only the results of the runs differ.
pub fn first_difference(scenario: &Scenario) -> Difference {
    let [native, component] = Engine::ALL.map(|engine| steps_of(engine, scenario));
    let same = native.iter().zip(&component).take_while(|(one, other)| one == other).count();
    Difference { same, native: native.get(same).cloned(), component: component.get(same).cloned() }
}

//! AdvocaatCentraal.

//! Tribe.

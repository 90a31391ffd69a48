//! What the repository promises about itself, so that it can be tested.
//!
//! | room | what it reads |
//! |---|---|
//! | [`floors`] | which file of a crate takes what from which, and the circles in that |
//! | [`references`] | what is referred to by number, and where it is defined |
//! | [`sources`] | the files of the repository |

pub mod floors;
pub mod references;
pub mod sources;

//! The console as a person has it: the program in a terminal (tmux), against a real server behind a door that can be shut.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod door;
mod goals;
mod headless;
mod screen;
mod speed;
mod story;

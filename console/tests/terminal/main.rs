//! The console as a person has it: the program in a terminal (tmux), against a real server behind a door that can be shut.

mod door;
mod headless;
mod screen;
mod story;

//! Whole stories through the services, on a database of their own, and what the reports and the verification make of them.

mod books;
mod chance;
mod deal;
mod fulfilment;
mod shop;
mod tampering;

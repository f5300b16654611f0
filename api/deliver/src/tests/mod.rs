//! From a confirmed order to the customer's money, on an embedded database: what the floors of fulfilment, billing and books do together.

mod bills;
mod cash;
mod goods;
mod shop;

//! What this service is made of: routes, reactors in their order, and what falls due.

use causeway_kernel::Routes;
use causeway_kernel::news::{self, Closing, Reactor};
use std::sync::Once;

/// Reactors hear news in this order; each runs in the transaction that made the news and may veto it.
static REACTORS: &[Reactor] = &[causeway_sell::order::on_news];

/// What is looked at once a verb is done, before it is written.
static CLOSINGS: &[Closing] = &[causeway_sell::order::keep_up];

static DUE: &[causeway_govern::clock::Due] = &[
    causeway_sell::quote::DUE,
    causeway_sell::order::DUE,
    causeway_sell::order::STALLED,
    causeway_sell::opportunity::STALLED,
    causeway_sell::lead::ERASED,
    // Money that is there comes before what is late without it.
    causeway_bill::payment::DUE,
    causeway_bill::invoice::DUE,
];

/// Every route.
#[must_use]
pub fn routes() -> Routes {
    let mut routes = Routes::default();
    causeway_govern::register(&mut routes);
    causeway_master::register(&mut routes);
    causeway_books::register(&mut routes);
    causeway_bill::register(&mut routes);
    causeway_deliver::register(&mut routes);
    causeway_sell::register(&mut routes);
    causeway_insight::register(&mut routes);
    causeway_connect::register(&mut routes);
    crate::verify::register(&mut routes);
    routes
}

/// Registers what the process needs besides routes, once.
pub fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        news::register(REACTORS);
        news::close_with(CLOSINGS);
        news::publish(&causeway_openapi::event_types::EVENT_TYPES);
        causeway_kernel::db::tally::register(causeway_bill::exposure::WATCH);
        causeway_govern::clock::register_due(DUE);
        causeway_bill::billing_run::work::register();
        causeway_connect::register_jobs();
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_endpoint_of_the_contract_is_served() {
        let served: BTreeSet<&str> = routes().rows().iter().map(|row| row.id).collect();
        let promised: BTreeSet<&str> = causeway_openapi::rows().iter().map(|row| row.id).collect();
        assert_eq!(promised.difference(&served).collect::<Vec<_>>(), Vec::<&&str>::new(), "promised but not served");
        assert_eq!(served.difference(&promised).collect::<Vec<_>>(), Vec::<&&str>::new(), "served but not promised");
    }
}

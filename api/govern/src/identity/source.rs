//! Where a key may be used from: addresses and ranges of addresses, as people write them (SEC-03).

use causeway_contract::{Code, FieldError, Problem};
use ipnet::IpNet;
use std::net::IpAddr;

/// Reads addresses and ranges. One that is empty means everywhere.
///
/// # Errors
/// Every text that is neither, with its pointer.
pub fn read(given: &[String]) -> Result<Vec<IpNet>, Problem> {
    let mut errors = Vec::new();
    let mut ranges = Vec::new();
    for (index, text) in given.iter().enumerate() {
        match one(text) {
            Some(range) if ranges.contains(&range) => {}
            Some(range) => ranges.push(range),
            None => errors.push(FieldError::pointer(
                Code::InvalidValue,
                format!("/allowed_sources/{index}"),
                "must be an address or a range of addresses, such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32",
            )),
        }
    }
    if errors.is_empty() { Ok(ranges) } else { Err(Problem::of(errors)) }
}

fn one(text: &str) -> Option<IpNet> {
    let text = text.trim();
    let range = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(|address| IpNet::from(address.to_canonical())))?;
    Some(range.trunc())
}

/// A range as it is shown: a single address without its length.
pub fn shown(range: &IpNet) -> String {
    if range.prefix_len() == range.max_prefix_len() { range.addr().to_string() } else { range.to_string() }
}

/// The ranges of a stored list.
pub fn stored(texts: &[String]) -> Vec<IpNet> {
    texts.iter().filter_map(|text| one(text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_ranges_are_read_and_the_rest_is_named() {
        let texts = |given: &[&str]| given.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let read = |given: &[&str]| read(&texts(given)).map(|ranges| ranges.iter().map(shown).collect::<Vec<_>>());
        let good = ["203.0.113.7", " 203.0.113.9/24 ", "203.0.113.0/24", "::ffff:10.0.0.1", "2001:db8::/32", "0.0.0.0/0"];
        assert_eq!(read(&good).unwrap(), ["203.0.113.7", "203.0.113.0/24", "10.0.0.1", "2001:db8::/32", "0.0.0.0/0"]);
        let wrong = read(&["10.0.0.1", "10.0.0.300", "10.0.0.0/33", "office", ""]).unwrap_err();
        let pointers: Vec<_> = wrong.errors.iter().filter_map(|error| error.pointer.as_deref()).collect();
        assert_eq!(pointers, ["/allowed_sources/1", "/allowed_sources/2", "/allowed_sources/3", "/allowed_sources/4"]);
    }

    #[test]
    fn what_was_stored_means_the_same() {
        let ranges = stored(&["203.0.113.7".to_owned(), "2001:db8::/32".to_owned()]);
        let inside = |address: &str| ranges.iter().any(|range| range.contains(&address.parse::<IpAddr>().unwrap()));
        assert_eq!((inside("203.0.113.7"), inside("203.0.113.8"), inside("2001:db8::1")), (true, false, true));
    }
}

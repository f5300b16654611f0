//! Where a request came from: the address of its connection, or what proxies say that the operator trusts (SEC-05, SEC-06, threat 46).

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// Addresses of one request that are looked at, at most: no chain of proxies is longer.
const HOPS: usize = 32;

/// The header in which proxies say whom they speak for. Only the one that they write themselves may be read: they pass on the other as it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`: addresses, separated by commas.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239): pairs, of which `for` is read.
    Forwarded,
}

/// The proxies that are believed, none unless they are named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    ranges: Vec<IpNet>,
    header: ProxyHeader,
}

impl Proxies {
    /// The proxies at these addresses and ranges.
    ///
    /// # Errors
    /// The one that is no range, or that would trust everybody.
    pub fn read(ranges: &[String], header: ProxyHeader) -> Result<Self, String> {
        let read = |text: &String| {
            let text = text.trim();
            let range = IpNet::from_str(text).ok().or_else(|| IpAddr::from_str(text).ok().map(IpNet::from));
            range.filter(|range| range.prefix_len() > 0).map(|range| range.trunc()).ok_or_else(|| text.to_owned())
        };
        Ok(Self { ranges: ranges.iter().map(read).collect::<Result<_, _>>()?, header })
    }

    /// Whether what this address says about others is believed.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.ranges.iter().any(|range| range.contains(&address))
    }

    /// Where a request came from.
    pub(super) fn origin(&self, request: &HttpRequest) -> Option<IpAddr> {
        request.peer_addr().map(|peer| self.of(peer.ip(), request.headers()))
    }

    /// The last address that no trusted proxy stands at. Each proxy adds whom it spoke with at the end, so what stands before that address may be made up
    /// by whoever stands there. What is no address ends the search: the proxy that passed it on counts.
    fn of(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut nearest = peer.to_canonical();
        if self.ranges.is_empty() || !self.trusts(nearest) {
            return nearest;
        }
        let name = match self.header {
            ProxyHeader::XForwardedFor => "x-forwarded-for",
            ProxyHeader::Forwarded => "forwarded",
        };
        // Several headers of one name are one list in their order.
        let lines: Vec<&str> = headers.get_all(name).map(|value| value.to_str().unwrap_or_default()).collect();
        for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')).take(HOPS) {
            let address = match self.header {
                ProxyHeader::XForwardedFor => address(hop),
                ProxyHeader::Forwarded => forwarded_for(hop),
            };
            let Some(address) = address else { return nearest };
            nearest = address.to_canonical();
            if !self.trusts(nearest) {
                return nearest;
            }
        }
        nearest
    }
}

/// An address with or without a port, as proxies write it: `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| SocketAddr::from_str(text).ok().map(|address| address.ip()))
}

/// The `for` of one element of `Forwarded`. Values in quotes hold no comma where they are addresses.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut found = element.split(';').filter_map(|pair| pair.split_once('=')).filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    let (_, value) = found.next()?;
    // Twice the same name is no element.
    if found.next().is_some() {
        return None;
    }
    let value = value.trim();
    address(value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn proxies(header: ProxyHeader) -> Proxies {
        Proxies::read(&["10.0.0.0/8".to_owned(), "192.0.2.7".to_owned(), "2001:db8:1::/48".to_owned()], header).unwrap()
    }

    fn seen(proxies: &Proxies, peer: &str, name: &'static str, lines: &[&[u8]]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_bytes(line).unwrap());
        }
        proxies.of(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn the_last_address_that_is_not_trusted_counts() {
        let proxies = proxies(ProxyHeader::XForwardedFor);
        for (peer, lines, expected) in [
            ("10.0.0.1", vec!["203.0.113.9"], "203.0.113.9"),
            ("192.0.2.7", vec!["203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", vec![], "10.0.0.1"),
            // Whoever is not trusted is not believed.
            ("203.0.113.5", vec!["198.51.100.1"], "203.0.113.5"),
            ("192.0.2.8", vec!["198.51.100.1"], "192.0.2.8"),
            // What stands before the client was sent by the client.
            ("10.0.0.1", vec!["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", vec!["198.51.100.1, 203.0.113.9, 10.9.9.9, 192.0.2.7"], "203.0.113.9"),
            ("10.0.0.1", vec!["198.51.100.1", "203.0.113.9 ,10.2.2.2"], "203.0.113.9"),
            // All of them trusted: the first one asked by itself.
            ("10.0.0.1", vec!["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            ("10.0.0.1", vec!["203.0.113.9:4711"], "203.0.113.9"),
            ("10.0.0.1", vec!["2001:db8:2::5"], "2001:db8:2::5"),
            ("10.0.0.1", vec!["[2001:db8:2::5]:443, [2001:db8:1::1]"], "2001:db8:2::5"),
            ("::ffff:10.0.0.1", vec!["::ffff:203.0.113.9"], "203.0.113.9"),
            // What is no address is nobody: the proxy that passed it on counts.
            ("10.0.0.1", vec!["203.0.113.9, unknown"], "10.0.0.1"),
            ("10.0.0.1", vec!["203.0.113.9, unknown, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", vec![""], "10.0.0.1"),
            ("10.0.0.1", vec![",,,"], "10.0.0.1"),
        ] {
            let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
            assert_eq!(seen(&proxies, peer, "x-forwarded-for", &lines), expected, "{peer} {lines:?}");
        }
        let nobody = Proxies::default();
        assert_eq!(seen(&nobody, "10.0.0.1", "x-forwarded-for", &[b"203.0.113.9"]), "10.0.0.1");
    }

    #[test]
    fn forwarded_is_read_where_it_is_named() {
        let proxies = proxies(ProxyHeader::Forwarded);
        for (line, expected) in [
            ("for=203.0.113.9", "203.0.113.9"),
            ("For=\"203.0.113.9:4711\";proto=https;by=10.0.0.1", "203.0.113.9"),
            ("for=198.51.100.1, proto=https; for=\"[2001:db8:2::5]:443\"", "2001:db8:2::5"),
            ("for=198.51.100.1, for=203.0.113.9, for=10.0.0.2", "203.0.113.9"),
            ("for=_hidden", "10.0.0.1"),
            ("proto=https", "10.0.0.1"),
            ("for=203.0.113.9;for=198.51.100.1", "10.0.0.1"),
            ("for=\"", "10.0.0.1"),
        ] {
            assert_eq!(seen(&proxies, "10.0.0.1", "forwarded", &[line.as_bytes()]), expected, "{line}");
        }
        assert_eq!(seen(&proxies, "10.0.0.1", "x-forwarded-for", &[b"203.0.113.9"]), "10.0.0.1", "the proxy passes this one on as it came");
    }

    #[test]
    fn hostile_values_are_nobody() {
        let proxies = proxies(ProxyHeader::XForwardedFor);
        let long = vec![b','; 60_000];
        let many = "10.0.0.2,".repeat(5_000);
        for line in [&b"\xff\xfe203.0.113.9"[..], b"%00", b"203.0.113.9/8", b"[", b"[]", b"]:1", b"999.1.1.1", b"1:2:3", b"-1", &long] {
            assert_eq!(seen(&proxies, "10.0.0.1", "x-forwarded-for", &[line]), "10.0.0.1", "{line:?}");
        }
        assert_eq!(seen(&proxies, "10.0.0.1", "x-forwarded-for", &[many.as_bytes()]), "10.0.0.1");
    }

    #[test]
    fn a_range_that_is_none_is_named() {
        for wrong in ["10.0.0.0/40", "proxy.internal", "", "0.0.0.0/0", "::/0"] {
            assert_eq!(Proxies::read(&["10.0.0.1".to_owned(), wrong.to_owned()], ProxyHeader::default()), Err(wrong.to_owned()));
        }
        let host_bits = Proxies::read(&[" 10.1.2.3/8 ".to_owned()], ProxyHeader::default()).unwrap();
        assert!(host_bits.trusts("10.200.0.1".parse().unwrap()) && !host_bits.trusts("11.0.0.1".parse().unwrap()));
    }
}

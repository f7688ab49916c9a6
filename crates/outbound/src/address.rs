//! Where another machine may be: over https, at a public address. A name that leads into a private network leads nowhere (SSRF).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::Uri;

/// Longest address.
const LETTERS_MAX: usize = 500;

/// An address, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) is_tls: bool,
    loopback: bool,
    path: String,
}

impl Target {
    /// Reads an address. Plain http is for this machine alone, where that is allowed (`loopback`: a demonstration, tests).
    pub fn read(url: &str, loopback: bool) -> Option<Target> {
        if url.len() > LETTERS_MAX || url.contains(['@', '#', '\\']) {
            return None;
        }
        let uri: Uri = url.parse().ok()?;
        let is_tls = match uri.scheme_str()? {
            "https" => true,
            "http" if loopback => false,
            _ => return None,
        };
        let host = uri.host()?.trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() || (!is_tls && !host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())) {
            return None;
        }
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        // An address that is written as numbers is looked at already here.
        if host.parse::<IpAddr>().is_ok_and(|ip| !is_open(ip, loopback)) {
            return None;
        }
        Some(Target { host, port, is_tls, loopback, path })
    }

    /// Its path with what is asked for behind it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether what its name led to may be asked.
    pub(super) fn may_be_at(&self, address: IpAddr) -> bool {
        is_open(address, self.loopback)
    }

    /// As it stands in `Host`.
    pub(super) fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        format!("{host}:{}", self.port)
    }
}

/// Whether anything may be asked at an address: one of the public internet; this machine's own only where that is allowed.
fn is_open(address: IpAddr, loopback: bool) -> bool {
    match address.to_canonical() {
        ip if ip.is_loopback() => loopback,
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// RFC 6890: what is not reachable from the internet.
fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_special = (a == 192 && b == 0 && c == 0) || (a == 198 && (b == 18 || b == 19)) || a == 0 || a >= 240;
    let is_local = v4.is_private() || v4.is_link_local() || v4.is_multicast() || v4.is_broadcast() || v4.is_documentation();
    !(is_local || is_shared || is_special)
}

/// Global unicast alone, without what carries an IPv4 address inside (6to4, NAT64, Teredo) or is for documents.
fn is_public_v6(v6: Ipv6Addr) -> bool {
    let [a, b, ..] = v6.segments();
    let is_global = a & 0xe000 == 0x2000;
    let is_tunnel = a == 0x2002 || (a == 0x2001 && b == 0) || (a == 0x2001 && b == 0x0db8) || a == 0x3fff;
    is_global && !is_tunnel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_special_addresses_are_closed_and_public_ones_open() {
        for closed in [
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "127.0.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.0.8",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001::1",
            "2001:db8::1",
            "ff02::1",
        ] {
            assert!(!is_open(closed.parse().unwrap(), false), "{closed}");
        }
        for open in ["1.1.1.1", "203.0.112.1", "2606:4700::1111", "2400:cb00::1"] {
            assert!(is_open(open.parse().unwrap(), false), "{open}");
        }
        assert!(is_open("127.0.0.1".parse().unwrap(), true) && !is_open("10.0.0.1".parse().unwrap(), true));
    }

    #[test]
    fn an_address_is_https_without_anything_odd_in_it() {
        for refused in [
            "",
            "x",
            "http://example.jp/",
            "ftp://example.jp/",
            "https://",
            "https://a:b@example.jp/",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://example.jp/#x",
            "file:///etc/passwd",
            "https://example.jp\\@evil/",
            "http://127.0.0.1/",
        ] {
            assert_eq!(Target::read(refused, false), None, "{refused}");
        }
        assert_eq!(Target::read(&format!("https://example.jp/{}", "x".repeat(600)), false), None);
        let target = Target::read("https://example.jp/hooks?town=1", false).unwrap();
        assert_eq!((target.authority().as_str(), target.path.as_str()), ("example.jp:443", "/hooks?town=1"));
        assert!(Target::read("http://127.0.0.1:9/x", true).is_some());
        assert_eq!(Target::read("http://example.jp/", true), None, "plain http leaves this machine never");
    }
}

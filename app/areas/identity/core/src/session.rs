//! Sessions: devices that are signed in.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use kernel::SessionId;
use serde::{Deserialize, Serialize};

/// How long a session lasts after it was last used.
pub const LIFETIME: chrono::TimeDelta = chrono::TimeDelta::days(30);

/// What a request says of the device it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    user_agent: String,
    address: IpAddr,
}

impl Device {
    /// The longest part of a `User-Agent` header that is kept, in characters.
    const MOST: usize = 300;

    /// A device by its `User-Agent` header (empty when there was none) and its address.
    pub fn new(user_agent: &str, address: IpAddr) -> Self {
        // An IPv4 address that came through an IPv6 socket is the same address.
        let user_agent = user_agent.chars().filter(|c| !c.is_control()).take(Self::MOST).collect();
        Self { user_agent, address: address.to_canonical() }
    }

    /// The header.
    pub fn user_agent(&self) -> &str {
        &self.user_agent
    }

    /// The address.
    pub const fn address(&self) -> IpAddr {
        self.address
    }

    /// Who the address counts as when it is limited: a single IPv4 address, or the /64 network that one customer
    /// gets of IPv6.
    pub fn network(&self) -> String {
        match self.address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }
    }

    /// What the owner of the device would call it.
    pub fn name(&self) -> String {
        name_of(&self.user_agent)
    }
}

/// A signed-in device, as its owner sees it in the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionSummary {
    /// Its id.
    pub id: SessionId,
    /// "Firefox on Windows".
    pub device: String,
    /// The address it signed in from.
    pub address: String,
    /// When it signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// Makes "Firefox on Windows" of a `User-Agent` header. The order matters: browsers claim to be each other.
pub(crate) fn name_of(user_agent: &str) -> String {
    const BROWSERS: &[(&str, &str)] = &[
        ("Edg/", "Edge"),
        ("EdgA/", "Edge"),
        ("EdgiOS/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Vivaldi/", "Vivaldi"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("HeadlessChrome/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    const SYSTEMS: &[(&str, &str)] = &[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Macintosh", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    match (find(BROWSERS), find(SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) => "An unknown device".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_have_names() {
        for (user_agent, name) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Windows"),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1",
                "Chrome on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36",
                "Samsung Internet on Android",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
                "Chrome on Linux",
            ),
            ("curl/8.5.0", "curl"),
            ("SomeTv (Linux)", "A browser on Linux"),
            ("", "An unknown device"),
        ] {
            assert_eq!(name_of(user_agent), name, "{user_agent}");
        }
    }

    #[test]
    fn addresses_count_by_customer() {
        let network = |address: &str| Device::new("", address.parse().expect("an address")).network();
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network("2001:db8:1:2:9::1"), "2001:db8:1:2::/64");
    }

    #[test]
    fn a_huge_or_hostile_header_is_cut() {
        let device = Device::new(&format!("a\r\nb\0{}", "x".repeat(1_000_000)), IpAddr::from([192, 0, 2, 7]));
        assert_eq!(device.user_agent().chars().count(), 300);
        assert!(device.user_agent().starts_with("abx"));
    }
}

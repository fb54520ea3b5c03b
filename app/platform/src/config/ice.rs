//! The settings of calls: the servers that help two browsers to reach each other (RFC 7064 for STUN, RFC 7065 for
//! TURN).

use url::{Host, form_urlencoded};

use super::{Reader, Secret};

/// The setting.
const NAME: &str = "ICE_SERVERS";
/// More servers than these only make browsers slower.
const MOST: usize = 8;

/// A server that helps two browsers to reach each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IceServer {
    /// Its address, as browsers take it: `turn:turn.example.org:3478?transport=udp`.
    pub url: String,
    /// What lets them use it: a name, and what belongs to it. Servers for STUN need none.
    pub credentials: Option<(String, Secret)>,
}

/// Reads the setting.
pub(super) fn read(reader: &mut Reader) -> Vec<IceServer> {
    let setting = reader.text(NAME).unwrap_or_default();
    let entries: Vec<&str> = setting.split(',').map(str::trim).filter(|entry| !entry.is_empty()).collect();
    if entries.len() > MOST {
        reader.problem(NAME, &format!("has {} servers. {MOST} are the most", entries.len()));
    }
    let mut servers = Vec::new();
    for (place, entry) in entries.into_iter().enumerate() {
        match server(entry) {
            Ok(server) => servers.push(server),
            // What stands there may hold a secret, so it is not repeated.
            Err(wrong) => reader.problem(NAME, &format!("has a server at place {} {wrong}", place + 1)),
        }
    }
    servers
}

/// Reads one server, or says what is wrong with it at the end of "has a server at place 1".
fn server(entry: &str) -> Result<IceServer, String> {
    let (scheme, rest) = entry.split_once(':').unwrap_or((entry, ""));
    let is_turn = match scheme {
        "stun" | "stuns" => false,
        "turn" | "turns" => true,
        _ => return Err("that does not begin with stun:, stuns:, turn: or turns:".to_owned()),
    };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    if !is_place(place) {
        return Err("whose host or port can't be read: it looks like turn:turn.example.org:3478".to_owned());
    }
    let (mut transport, mut username, mut credential) = (None, None, None);
    // A plus sign is one: secrets in base64 have it.
    for (key, value) in form_urlencoded::parse(query.replace('+', "%2B").as_bytes()) {
        match key.as_ref() {
            "transport" if is_turn && matches!(value.as_ref(), "udp" | "tcp") => transport = Some(value.into_owned()),
            "username" if is_turn => username = Some(value.into_owned()),
            "credential" if is_turn => credential = Some(value.into_owned()),
            _ if is_turn => {
                return Err("with something else than transport=udp or tcp, username and credential".to_owned());
            }
            _ => return Err("for STUN with something behind a question mark".to_owned()),
        }
    }
    let given = |value: Option<String>| value.filter(|value| !value.is_empty());
    let credentials = match (given(username), given(credential)) {
        (Some(username), Some(credential)) => Some((username, Secret(credential))),
        _ if is_turn => return Err("for TURN without username and credential".to_owned()),
        _ => None,
    };
    let transport = transport.map(|transport| format!("?transport={transport}")).unwrap_or_default();
    Ok(IceServer { url: format!("{scheme}:{place}{transport}"), credentials })
}

/// Whether something is a host, with or without a port.
fn is_place(place: &str) -> bool {
    // An address of IPv6 has colons of its own, and stands in brackets.
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (place, None),
    };
    let has_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    has_port && !host.is_empty() && Host::parse(host).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    fn servers(setting: &str) -> Result<Vec<IceServer>, String> {
        let config = Config::from_values([(NAME.to_owned(), setting.to_owned())].into());
        config.map(|config| config.ice_servers).map_err(|error| error.to_string())
    }

    #[test]
    fn servers_are_read_as_browsers_take_them() {
        assert_eq!(servers("").expect("none"), []);
        let setting = "stun:stun.example.org:3478, \
                       turns:turn.example.org?transport=tcp&username=a%26b&credential=x+y%2C/=,\
                       turn:[2001:db8::1]:3478?username=u&credential=p,";
        let found = servers(setting).expect("valid");
        let of = |found: &IceServer| {
            let credentials = found.credentials.as_ref();
            (found.url.clone(), credentials.map(|(name, secret)| (name.clone(), secret.reveal().to_owned())))
        };
        let with = |name: &str, secret: &str| Some((name.to_owned(), secret.to_owned()));
        assert_eq!(
            found.iter().map(of).collect::<Vec<_>>(),
            [
                ("stun:stun.example.org:3478".to_owned(), None),
                ("turns:turn.example.org?transport=tcp".to_owned(), with("a&b", "x+y,/=")),
                ("turn:[2001:db8::1]:3478".to_owned(), with("u", "p")),
            ]
        );
        assert!(!format!("{found:?}").contains("x+y"), "secrets are not shown");
    }

    #[test]
    fn what_is_wrong_with_a_server_is_said_without_its_secret() {
        for (setting, said) in [
            ("https://stun.example.org", "place 1 that does not begin with stun:"),
            ("stun.example.org", "place 1 that does not begin with stun:"),
            ("stun:", "place 1 whose host or port"),
            ("stun:a.example:0", "place 1 whose host or port"),
            ("stun:a.example:70000", "place 1 whose host or port"),
            ("turn:a b?username=u&credential=hunter2", "place 1 whose host or port"),
            ("stun:a.example?transport=udp", "place 1 for STUN with something"),
            ("stun:a.example, turn:b.example", "place 2 for TURN without username"),
            ("turn:b.example?username=u", "place 1 for TURN without username"),
            ("turn:b.example?username=u&credential=hunter2&realm=x", "place 1 with something else"),
            ("turn:b.example?username=u&credential=hunter2&transport=sctp", "place 1 with something else"),
            ("stun:a,stun:a,stun:a,stun:a,stun:a,stun:a,stun:a,stun:a,stun:a", "has 9 servers"),
        ] {
            let error = servers(setting).expect_err("wrong");
            assert!(error.contains(&format!("{NAME} has")) && error.contains(said), "{said} in {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}

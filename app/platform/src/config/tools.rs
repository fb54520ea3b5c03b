//! The settings of tools: which servers offer some, by the Model Context Protocol.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde::Deserialize;
use url::Url;

use super::Reader;

/// What agents use besides what is built in.
#[derive(Debug, Clone, Default)]
pub struct ToolsConfig {
    /// Servers that all agents may use, by name.
    pub servers: BTreeMap<String, McpServerConfig>,
    /// Hosts that may be private, and at which servers may be nevertheless.
    pub allowed_hosts: BTreeSet<String>,
}

/// A server of tools that the operator chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum McpServerConfig {
    /// A program that is started for each use, and spoken with over its standard input and output.
    Program(McpProgram),
    /// Somewhere else. It may be at a private address.
    Address(Url),
}

/// A program that offers tools.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct McpProgram {
    /// Which program.
    pub command: String,
    /// With which arguments.
    #[serde(default)]
    pub args: Vec<String>,
    /// What of the environment it gets, besides the path. It gets nothing of ours.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Described {
    Program(McpProgram),
    Address { address: String },
}

/// Reads the settings of tools.
pub(super) fn read(reader: &mut Reader) -> ToolsConfig {
    let hosts = reader.text("MCP_ALLOWED_HOSTS").unwrap_or_default();
    let allowed_hosts =
        hosts.split(',').map(|host| host.trim().to_ascii_lowercase()).filter(|host| !host.is_empty()).collect();
    ToolsConfig { servers: servers(reader), allowed_hosts }
}

fn servers(reader: &mut Reader) -> BTreeMap<String, McpServerConfig> {
    const NAME: &str = "MCP_SERVERS";
    let Some(setting) = reader.text(NAME) else { return BTreeMap::new() };
    let text = if setting.contains('=') {
        setting
    } else {
        match fs::read_to_string(&setting) {
            Ok(text) => text,
            Err(error) => {
                reader.problem(NAME, &format!("names a file that can't be read: {error}"));
                return BTreeMap::new();
            }
        }
    };
    let described: BTreeMap<String, Described> = match toml::from_str(&text) {
        Ok(described) => described,
        Err(error) => {
            let message = error.message();
            reader.problem(
                NAME,
                &format!("must be TOML such as files = {{ command = \"…\", args = [\"…\"] }}: {message}"),
            );
            return BTreeMap::new();
        }
    };
    let mut servers = BTreeMap::new();
    for (name, described) in described {
        let well_named = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.len() <= 32
            && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
        let config = match described {
            Described::Program(program) => McpServerConfig::Program(program),
            Described::Address { address } => match Url::parse(&address) {
                Ok(url) if matches!(url.scheme(), "http" | "https") => McpServerConfig::Address(url),
                _ => {
                    reader.problem(NAME, &format!("has an address for {name} that is neither http nor https"));
                    continue;
                }
            },
        };
        if well_named {
            servers.insert(name, config);
        } else {
            reader.problem(NAME, &format!("has a name that is not small letters, digits and hyphens: {name}"));
        }
    }
    servers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, config::ConfigError};

    fn config(values: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_values(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn servers_are_programs_or_addresses() {
        let text = "files = { command = \"files-mcp\", args = [\"/srv\"] }\nintern = { address = \"http://10.0.0.7:8000/mcp\" }";
        let tools = config(&[("MCP_SERVERS", text), ("MCP_ALLOWED_HOSTS", " Tools.intern , ")]).expect("valid").tools;
        let args = vec!["/srv".to_owned()];
        let program = McpProgram { command: "files-mcp".to_owned(), args, env: BTreeMap::new() };
        assert_eq!(tools.servers["files"], McpServerConfig::Program(program));
        assert!(matches!(&tools.servers["intern"], McpServerConfig::Address(it) if it.port() == Some(8000)));
        assert_eq!(tools.allowed_hosts.into_iter().collect::<Vec<_>>(), ["tools.intern"]);
    }

    #[test]
    fn what_is_wrong_with_servers_is_said() {
        for (text, said) in [
            ("Files = { command = \"x\" }", "Files"),
            ("files = { address = \"ftp://x\" }", "neither http"),
            ("files = 3", "must be TOML"),
            ("/no/such/file", "can't be read"),
        ] {
            let problem = config(&[("MCP_SERVERS", text)]).expect_err("wrong").to_string();
            assert!(problem.contains("MCP_SERVERS") && problem.contains(said), "{problem}");
        }
    }
}

//! Servers that offer tools to agents, by the Model Context Protocol (<https://modelcontextprotocol.io>).

use chrono::{DateTime, Utc};
use kernel::McpServerId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most servers somebody can have.
pub const MAX_SERVERS: usize = 20;
/// The most tools of one server that are offered.
pub const MAX_TOOLS: usize = 100;
/// The most characters the name of a server has.
pub const NAME_LIMIT: usize = 32;
/// The most characters an address has.
pub const ADDRESS_LIMIT: usize = 2_000;
/// The most characters the value of a header has.
pub const HEADER_LIMIT: usize = 4_000;
/// The most bytes the schema of a tool has.
pub const SCHEMA_LIMIT: usize = 16_000;

/// A tool that a server offers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServerTool {
    /// What the server calls it.
    pub name: String,
    /// What it does, in the server's words. They are material, not to be believed.
    pub description: String,
    /// The JSON schema of its arguments.
    pub schema: Value,
}

/// A server, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct McpServer {
    /// Its id.
    pub id: McpServerId,
    /// Its name: the part before the stroke in `server/tool`.
    pub name: String,
    /// Where it is; empty for a program of the operator's.
    pub address: String,
    /// The name of the header that is sent along, if one is. Its value is never shown.
    pub header: Option<String>,
    /// Whether the operator of this site put it there. It can't be removed then.
    pub operators: bool,
    /// What it offers.
    pub tools: Vec<ServerTool>,
    /// Why it could not be used the last time; nothing, when it could.
    pub problem: Option<String>,
    /// When it last answered.
    pub contacted_at: Option<DateTime<Utc>>,
    /// When it was last asked.
    pub checked_at: Option<DateTime<Utc>>,
}

impl McpServer {
    /// The name by which a draft says what its agent may do with a tool: `server/tool`.
    pub fn tool_name(&self, tool: &ServerTool) -> String {
        format!("{}/{}", self.name, tool.name)
    }
}

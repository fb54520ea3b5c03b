//! Speaks with servers of tools by the Model Context Protocol, through its official SDK. Where one is was typed by somebody:
//! it is reached by our own rules for the outside. A program is started only when the operator named it in the settings.
//!
//! A server is spoken with once for each use: nothing is kept open, and what one answer learnt no other one does.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use http::{HeaderName, HeaderValue};
use kernel::McpServerId;
use platform::{
    config::{McpProgram, McpServerConfig, ToolsConfig},
    outbound::{Outbound, OutboundError},
    seal::Sealer,
};
use rmcp::{
    RoleClient, ServiceError, ServiceExt,
    model::{CallToolRequestParams, CallToolResult, ContentBlock, PaginatedRequestParams},
    service::{ClientInitializeError, RunningService},
    transport::{
        StreamableHttpClientTransport, TokioChildProcess, streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use serde_json::{Map, Value};
use tokio::{process::Command, time};
use url::Url;

use crate::{
    mcp::{MAX_TOOLS, SCHEMA_LIMIT, ServerTool},
    store::mcp::Row,
};

/// How long a server has to say what it offers.
const TIME: Duration = Duration::from_secs(20);
/// The most bytes of one answer of a server.
const BYTES: usize = 1024 * 1024;
/// The most pages of tools that are asked for.
const PAGES: usize = 10;
/// The most characters of a tool's name, and of what a server says of it.
const NAME_LIMIT: usize = 100;
const DESCRIPTION_LIMIT: usize = 2_000;

/// Speaks with servers.
pub struct McpClient {
    outbound: Outbound,
    sealer: Arc<Sealer>,
    allowed_hosts: BTreeSet<String>,
    operators: BTreeMap<String, McpServerConfig>,
}

type Connection = RunningService<RoleClient, ()>;

impl McpClient {
    /// One that goes by the settings.
    pub fn new(outbound: Outbound, sealer: Arc<Sealer>, config: &ToolsConfig) -> Self {
        Self { outbound, sealer, allowed_hosts: config.allowed_hosts.clone(), operators: config.servers.clone() }
    }

    /// What secrets are sealed with.
    pub(crate) fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// The operator's servers: names, and addresses where they have one.
    pub(crate) fn operators(&self) -> impl Iterator<Item = (&str, String)> {
        self.operators.iter().map(|(name, config)| match config {
            McpServerConfig::Program(_) => (name.as_str(), String::new()),
            McpServerConfig::Address(address) => (name.as_str(), address.to_string()),
        })
    }

    /// Refuses an address at which no server can be, as far as that can be told from the address alone.
    pub(crate) fn refuse(&self, address: &Url) -> Result<(), OutboundError> {
        self.outbound.may_be_at(address)
    }

    /// Whether the operator lets servers be at this host although it is private.
    pub(crate) fn trusts(&self, address: &Url) -> bool {
        address.host_str().is_some_and(|host| self.allowed_hosts.contains(&host.to_ascii_lowercase()))
    }

    /// What a server offers, or why it can't be asked, in words for its owner.
    pub(crate) async fn tools(&self, row: &Row) -> Result<Vec<ServerTool>, String> {
        let work = async {
            let connection = self.connect(row).await?;
            let tools = listed(&connection).await;
            _ = connection.cancel().await;
            tools
        };
        time::timeout(TIME, work).await.unwrap_or_else(|_| Err("The server took too long to answer.".to_owned()))
    }

    /// Calls a tool. What came of it, or why nothing did. How long it may take is for the caller to say.
    pub(crate) async fn call(&self, row: &Row, tool: &str, arguments: Map<String, Value>) -> Result<String, String> {
        let connection = self.connect(row).await?;
        let params = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        let called = connection.call_tool(params).await;
        _ = connection.cancel().await;
        let result = called.map_err(|error| said_by(&error))?;
        let text = text_of(&result);
        if result.is_error == Some(true) { Err(text) } else { Ok(text) }
    }

    async fn connect(&self, row: &Row) -> Result<Connection, String> {
        let begun = if row.view.operators && row.view.address.is_empty() {
            let program = match self.operators.get(&row.view.name) {
                Some(McpServerConfig::Program(program)) => program,
                _ => return Err("The operator of this site does not offer this server any more.".to_owned()),
            };
            ().serve(started(program)?).await
        } else {
            let address: Url = row.view.address.parse().map_err(|_| "The address makes no sense.".to_owned())?;
            // The operator's own may be anywhere.
            let trusted = row.view.operators || self.trusts(&address);
            let client = self.outbound.client_for(&address, trusted).await.map_err(|error| error.to_string())?;
            let mut config = StreamableHttpClientTransportConfig::with_uri(address.as_str())
                .max_sse_event_size(BYTES)
                .max_json_response_size(BYTES)
                .reinit_on_expired_session(false);
            if let Some((name, value)) = self.header(row)? {
                config = config.custom_headers(HashMap::from([(name, value)]));
            }
            ().serve(StreamableHttpClientTransport::with_client(client, config)).await
        };
        begun.map_err(|error: ClientInitializeError| said_by(&error))
    }

    /// The header that is sent along.
    fn header(&self, row: &Row) -> Result<Option<(HeaderName, HeaderValue)>, String> {
        let (Some(name), Some(sealed)) = (&row.view.header, &row.sealed) else { return Ok(None) };
        let opened = self.sealer.open_sealed(sealed, row.view.id.uuid().as_bytes());
        let value = opened.map_err(|_| "The header can't be read any more. Remove the server, and add it again.")?;
        let broken = || "The header can't be sent.".to_owned();
        let name = HeaderName::try_from(name.as_str()).map_err(|_| broken())?;
        let mut value = HeaderValue::from_str(value.reveal()).map_err(|_| broken())?;
        value.set_sensitive(true);
        Ok(Some((name, value)))
    }
}

/// Starts a program of the operator's. It gets nothing of our environment but the path.
fn started(program: &McpProgram) -> Result<TokioChildProcess, String> {
    let mut command = Command::new(&program.command);
    command.args(&program.args).env_clear().envs(&program.env).kill_on_drop(true);
    if let Some(path) = path() {
        command.env("PATH", path);
    }
    let (process, _) = TokioChildProcess::builder(command).stderr(Stdio::null()).spawn().map_err(|error| {
        tracing::warn!(command = program.command, %error, "a server of tools could not be started");
        "The program of this server could not be started.".to_owned()
    })?;
    Ok(process)
}

fn path() -> Option<std::ffi::OsString> {
    std::env::var_os("PATH")
}

/// What a server offers, page by page, as far as it makes sense.
async fn listed(connection: &Connection) -> Result<Vec<ServerTool>, String> {
    let mut tools: Vec<ServerTool> = Vec::new();
    let mut cursor = None;
    for _ in 0..PAGES {
        let params = PaginatedRequestParams::default().with_cursor(cursor);
        let page = connection.list_tools(Some(params)).await.map_err(|error| said_by(&error))?;
        for tool in page.tools {
            let schema = Value::Object(Arc::unwrap_or_clone(tool.input_schema));
            let makes_sense = !tool.name.is_empty()
                && tool.name.chars().count() <= NAME_LIMIT
                // Forms name what is chosen for a tool by its name in brackets.
                && !tool.name.chars().any(|c| c.is_control() || matches!(c, '[' | ']'))
                && schema.to_string().len() <= SCHEMA_LIMIT
                && !schema.to_string().contains("\\u0000")
                && jsonschema::validator_for(&schema).is_ok()
                && tools.iter().all(|it| it.name != tool.name);
            if makes_sense && tools.len() < MAX_TOOLS {
                let said = tool.description.unwrap_or_default();
                let description = said.chars().filter(|c| *c != '\0').take(DESCRIPTION_LIMIT).collect();
                tools.push(ServerTool { name: tool.name.into_owned(), description, schema });
            }
        }
        cursor = page.next_cursor;
        if cursor.is_none() || tools.len() >= MAX_TOOLS {
            break;
        }
    }
    Ok(tools)
}

/// The words of what a tool answered. Of what is none, what it is.
fn text_of(result: &CallToolResult) -> String {
    let parts: Vec<String> = result
        .content
        .iter()
        .map(|part| match part {
            ContentBlock::Text(text) => text.text.clone(),
            ContentBlock::Image(_) => "[a picture]".to_owned(),
            ContentBlock::Audio(_) => "[a recording]".to_owned(),
            ContentBlock::Resource(_) | ContentBlock::ResourceLink(_) => "[a file]".to_owned(),
            _ => "[something else]".to_owned(),
        })
        .collect();
    match (&result.structured_content, parts.is_empty()) {
        (Some(value), true) => value.to_string(),
        _ => parts.join("\n"),
    }
}

/// What went wrong, in words: what the server says, or that it does not speak as it should.
fn said_by(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = Some(error);
    let mut last = error.to_string();
    while let Some(inner) = cause {
        if let Some(ServiceError::McpError(said)) = inner.downcast_ref::<ServiceError>() {
            return format!("The server says: {}", said.message.chars().take(300).collect::<String>());
        }
        last = inner.to_string();
        cause = inner.source();
    }
    let last: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    format!("The server can't be reached, or does not speak MCP: {last}")
}

/// The name that a row has in the associated data of its secret.
pub(crate) fn sealed_for(id: McpServerId) -> [u8; 16] {
    *id.uuid().as_bytes()
}

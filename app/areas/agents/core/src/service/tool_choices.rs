//! What an owner lets an agent do with each tool: those that are built in, and those of servers.

use std::collections::BTreeMap;

use kernel::{AccountId, Actor};
use platform::{Cx, Tx};
use sqlx::PgPool;

use super::{builder, mcp::servers};
use crate::{
    Error, McpServer, Spec, ToolMode,
    store::mcp,
    tool::{BUILT_IN, ToolChoice, ToolGroup, ToolSource},
};

/// The tools that an agent may be let use: those built in, those of each server, and those that the draft names and nobody
/// offers any more.
///
/// # Errors
/// When the agent isn't the actor's.
pub async fn tool_choices(pool: &PgPool, cx: &Cx<Actor>, agent: AccountId) -> Result<Vec<ToolGroup>, Error> {
    let row = builder::own(pool, &cx.actor, agent).await?;
    Ok(groups(&row.draft, &servers(pool, cx).await?))
}

/// Keeps what an agent may do with these tools; what it may do with others stays. Returns the number of the draft from now on.
///
/// # Errors
/// When the agent isn't the actor's, its draft was saved since the actor opened it, or nobody offers one of the tools.
pub async fn choose_tools(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    agent: AccountId,
    chosen: BTreeMap<String, ToolMode>,
    expected_number: u32,
) -> Result<u32, Error> {
    let row = builder::hold(tx, &cx.actor, agent).await?;
    let servers: Vec<McpServer> = mcp::of_owner(&mut **tx, row.owner).await?.into_iter().map(|row| row.view).collect();
    let offered: BTreeMap<String, bool> =
        groups(&row.draft, &servers).into_iter().flat_map(|it| it.tools).map(|it| (it.name, it.asks)).collect();
    let mut tools = row.draft.tools.clone();
    for (name, mode) in chosen {
        match (mode, offered.get(&name)) {
            (ToolMode::Off, _) => _ = tools.remove(&name),
            (ToolMode::Allow, Some(true)) => _ = tools.insert(name, ToolMode::Ask),
            (mode, Some(_)) => _ = tools.insert(name, mode),
            (_, None) => return Err(Error::NoSuchTool(name.chars().take(200).collect())),
        }
    }
    builder::save_draft(tx, cx, agent, Spec { tools, ..row.draft }, expected_number).await
}

fn groups(draft: &Spec, servers: &[McpServer]) -> Vec<ToolGroup> {
    let mut groups = vec![ToolGroup { from: ToolSource::BuiltIn, tools: built_in(draft) }];
    groups.extend(servers.iter().filter(|server| !server.tools.is_empty()).map(|server| of_server(draft, server)));
    let gone = gone(draft, &groups);
    if !gone.is_empty() {
        groups.push(ToolGroup { from: ToolSource::Gone, tools: gone });
    }
    groups
}

fn built_in(draft: &Spec) -> Vec<ToolChoice> {
    let choice = |tool: &crate::BuiltIn| ToolChoice {
        name: tool.name.to_owned(),
        label: tool.label.to_owned(),
        summary: tool.summary.to_owned(),
        effect: Some(tool.effect),
        mode: draft.tool(tool.name),
        asks: false,
    };
    BUILT_IN.iter().map(choice).collect()
}

fn of_server(draft: &Spec, server: &McpServer) -> ToolGroup {
    // What somebody connected asks each time, whatever a draft says: see the offer of the toolbox.
    let asks = !server.operators;
    let tools = server.tools.iter().map(|tool| {
        let name = server.tool_name(tool);
        let mode = match draft.tool(&name) {
            ToolMode::Allow if asks => ToolMode::Ask,
            mode => mode,
        };
        let summary = tool.description.split_whitespace().collect::<Vec<_>>().join(" ");
        ToolChoice { name, label: tool.name.clone(), summary, effect: None, mode, asks }
    });
    let from = ToolSource::Server { name: server.name.clone(), problem: server.problem.clone() };
    ToolGroup { from, tools: tools.collect() }
}

/// What the draft names, and nobody offers.
fn gone(draft: &Spec, groups: &[ToolGroup]) -> Vec<ToolChoice> {
    let is_there = |name: &str| groups.iter().flat_map(|it| &it.tools).any(|tool| tool.name == name);
    let named = draft.tools.iter().filter(|(name, mode)| **mode != ToolMode::Off && !is_there(name));
    let choice = |(name, mode): (&String, &ToolMode)| ToolChoice {
        name: name.clone(),
        label: name.clone(),
        summary: String::new(),
        effect: None,
        mode: *mode,
        asks: *mode == ToolMode::Ask,
    };
    named.map(choice).collect()
}

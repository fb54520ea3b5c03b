//! Agents are made, changed, limited, and put to work or to rest.

#![expect(clippy::too_many_arguments, reason = "the fields of a form are the arguments of its function")]

use std::collections::BTreeMap;

use leptos::prelude::*;
use web::{Failure, Outcome};

#[cfg(not(target_arch = "wasm32"))]
use {
    super::parse::{self, Typed},
    crate::routes::builder as routes,
    agents_core::{
        Error, Spec, ToolMode,
        command::{NewAgent, NewCaps},
        limits, service,
    },
    identity_core::command::{EditProfile, PortraitChange},
    kernel::{FieldError, Problem, ProblemKind},
    web::server::Server,
};

/// Makes an agent, and leads to where it is built.
#[server(prefix = "/api", endpoint = "agents/create")]
pub async fn create(
    #[server(default)] handle: String,
    #[server(default)] name: String,
    /// What it begins with; nothing, when empty.
    #[server(default)]
    template: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::CREATE).await?;
    let new = NewAgent::parse(&handle, &name, &template).map_err(|wrong| Failure::from(Problem::invalid(wrong)))?;
    let mut tx = server.begin().await?;
    let agent = service::create_agent(&mut tx, &cx, &new).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=made", routes::build(agent))))
}

/// Keeps all that the form holds. It leads back to the form, with the number of the draft from now on.
#[server(prefix = "/api", endpoint = "agents/save")]
pub async fn save(
    /// The agent.
    agent: String,
    /// The number of the draft that the form began with.
    #[server(default)]
    number: u32,
    #[server(default)] name: String,
    #[server(default)] headline: String,
    #[server(default)] bio: String,
    #[server(default)] portrait: String,
    #[server(default)] kept_portrait: String,
    #[server(default)] remove_portrait: bool,
    #[server(default)] instructions: String,
    #[server(default)] tone: String,
    #[server(default)] style: String,
    /// One a line.
    #[server(default)]
    topics: String,
    #[server(default)] length: String,
    #[server(default)] greeting: String,
    /// One a line.
    #[server(default)]
    suggestions: String,
    #[server(default)] model: String,
    #[server(default)] liveliness: String,
    #[server(default)] max_output_tokens: String,
    #[server(default)] remembers: bool,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let (cx, id) = (server.cx()?, parse::agent(&agent)?);
    server.limit(limits::SAVE).await?;
    // What may be done with tools stands in another form. Should it be saved meanwhile, the number is another one.
    let now = service::agent(server.database.pool(), &cx, id).await.map_err(Failure::from)?;
    let typed = Typed {
        instructions,
        tone,
        style,
        topics,
        length,
        greeting,
        suggestions,
        model,
        liveliness,
        max_output_tokens,
        remembers,
    };
    let draft = parse::draft(typed, now.draft.tools);
    let profile = profile(&name, &headline, &bio, parse::portrait(&portrait, &kept_portrait, remove_portrait));
    let (profile, draft) = both(profile, draft).map_err(|wrong| Failure::from(Problem::invalid(wrong)))?;
    let mut tx = server.begin().await?;
    let number = service::save(&mut tx, &cx, id, &profile, draft, number).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=saved&number={number}", routes::build(id))))
}

#[cfg(not(target_arch = "wasm32"))]
fn profile(
    name: &str,
    headline: &str,
    bio: &str,
    portrait: Result<PortraitChange, FieldError>,
) -> Result<EditProfile, Vec<FieldError>> {
    let profile = EditProfile::parse(name, headline, bio, PortraitChange::Keep).map_err(|problem| problem.fields);
    match (profile, portrait) {
        (Ok(profile), Ok(portrait)) => Ok(EditProfile { portrait, ..profile }),
        (Ok(_), Err(wrong)) => Err(vec![wrong]),
        (Err(fields), Ok(_)) => Err(fields),
        (Err(fields), Err(wrong)) => Err(fields.into_iter().chain([wrong]).collect()),
    }
}

/// Both halves of the form, or everything that is wrong with either.
#[cfg(not(target_arch = "wasm32"))]
fn both(
    profile: Result<EditProfile, Vec<FieldError>>,
    draft: Result<Spec, Vec<FieldError>>,
) -> Result<(EditProfile, Spec), Vec<FieldError>> {
    match (profile, draft) {
        (Ok(profile), Ok(draft)) => Ok((profile, draft)),
        (profile, draft) => Err(profile.err().into_iter().chain(draft.err()).flatten().collect()),
    }
}

/// Keeps what an agent may do with each tool.
#[server(prefix = "/api", endpoint = "agents/save_tools")]
pub async fn save_tools(
    /// The agent.
    agent: String,
    /// The number of the draft that the form began with.
    #[server(default)]
    number: u32,
    /// Each tool's name, with what it may do with it.
    #[server(default)]
    tools: BTreeMap<String, String>,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let (cx, id) = (server.cx()?, parse::agent(&agent)?);
    server.limit(limits::SAVE).await?;
    let unreadable =
        || Problem::new(ProblemKind::BadRequest, "The form could not be read. Reload the page and try again.");
    let chosen = tools
        .into_iter()
        .map(|(tool, mode)| Ok((tool, parse::word::<ToolMode>(&mode).ok_or_else(unreadable)?)))
        .collect::<Result<BTreeMap<_, _>, Problem>>()
        .map_err(Failure::from)?;
    let mut tx = server.begin().await?;
    service::choose_tools(&mut tx, &cx, id, chosen, number).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=saved", routes::tools(id))))
}

/// Limits what an agent may cost, in euros.
#[server(prefix = "/api", endpoint = "agents/set_caps")]
pub async fn set_caps(
    /// The agent.
    agent: String,
    /// In a day.
    #[server(default)]
    daily: String,
    /// In a month.
    #[server(default)]
    monthly: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let (cx, id) = (server.cx()?, parse::agent(&agent)?);
    server.limit(limits::SAVE).await?;
    let caps = match (parse::euros("daily", &daily), parse::euros("monthly", &monthly)) {
        (Ok(daily), Ok(monthly)) => NewCaps::parse(daily, monthly),
        (daily, monthly) => Err(daily.err().into_iter().chain(monthly.err()).collect()),
    };
    let caps = caps.map_err(|wrong| Failure::from(Problem::invalid(wrong)))?;
    let mut tx = server.begin().await?;
    service::set_caps(&mut tx, &cx, id, caps).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=limited", routes::limits(id))))
}

/// Puts an agent to work or to rest, or ends it.
#[server(prefix = "/api", endpoint = "agents/set_state")]
pub async fn set_state(
    /// The agent.
    agent: String,
    /// `pause`, `resume` or `retire`.
    #[server(default)]
    wish: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let (cx, id) = (server.cx()?, parse::agent(&agent)?);
    server.limit(limits::SAVE).await?;
    let mut tx = server.begin().await?;
    let (done, word) = match wish.as_str() {
        "pause" => (service::pause(&mut tx, &cx, id).await, "paused"),
        "resume" => (service::resume(&mut tx, &cx, id).await, "resumed"),
        "retire" => (service::retire(&mut tx, &cx, id).await, "retired"),
        _ => (Err(Error::NoSuchAgent), ""),
    };
    done.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done={word}", routes::limits(id))))
}

//! What an agent may do by itself is said.

#![expect(clippy::too_many_arguments, reason = "the fields of a form are the arguments of its function")]

use leptos::prelude::*;
use web::{Failure, Outcome};

#[cfg(not(target_arch = "wasm32"))]
use {
    super::parse,
    crate::routes::acting as routes,
    agents_core::{
        Error,
        command::{NewActing, NewSchedule, TypedActing},
        service,
    },
    web::server::Server,
};

/// How often somebody may change what an agent does.
#[cfg(not(target_arch = "wasm32"))]
const ACTING: platform::rate_limit::Limit = platform::rate_limit::Limit::per("agents.acting", 60, 300);

/// Says what an agent may do by itself.
#[server(prefix = "/api", endpoint = "agents/save_acting")]
pub async fn save_acting(
    /// Which agent.
    agent: String,
    /// Whose mentions it answers.
    #[server(default)]
    answers: String,
    /// How.
    #[server(default)]
    answer_instructions: String,
    /// Where its clock stands.
    #[server(default)]
    zone: String,
    /// From when on it may act.
    #[server(default)]
    from: String,
    /// Up to when.
    #[server(default)]
    until: String,
    /// The most posts and drafts of a day.
    #[server(default)]
    daily_posts: String,
    /// How many agents may have answered one another.
    #[server(default)]
    depth_cap: String,
    /// `everything`, or `unsure` for what is not sure enough.
    #[server(default)]
    review: String,
    /// From which confidence on it is published without.
    #[server(default)]
    threshold: String,
    /// After how many approvals in a row.
    #[server(default)]
    unedited_needed: String,
    /// How often it had been saved when the form was opened.
    #[server(default)]
    saved: u32,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(ACTING).await?;
    let id = parse::agent(&agent)?;
    let typed = TypedActing {
        answers,
        answer_instructions,
        zone,
        from,
        until,
        daily_posts: parse::number(&daily_posts),
        depth_cap: parse::number(&depth_cap),
        reviews_all: review != "unsure",
        threshold: parse::number(&threshold),
        unedited_needed: parse::number(&unedited_needed),
    };
    let new = NewActing::parse(&typed).map_err(|wrong| Failure::from(Error::Invalid(wrong)))?;
    let mut tx = server.begin().await?;
    service::save_acting(&mut tx, &cx, id, &new, saved).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=saved", routes::acting(id))))
}

/// Lets an agent post at certain times.
#[server(prefix = "/api", endpoint = "agents/save_schedule")]
pub async fn save_schedule(
    /// Which agent.
    agent: String,
    /// The schedule; empty for a new one.
    #[server(default)]
    schedule: String,
    /// What it posts about.
    #[server(default)]
    instructions: String,
    /// Times of the day.
    #[server(default)]
    times: String,
    /// Days of the week.
    #[server(default)]
    weekdays: Vec<String>,
    /// What becomes of missed times.
    #[server(default)]
    catch_up: String,
    /// Whether it is at work.
    #[server(default)]
    active: bool,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(ACTING).await?;
    let (id, schedule) = (parse::agent(&agent)?, parse::schedule(&schedule)?);
    let new = NewSchedule::parse(&instructions, &times, &weekdays, &catch_up, active)
        .map_err(|wrong| Failure::from(Error::Invalid(wrong)))?;
    let mut tx = server.begin().await?;
    service::save_schedule(&mut tx, &cx, id, schedule, &new).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=scheduled", routes::acting(id))))
}

/// Takes a schedule away.
#[server(prefix = "/api", endpoint = "agents/remove_schedule")]
pub async fn remove_schedule(
    /// Of which agent.
    agent: String,
    /// Which.
    schedule: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(ACTING).await?;
    let (id, schedule) = (parse::agent(&agent)?, parse::schedule(&schedule)?);
    let schedule = schedule.ok_or_else(|| Failure::from(Error::NoSuchSchedule))?;
    let mut tx = server.begin().await?;
    service::remove_schedule(&mut tx, &cx, schedule).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=removed", routes::acting(id))))
}

//! A person decides on what agents propose.

use leptos::prelude::*;
use web::{Failure, Outcome};

#[cfg(not(target_arch = "wasm32"))]
use {
    super::parse,
    crate::routes::acting as routes,
    agents_core::{
        Error,
        review::{Decision, MAX_BULK},
        service,
    },
    kernel::{Actor, Problem, ProposalId},
    platform::Cx,
    web::server::Server,
};

/// How often somebody may decide. Each item of many counts as one.
#[cfg(not(target_arch = "wasm32"))]
const DECIDE: platform::rate_limit::Limit = platform::rate_limit::Limit::per("agents.decide", 120, 60);

/// Decides one item.
#[server(prefix = "/api", endpoint = "agents/decide_review")]
pub async fn decide_review(
    /// Which.
    item: String,
    /// `approve`, `reject` or `take_over`.
    #[server(default)]
    wish: String,
    /// The words, as whoever decides changed them or not.
    #[server(default)]
    body: Option<String>,
    /// Why it is rejected.
    #[server(default)]
    reason: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(DECIDE).await?;
    let item = parse::review(&item)?;
    let (decision, done) = match (wish.as_str(), body) {
        ("approve", Some(body)) => (Decision::ApproveEdited(body), "approved"),
        ("approve", None) => (Decision::Approve, "approved"),
        ("reject", _) => (Decision::Reject(reason), "rejected"),
        ("take_over", Some(body)) => (Decision::TakeOver(body), "taken_over"),
        _ => return Err(Failure::from(Problem::field("wish", "Choose what shall become of it."))),
    };
    decide(&server, &cx, item, &decision).await.map_err(Failure::from)?;
    Ok(Outcome::Go(format!("{}?done={done}", routes::review(item))))
}

/// Decides several items at once, each by itself: what can't be published keeps no other back.
#[server(prefix = "/api", endpoint = "agents/decide_many")]
pub async fn decide_many(
    /// Those that were chosen.
    #[server(default)]
    items: Vec<String>,
    /// `approve` or `reject` for all that were chosen; followed by a colon and an id, for this one alone.
    #[server(default)]
    wish: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let (wish, items) = match wish.split_once(':') {
        Some((wish, one)) => (wish.to_owned(), vec![one.to_owned()]),
        None => (wish, items),
    };
    let decision = match wish.as_str() {
        "approve" => Decision::Approve,
        "reject" => Decision::Reject(String::new()),
        _ => return Err(Failure::from(Problem::field("wish", "Choose what shall become of them."))),
    };
    if items.is_empty() {
        return Err(Failure::from(Problem::field("items", "Choose at least one draft.")));
    }
    if items.len() > MAX_BULK {
        return Err(Failure::from(Problem::field("items", format!("Choose at most {MAX_BULK} at once."))));
    }
    let mut failed = Vec::new();
    for item in &items {
        server.limit(DECIDE).await?;
        if let Err(error) = decide(&server, &cx, parse::review(item)?, &decision).await {
            failed.push(Problem::from(error));
        }
    }
    let all = items.len();
    match failed.pop() {
        None if wish == "approve" => Ok(Outcome::Go(format!("{}?done=approved", routes::INBOX))),
        None => Ok(Outcome::Go(format!("{}?done=rejected", routes::INBOX))),
        Some(problem) if all == 1 => Err(Failure::from(problem)),
        Some(problem) => {
            let left = failed.len() + 1;
            let message =
                format!("{} of {all} were decided. The other {left} were not: {}", all - left, problem.message);
            Err(Failure::from(Problem { message, ..problem }))
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
async fn decide(server: &Server, cx: &Cx<Actor>, item: ProposalId, decision: &Decision) -> Result<(), Error> {
    let mut tx = server.database.begin().await?;
    service::decide(&mut tx, cx, item, decision).await?;
    tx.commit().await?;
    Ok(())
}

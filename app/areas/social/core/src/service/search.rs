//! To look for posts and accounts by their words.

use identity_core::gate::{self, Action, Guarded};
use kernel::Actor;
use sqlx::PgPool;

use crate::{Error, FoundHere, store::search};

/// So much of a query is looked at, in characters.
const QUERY: usize = 200;

/// Posts and accounts that have words of a query, the best first, at most so many of each, as the viewer may see them; without
/// agents that they chose not to see.
///
/// # Errors
/// When the database fails.
pub async fn search(pool: &PgPool, viewer: Option<Actor>, query: &str, most: i64) -> Result<FoundHere, Error> {
    let query: String = query.chars().filter(|c| *c != '\0').take(QUERY).collect();
    let may_see = |thing: &Guarded| gate::decide(viewer.as_ref(), Action::See, thing).is_ok();
    let reader = viewer.map(|viewer| viewer.account);
    let posts = search::posts(pool, reader, &query, most).await?;
    let accounts = search::accounts(pool, reader, &query, most).await?;
    Ok(FoundHere {
        posts: posts.into_iter().filter(|(by, _)| may_see(&Guarded::public(*by))).map(|(_, post)| post).collect(),
        accounts: accounts.into_iter().filter(|it| may_see(&Guarded::public(it.id))).collect(),
    })
}

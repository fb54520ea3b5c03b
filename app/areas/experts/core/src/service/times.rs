//! What agents look up for whoever they speak with: who can be booked, and when. Nothing more than their pages show.

use agents_core::{
    service::{ExpertTimes, FreeExpert, TimesWanted},
    tool::{MOST_EXPERTS, MOST_SERVICES, MOST_TIMES},
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{AccountId, Actor, PageSize, Via};
use platform::{Cx, Database, World};

use super::{diary, directory};
use crate::{Error, ExpertState, ExpertView, Filter};

/// So many who fit are looked at. Those are named first who are free first.
const LOOKED_AT: u8 = 20;

/// The directory and the calendars of experts, for a tool of agents.
pub struct ExpertCalendars {
    database: Database,
    world: World,
}

impl ExpertCalendars {
    /// Those in this database.
    pub const fn new(database: Database, world: World) -> Self {
        Self { database, world }
    }

    async fn found(&self, asker: AccountId, wanted: &TimesWanted) -> Result<Vec<FreeExpert>, Error> {
        let cx = self.world.cx(Some(Actor::human(asker, Via::System)));
        let mut found = Vec::new();
        for id in self.who_fit(&cx, wanted).await? {
            let Some(view) = self.seen(&cx, id).await? else { continue };
            let times = self.times(&view, wanted).await?;
            if wanted.handle.is_some() || !times.is_empty() {
                found.push(shown(view, times, wanted));
            }
            if found.len() >= MOST_EXPERTS {
                break;
            }
        }
        Ok(found)
    }

    async fn who_fit(&self, cx: &Cx<Option<Actor>>, wanted: &TimesWanted) -> Result<Vec<AccountId>, Error> {
        if let Some(handle) = &wanted.handle {
            let account = identity_core::service::account_by_handle(self.database.pool(), handle).await?;
            return Ok(account.map(|account| account.summary.id).into_iter().collect());
        }
        let filter = Filter {
            need: wanted.need.clone(),
            language: wanted.language.clone(),
            most: wanted.most.map(|most| most.minor),
            before: wanted.until,
            ..Filter::default()
        };
        let page = directory::search(&self.database, cx, &filter, PageSize::clamped(LOOKED_AT)).await?;
        Ok(page.items.into_iter().map(|card| card.account.id).collect())
    }

    /// An expert as whoever asks may see them. What was not published is not there, not even for themselves: what an agent is
    /// told may be read by others.
    async fn seen(&self, cx: &Cx<Option<Actor>>, id: AccountId) -> Result<Option<ExpertView>, Error> {
        match directory::expert(self.database.pool(), cx, id).await {
            Ok(view) => Ok(Some(view).filter(|view| view.state != ExpertState::Draft)),
            Err(Error::NoSuchExpert) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What is free next of an expert's time, within what is wanted.
    async fn times(&self, view: &ExpertView, wanted: &TimesWanted) -> Result<Vec<DateTime<Utc>>, Error> {
        let Some(next) = view.card.next else { return Ok(Vec::new()) };
        let from = wanted.from.map_or(next, |from| from.max(next));
        let until = wanted.until.unwrap_or(DateTime::<Utc>::MAX_UTC);
        let slots = diary::slots(self.database.pool(), &self.world.cx(()), view.card.account.id, from, until).await?;
        Ok(slots.into_iter().take(MOST_TIMES).map(|slot| slot.start).collect())
    }
}

/// What is told of an expert: of their services those that don't cost too much.
fn shown(view: ExpertView, times: Vec<DateTime<Utc>>, wanted: &TimesWanted) -> FreeExpert {
    let services = view.services.into_iter().filter(|it| wanted.most.is_none_or(|most| it.price.minor <= most.minor));
    let services = services.take(MOST_SERVICES).map(|it| (it.title, it.price)).collect();
    FreeExpert {
        handle: view.card.account.handle,
        name: view.card.account.name.to_string(),
        headline: view.card.headline,
        zone: view.zone,
        rating: view.card.rating,
        ratings: view.card.ratings,
        services,
        times,
    }
}

#[async_trait]
impl ExpertTimes for ExpertCalendars {
    async fn look_up(&self, asker: AccountId, wanted: &TimesWanted) -> Result<Vec<FreeExpert>, agents_core::Error> {
        self.found(asker, wanted).await.map_err(failed)
    }
}

/// The same in the words of those who ask.
fn failed(error: Error) -> agents_core::Error {
    match error {
        Error::Agents(error) => error,
        Error::Identity(error) => error.into(),
        Error::Database(error) => agents_core::Error::Database(error),
        other => agents_core::Error::NotYet(format!("{other:?}")),
    }
}

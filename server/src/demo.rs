//! The demo world: people, experts and agents with something to say, so that a fresh installation shows what Magentic is.
//! It is the same every time, and goes in through the areas' own services, as if all of it had happened.

mod agents;
mod billing;
mod content;
mod experts;
mod market;
mod money;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use content::{Account, Comment, Content, Post};
use identity_core::{
    Passwords,
    command::{EditProfile, NewPerson, PortraitChange},
    service as identity,
};
use kernel::{AccountId, Actor, Clock, MediaId, PostId, Randomness, Via};
use platform::{Cx, Database, Tx, World, files::Files, image::Purpose, media};
use social_core::{
    Content as PostContent, EditPost, NewComment, NewPost, PostBody, SetFollow, SetLike, service as social,
};
use sqlx::PgExecutor;

/// Who may sign in to the demo world, and with what.
pub const LOGINS: [(&str, &str); 3] =
    [("ana", "demo-lisbon-records"), ("ben", "demo-sync-licence"), (ADMIN, "demo-server-room")];
/// Who administers the demo world.
pub const ADMIN: &str = "elena_dev";

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Loads the demo world if there are no accounts, or if an earlier load was interrupted. Whether it did.
///
/// # Errors
/// When the database or the file store fails.
pub async fn load_if_empty(
    database: &Database,
    files: &Files,
    world: &World,
    passwords: &Passwords,
) -> Result<bool, Failed> {
    // Held by a connection of its own while others would wait: two instances may start on one empty database.
    let mut guard = database.begin().await?;
    sqlx::query!("select pg_advisory_xact_lock(hashtext('demo_world'))").execute(&mut *guard).await?;
    match state(database).await?.as_deref() {
        Some("loaded") => return Ok(false),
        Some(_) => clear(database).await?,
        None if has_accounts(database).await? => return Ok(false),
        None => {}
    }
    set_state(database.pool(), "loading").await?;
    tracing::info!("loading the demo world: this takes some seconds, once");
    Loader::new(database, files, world).load(passwords).await?;
    guard.rollback().await?;
    Ok(true)
}

/// Whether this database holds the demo world.
pub async fn is_loaded(database: &Database) -> bool {
    state(database).await.is_ok_and(|state| state.as_deref() == Some("loaded"))
}

async fn state(database: &Database) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("select value from installation where fact = 'demo_world'")
        .fetch_optional(database.pool())
        .await
}

async fn set_state(executor: impl PgExecutor<'_>, state: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into installation (fact, value) values ('demo_world', $1) on conflict (fact) do update set value = $1",
        state
    )
    .execute(executor)
    .await?;
    Ok(())
}

async fn has_accounts(database: &Database) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"select exists (select from accounts) as "some!""#).fetch_one(database.pool()).await
}

/// Removes what an interrupted load left. Nobody can have used the server in between.
async fn clear(database: &Database) -> Result<(), sqlx::Error> {
    sqlx::query!("truncate accounts, media, events cascade").execute(database.pool()).await?;
    Ok(())
}

/// A clock that stands where the loader puts it.
struct StoryClock(Mutex<DateTime<Utc>>);

impl Clock for StoryClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Chance that is the same every time: a linear congruential generator (Knuth, MMIX). It only makes ids, never secrets.
struct StoryChance(Mutex<u64>);

impl Randomness for StoryChance {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for byte in bytes {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = state.to_be_bytes()[0];
        }
    }
}

struct Loader<'a> {
    database: &'a Database,
    files: &'a Files,
    /// The present of the story: everything happened some time before it.
    now: DateTime<Utc>,
    clock: Arc<StoryClock>,
    world: World,
    accounts: HashMap<String, (AccountId, Option<AccountId>)>,
    posts: HashMap<String, (PostId, DateTime<Utc>)>,
}

impl<'a> Loader<'a> {
    fn new(database: &'a Database, files: &'a Files, world: &World) -> Self {
        let now = world.now();
        let clock = Arc::new(StoryClock(Mutex::new(now)));
        let story = World { clock: clock.clone(), randomness: Arc::new(StoryChance(Mutex::new(7))) };
        Self { database, files, now, clock, world: story, accounts: HashMap::new(), posts: HashMap::new() }
    }

    async fn load(mut self, passwords: &Passwords) -> Result<(), Failed> {
        let content = Content::read()?;
        let mut tx = self.database.begin().await?;
        // Owners before their agents.
        for account in content.accounts.iter().filter(|account| account.owner.is_none()) {
            self.add_person(&mut tx, account, passwords).await?;
        }
        for account in content.accounts.iter().filter(|account| account.owner.is_some()) {
            self.add_agent(&mut tx, account).await?;
        }
        tx.commit().await?;

        let pictures = self.upload_pictures(&content).await?;
        let mut tx = self.database.begin().await?;
        for account in &content.accounts {
            self.dress(&mut tx, account, &pictures).await?;
        }
        for account in &content.accounts {
            self.add_follows(&mut tx, account).await?;
        }
        let mut posts: Vec<&Post> = content.posts.iter().collect();
        posts.sort_by_key(|post| std::cmp::Reverse(post.minutes_ago));
        for post in posts {
            self.add_post(&mut tx, post, &pictures).await?;
        }
        for comment in &content.comments {
            self.add_comment(&mut tx, comment).await?;
        }
        tx.commit().await?;
        self.teach().await?;
        self.open_market().await?;
        let mut tx = self.database.begin().await?;
        self.open_shops(&mut tx).await?;
        tx.commit().await?;
        // From the ledger nothing is ever removed: what goes into it does so in the transaction that ends the load.
        let mut tx = self.database.begin().await?;
        self.move_money(&mut tx).await?;
        self.call(&mut tx).await?;
        self.sell(&mut tx).await?;
        self.buy_agents(&mut tx).await?;
        set_state(&mut *tx, "loaded").await?;
        tx.commit().await?;
        Ok(())
    }

    fn at(&self, moment: DateTime<Utc>) {
        *self.clock.0.lock().unwrap_or_else(PoisonError::into_inner) = moment;
    }

    async fn add_person(&mut self, tx: &mut Tx, account: &Account, passwords: &Passwords) -> Result<(), Failed> {
        self.at(self.now - TimeDelta::days(account.joined_days_ago));
        // Nobody signs in as those who are not for signing in: their password is random and told to nobody.
        let known =
            LOGINS.iter().find(|(handle, _)| *handle == account.handle).map(|(_, password)| (*password).to_owned());
        let password =
            known.unwrap_or_else(|| platform::secret::Token::generate(&platform::OperatingSystem).reveal().to_owned());
        let password = identity_core::Password::chosen(&password)?;
        let hash = passwords.hash(&password, &platform::OperatingSystem).await?;
        let person = NewPerson {
            handle: account.handle.parse()?,
            name: account.name.parse()?,
            headline: account.headline.parse()?,
            bio: account.bio.parse()?,
            email: format!("{}@demo.example", account.handle).parse()?,
            password,
            is_admin: account.handle == ADMIN,
            is_expert: account.expert,
        };
        let id = identity::create_person_confirmed(tx, &self.world.cx(()), &person, &hash).await?;
        self.accounts.insert(account.handle.clone(), (id, None));
        Ok(())
    }

    async fn add_agent(&mut self, tx: &mut Tx, account: &Account) -> Result<(), Failed> {
        self.at(self.now - TimeDelta::days(account.joined_days_ago));
        let (owner, _) = self.account(account.owner.as_deref().unwrap_or_default())?;
        let id = self.make(tx, account, owner).await?;
        self.accounts.insert(account.handle.clone(), (id, Some(owner)));
        Ok(())
    }

    fn account(&self, handle: &str) -> Result<(AccountId, Option<AccountId>), Failed> {
        self.accounts.get(handle).copied().ok_or_else(|| format!("the demo world has no account {handle}").into())
    }

    /// Who acts: a person, an agent by itself, or an agent with its owner's approval.
    fn actor(&self, handle: &str, provenance: Option<&str>) -> Result<Cx<Actor>, Failed> {
        let (id, owner) = self.account(handle)?;
        let actor = match (owner, provenance) {
            (Some(owner), Some("agent_approved")) => Actor::agent_approved(id, owner, Via::System),
            (Some(_), _) => Actor::agent(id, Via::System),
            (None, _) => Actor::human(id, Via::System),
        };
        Ok(self.world.cx(actor))
    }

    /// Uploads every picture of the story for whoever shows it, each of them once for each place it is shown at.
    async fn upload_pictures(&self, content: &Content) -> Result<BTreeMap<String, MediaId>, Failed> {
        let mut uploaded = BTreeMap::new();
        for account in &content.accounts {
            let id = self.upload(&account.handle, content::portrait(&account.portrait)?, Purpose::Portrait).await?;
            uploaded.insert(format!("portrait of {}", account.handle), id);
        }
        for post in &content.posts {
            for (place, picture) in post.images.iter().enumerate() {
                let id = self.upload(&post.author, content::image(&picture.file)?, Purpose::Post).await?;
                uploaded.insert(format!("{place} of {}", post.id), id);
            }
        }
        Ok(uploaded)
    }

    async fn upload(&self, handle: &str, bytes: &[u8], purpose: Purpose) -> Result<MediaId, Failed> {
        self.at(self.now);
        let cx = self.actor(handle, None)?;
        Ok(media::upload(self.database, self.files, &cx, Bytes::copy_from_slice(bytes), purpose).await?.id)
    }

    /// Gives an account its portrait.
    async fn dress(&self, tx: &mut Tx, account: &Account, pictures: &BTreeMap<String, MediaId>) -> Result<(), Failed> {
        self.at(self.now - TimeDelta::days(account.joined_days_ago));
        let Some(portrait) = pictures.get(&format!("portrait of {}", account.handle)) else { return Ok(()) };
        let edit = EditProfile {
            name: account.name.parse()?,
            headline: account.headline.parse()?,
            bio: account.bio.parse()?,
            portrait: PortraitChange::Set(*portrait),
        };
        Ok(identity::edit_profile(tx, &self.actor(&account.handle, None)?, &edit).await?)
    }

    async fn add_follows(&self, tx: &mut Tx, account: &Account) -> Result<(), Failed> {
        let cx = self.actor(&account.handle, None)?;
        for followee in &account.follows {
            self.at(self.now - TimeDelta::days(account.joined_days_ago.min(19)));
            let command = SetFollow { account: self.account(followee)?.0, following: true };
            social::set_follow(tx, &cx, command).await?;
        }
        Ok(())
    }

    async fn add_post(&mut self, tx: &mut Tx, post: &Post, pictures: &BTreeMap<String, MediaId>) -> Result<(), Failed> {
        let at = self.now - TimeDelta::minutes(post.minutes_ago);
        self.at(at);
        let cx = self.actor(&post.author, post.provenance.as_deref())?;
        let shown: Vec<(MediaId, &str)> = post
            .images
            .iter()
            .enumerate()
            .filter_map(|(place, picture)| {
                Some((*pictures.get(&format!("{place} of {}", post.id))?, picture.alt.as_str()))
            })
            .collect();
        // What it said at first, and then each text that took its place.
        let mut texts = post.edited.iter().chain([&post.body]);
        let first = texts.next().unwrap_or(&post.body);
        let new = NewPost { content: PostContent::parse(first, &shown)?, submission: None };
        let id = social::publish_post(tx, &cx, &new).await?;
        self.posts.insert(post.id.clone(), (id, at));
        for (revision, text) in (0..).zip(texts) {
            self.at(at + TimeDelta::minutes(i64::from(revision) + 2));
            let edit = EditPost { post: id, body: PostBody::parse(text)?, expected_revision: revision };
            social::edit_post(tx, &cx, &edit).await?;
        }
        self.add_likes(tx, id, at, &post.likes).await
    }

    async fn add_comment(&mut self, tx: &mut Tx, comment: &Comment) -> Result<(), Failed> {
        let parent = comment.parent.as_ref().unwrap_or(&comment.post);
        let (parent, answered_at) =
            *self.posts.get(parent).ok_or_else(|| format!("the demo world has no {parent} to comment on"))?;
        let at = (answered_at + TimeDelta::minutes(comment.minutes_after)).min(self.now);
        self.at(at);
        let cx = self.actor(&comment.author, comment.provenance.as_deref())?;
        let content = PostContent::parse::<&str>(&comment.body, &[])?;
        let id = social::publish_comment(tx, &cx, &NewComment { parent, content, submission: None }).await?;
        self.posts.insert(comment.id.clone(), (id, at));
        self.add_likes(tx, id, at, &comment.likes).await
    }

    async fn add_likes(&self, tx: &mut Tx, post: PostId, at: DateTime<Utc>, handles: &[String]) -> Result<(), Failed> {
        for (number, handle) in (1..).zip(handles) {
            self.at((at + TimeDelta::minutes(number * 3)).min(self.now));
            social::set_like(tx, &self.actor(handle, None)?, SetLike { post, liked: true }).await?;
        }
        Ok(())
    }
}

//! A list of posts that goes on, and says when there is something new.

use kernel::PostId;
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use social_core::{Notice as Heard, Topic};
use ui::{ButtonLink, LiveBanner, Notice, Pagination, Tone, Variant};
use web::{Failure, live, use_viewer};

use super::{Card, counted, scroll_to_top, wants_new_tab};
use crate::{
    api,
    dto::{FeedKind, Post, Posts},
};

/// Where the posts of a list come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedSource {
    /// Everybody's posts.
    Public,
    /// Of those one follows, and one's own.
    Home,
    /// Of one account.
    Profile(String),
}

impl FeedSource {
    async fn load(&self, after: Option<String>) -> Result<Posts, Failure> {
        match self {
            Self::Public => api::public_feed(after, None).await,
            Self::Home => api::home_feed(after).await.map(|feed| feed.page),
            Self::Profile(handle) => api::posts_of(handle.clone(), after).await,
        }
    }

    /// What is announced when something new arrives, if anything.
    const fn live(&self) -> Option<(Topic, FeedKind)> {
        match self {
            Self::Public => Some((Topic::PublicFeed, FeedKind::Public)),
            Self::Home => Some((Topic::HomeFeed, FeedKind::Home)),
            Self::Profile(_) => None,
        }
    }
}

/// What is new since the list was loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct News {
    heard: Vec<PostId>,
    /// Counted by the server, after more was missed than could be told.
    missed: u8,
}

/// A list of posts. Older ones are appended on demand, newer ones announced.
#[component]
pub fn Feed(
    /// Where they come from.
    source: FeedSource,
    /// The page that the server rendered.
    first: Posts,
    /// The address of the list's beginning.
    #[prop(into)]
    path: String,
    /// Whether `first` is the list's beginning.
    at_beginning: bool,
    /// What the list holds, for assistive software.
    #[prop(into)]
    label: String,
    /// Tells the list to load its beginning again, whenever it changes.
    #[prop(optional, into)]
    reload: Option<Signal<u32>>,
) -> impl IntoView {
    let posts = RwSignal::new(first.posts);
    let next = RwSignal::new(first.next);
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let news = RwSignal::new(News::default());
    let source = StoredValue::new(source);

    let load_beginning = move || {
        spawn_local(async move {
            match source.get_value().load(None).await {
                Ok(page) => {
                    posts.set(page.posts);
                    next.set(page.next);
                    news.set(News::default());
                    problem.set(None);
                }
                Err(Failure(failure)) => problem.set(Some(failure.message)),
            }
        });
    };
    if let Some(reload) = reload {
        Effect::watch(move || reload.get(), move |_, _, _| load_beginning(), false);
    }
    if let Some((topic, kind)) = source.with_value(FeedSource::live) {
        announce(topic, kind, posts.into(), news);
    }

    let older = move |event: MouseEvent| {
        let Some(cursor) = next.get_untracked() else { return };
        if wants_new_tab(&event) {
            return;
        }
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match source.get_value().load(Some(cursor)).await {
                Ok(page) => {
                    posts.update(|posts| posts.extend(page.posts));
                    next.set(page.next);
                    problem.set(None);
                }
                Err(Failure(failure)) => problem.set(Some(failure.message)),
            }
            busy.set(false);
        });
    };
    let show_news = move |event: MouseEvent| {
        // A page that begins further down is left for the list's beginning, which is a page of its own.
        if at_beginning && !wants_new_tab(&event) {
            event.prevent_default();
            load_beginning();
            scroll_to_top();
        }
    };
    let banner = Signal::derive(move || {
        let news = news.get();
        let unseen =
            posts.with(|posts| news.heard.iter().filter(|id| posts.iter().all(|post| post.id != **id)).count());
        match (u64::try_from(unseen).unwrap_or(u64::MAX).saturating_add(news.missed.into()), news.missed) {
            (0, _) => None,
            (_, 100..) => Some("More than 100 new posts".to_owned()),
            (count, _) => Some(counted(count, "new post", "new posts")),
        }
    });
    let older_href = StoredValue::new(path.clone());
    view! {
        <LiveBanner text=banner href=path on_click=show_news />
        <ui::Feed label>
            <For each=move || posts.get() key=|post| (post.id, post.edited.as_ref().map(|edited| edited.iso.clone())) let:post>
                <Card post />
            </For>
        </ui::Feed>
        {move || problem.get().map(|message| view! { <Notice tone=Tone::Danger live=true>{message}</Notice> })}
        {move || {
            next.get()
                .map(|cursor| {
                    let href = older_href.with_value(|path| format!("{path}?after={cursor}"));
                    view! {
                        <Pagination>
                            <ButtonLink href variant=Variant::Secondary on:click=older>
                                {move || if busy.get() { "Loading…" } else { "Load older" }}
                            </ButtonLink>
                        </Pagination>
                    }
                })
        }}
    }
    .into_any()
}

/// Hears of new posts, and remembers which. The viewer's own are no news to them.
fn announce(topic: Topic, kind: FeedKind, posts: Signal<Vec<Post>>, news: RwSignal<News>) {
    let me = use_viewer().map(|viewer| viewer.id);
    live::listen(topic.to_string(), move |heard| match heard {
        live::Heard::Notice { notice, .. } => {
            let Ok(notice) = serde_json::from_str::<Heard>(notice.get()) else { return };
            if Some(notice.author) != me {
                news.update(|news| news.heard.push(notice.post));
            }
        }
        live::Heard::Reset => {
            let top = posts.with_untracked(|posts| posts.first().map(|post| post.id));
            let Some(top) = top else { return };
            spawn_local(async move {
                // If even that fails, the next notice still announces itself.
                if let Ok(missed) = api::newer(kind, top.to_string()).await {
                    _ = news.try_set(News { heard: Vec::new(), missed });
                }
            });
        }
    });
}

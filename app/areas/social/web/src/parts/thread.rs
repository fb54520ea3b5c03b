//! A post with what was said about it.

use std::collections::{HashMap, HashSet};

use kernel::PostId;
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use social_core::{Notice as Heard, NoticeKind, Topic};
use ui::{
    ButtonLink, Comment, EmptyState, IconButton, IconLink, IconName, IconTone, LiveBanner, MediaGrid, Notice,
    Pagination, Tombstone, Tone, Variant,
};
use web::{Failure, Form, FormState, Outcome, live, query, sign_in_from, use_viewer};

use super::{Card, LikeButton, Likes, Write, browser, byline, card::Deleted, counted, owner, pictures, wants_new_tab};
use crate::{
    api,
    dto::{Entry, Post, Thread},
    routes,
};

/// The likes of all that is on the page, by post, so that a number changes without anything being drawn anew.
#[derive(Clone, Copy)]
struct AllLikes(StoredValue<HashMap<PostId, Likes>>);

impl AllLikes {
    fn of(self, post: &Post) -> Likes {
        let likes = Likes::of(post);
        self.0.update_value(|all| _ = all.insert(post.id, likes));
        likes
    }

    fn hear(self, post: PostId, heard: social_core::Likes) {
        if let Some(Some(likes)) = self.0.try_with_value(|all| all.get(&post).copied()) {
            likes.hear(heard);
        }
    }
}

/// The thread's state, once the page is alive.
#[derive(Clone, Copy)]
struct State {
    focus: PostId,
    root: PostId,
    top: RwSignal<Entry>,
    comments: RwSignal<Vec<Entry>>,
    next: RwSignal<Option<String>>,
    heard: RwSignal<HashSet<PostId>>,
    problem: RwSignal<Option<String>>,
    likes: AllLikes,
    submission: RwSignal<String>,
}

impl State {
    fn new(thread: Thread) -> Self {
        Self {
            focus: thread.focus,
            root: thread.root.id(),
            top: RwSignal::new(thread.root),
            comments: RwSignal::new(thread.comments),
            next: RwSignal::new(thread.next),
            heard: RwSignal::default(),
            problem: RwSignal::new(None),
            likes: AllLikes(StoredValue::new(HashMap::new())),
            submission: RwSignal::new(thread.submission),
        }
    }

    /// Loads the thread again, and then shows one of its comments.
    fn reload(self, show: Option<PostId>) {
        // A comment that was just written is asked for, so that it is there also if it stands beyond the first page.
        let focus = show.unwrap_or(self.focus);
        spawn_local(async move {
            match api::thread(focus.to_string(), None).await {
                Ok(thread) => {
                    self.top.set(thread.root);
                    self.comments.set(thread.comments);
                    self.next.set(thread.next);
                    self.heard.set(HashSet::new());
                    self.problem.set(None);
                    if let Some(show) = show {
                        browser::scroll_to(show.to_string());
                    }
                }
                Err(Failure(problem)) => self.problem.set(Some(problem.message)),
            }
        });
    }

    /// Appends what comes after the last comment.
    fn load_more(self) {
        let Some(cursor) = self.next.get_untracked() else { return };
        spawn_local(async move {
            match api::thread(self.root.to_string(), Some(cursor)).await {
                Ok(thread) => {
                    self.comments.update(|comments| {
                        let there: HashSet<PostId> = comments.iter().map(Entry::id).collect();
                        comments.extend(thread.comments.into_iter().filter(|entry| !there.contains(&entry.id())));
                    });
                    self.next.set(thread.next);
                }
                Err(Failure(problem)) => self.problem.set(Some(problem.message)),
            }
        });
    }

    /// Follows what happens in the thread.
    fn listen(self) {
        let me = use_viewer().map(|viewer| viewer.id);
        live::listen(Topic::Thread(self.root).to_string(), move |heard| {
            let live::Heard::Notice { notice, .. } = heard else { return self.reload(None) };
            let Ok(notice) = serde_json::from_str::<Heard>(notice.get()) else { return };
            match (notice.kind, notice.likes) {
                (NoticeKind::Likes, Some(likes)) => self.likes.hear(notice.post, likes),
                (NoticeKind::Comment, _) if Some(notice.author) != me => {
                    self.heard.update(|heard| _ = heard.insert(notice.post));
                }
                // What others change or take back disappears at once; one's own changes are there already.
                (NoticeKind::Edited | NoticeKind::Deleted | NoticeKind::Restored, _) if Some(notice.author) != me => {
                    self.reload(None);
                }
                _ => {}
            }
        });
    }
}

/// A post with what was said about it, and room to answer.
#[component]
pub fn ThreadView(
    /// What the server rendered.
    thread: Thread,
) -> impl IntoView {
    let state = State::new(thread);
    state.listen();
    // A memo: what is being written stays as it is when the thread is loaded again.
    let gone = Memo::new(move |_| matches!(&*state.top.read(), Entry::Tombstone(_)));
    let banner = Signal::derive(move || {
        let unseen = state.comments.with(|comments| {
            state.heard.with(|heard| heard.iter().filter(|id| comments.iter().all(|entry| entry.id() != **id)).count())
        });
        (unseen > 0).then(|| counted(u64::try_from(unseen).unwrap_or(u64::MAX), "new comment", "new comments"))
    });
    let show_news = move |event: MouseEvent| {
        if !wants_new_tab(&event) {
            event.prevent_default();
            state.reload(None);
        }
    };
    let more = move |event: MouseEvent| {
        if !wants_new_tab(&event) {
            event.prevent_default();
            state.load_more();
        }
    };
    view! {
        {move || match state.top.get() {
            Entry::Post(post) => {
                let likes = state.likes.of(&post);
                view! { <Card post=*post focus=true likes on_deleted=move |()| state.reload(None) /> }.into_any()
            }
            Entry::Tombstone(tombstone) if tombstone.can_undo => {
                view! { <Deleted post=tombstone.id on_restored=move |()| state.reload(None) /> }.into_any()
            }
            Entry::Tombstone(_) => view! { <Tombstone text="This post was deleted." /> }.into_any(),
        }}
        {move || (!gone.get()).then(|| view! { <AnswerForm state /> })}
        <LiveBanner text=banner href=routes::post(state.root) on_click=show_news />
        {move || state.problem.get().map(|message| view! { <Notice tone=Tone::Danger live=true>{message}</Notice> })}
        <div id="comments">
            {move || {
                let comments = state.comments.get();
                if comments.is_empty() {
                    return (!gone.get())
                        .then(|| {
                            view! {
                                <EmptyState
                                    icon=IconName::Comment
                                    title="No comments yet"
                                    text="What people and agents answer stands here."
                                />
                            }
                        })
                        .into_any();
                }
                view! { <ui::Thread>{grow(state, &mut Forest::new(comments), None, 0)}</ui::Thread> }.into_any()
            }}
        </div>
        {move || {
            state
                .next
                .get()
                .map(|cursor| {
                    let href = format!("{}?after={cursor}", routes::post(state.root));
                    view! {
                        <Pagination>
                            <ButtonLink href variant=Variant::Secondary on:click=more>"Show newer comments"</ButtonLink>
                        </Pagination>
                    }
                })
        }}
    }
    .into_any()
}

/// Where one answers the post, or the comment that the address names.
#[component]
fn AnswerForm(state: State) -> impl IntoView {
    if use_viewer().is_none() {
        let href = sign_in_from(&routes::post(state.root));
        return view! {
            <Notice>
                <a href=href>"Sign in"</a>
                " to answer."
            </Notice>
        }
        .into_any();
    }
    let reply = query("reply");
    // Looked up once: what is being written stays where it is, also when the comment disappears meanwhile.
    let target = Memo::new(move |_| {
        let id: PostId = reply.get()?.parse().ok()?;
        let handle = state.comments.with_untracked(|comments| {
            comments.iter().find_map(|entry| match entry {
                Entry::Post(post) if post.id == id => Some(post.author.handle.clone()),
                _ => None,
            })
        });
        (id != state.root).then_some((id, handle))
    });
    let on_published = Callback::new(move |outcome: Outcome| {
        // The outcome leads to the comment; here it is already in sight once the thread is loaded again.
        let id = match &outcome {
            Outcome::Go(path) => path.rsplit('#').next().and_then(|id| id.parse().ok()),
            _ => None,
        };
        state.reload(id);
    });
    view! {
        <div id="answer">
            {move || {
                let (parent, label) = match target.get() {
                    Some((id, Some(handle))) => (id, format!("Answer @{handle}.")),
                    Some((id, None)) => (id, "Answer this comment.".to_owned()),
                    None => (state.root, "Write a comment.".to_owned()),
                };
                let instead = (parent != state.root).then(|| {
                    view! {
                        <Notice>
                            "You are answering a comment. "
                            <a href=routes::post(state.root)>"Answer the post instead"</a>
                        </Notice>
                    }
                });
                view! {
                    {instead}
                    <Write parent=Some(parent) submission=state.submission label send="Reply" boxed=true on_published />
                }
            }}
        </div>
    }
    .into_any()
}

/// Comments by what they answer.
struct Forest {
    children: HashMap<Option<PostId>, Vec<Entry>>,
}

impl Forest {
    /// Those whose parent is not on the page stand at the top.
    fn new(comments: Vec<Entry>) -> Self {
        let there: HashSet<PostId> = comments.iter().map(Entry::id).collect();
        let mut children: HashMap<Option<PostId>, Vec<Entry>> = HashMap::new();
        for entry in comments {
            children.entry(entry.parent().filter(|parent| there.contains(parent))).or_default().push(entry);
        }
        Self { children }
    }

    /// How many answers there are to one, all levels counted.
    fn answers(&self, to: PostId) -> u64 {
        let direct = self.children.get(&Some(to)).into_iter().flatten();
        direct.map(|entry| 1 + self.answers(entry.id())).sum()
    }
}

/// The answers to one comment, or to the post, with all that stands below them.
fn grow(state: State, forest: &mut Forest, of: Option<PostId>, depth: u32) -> Vec<AnyView> {
    let entries = forest.children.remove(&of).unwrap_or_default();
    entries
        .into_iter()
        .map(|entry| {
            let id = entry.id();
            let answers = forest.answers(id);
            let below = grow(state, forest, Some(id), depth + 1);
            match entry {
                Entry::Post(post) => comment(state, *post, depth, answers, below),
                Entry::Tombstone(tombstone) => {
                    let here = if tombstone.can_undo {
                        view! { <Deleted post=id on_restored=move |()| state.reload(Some(id)) /> }.into_any()
                    } else if tombstone.hidden {
                        let show = move || view! { <a href=routes::post(id)>"Show it"</a> };
                        view! { <Tombstone text="An agent's comment: you chose not to see it." undo=show /> }.into_any()
                    } else {
                        view! { <Tombstone text="This comment was deleted." /> }.into_any()
                    };
                    let below = (!below.is_empty()).then(|| view! { <ul role="list">{below}</ul> });
                    view! { <li id=id.to_string()>{here}{below}</li> }.into_any()
                }
            }
        })
        .collect()
}

fn comment(state: State, post: Post, depth: u32, answers: u64, below: Vec<AnyView>) -> AnyView {
    let id = post.id;
    let likes = state.likes.of(&post);
    let (mine, edited) = (post.mine, post.edited.is_some());
    let media = pictures(post.pictures);
    let actions = move || {
        let reply = format!("{}?reply={id}#answer", routes::post(state.root));
        view! {
            {(!media.is_empty()).then(|| view! { <MediaGrid pictures=media /> })}
            <LikeButton post=id likes />
            <IconLink icon=IconName::Comment label="Reply" href=reply />
            {edited.then(|| view! { <IconLink icon=IconName::History label="Edited: earlier versions" href=routes::history(id) /> })}
            {mine.then(|| view! {
                <IconLink icon=IconName::Edit label="Edit" href=routes::edit(id) />
                <DeleteComment state post=id />
            })}
        }
    };
    let author = byline(&post.author);
    let owner = owner(&post.author, post.provenance, post.approved_by.as_ref());
    let href = format!("{}#{id}", routes::post(id));
    if below.is_empty() {
        return view! {
            <Comment id=id.to_string() author provenance=post.provenance owner when=post.at.into() href body_html=post.html depth answers actions />
        }
        .into_any();
    }
    view! {
        <Comment id=id.to_string() author provenance=post.provenance owner when=post.at.into() href body_html=post.html depth answers actions>
            {below}
        </Comment>
    }
    .into_any()
}

#[component]
fn DeleteComment(state: State, post: PostId) -> impl IntoView {
    let form = FormState::<api::Delete>::of(post.to_string());
    let problem = form.problem();
    view! {
        // Loaded with the comment in its focus, so that its author sees what is left of it, with the way back.
        <Form state=form on_done=move |_: Outcome| state.reload(Some(post))>
            <input type="hidden" name="post" value=post.to_string() />
            <IconButton icon=IconName::Trash label="Delete" tone=IconTone::Danger />
        </Form>
        {move || problem.get().map(|problem| view! { <Notice tone=Tone::Danger live=true>{problem.message}</Notice> })}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use kernel::PostId;

    use super::*;
    use crate::dto::Tombstone;

    fn id(n: u8) -> PostId {
        format!("post_{n:032x}").parse().expect("an id")
    }

    #[test]
    fn orphans_stand_at_the_top_and_answers_are_counted_through() {
        let entry = |n, parent| {
            Entry::Tombstone(Tombstone {
                id: id(n),
                depth: 1,
                parent: Some(id(parent)),
                can_undo: false,
                hidden: false,
            })
        };
        let forest = Forest::new(vec![entry(1, 0), entry(2, 1), entry(3, 2), entry(4, 99)]);
        let top: Vec<PostId> = forest.children[&None].iter().map(Entry::id).collect();
        assert_eq!(top, [id(1), id(4)]);
        assert_eq!([1, 2, 3, 4].map(|n| forest.answers(id(n))), [2, 1, 0, 0]);
    }
}

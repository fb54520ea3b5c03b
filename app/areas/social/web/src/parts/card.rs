//! A post, wherever it stands.

use kernel::PostId;
use leptos::prelude::*;
use ui::{
    Button, ButtonSize, IconButton, IconLink, IconName, IconTone, Menu, MenuButton, MenuDivider, MenuLink, Notice,
    PostCard, Tone, Variant,
};
use web::{Form, FormState, Outcome, use_boot};

use super::{LikeButton, Likes, browser, byline, counted, owner, pictures};
use crate::{api, dto::Post, routes};

/// A post. In a feed it leads to its own page; there, it is the one the page is about.
#[component]
pub fn Card(
    /// The post.
    post: Post,
    /// This is the post that the page is about.
    #[prop(optional)]
    focus: bool,
    /// How many like it, where that is also heard live.
    #[prop(optional)]
    likes: Option<Likes>,
    /// Called when its author deleted it, in place of showing so right here.
    #[prop(optional, into)]
    on_deleted: Option<Callback<()>>,
) -> impl IntoView {
    if focus || likes.is_some() || on_deleted.is_some() {
        return card(post, focus, likes, on_deleted);
    }
    // In a feed, where the same posts are shown to many.
    web::kept("card", post, |post| card(post, false, None, None))
}

fn card(post: Post, focus: bool, likes: Option<Likes>, on_deleted: Option<Callback<()>>) -> AnyView {
    if !post.mine {
        return view! { <Shown post focus likes on_deleted=None /> }.into_any();
    }
    // One's own can be deleted, and brought back, where it stands.
    let deleted = RwSignal::new(false);
    let on_deleted = on_deleted.unwrap_or_else(|| Callback::new(move |()| deleted.set(true)));
    let post = StoredValue::new(post);
    view! {
        {move || {
            if deleted.get() {
                view! { <Deleted post=post.with_value(|post| post.id) on_restored=move |()| deleted.set(false) /> }.into_any()
            } else {
                view! { <Shown post=post.get_value() focus likes on_deleted=Some(on_deleted) /> }.into_any()
            }
        }}
    }
    .into_any()
}

#[component]
fn Shown(
    post: Post,
    focus: bool,
    likes: Option<Likes>,
    /// Called when its author deleted it; nothing for others, who can't.
    on_deleted: Option<Callback<()>>,
) -> impl IntoView {
    let likes = likes.unwrap_or_else(|| Likes::of(&post));
    let id = post.id;
    let was_edited = post.edited.is_some();
    let (comments, at) = (post.comments, post.at.full.clone());
    let facts = move || {
        focus.then(|| {
            let edited = post.edited.map(|edited| format!("edited {}", edited.full));
            view! {
                <span>{at}</span>
                {edited.map(|edited| view! { <span>{edited}</span> })}
                {move || likes.get().words().map(|words| view! { <span>"Liked by " {words}</span> })}
            }
        })
    };
    let menu = move || on_deleted.map(|on_deleted| view! { <OwnMenu post=id was_edited on_deleted /> });
    let actions = move || {
        view! {
            <IconLink
                icon=IconName::Comment
                label=counted(comments.into(), "comment", "comments")
                href=format!("{}#comments", routes::post(id))
                count=Some(u64::from(comments))
            />
            <LikeButton post=id likes />
            <ShareLink post=id />
        }
    };
    view! {
        <PostCard
            author=byline(&post.author)
            provenance=post.provenance
            owner=owner(&post.author, post.provenance, post.approved_by.as_ref())
            when=post.at.into()
            href=routes::post(id)
            edited=was_edited.then(|| routes::history(id))
            body_html=post.html
            media=pictures(post.pictures)
            focus
            menu
            facts
            actions
        />
    }
    .into_any()
}

/// What the author can do with it.
#[component]
fn OwnMenu(post: PostId, was_edited: bool, on_deleted: Callback<()>) -> impl IntoView {
    let state = FormState::<api::Delete>::of(post.to_string());
    let problem = state.problem();
    view! {
        <Menu label="What you can do with this post">
            <MenuLink icon=IconName::Edit href=routes::edit(post)>"Edit"</MenuLink>
            {was_edited
                .then(|| view! { <MenuLink icon=IconName::History href=routes::history(post)>"Earlier versions"</MenuLink> })}
            <MenuDivider />
            <Form state on_done=move |_: Outcome| on_deleted.run(())>
                <input type="hidden" name="post" value=post.to_string() />
                <MenuButton icon=IconName::Trash tone=IconTone::Danger>"Delete"</MenuButton>
            </Form>
        </Menu>
        {move || problem.get().map(|problem| view! { <Notice tone=Tone::Danger live=true>{problem.message}</Notice> })}
    }
    .into_any()
}

/// What stands in place of a post that its author deleted, with the way back.
#[component]
pub fn Deleted(
    /// The post.
    post: PostId,
    /// Called when it is back.
    #[prop(into)]
    on_restored: Callback<()>,
) -> impl IntoView {
    view! {
        <ui::Tombstone
            text="You deleted this. For 30 days you can bring it back."
            undo=move || view! { <UndoButton post on_restored /> }
        />
    }
    .into_any()
}

#[component]
fn UndoButton(post: PostId, on_restored: Callback<()>) -> impl IntoView {
    let state = FormState::<api::Restore>::of(post.to_string());
    let problem = state.problem();
    view! {
        <Form state on_done=move |_: Outcome| on_restored.run(())>
            <input type="hidden" name="post" value=post.to_string() />
            <Button icon=IconName::Undo size=ButtonSize::Small variant=Variant::Secondary busy=state.busy()>"Undo"</Button>
        </Form>
        {move || problem.get().map(|problem| view! { <Notice tone=Tone::Danger live=true>{problem.message}</Notice> })}
    }
    .into_any()
}

/// The way to pass a post on: a link to it, which a live page copies instead of following it.
#[component]
pub fn ShareLink(
    /// The post.
    post: PostId,
) -> impl IntoView {
    let copied = RwSignal::new(None::<bool>);
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let address = format!("{}{}", use_boot().public_url, routes::post(post));
    let label = Signal::derive(move || match copied.get() {
        None => "Copy the link",
        Some(true) => "The link is copied",
        Some(false) => "Your browser does not let us copy",
    });
    let icon = move || if copied.get() == Some(true) { IconName::Check } else { IconName::Link };
    view! {
        {move || {
            if alive.get() {
                let address = address.clone();
                let on_click = move |_| browser::copy(&address, move |went_well| _ = copied.try_set(Some(went_well)));
                view! { <IconButton icon=icon() label=Signal::derive(move || label.get().to_owned()) kind=ui::ButtonKind::Button on_click /> }
                    .into_any()
            } else {
                view! { <IconLink icon=IconName::Link label="Link to this post" href=routes::post(post) /> }.into_any()
            }
        }}
        <span class="visually-hidden" role="status">{move || copied.get().map(|_| label.get())}</span>
    }
    .into_any()
}

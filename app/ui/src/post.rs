//! Posts.

use crate::{AvatarSize, Byline, MediaGrid, Owner, Picture, ProvenanceMark, Timestamp, When};
use kernel::Provenance;
use leptos::children::ViewFnOnce;
use leptos::prelude::*;

/// Posts below each other, newest first.
#[component]
pub fn Feed(
    /// What the list holds, for assistive software.
    #[prop(into)]
    label: String,
    /// `PostCard`s and `Tombstone`s.
    children: Children,
) -> impl IntoView {
    view! { <section class="feed" aria-label=label>{children()}</section> }
}

/// A post. In a feed the whole card leads to the post's own page; links and buttons inside it stay themselves.
#[component]
pub fn PostCard(
    /// Who wrote it.
    author: Byline,
    /// What the server stamped on it.
    #[prop(default = Provenance::Human)]
    provenance: Provenance,
    /// Who runs the agent, or approved the post.
    #[prop(optional_no_strip)]
    owner: Option<Owner>,
    /// When.
    when: When,
    /// The post's own page.
    #[prop(into)]
    href: String,
    /// The page of its earlier versions, if it was edited.
    #[prop(optional_no_strip)]
    edited: Option<String>,
    /// The text as sanitised HTML, made by the server.
    #[prop(into)]
    body_html: Signal<String>,
    /// Its pictures.
    #[prop(optional)]
    media: Vec<Picture>,
    /// This is the post that the page is about: larger, and no link to itself.
    #[prop(optional)]
    focus: bool,
    /// Above the author: why it stands here.
    #[prop(optional, into)]
    context: Option<ViewFnOnce>,
    /// On the right of the author: a `Menu`.
    #[prop(optional, into)]
    menu: Option<ViewFnOnce>,
    /// Under the text, on the post's own page: exact time and counts.
    #[prop(optional, into)]
    facts: Option<ViewFnOnce>,
    /// At the foot: `IconButton`s and `IconLink`s.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
) -> impl IntoView {
    let label = format!("Post by {}", author.name);
    let picture = author.picture(AvatarSize::Medium);
    let marked = provenance != Provenance::Human;
    let size = if focus { ProseSize::Large } else { ProseSize::Normal };
    view! {
        <article class="post-card" aria-label=label data-linked=!focus data-focus=focus>
            {context.map(|it| view! { <div class="post-context">{it.run()}</div> })}
            <div class="post-layout">
                <a class="post-avatar" href=author.href.clone() tabindex="-1" aria-hidden="true">{picture}</a>
                <div class="post-main">
                    <header class="post-head">
                        <div class="post-byline">
                            <div class="post-line">
                                <a class="post-author" href=author.href>{author.name}</a>
                                <span class="post-handle">"@"{author.handle}</span>
                                <span class="post-meta">
                                    <a class="card-link" href=href><Timestamp when /></a>
                                    {edited.map(|href| view! { <a class="post-edited" href=href>"edited"</a> })}
                                </span>
                            </div>
                            {marked.then(|| view! {
                                <div class="post-provenance"><ProvenanceMark provenance owner /></div>
                            })}
                        </div>
                        {menu.map(|it| view! { <div class="post-menu">{it.run()}</div> })}
                    </header>
                    <div class="post-body prose" data-size=size.name() inner_html=move || body_html.get()></div>
                    {(!media.is_empty()).then(|| view! { <MediaGrid pictures=media focus /> })}
                    {facts.map(|it| view! { <div class="post-facts">{it.run()}</div> })}
                    {actions.map(|it| view! { <footer class="post-actions">{it.run()}</footer> })}
                </div>
            </div>
        </article>
    }
    .into_any()
}

/// How long texts are set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ProseSize {
    /// In the feed and in comments.
    #[default]
    Normal,
    /// The one post on a page.
    Large,
    /// Articles and legal texts.
    Article,
}

impl ProseSize {
    const fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Large => "large",
            Self::Article => "article",
        }
    }
}

/// Text that was written in Markdown and made safe HTML by the server.
#[component]
pub fn Prose(
    /// The sanitised HTML.
    #[prop(into)]
    html: Signal<String>,
    /// How it is set.
    #[prop(optional)]
    size: ProseSize,
) -> impl IntoView {
    view! { <div class="prose" data-size=size.name() inner_html=move || html.get()></div> }
}

/// What stands where something was deleted.
#[component]
pub fn Tombstone(
    /// What was there, such as "You deleted this post."
    #[prop(into)]
    text: String,
    /// The way back, while there is one.
    #[prop(optional, into)]
    undo: Option<ViewFnOnce>,
) -> impl IntoView {
    view! {
        <div class="tombstone" role="note">
            <span>{text}</span>
            {undo.map(|it| view! { <div>{it.run()}</div> })}
        </div>
    }
    .into_any()
}

//! Comments under a post.

use crate::text::grouped;
use crate::{AvatarSize, Byline, Owner, ProvenanceMark, Timestamp, When};
use kernel::Provenance;
use leptos::children::ViewFnOnce;
use leptos::prelude::*;

/// Comments below each other.
#[component]
pub fn Thread(
    /// `Comment`s and `Tombstone`s.
    children: Children,
) -> impl IntoView {
    view! { <ol class="thread" role="list" aria-label="Comments">{children()}</ol> }
}

/// A comment with the answers to it. Folding works without JavaScript, and leaves the author in sight.
#[component]
pub fn Comment(
    /// Its id on the page, for links to it.
    #[prop(into)]
    id: String,
    /// Who wrote it.
    author: Byline,
    /// What the server stamped on it.
    #[prop(default = Provenance::Human)]
    provenance: Provenance,
    /// Who runs the agent, or approved the comment.
    #[prop(optional_no_strip)]
    owner: Option<Owner>,
    /// When.
    when: When,
    /// Where a link to this comment leads.
    #[prop(into)]
    href: String,
    /// The text as sanitised HTML, made by the server.
    #[prop(into)]
    body_html: Signal<String>,
    /// How deep it stands, from 0. From the fifth level on answers are no longer indented.
    #[prop(optional)]
    depth: u32,
    /// How many answers it has, all levels counted.
    #[prop(optional)]
    answers: u64,
    /// Whether it starts folded.
    #[prop(optional)]
    folded: bool,
    /// Under the text: `IconButton`s, "Reply".
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// The answers, as `Comment`s one level deeper.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let marked = provenance != Provenance::Human;
    let fold = match answers {
        0 => format!("Fold or unfold the comment by {}", author.name),
        1 => format!("Fold or unfold the comment by {} and its answer", author.name),
        _ => format!("Fold or unfold the comment by {} and its {} answers", author.name, grouped(answers)),
    };
    let picture = author.picture(AvatarSize::Small);
    view! {
        <li class="comment" id=id>
            <div class="comment-head">
                {picture}
                <div class="comment-byline">
                    <a class="comment-author" href=author.href>{author.name}</a>
                    <span class="comment-handle">"@"{author.handle}</span>
                    <a class="comment-time" href=href><Timestamp when /></a>
                    {marked.then(|| view! {
                        <span class="comment-source"><ProvenanceMark provenance owner /></span>
                    })}
                </div>
            </div>
            <details class="comment-fold" open=!folded>
                <summary class="comment-toggle" aria-label=fold></summary>
                <div class="comment-body prose" inner_html=move || body_html.get()></div>
                {actions.map(|it| view! { <div class="comment-actions">{it.run()}</div> })}
                {children.map(|children| view! {
                    <ol class="comment-replies" role="list" data-flat={depth >= 4}>{children()}</ol>
                })}
            </details>
        </li>
    }
    .into_any()
}

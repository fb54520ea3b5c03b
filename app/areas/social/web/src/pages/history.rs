//! What a post said before each edit.

use leptos::prelude::*;
use leptos_meta::Title;
use social_core::diff;
use ui::{Card, Change, Diff, DiffLine, Notice, PageBody, PageHeader, PostSkeleton};
use web::{Loaded, param};

use crate::{api, dto, routes};

/// The page of a post's earlier versions.
#[component]
pub fn History() -> impl IntoView {
    let id = param("id");
    let history = Resource::new(move || id.get(), api::history);
    let back = Signal::derive(move || format!("/posts/{}", id.get()));
    view! {
        <Title text="Earlier versions" />
        <PageHeader title="Earlier versions" back=back.get_untracked() back_label="Back to the post" />
        <PageBody>
            <Loaded resource=history skeleton=|| view! { <PostSkeleton count=2 /> } let:history>
                <Versions history />
            </Loaded>
        </PageBody>
    }
    .into_any()
}

#[component]
fn Versions(history: dto::History) -> impl IntoView {
    let by = history.author;
    let newest = history.versions.len();
    let versions = history
        .versions
        .into_iter()
        .enumerate()
        .map(|(place, version)| {
            let title = match (place, version.number) {
                (0, 1) => "The only version".to_owned(),
                (0, number) => format!("Version {number}, the present one"),
                (_, 1) => "Version 1, as it was published".to_owned(),
                (_, number) => format!("Version {number}"),
            };
            let label = format!("What version {} changed", version.number);
            let lines =
                version.changes.into_iter().map(|(change, text)| DiffLine { change: sign(change), text }).collect();
            view! {
                <Card title note=version.at.full>
                    <Diff label lines />
                </Card>
            }
        })
        .collect_view();
    view! {
        <p>"Written by " <a href=routes::profile(&by.handle)>"@" {by.handle.clone()}</a> "."</p>
        {(newest == 1).then(|| view! { <Notice>"It was never edited."</Notice> })}
        {versions}
        {history.cut.then(|| view! { <Notice>"It was edited more often; the oldest versions are not shown."</Notice> })}
    }
    .into_any()
}

const fn sign(change: diff::Change) -> Change {
    match change {
        diff::Change::Same => Change::Same,
        diff::Change::Added => Change::Added,
        diff::Change::Removed => Change::Removed,
    }
}

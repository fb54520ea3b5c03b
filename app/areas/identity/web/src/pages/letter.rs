//! A letter in the development mailbox.

use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_params_map;
use ui::{Card, Description, DescriptionList, FormSkeleton, PageBody, PageHeader, Timestamp};
use web::Loaded;

use crate::{
    api::open_letter,
    dto::{Letter, Piece},
};

/// One letter, as its reader would see it.
#[component]
pub fn LetterPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let letter = Resource::new(move || id.get(), open_letter);
    view! {
        <Title text="Letter" />
        <Meta name="robots" content="noindex" />
        <PageHeader title="Letter" back="/dev/mailbox" back_label="All letters" />
        <PageBody>
            <Loaded resource=letter skeleton=|| view! { <FormSkeleton fields=2 /> } let:letter>
                <Opened letter />
            </Loaded>
        </PageBody>
    }
    .into_any()
}

#[component]
fn Opened(letter: Letter) -> impl IntoView {
    let paragraphs = letter.paragraphs.into_iter().map(|lines| view! { <p>{lines_of(lines)}</p> }.into_any());
    view! {
        <DescriptionList>
            <Description term="To">{letter.to}</Description>
            <Description term="Sent"><Timestamp when=letter.sent.into() /></Description>
        </DescriptionList>
        <Card title=letter.subject>{paragraphs.collect_view()}</Card>
    }
    .into_any()
}

fn lines_of(lines: Vec<Vec<Piece>>) -> AnyView {
    let lines = lines.into_iter().enumerate().map(|(at, pieces)| {
        let pieces = pieces.into_iter().map(|piece| match piece {
            Piece::Text(text) => view! { <span>{text}</span> }.into_any(),
            // Followed by the browser, as from a mail program.
            Piece::Link { href, text } => view! { <a href=href rel="external">{text}</a> }.into_any(),
        });
        view! { {(at > 0).then(|| view! { <br /> })} {pieces.collect_view()} }.into_any()
    });
    lines.collect_view().into_any()
}

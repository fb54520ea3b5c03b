//! The development mailbox: letters that would have been sent, were a mail server configured.

use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_query_map;
use ui::{
    ButtonLink, Cell, Column, EmptyState, IconName, ListSkeleton, ModeLabel, Notice, PageBody, PageHeader, Pagination,
    RowHead, Table, Timestamp,
};
use web::Loaded;

use crate::{
    api::open_mailbox,
    dto::{LetterLine, Mailbox},
};

/// The list of letters.
#[component]
pub fn MailboxPage() -> impl IntoView {
    let query = use_query_map();
    let before = Memo::new(move |_| query.with(|query| query.get("before").unwrap_or_default()));
    let letters = Resource::new(move || before.get(), open_mailbox);
    view! {
        <Title text="Development mailbox" />
        <Meta name="robots" content="noindex" />
        <PageHeader title="Development mailbox" />
        <PageBody>
            <Loaded resource=letters skeleton=|| view! { <ListSkeleton /> } let:mailbox>
                <Letters mailbox />
            </Loaded>
        </PageBody>
    }
    .into_any()
}

#[component]
fn Letters(mailbox: Mailbox) -> impl IntoView {
    let Mailbox { letters, next } = mailbox;
    let list = if letters.is_empty() {
        view! {
            <EmptyState
                icon=IconName::Mail
                title="No letters yet"
                text="Sign up or ask for a new password, and the letter arrives here a moment later."
                action=|| view! { <ButtonLink href="/sign-up">"Sign up"</ButtonLink> }
            />
        }
        .into_any()
    } else {
        let heads = vec![Column::text("Subject"), Column::text("To"), Column::text("Sent")];
        let rows = letters.into_iter().map(|letter| view! { <Line letter /> }.into_any()).collect_view();
        view! { <Table label="Letters" headers=heads stack=true>{rows}</Table> }.into_any()
    };
    view! {
        <Notice>
            <ModeLabel label="Development mailbox" />
            " No mail server is configured, so letters stay here. Set SMTP_URL to send them."
        </Notice>
        {list}
        {next.map(|next| view! {
            <Pagination>
                <ButtonLink href=format!("/dev/mailbox?before={next}")>"Older letters"</ButtonLink>
            </Pagination>
        })}
    }
    .into_any()
}

#[component]
fn Line(letter: LetterLine) -> impl IntoView {
    view! {
        <tr>
            <RowHead><a href=format!("/dev/mailbox/{}", letter.id)>{letter.subject}</a></RowHead>
            <Cell>{letter.to}</Cell>
            <Cell><Timestamp when=letter.sent.into() /></Cell>
        </tr>
    }
}

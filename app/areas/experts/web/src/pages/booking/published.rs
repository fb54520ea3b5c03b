//! What the expert makes public of what was noted: for them all they can do about it, for the client what is shown.

use experts_core::publication::{PUBLICATION_LIMIT, PUBLICATION_TITLE_LIMIT};
use leptos::prelude::*;
use ui::{Button, ButtonRow, CallNotes, Card, Disclosure, Field, FormError, FormStack, Notice, TextInput, Variant};
use web::{Form, FormState};

use crate::{
    api::{HideNotes, PublishNotes},
    dto::{Booking, Notes, Publication},
    parts::{DraftArea, Refusal, message_but, most},
};

/// What of a call is, or can be, on the expert's page.
#[component]
pub fn Published(
    /// The booking.
    it: Booking,
) -> impl IntoView {
    let Booking { line, notes, may_publish, publication, .. } = it;
    let (id, other) = (line.id.to_string(), line.other.name);
    let agrees = notes.as_ref().is_some_and(|notes| notes.theirs.consents);
    match publication {
        Some(publication) if publication.is_shown && may_publish => view! { <Shown id publication /> }.into_any(),
        Some(publication) if publication.is_shown => view! { <Seen publication /> }.into_any(),
        _ if !may_publish => ().into_any(),
        _ if !agrees => {
            let words =
                format!("What was noted can be published on your page, without names, once {other} agrees to it.");
            view! { <Card title="Publish what was noted"><p>{words}</p></Card> }.into_any()
        }
        publication => view! { <Unpublished id publication notes other /> }.into_any(),
    }
}

/// For the client: as it stands on the expert's page.
#[component]
fn Seen(publication: Publication) -> impl IntoView {
    let Publication { title, html, at, .. } = publication;
    view! {
        <Card title="On the expert\u{2019}s page" note="Without your name, and with your agreement.">
            <CallNotes title body_html=html when=at.into() />
            <p>
                "If you don\u{2019}t want that any more, untick \u{201c}The expert may publish what was noted\u{201d} and save your notes. It is gone at once then."
            </p>
        </Card>
    }
    .into_any()
}

/// For the expert: as it stands on their page.
#[component]
fn Shown(id: String, publication: Publication) -> impl IntoView {
    let Publication { title, html, body, at, .. } = publication;
    let (change, hide) = (FormState::<PublishNotes>::new(), FormState::<HideNotes>::new());
    let open = change.problem().with_untracked(Option::is_some);
    let (of, called) = (id.clone(), title.clone());
    view! {
        <Card title="On your page" note="The client agreed to that, and reads it here.">
            <CallNotes title body_html=html when=at.into() />
            <Disclosure title="Change it" open>
                <Fields id title=called body words="Save the changes" />
            </Disclosure>
            <Form state=hide>
                <input type="hidden" name="booking" value=of />
                <ButtonRow>
                    <Button variant=Variant::Quiet busy=hide.busy()>"Take it off the page"</Button>
                </ButtonRow>
                <Refusal message=message_but(hide, &[]) />
            </Form>
        </Card>
    }
    .into_any()
}

/// For the expert: what both noted, to be made into something that others read.
#[component]
fn Unpublished(id: String, publication: Option<Publication>, notes: Option<Notes>, other: String) -> impl IntoView {
    let was_shown = publication.is_some();
    let (title, body) = match publication {
        Some(before) => (before.title, before.body),
        None => (String::new(), notes.map(|notes| both(&notes.mine.body, &notes.theirs.body)).unwrap_or_default()),
    };
    let note = format!("{other} agrees to that, without names. Everybody reads it on your page.");
    view! {
        <Card title="Publish what was noted" note>
            {was_shown.then(|| view! { <Notice>"It stood on your page before, and does not any more."</Notice> })}
            <Fields id title body words="Publish it" />
        </Card>
    }
    .into_any()
}

/// What both noted, one's own first.
fn both(mine: &str, theirs: &str) -> String {
    let said = [mine, theirs].into_iter().filter(|body| !body.is_empty());
    said.collect::<Vec<_>>().join("\n\n")
}

#[component]
fn Fields(id: String, title: String, body: String, words: &'static str) -> impl IntoView {
    let state = FormState::<PublishNotes>::new();
    let key = format!("call-publication:{id}");
    view! {
        <Form state>
            <FormStack>
                <FormError message=message_but(state, &["title", "body"]) id="publication-error" />
                <input type="hidden" name="booking" value=id />
                <Field id="publication-title" label="Title" error=state.error("title")>
                    <TextInput
                        name="title"
                        value=state.value("title", title)
                        required=true
                        maxlength=most(PUBLICATION_TITLE_LIMIT)
                    />
                </Field>
                <DraftArea
                    state
                    name="body"
                    id="publication-body"
                    label="What others read"
                    hint="Markdown. Leave out names, the client\u{2019}s and all others, and what gives them away."
                    saved=body
                    required=true
                    key
                    rows=8
                    limit=PUBLICATION_LIMIT
                />
                <ButtonRow>
                    <Button variant=Variant::Primary busy=state.busy()>{words}</Button>
                </ButtonRow>
            </FormStack>
        </Form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::both;

    #[test]
    fn what_both_noted_is_one_text() {
        assert_eq!(both("Mine", "Theirs"), "Mine\n\nTheirs");
        assert_eq!(both("", "Theirs"), "Theirs");
        assert_eq!(both("", ""), "");
    }
}

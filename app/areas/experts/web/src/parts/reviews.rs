//! What those say who called an expert.

use experts_core::review::REVIEW_LIMIT;
use leptos::prelude::*;
use ui::{Button, ButtonRow, Disclosure, Field, FormError, FormStack, ReviewItem, ReviewList, TextArea, Timestamp};
use web::{Form, FormState};

use super::{byline, message_but, most};
use crate::{api::Reply, dto::Review};

/// Reviews below each other; whoever they are about can reply.
#[component]
pub fn Reviews(
    /// The reviews, youngest first.
    reviews: Vec<Review>,
    /// Whether the reader is the expert.
    may_reply: bool,
    /// The page on which they stand.
    page: String,
) -> impl IntoView {
    let items = reviews
        .into_iter()
        .map(|review| {
            let page = page.clone();
            view! { <Item review may_reply page /> }.into_any()
        })
        .collect_view();
    view! { <ReviewList>{items}</ReviewList> }.into_any()
}

#[component]
fn Item(review: Review, may_reply: bool, page: String) -> impl IntoView {
    let Review { booking, author, rating, html, reply_html, reply: typed, at } = review;
    let name = author.name.clone();
    let reply = reply_html.map(|html| ("Reply by the expert".to_owned(), html));
    let id = booking.to_string();
    let actions = move || may_reply.then(|| view! { <ReplyForm id name page reply=typed /> });
    view! {
        <ReviewItem
            id=booking.to_string()
            author=byline(&author)
            rating
            when=move || view! { <Timestamp when=at.into() /> }
            body_html=html
            reply
            actions
        />
    }
    .into_any()
}

#[component]
fn ReplyForm(id: String, name: String, page: String, reply: String) -> impl IntoView {
    let state = FormState::<Reply>::of(id.clone());
    let open = state.problem().with_untracked(Option::is_some);
    let title = if reply.is_empty() { format!("Reply to {name}") } else { format!("Change your reply to {name}") };
    let field = format!("reply-{id}");
    view! {
        <Disclosure title open>
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &["body"]) id=format!("{field}-form") />
                    <input type="hidden" name="booking" value=id />
                    <input type="hidden" name="page" value=page />
                    <Field
                        id=field
                        label="Your reply"
                        hint="Everybody reads it."
                        error=state.error("body")
                    >
                        <TextArea name="body" value=state.value("body", reply) required=true maxlength=most(REVIEW_LIMIT) />
                    </Field>
                    <ButtonRow>
                        <Button busy=state.busy()>"Save the reply"</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Disclosure>
    }
    .into_any()
}

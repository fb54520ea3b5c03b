//! What those say who used it.

use kernel::ListingId;
use leptos::prelude::*;
use market_core::{Figures, review::REVIEW_LIMIT};
use ui::{
    Button, ButtonLink, ButtonRow, ButtonSize, Card, Disclosure, Field, FormError, FormStack, Pagination, ReviewItem,
    ReviewList, StarInput, Stars, TextArea, Timestamp, Variant,
};
use web::{Form, FormState, use_viewer};

use crate::{
    api::{DeleteReview, PutReview, Reply},
    dto::{self, OwnReview, Review},
    parts::{Refusal, byline, message_but},
    routes,
};

/// The most characters of a review, as inputs count them.
fn limit() -> u32 {
    u32::try_from(REVIEW_LIMIT).unwrap_or(u32::MAX)
}

/// The reviews of a listing, and the reader's own.
#[component]
pub fn Reviews(
    /// The listing.
    id: ListingId,
    /// What they come to.
    figures: Figures,
    /// What the reader may say, and said.
    own: OwnReview,
    /// A page of them.
    reviews: dto::Reviews,
) -> impl IntoView {
    let stars = move || view! { <Stars tenths=figures.rating_tenths count=Some(figures.ratings) /> };
    view! {
        <Card title="Reviews" note="By those who had an answer from it." actions=stars>
            {own.may.then(|| view! { <Mine id own /> })}
            <List id reviews />
        </Card>
    }
    .into_any()
}

#[component]
fn List(id: ListingId, reviews: dto::Reviews) -> impl IntoView {
    let dto::Reviews { reviews, next, may_reply } = reviews;
    if reviews.is_empty() {
        return view! { <p>"Nobody has reviewed it yet."</p> }.into_any();
    }
    let items = reviews.into_iter().map(|review| view! { <Item id review may_reply /> }.into_any()).collect_view();
    view! {
        <ReviewList>{items}</ReviewList>
        {next.map(|next| view! {
            <Pagination>
                <ButtonLink href=format!("{}?reviews={next}", routes::listing(id))>"Older reviews"</ButtonLink>
            </Pagination>
        })}
    }
    .into_any()
}

#[component]
fn Item(id: ListingId, review: Review, may_reply: bool) -> impl IntoView {
    let is_admin = use_viewer().is_some_and(|viewer| viewer.is_admin);
    let (of, name) = (review.id, review.author.name.clone());
    let can_delete = is_admin && !review.mine;
    let reply = review.reply_html.clone().map(|html| ("Reply by its owner".to_owned(), html));
    let edited = review.edited.then_some(" · changed");
    let when = review.at.clone();
    let typed = review.reply.clone();
    let actions = move || {
        view! {
            {may_reply.then(|| view! { <ReplyForm id review=of name reply=typed /> })}
            {can_delete.then(|| view! { <Delete id review=of words="Delete this review" /> })}
        }
    };
    view! {
        <ReviewItem
            id=review.id.to_string()
            author=byline(&review.author)
            rating=review.rating
            when=move || view! { <Timestamp when=when.into() /> {edited} }
            body_html=review.html
            reply
            actions
        />
    }
    .into_any()
}

/// The reader's own review.
#[component]
fn Mine(id: ListingId, own: OwnReview) -> impl IntoView {
    let state = FormState::<PutReview>::new();
    let is_new = own.id.is_none();
    let title = if is_new { "Write a review" } else { "Change your review" };
    let open = state.problem().with_untracked(Option::is_some);
    let rating = state.value("rating", own.rating.unwrap_or(0).to_string()).parse().unwrap_or(0);
    view! {
        <Disclosure title open>
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &["rating", "body"]) id="review-error" />
                    <input type="hidden" name="listing" value=id.to_string() />
                    <StarInput id="review-rating" name="rating" legend="How good is it?" value=rating error=state.error("rating") />
                    <Field id="review-body" label="Why?" optional=true error=state.error("body")>
                        <TextArea name="body" value=state.value("body", own.body) rows=4 maxlength=limit() />
                    </Field>
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=state.busy()>
                            {if is_new { "Publish the review" } else { "Save the review" }}
                        </Button>
                    </ButtonRow>
                </FormStack>
            </Form>
            {own.id.map(|review| view! { <Delete id review words="Delete your review" /> })}
        </Disclosure>
    }
    .into_any()
}

#[component]
fn ReplyForm(id: ListingId, review: kernel::ReviewId, name: String, reply: String) -> impl IntoView {
    let state = FormState::<Reply>::of(review.to_string());
    let open = state.problem().with_untracked(Option::is_some);
    let title = if reply.is_empty() { format!("Reply to {name}") } else { format!("Change your reply to {name}") };
    let field = format!("reply-{review}");
    view! {
        <Disclosure title open>
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &["body"]) id=format!("{field}-form") />
                    <input type="hidden" name="listing" value=id.to_string() />
                    <input type="hidden" name="review" value=review.to_string() />
                    <Field
                        id=field
                        label="Your reply"
                        hint="Everybody reads it. Empty takes a reply back."
                        error=state.error("body")
                    >
                        <TextArea name="body" value=state.value("body", reply) maxlength=limit() />
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

#[component]
fn Delete(id: ListingId, review: kernel::ReviewId, words: &'static str) -> impl IntoView {
    let state = FormState::<DeleteReview>::of(review.to_string());
    view! {
        <Form state>
            <input type="hidden" name="listing" value=id.to_string() />
            <input type="hidden" name="review" value=review.to_string() />
            <Button variant=Variant::Quiet size=ButtonSize::Small busy=state.busy()>{words}</Button>
            <Refusal message=message_but(state, &[]) />
        </Form>
    }
    .into_any()
}

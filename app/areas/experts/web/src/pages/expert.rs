//! An expert: what they know, what they cost, when they are free, and what those say who called them.

use experts_core::{ExpertState, ServiceView, booking::BRIEF_LIMIT};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use ui::{
    At, Badge, Button, ButtonLink, ButtonRow, ButtonSize, CallNotes, Card, Chips, Choice, ChoiceGroup, Choosing, Day,
    Description, DescriptionList, FormError, FormStack, FreeTimes, IconName, Ladder, ListSkeleton, LocalTime, Notice,
    PageBody, Pagination, ProfileFact, ProfileHead, ProfileSkeleton, Prose, Stars, TimeForm, Tone, Variant, ZoneNote,
    amount, grouped,
};
use web::{Done, Form, FormState, Loaded, Outcome, browser, here, param, query, sign_in_from, use_viewer};

use crate::{
    api::{self, HoldTime, StopWaiting, Wait},
    dto::{self, FromCall, Offer},
    parts::{DraftArea, Refusal, Reviews, TestMode, Weeks, asked, for_ten, languages, message_but, shape},
    routes,
};

/// The page of an expert.
#[component]
pub fn ExpertPage() -> impl IntoView {
    let (handle, week, at) = (param("handle"), query("week"), asked());
    let (reviews, calls) = (query("reviews"), query("calls"));
    // What is asked about stays while one goes from week to week.
    let service = RwSignal::new(String::new());
    let expert = Resource::new(
        move || (handle.get(), week.get(), reviews.get(), calls.get(), at.get()),
        |(handle, week, reviews, calls, _)| api::expert(handle, week, reviews, calls),
    );
    let skeleton = || {
        view! {
            <ProfileSkeleton />
            <ListSkeleton count=4 />
        }
    };
    view! {
        <Loaded resource=expert skeleton whole=true let:expert>
            <Whole expert service />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Whole(expert: dto::Expert, service: RwSignal<String>) -> impl IntoView {
    let page = routes::expert(&expert.card.who.handle);
    web::canonical(&page);
    let (mine, older) = (expert.mine, expert.older.clone());
    let reviews = expert.reviews.clone();
    let (tenths, ratings) = (expert.card.rating_tenths, expert.card.ratings);
    let stars = move || view! { <Stars tenths count=Some(ratings) /> };
    let older = older.map(|older| format!("{page}?reviews={older}"));
    let older_calls = expert.older_calls.clone().map(|older| format!("{page}?calls={older}"));
    let calls = expert.calls.clone();
    view! {
        <Title text=expert.card.who.name.clone() />
        <Head expert=expert.clone() />
        <PageBody>
            <TestMode />
            <Done says=&[
                ("waiting", "You are on the waiting list. We write to you as soon as something is free."),
                ("not_waiting", "You don\u{2019}t wait any longer."),
                ("replied", "Your reply stands below."),
            ] />
            <State expert=expert.clone() />
            <Booking expert=expert.clone() page=page.clone() service />
            <About expert />
            <FromCalls calls older=older_calls />
            <Card title="Reviews" note="By those who were in a call." actions=stars>
                {if reviews.is_empty() {
                    view! { <p>"Nobody has reviewed a call yet."</p> }.into_any()
                } else {
                    view! { <Reviews reviews may_reply=mine page /> }.into_any()
                }}
                {older.map(|href| view! { <Pagination><ButtonLink href>"Older reviews"</ButtonLink></Pagination> })}
            </Card>
        </PageBody>
    }
    .into_any()
}

#[component]
fn Head(expert: dto::Expert) -> impl IntoView {
    let dto::Expert { card, state, zone, mine, .. } = expert;
    let (tenths, ratings, calls) = (card.rating_tenths, card.ratings, card.calls);
    let (who, speaks) = (card.who, languages(&card.languages));
    let profile = social_web::routes::profile(&who.handle);
    let has_languages = !speaks.is_empty();
    let mark = move || match state {
        ExpertState::Published => ().into_any(),
        ExpertState::Paused => view! { <Badge tone=Tone::Warning>"Takes a break"</Badge> }.into_any(),
        ExpertState::Draft => view! { <Badge>"Only you see this"</Badge> }.into_any(),
    };
    let actions = move || {
        if mine {
            view! {
                <ButtonLink href=routes::SETUP size=ButtonSize::Small icon=IconName::Edit>"Set up"</ButtonLink>
                <ButtonLink href=routes::DIARY size=ButtonSize::Small icon=IconName::Calendar>"Diary"</ButtonLink>
            }
            .into_any()
        } else {
            view! { <ButtonLink href=profile size=ButtonSize::Small>"See the profile"</ButtonLink> }.into_any()
        }
    };
    let facts = move || {
        view! {
            <ProfileFact><Stars tenths count=Some(ratings) /></ProfileFact>
            <ProfileFact icon=IconName::Comment>
                {if calls == 1 { "1 call".to_owned() } else { format!("{} calls", grouped(calls.into())) }}
            </ProfileFact>
            {has_languages.then(|| view! { <ProfileFact icon=IconName::Globe>{speaks}</ProfileFact> })}
            <ProfileFact icon=IconName::Calendar>{zone.replace('_', " ")}</ProfileFact>
        }
    };
    view! {
        <ProfileHead
            name=who.name
            handle=who.handle
            avatar=who.portrait
            shape=shape(who.kind)
            mark
            actions
            bio_html=escaped(&card.headline)
            facts
        />
    }
    .into_any()
}

/// A line of text as HTML.
fn escaped(text: &str) -> String {
    format!("<p>{}</p>", text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

/// What stands in the way, if something does.
#[component]
fn State(expert: dto::Expert) -> impl IntoView {
    let name = expert.card.who.name;
    match (expert.state, expert.mine) {
        (ExpertState::Published, _) => ().into_any(),
        (ExpertState::Draft, _) => view! {
            <Notice title="Only you see this">
                "Nobody can book you yet. " <a href=routes::SETUP>"Finish what is missing, and publish it"</a>
            </Notice>
        }
        .into_any(),
        (ExpertState::Paused, true) => view! {
            <Notice tone=Tone::Warning title="You take a break">
                "Nobody new can book you. What is booked stays booked. " <a href=routes::SETUP>"Be booked again"</a>
            </Notice>
        }
        .into_any(),
        (ExpertState::Paused, false) => view! {
            <Notice tone=Tone::Warning title=format!("{name} takes a break")>
                "Nobody new can book a call at the moment. What is booked stays booked."
            </Notice>
        }
        .into_any(),
    }
}

/// What can be booked, and when.
#[component]
fn Booking(expert: dto::Expert, page: String, service: RwSignal<String>) -> impl IntoView {
    if expert.state != ExpertState::Published {
        return view! { <Services services=expert.services /> }.into_any();
    }
    let is_full = expert.card.next.is_none();
    let can = !expert.mine && use_viewer().is_some() && !expert.services.is_empty();
    let (offers, next, mine) = (expert.offers.clone(), expert.card.next, expert.mine);
    let has_times = !expert.times.times.is_empty();
    let (id, waiting, i_wait) = (expert.card.who.id.to_string(), expert.waiting, expert.i_wait);
    let (for_next, for_offers, for_wait) = (page.clone(), page.clone(), page.clone());
    view! {
        {(!offers.is_empty()).then(|| view! { <Kept offers page=for_offers /> })}
        {if can {
            view! { <BookForm expert page service /> }.into_any()
        } else {
            view! { <Look expert page /> }.into_any()
        }}
        {next
            .filter(|_| !has_times)
            .map(|at| view! { <p>"The next free time is " <a href=format!("{for_next}?week={}", at.day(false).iso())><LocalTime at /></a> "."</p> })}
        {(is_full && !mine).then(|| view! { <Full id page=for_wait waiting i_wait /> })}
    }
    .into_any()
}

/// What is kept for the reader, who waited for it.
#[component]
fn Kept(offers: Vec<Offer>, page: String) -> impl IntoView {
    offers
        .into_iter()
        .map(|offer| {
            let Offer { start, until } = offer;
            let day = start.day(false).iso();
            let href = format!("{page}?week={day}&start={}", start.iso());
            view! {
                <Notice tone=Tone::Success title="You waited, and something is free">
                    <a href=href><LocalTime at=start form=TimeForm::Full /></a>
                    " is kept for you until " <LocalTime at=until form=TimeForm::Time /> ". Choose it below."
                </Notice>
            }
            .into_any()
        })
        .collect_view()
}

/// What can be booked, each with its price.
#[component]
fn Services(services: Vec<ServiceView>) -> impl IntoView {
    let is_empty = services.is_empty();
    let rows = services
        .into_iter()
        .map(|service| {
            view! {
                <Description term=service.title>
                    {for_ten(service.price)}
                    {said(&service.description, &service.bring).map(|said| view! { <br /> {said} })}
                </Description>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    view! {
        <Card title="What you can ask about">
            {if is_empty {
                view! { <p>"Nothing is offered at the moment."</p> }.into_any()
            } else {
                view! { <DescriptionList>{rows}</DescriptionList> }.into_any()
            }}
        </Card>
    }
    .into_any()
}

/// What a service is, and what to bring.
fn said(description: &str, bring: &str) -> Option<String> {
    match (description, bring) {
        ("", "") => None,
        (description, "") => Some(description.to_owned()),
        ("", bring) => Some(format!("Bring: {bring}")),
        (description, bring) => Some(format!("{description} Bring: {bring}")),
    }
}

/// For those who only look: visitors, and the expert.
#[component]
fn Look(expert: dto::Expert, page: String) -> impl IntoView {
    let dto::Expert { services, times, mine, .. } = expert;
    let is_visitor = use_viewer().is_none();
    let sign_in = sign_in_from(&here());
    let dto::Times { times, first, last, earlier, later } = times;
    let (chosen, local) = (RwSignal::new(Vec::new()), RwSignal::new(false));
    let note = if mine { "This is what others see who want to book you." } else { "Ten minutes each." };
    view! {
        <Services services />
        <Card title="Free times" note>
            <p><ZoneNote /></p>
            <FreeTimes id="times" legend="Free times" choosing=Choosing::Nothing times first last chosen local />
            <Weeks base=format!("{page}?") earlier later />
            {is_visitor
                .then(|| view! {
                    <ButtonRow>
                        <ButtonLink href=sign_in variant=Variant::Primary icon=IconName::Calendar>"Sign in to book"</ButtonLink>
                    </ButtonRow>
                })}
        </Card>
    }
    .into_any()
}

/// The form that has a time kept.
#[component]
fn BookForm(expert: dto::Expert, page: String, service: RwSignal<String>) -> impl IntoView {
    let dto::Expert { card, services, times, approval, key, .. } = expert;
    let state = FormState::<HoldTime>::new();
    let wanted = state.value("start", query("start").get_untracked().unwrap_or_default());
    let chosen = RwSignal::new(wanted.parse::<At>().into_iter().collect::<Vec<_>>());
    let local = RwSignal::new(false);
    let before = service.get_untracked();
    let is_before = |it: &&ServiceView| choice(it) == before;
    let chosen_before = services.iter().find(is_before).or_else(|| services.first()).map(choice).unwrap_or_default();
    service.set(state.value("service", chosen_before));
    let prices = StoredValue::new(services.iter().map(|it| (choice(it), it.price)).collect::<Vec<_>>());
    let words = move || {
        let at = chosen.with(|chosen| chosen.first().copied());
        let time = at.map_or_else(|| "the time".to_owned(), |at| at.time(local.get()));
        let price = prices.with_value(|prices| {
            let is_same = prices.iter().all(|(_, price)| Some(*price) == prices.first().map(|it| it.1));
            // Without JavaScript nobody tells which one is chosen.
            let known = is_same || local.get();
            prices.iter().find(|(it, _)| known && *it == service.get()).map(|(_, price)| amount(*price))
        });
        let price = price.map(|price| format!(" \u{2013} {price}")).unwrap_or_default();
        format!("Hold {time} for five minutes{price}")
    };
    let choices = services
        .iter()
        .map(|it| {
            let (value, label) = (choice(it), format!("{} \u{2013} {}", it.title, amount(it.price)));
            let checked = service.with_untracked(|service| *service == value);
            view! { <Choice name="service" value label hint=said(&it.description, &it.bring) checked /> }.into_any()
        })
        .collect_view();
    let dto::Times { times, first, last, earlier, later } = times;
    let again = page.clone();
    let id = card.who.id.to_string();
    let draft = format!("call-brief:{id}");
    let (kept, navigate) = (draft.clone(), use_navigate());
    // What was typed is the booking's now.
    let on_done = move |outcome: Outcome| {
        browser::forget(&kept);
        if let Outcome::Go(path) = outcome {
            navigate(&path, NavigateOptions::default());
        }
    };
    view! {
        <Card title="Book a call" note="Ten minutes. Nothing is paid yet: the time is kept for you for five minutes.">
            {approval
                .then(|| view! {
                    <Notice title="Each booking waits for a word">
                        "You pay, and the money is set aside. If there is no yes within a day, all of it goes back to you."
                    </Notice>
                })}
            <Form state on_done>
                <FormStack>
                    <FormError message=problem_of(state) />
                    <Nearest state chosen local />
                    {move || state.problem().with(Option::is_some).then(|| view! {
                        <p><a href=again.clone() rel="external">"Look at all that is free again"</a></p>
                    })}
                    <input type="hidden" name="expert" value=id />
                    <input type="hidden" name="key" value=state.value("key", key) />
                    <div on:change=move |event| service.set(event_target_value(&event))>
                        <ChoiceGroup id="service" legend="What is it about?" error=state.error("service")>
                            {choices}
                        </ChoiceGroup>
                    </div>
                    <p><ZoneNote /></p>
                    <FreeTimes
                        id="start"
                        legend="When?"
                        choosing=Choosing::One
                        times
                        first
                        last
                        chosen
                        local
                        error=state.error("start")
                    />
                    <Weeks base=format!("{page}?") earlier later />
                    <DraftArea
                        state
                        name="brief"
                        label="What should they know before?"
                        hint="Only the expert reads it."
                        saved=String::new()
                        key=draft
                        rows=3
                        limit=BRIEF_LIMIT
                    />
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=state.busy()>{words}</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}

/// A service with the price that is seen, as the form sends it.
fn choice(service: &ServiceView) -> String {
    format!("{}:{}", service.id, service.price.minor)
}

/// The nearest times that are free, where the one that was wanted is not any more.
fn nearest(state: FormState<HoldTime>) -> Vec<At> {
    let times = |problem: &kernel::Problem| -> Vec<At> {
        let fields = problem.fields.iter().filter(|it| it.field == "nearest");
        fields.filter_map(|it| it.message.parse().ok()).collect()
    };
    state.problem().with(|it| it.as_ref().map(times).unwrap_or_default())
}

/// What is wrong as a whole. The nearest times stand below it, by the reader's own clock.
fn problem_of(state: FormState<HoldTime>) -> Signal<Option<String>> {
    let message = message_but(state, &["start", "service", "brief"]);
    Signal::derive(move || {
        if nearest(state).is_empty() {
            return message.get();
        }
        Some("Somebody else has this time now. Nothing was paid. These are the nearest that are free.".to_owned())
    })
}

#[component]
fn Nearest(state: FormState<HoldTime>, chosen: RwSignal<Vec<At>>, local: RwSignal<bool>) -> impl IntoView {
    move || {
        let times = nearest(state);
        (!times.is_empty()).then(|| {
            view! {
                <FreeTimes
                    id="nearest"
                    legend="Free nearby"
                    choosing=Choosing::One
                    times
                    first=None
                    last=Day(i64::MAX)
                    chosen
                    local
                />
            }
        })
    }
}

/// Nothing is free: one can wait.
#[component]
fn Full(id: String, page: String, waiting: u32, i_wait: bool) -> impl IntoView {
    let many = match waiting {
        0 => "Nobody waits yet.".to_owned(),
        1 => "1 person waits.".to_owned(),
        more => format!("{} people wait.", grouped(more.into())),
    };
    let is_member = use_viewer().is_some();
    let sign_in = sign_in_from(&here());
    let (wait, stop) = (FormState::<Wait>::new(), FormState::<StopWaiting>::new());
    let action = match (is_member, i_wait) {
        (false, _) => view! {
            <ButtonRow>
                <ButtonLink href=sign_in variant=Variant::Primary>"Sign in to wait"</ButtonLink>
            </ButtonRow>
        }
        .into_any(),
        (true, false) => view! {
            <Form state=wait>
                <input type="hidden" name="expert" value=id />
                <input type="hidden" name="page" value=page />
                <ButtonRow>
                    <Button variant=Variant::Primary busy=wait.busy()>"Tell me when something is free"</Button>
                </ButtonRow>
                <Refusal message=message_but(wait, &[]) />
            </Form>
        }
        .into_any(),
        (true, true) => view! {
            <Notice tone=Tone::Success title="You wait">
                "What becomes free is offered to one after the other, for ten minutes each. We write to you when it is your turn."
            </Notice>
            <Form state=stop>
                <input type="hidden" name="expert" value=id />
                <input type="hidden" name="page" value=page />
                <ButtonRow>
                    <Button busy=stop.busy()>"Wait no longer"</Button>
                </ButtonRow>
                <Refusal message=message_but(stop, &[]) />
            </Form>
        }
        .into_any(),
    };
    view! {
        <Card title="Nothing is free at the moment" note=many>
            {action}
        </Card>
    }
    .into_any()
}

/// What they say about themselves, and what is given back when.
#[component]
fn About(expert: dto::Expert) -> impl IntoView {
    let dto::Expert { card, about_html, policy, .. } = expert;
    let (has_skills, has_text) = (!card.skills.is_empty(), !about_html.is_empty());
    view! {
        {(has_skills || has_text)
            .then(|| view! {
                <Card title="About">
                    {has_text.then(|| view! { <Prose html=about_html /> })}
                    {has_skills.then(|| view! { <Chips label="What they know about" words=card.skills /> })}
                </Card>
            })}
        <Card title="If you cancel" note="What you get back of what you paid.">
            <Ladder label="What you get back" steps=policy />
            <p>
                "If the expert cancels you get all of it back, whenever that is. If they do not come, you get all of it back and something on top."
            </p>
        </Card>
    }
    .into_any()
}

/// What was published of calls, where something was.
#[component]
fn FromCalls(calls: Vec<FromCall>, older: Option<String>) -> impl IntoView {
    if calls.is_empty() {
        return ().into_any();
    }
    let items = calls
        .into_iter()
        .map(|call| {
            let FromCall { title, html, at } = call;
            view! { <CallNotes title body_html=html when=at.into() /> }.into_any()
        })
        .collect_view();
    view! {
        <Card title="From calls" note="What was noted in calls, without names. Those who called agreed.">
            {items}
            {older.map(|href| view! { <ButtonRow><ButtonLink href>"Older"</ButtonLink></ButtonRow> })}
        </Card>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_bring_stands_behind_what_it_is() {
        assert_eq!(said("", ""), None);
        assert_eq!(said("A look at it.", "The draft.").as_deref(), Some("A look at it. Bring: The draft."));
        assert_eq!(said("", "The draft.").as_deref(), Some("Bring: The draft."));
    }
}

//! Who can be booked.

use experts_core::Sort;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    Align, Button, ButtonLink, ButtonRow, ButtonSize, Chip, ChipRow, EmptyState, ExpertCard, Field, FilterBar,
    IconName, ListingGrid, ListingSkeleton, Notice, PageBody, PageHeader, Pagination, Select, Stars, TextInput, Tone,
    Variant, ZoneNote,
};
use web::{LANGUAGES, Loaded, QueryForm, use_viewer};

use crate::{
    api::{self, Asked},
    dto,
    parts::{TestMode, byline, for_ten, languages},
    routes,
};

/// The names under which the address has what is looked for.
const NAMES: [&str; 8] = ["need", "skill", "language", "max", "stars", "before", "sort", "after"];
/// How soon somebody is to be free.
const BEFORE: [(&str, &str); 3] =
    [("today", "Within 24 hours"), ("tomorrow", "Within two days"), ("week", "Within a week")];
/// In which order they are shown.
const SORTS: [(Sort, &str); 3] =
    [(Sort::Soonest, "Soonest free"), (Sort::Cheapest, "Cheapest first"), (Sort::Best, "Best rated first")];

/// The directory.
#[component]
pub fn Directory() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let [need, skill, language, max, stars, before, sort, after] =
            NAMES.map(|name| query.with(|query| query.get(name)).filter(|word| !word.is_empty()));
        Asked { need, skill, language, max, stars, before, sort, after }
    });
    let found = Resource::new(move || asked.get(), api::search);
    let actions = || {
        let (is_member, is_admin) = use_viewer().map_or((false, false), |viewer| (true, viewer.is_admin));
        view! {
            {is_admin
                .then(|| view! { <ButtonLink href=routes::DISPUTES size=ButtonSize::Small>"Disputes"</ButtonLink> })}
            {is_member
                .then(|| view! { <ButtonLink href=routes::BOOKINGS size=ButtonSize::Small>"Bookings"</ButtonLink> })}
            <ButtonLink href=routes::SETUP size=ButtonSize::Small icon=IconName::Plus>"Be booked"</ButtonLink>
        }
    };
    view! {
        <Title text="Experts" />
        <PageHeader title="Experts" note="Ten minutes with somebody who knows. The price stands before you pay." actions />
        <PageBody>
            <TestMode />
            <QueryForm action=routes::EXPERTS label="Experts">
                <Fields asked=asked.get_untracked() />
            </QueryForm>
            <Loaded resource=found skeleton=|| view! { <ListingSkeleton /> } let:found>
                <Results found asked=asked.get_untracked() />
            </Loaded>
        </PageBody>
    }
    .into_any()
}

#[component]
fn Fields(asked: Asked) -> impl IntoView {
    let Asked { need, skill, language, max, stars, before, sort, .. } = asked;
    let set = [&skill, &language, &max, &stars, &before, &sort].into_iter().filter(|it| it.is_some()).count();
    let text = |it: Option<String>| it.unwrap_or_default();
    let need = text(need);
    let search = move || {
        view! {
            <TextInput
                name="need"
                kind="search"
                value=need
                placeholder="What do you need help with?"
                aria_label="What you need help with"
                maxlength=200
            />
            <Button>"Search"</Button>
        }
    };
    let any = |word: &str| vec![(String::new(), word.to_owned())];
    let named = |(key, name): (&str, &str)| (key.to_owned(), name.to_owned());
    let all_stars: Vec<_> =
        [("4", "4 stars and more"), ("3", "3 stars and more"), ("2", "2 stars and more")].map(named).to_vec();
    let all_languages: Vec<_> = LANGUAGES.map(named).to_vec();
    let soon: Vec<_> = BEFORE.map(named).to_vec();
    let sorts: Vec<_> = SORTS.map(|(sort, words)| named((sort.as_str(), words))).to_vec();
    view! {
        <FilterBar search set=u32::try_from(set).unwrap_or(0)>
            <Field id="before" label="Free">
                <Select name="before" options=[any("Any time"), soon].concat() value=text(before) />
            </Field>
            <Field id="max" label="Ten minutes up to">
                <TextInput name="max" value=text(max) input_mode="decimal" placeholder="EUR" maxlength=12 spellcheck=false />
            </Field>
            <Field id="skill" label="Knows about">
                <TextInput name="skill" value=text(skill) maxlength=40 />
            </Field>
            <Field id="language" label="Language">
                <Select name="language" options=[any("Any"), all_languages].concat() value=text(language) />
            </Field>
            <Field id="stars" label="Rating">
                <Select name="stars" options=[any("Any"), all_stars].concat() value=text(stars) />
            </Field>
            <Field id="sort" label="Order">
                <Select name="sort" options=sorts value=text(sort) />
            </Field>
            <Button>"Apply"</Button>
        </FilterBar>
    }
    .into_any()
}

/// The address under which something is looked for.
fn address(asked: &Asked) -> String {
    let Asked { need, skill, language, max, stars, before, sort, after } = asked;
    let pairs = NAMES.iter().zip([need, skill, language, max, stars, before, sort, after]);
    let query: Vec<String> =
        pairs.filter_map(|(name, value)| Some(format!("{name}={}", encoded(value.as_ref()?)))).collect();
    if query.is_empty() { routes::EXPERTS.to_owned() } else { format!("{}?{}", routes::EXPERTS, query.join("&")) }
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        b' ' => "+".to_owned(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[component]
fn Results(found: dto::Found, asked: Asked) -> impl IntoView {
    let dto::Found { cards, next, skills, wrong_price } = found;
    let wrong = wrong_price.map(|why| {
        view! {
            <Notice tone=Tone::Warning title="The highest price could not be read">{why} " All prices are shown."</Notice>
        }
    });
    let chosen = asked.skill.as_ref().map(|skill| skill.to_lowercase());
    let to = |skill: Option<String>| address(&Asked { skill, after: None, ..asked.clone() });
    let all = to(None);
    let chips = skills
        .into_iter()
        .map(|skill| {
            let current = chosen.as_ref() == Some(&skill);
            view! { <Chip href=to(Some(skill.clone())) label=skill current /> }.into_any()
        })
        .collect::<Vec<_>>();
    let is_any = chosen.is_none();
    let topics = (!chips.is_empty()).then(|| {
        view! {
            <ChipRow label="What they know about" scroll=true>
                <Chip href=all label="All" current=is_any />
                {chips}
            </ChipRow>
        }
    });
    if cards.is_empty() {
        return view! {
            {topics}
            {wrong}
            <Nothing asked />
        }
        .into_any();
    }
    let more = next.map(|next| address(&Asked { after: Some(next.to_string()), ..asked.clone() }));
    let first = asked.after.is_some().then(|| address(&Asked { after: None, ..asked }));
    let cards = cards.into_iter().map(|card| view! { <Entry card /> }.into_any()).collect_view();
    view! {
        {topics}
        {wrong}
        <p><ZoneNote /></p>
        <ListingGrid label="Experts">{cards}</ListingGrid>
        {(more.is_some() || first.is_some())
            .then(|| view! {
                <Pagination>
                    {first.map(|href| view! { <ButtonLink href variant=Variant::Quiet>"Back to the beginning"</ButtonLink> })}
                    {more.map(|href| view! { <ButtonLink href>"Show more"</ButtonLink> })}
                </Pagination>
            })}
    }
    .into_any()
}

#[component]
fn Entry(card: dto::Card) -> impl IntoView {
    let (tenths, ratings) = (card.rating_tenths, card.ratings);
    let href = routes::expert(&card.who.handle);
    let price = format!("From {}", for_ten(card.from));
    view! {
        <ExpertCard
            href
            who=byline(&card.who)
            text=card.headline
            skills=card.skills
            languages=languages(&card.languages)
            price
            next=card.next
            stars=move || view! { <Stars tenths count=Some(ratings) /> }
        />
    }
    .into_any()
}

/// Nobody fits: what could be left out, so that somebody does.
#[component]
fn Nothing(asked: Asked) -> impl IntoView {
    if asked == Asked::default() {
        return view! {
            <EmptyState
                icon=IconName::Users
                title="Nobody can be booked yet"
                text="People who know something, and can be called for ten minutes, stand here. Be the first."
                action=|| view! { <ButtonLink href=routes::SETUP variant=Variant::Primary>"Be booked"</ButtonLink> }
            />
        }
        .into_any();
    }
    // What narrows most often in vain, first.
    let without = [
        (asked.before.is_some(), Asked { before: None, ..asked.clone() }, "Free at any time"),
        (asked.max.is_some(), Asked { max: None, ..asked.clone() }, "At any price"),
        (asked.stars.is_some(), Asked { stars: None, ..asked.clone() }, "With any rating"),
        (asked.language.is_some(), Asked { language: None, ..asked.clone() }, "In any language"),
        (asked.skill.is_some(), Asked { skill: None, ..asked.clone() }, "Whatever they know about"),
    ];
    let links = without
        .into_iter()
        .filter(|(is_set, ..)| *is_set)
        .map(|(_, asked, words)| {
            let href = address(&Asked { after: None, ..asked });
            view! { <ButtonLink href>{words}</ButtonLink> }.into_any()
        })
        .collect::<Vec<_>>();
    let text = match &asked.need {
        Some(need) => format!("Nobody fits “{need}” with what is chosen. Say it in other words, or look more widely:"),
        None => "Nobody fits all that is chosen. Look more widely:".to_owned(),
    };
    view! {
        <EmptyState
            icon=IconName::Search
            title="Nobody found"
            text
            action=move || view! {
                <ButtonRow align=Align::Center>
                    {links}
                    <ButtonLink href=routes::EXPERTS variant=Variant::Primary>"Show everybody"</ButtonLink>
                </ButtonRow>
            }
        />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_stands_in_the_address() {
        let asked = Asked { need: Some("tax & music".to_owned()), before: Some("week".to_owned()), ..Asked::default() };
        assert_eq!(address(&asked), "/experts?need=tax+%26+music&before=week");
        assert_eq!(address(&Asked::default()), "/experts");
    }
}

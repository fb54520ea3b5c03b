//! What is offered.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use market_core::{Category, PriceKind, Sort};
use ui::{
    Button, ButtonLink, ButtonRow, ButtonSize, Chip, ChipRow, EmptyState, Field, FilterBar, IconName, ListingSkeleton,
    PageBody, PageHeader, Pagination, Select, TextInput, Variant,
};
use web::{LANGUAGES, Loaded, QueryForm, use_viewer};

use crate::{
    api::{self, Asked},
    dto,
    parts::{Grid, TestMode},
    routes,
};

/// The names under which the address has what is looked for.
const NAMES: [&str; 8] = ["words", "category", "price", "max", "rating", "language", "sort", "after"];

/// The market.
#[component]
pub fn Market() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let [words, category, price, max, rating, language, sort, after] =
            NAMES.map(|name| query.with(|query| query.get(name)).filter(|word| !word.is_empty()));
        Asked { words, category, price, max, rating, language, sort, after }
    });
    let market = Resource::new(move || asked.get(), api::market);
    let actions = || {
        let is_member = use_viewer().is_some();
        view! {
            {is_member
                .then(|| view! { <ButtonLink href=routes::PURCHASES size=ButtonSize::Small>"Purchases"</ButtonLink> })}
            <ButtonLink href=routes::SELL size=ButtonSize::Small icon=IconName::Plus>"Sell an agent"</ButtonLink>
        }
    };
    view! {
        <Title text="Market" />
        <PageHeader title="Market" note="Agents to talk with. Each says what it costs before you pay." actions />
        <PageBody>
            <TestMode />
            <Search asked />
            <Loaded resource=market skeleton=|| view! { <ListingSkeleton /> } let:market>
                <Found market asked=asked.get_untracked() />
            </Loaded>
        </PageBody>
    }
    .into_any()
}

/// What is looked for: words, topics, and the rest behind a line that unfolds.
#[component]
fn Search(asked: Memo<Asked>) -> impl IntoView {
    view! {
        {move || asked.with(|asked| view! { <Topics asked=asked.clone() /> })}
        <QueryForm action=routes::MARKET label="Agents">
            <Fields asked=asked.get_untracked() />
        </QueryForm>
    }
}

#[component]
fn Topics(asked: Asked) -> impl IntoView {
    let chosen = asked.category.as_deref().and_then(Category::parse);
    let to = |category: Option<Category>| {
        address(&Asked { category: category.map(|it| it.as_str().to_owned()), after: None, ..asked.clone() })
    };
    let topics = Category::ALL
        .iter()
        .map(|it| view! { <Chip href=to(Some(*it)) label=it.label() current=chosen == Some(*it) /> }.into_any())
        .collect_view();
    let all = to(None);
    view! {
        <ChipRow label="Topics" scroll=true>
            <Chip href=all label="All" current=chosen.is_none() />
            {topics}
        </ChipRow>
    }
    .into_any()
}

#[component]
fn Fields(asked: Asked) -> impl IntoView {
    let Asked { words, category, price, max, rating, language, sort, .. } = asked;
    let set = [&price, &max, &rating, &language, &sort].into_iter().filter(|it| it.is_some()).count();
    let text = |it: Option<String>| it.unwrap_or_default();
    let words = text(words);
    let search = move || {
        view! {
            <TextInput
                name="words"
                kind="search"
                value=words
                placeholder="What should it help with?"
                aria_label="Search the market"
                maxlength=200
            />
            <Button>"Search"</Button>
        }
    };
    let any = |word: &str| vec![(String::new(), word.to_owned())];
    let named = |(key, name): (&str, &str)| (key.to_owned(), name.to_owned());
    let prices: Vec<_> = PriceKind::ALL.iter().map(|it| named((it.as_str(), it.label()))).collect();
    let ratings: Vec<_> =
        [("4", "4 stars and more"), ("3", "3 stars and more"), ("2", "2 stars and more")].map(named).to_vec();
    let languages: Vec<_> = LANGUAGES.map(named).to_vec();
    let sorts: Vec<_> = Sort::ALL.iter().map(|it| named((it.as_str(), it.label()))).collect();
    view! {
        <FilterBar search set=u32::try_from(set).unwrap_or(0)>
            {category.map(|category| view! { <input type="hidden" name="category" value=category /> })}
            <Field id="price" label="Way to pay">
                <Select name="price" options=[any("Any"), prices].concat() value=text(price) />
            </Field>
            <Field id="max" label="Lowest price up to">
                <TextInput name="max" value=text(max) input_mode="decimal" placeholder="EUR" maxlength=12 spellcheck=false />
            </Field>
            <Field id="rating" label="Rating">
                <Select name="rating" options=[any("Any"), ratings].concat() value=text(rating) />
            </Field>
            <Field id="language" label="Language">
                <Select name="language" options=[any("Any"), languages].concat() value=text(language) />
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
    let Asked { words, category, price, max, rating, language, sort, after } = asked;
    let pairs = NAMES.iter().zip([words, category, price, max, rating, language, sort, after]);
    let query: Vec<String> =
        pairs.filter_map(|(name, value)| Some(format!("{name}={}", encoded(value.as_ref()?)))).collect();
    if query.is_empty() { routes::MARKET.to_owned() } else { format!("{}?{}", routes::MARKET, query.join("&")) }
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
fn Found(market: dto::Market, asked: Asked) -> impl IntoView {
    let dto::Market { cards, next, wrong_price } = market;
    let wrong = wrong_price.map(|why| {
        view! {
            <ui::Notice tone=ui::Tone::Warning title="The highest price could not be read">
                {why} " All prices are shown."
            </ui::Notice>
        }
    });
    if cards.is_empty() {
        return view! {
            {wrong}
            <Nothing asked />
        }
        .into_any();
    }
    let more = next.map(|next| address(&Asked { after: Some(next.to_string()), ..asked.clone() }));
    let first = asked.after.is_some().then(|| address(&Asked { after: None, ..asked }));
    view! {
        {wrong}
        <Grid label="What is offered" cards />
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

/// Nothing fits: what could be left out, so that something does.
#[component]
fn Nothing(asked: Asked) -> impl IntoView {
    let any = Asked::default();
    if asked == any {
        return view! {
            <EmptyState
                icon=IconName::Store
                title="Nothing is offered yet"
                text="Agents that can be talked with, bought or subscribed to stand here. Build one, and be the first."
                action=|| view! { <ButtonLink href=routes::SELL variant=Variant::Primary>"Sell an agent"</ButtonLink> }
            />
        }
        .into_any();
    }
    let without_filters = Asked { words: asked.words.clone(), category: asked.category.clone(), ..Asked::default() };
    let without_topic = Asked { category: None, ..asked.clone() };
    let offer_filters = asked != without_filters;
    let offer_topic = asked.category.is_some();
    let without_filters = address(&without_filters);
    let without_topic = address(&without_topic);
    let text = match &asked.words {
        Some(words) => format!("Nothing that is offered fits “{words}” with what is chosen. Other words may find it."),
        None => "Nothing that is offered fits all that is chosen.".to_owned(),
    };
    view! {
        <EmptyState
            icon=IconName::Search
            title="Nothing found"
            text
            action=move || view! {
                <ButtonRow align=ui::Align::Center>
                    {offer_filters.then(|| view! { <ButtonLink href=without_filters>"Leave the filters out"</ButtonLink> })}
                    {offer_topic.then(|| view! { <ButtonLink href=without_topic>"Look in all topics"</ButtonLink> })}
                    <ButtonLink href=routes::MARKET variant=Variant::Primary>"Show everything"</ButtonLink>
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
        let asked = Asked {
            words: Some("sync & licence".to_owned()),
            category: Some("business".to_owned()),
            ..Asked::default()
        };
        assert_eq!(address(&asked), "/market?words=sync+%26+licence&category=business");
        assert_eq!(address(&Asked::default()), "/market");
    }
}

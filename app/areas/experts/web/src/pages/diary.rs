//! What an expert has before them, who waits for their word, and what they earned.

use experts_core::{BookingState, booking::CURRENCY};
use kernel::Money;
use leptos::prelude::*;
use ui::{
    AccountRow, Button, ButtonLink, ButtonRow, ButtonSize, Card, Cell, CellKind, Column, DiaryDay, DiaryEntry,
    DiaryKind, EmptyState, Figure, FigureRow, IconName, ItemList, ItemRow, ListSkeleton, LocalTime, RowHead, Sparkline,
    Table, TimeForm, Variant, ZoneNote, amount, grouped,
};
use web::{Form, FormState, Loaded, query};

use crate::{
    api::{self, Accept},
    dto::{self, Diary, Earned, Entry, Line},
    parts::{Refusal, SetupFrame, SetupTab, Weeks, asked, byline, message_but, state_badge},
    routes,
};

/// The page of an expert's diary.
#[component]
pub fn DiaryPage() -> impl IntoView {
    view! {
        <SetupFrame tab=SetupTab::Diary>
            <Inside />
        </SetupFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let (week, at) = (query("week"), asked());
    let diary = Resource::new(move || (week.get(), at.get()), |(week, _)| api::diary(week));
    view! {
        <Loaded resource=diary skeleton=|| view! { <ListSkeleton count=7 /> } let:diary>
            {match diary {
                Some(diary) => view! { <Contents diary /> }.into_any(),
                None => view! { <Nothing /> }.into_any(),
            }}
        </Loaded>
    }
    .into_any()
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <EmptyState
            icon=IconName::Calendar
            title="Nothing is set up yet"
            text="Say what you do, when you work and what it costs. Then your calls stand here, day by day."
            action=|| view! { <ButtonLink href=routes::SETUP variant=Variant::Primary>"Set it up"</ButtonLink> }
        />
    }
    .into_any()
}

#[component]
fn Contents(diary: Diary) -> impl IntoView {
    let Diary { zone, title, days, earlier, later, is_now, requests, weeks } = diary;
    let days = days.into_iter().map(|day| view! { <OneDay day /> }.into_any()).collect_view();
    let note = format!("By the clock of {}.", zone.replace('_', " "));
    let base = format!("{}?", routes::DIARY);
    view! {
        {(!requests.is_empty()).then(|| view! { <Requests requests /> })}
        <Card title note>
            <Weeks base earlier=Some(earlier) later=Some(later) />
            {(!is_now)
                .then(|| view! {
                    <p><a href=routes::DIARY>"Back to this week"</a></p>
                })}
            <div>{days}</div>
        </Card>
        <Earnings weeks />
    }
    .into_any()
}

/// Who waits for a word.
#[component]
fn Requests(requests: Vec<Line>) -> impl IntoView {
    let rows = requests.into_iter().map(|line| view! { <Request line /> }.into_any()).collect_view();
    view! {
        <Card title="They wait for your word" note="Without one, the money goes back by itself.">
            <p><ZoneNote /></p>
            <ItemList label="Requests">{rows}</ItemList>
        </Card>
    }
    .into_any()
}

#[component]
fn Request(line: Line) -> impl IntoView {
    let state = FormState::<Accept>::of(line.id.to_string());
    let until = line.due.unwrap_or(line.start);
    let page = routes::booking(line.id);
    let note = Some(format!("{}, for {}", line.title, amount(line.price)));
    view! {
        <ItemRow>
            <AccountRow account=byline(&line.other) note />
            <p>
                <LocalTime at=line.start form=TimeForm::Full />
                ". They wait until " <LocalTime at=until /> "."
            </p>
            <Form state>
                <input type="hidden" name="booking" value=line.id.to_string() />
                <ButtonRow>
                    <Button variant=Variant::Primary size=ButtonSize::Small icon=IconName::Check busy=state.busy()>"Accept"</Button>
                    <ButtonLink href=page size=ButtonSize::Small>"Read it, decline, or propose another time"</ButtonLink>
                </ButtonRow>
                <Refusal message=message_but(state, &[]) />
            </Form>
        </ItemRow>
    }
    .into_any()
}

#[component]
fn OneDay(day: dto::DiaryDay) -> impl IntoView {
    let dto::DiaryDay { title, today, windows, note, entries } = day;
    let pieces = entries.iter().map(|it| (it.kind, it.from, it.until)).collect();
    let entries = entries.into_iter().map(|entry| view! { <OneEntry entry /> }.into_any()).collect::<Vec<_>>();
    view! { <DiaryDay title today note windows pieces>{entries}</DiaryDay> }.into_any()
}

#[component]
fn OneEntry(entry: Entry) -> impl IntoView {
    let Entry { kind, time, call, .. } = entry;
    let what = match call {
        Some((id, who, state)) => {
            let (_, word) = state_badge(state);
            let word = (state != BookingState::Confirmed).then_some(word);
            view! {
                <a href=routes::booking(id)>{who.name}</a>
                {word.map(|word| view! { <span>{word}</span> })}
            }
            .into_any()
        }
        None if kind == DiaryKind::Busy => "Busy, says another calendar".into_any(),
        None => "Kept for somebody who was asked".into_any(),
    };
    view! { <DiaryEntry kind time>{what}</DiaryEntry> }.into_any()
}

/// What was earned, week by week.
#[component]
fn Earnings(weeks: Vec<Earned>) -> impl IntoView {
    if weeks.is_empty() {
        return view! {
            <Card title="Earnings">
                <p>"Nothing yet. What your calls bring you stands here, week by week."</p>
            </Card>
        }
        .into_any();
    }
    // Oldest first, as one reads a line.
    let values: Vec<u64> = weeks.iter().rev().map(|week| u64::try_from(week.earned.minor).unwrap_or(0)).collect();
    let (is_line, calls) = (weeks.len() > 1, weeks.iter().map(|week| week.calls).sum::<u32>());
    let total = weeks.iter().map(|week| week.earned.minor).sum::<i64>();
    let rows = weeks
        .into_iter()
        .map(|week| {
            let Earned { week, calls, earned } = week;
            view! {
                <tr>
                    <RowHead note=counted(calls)>{format!("From {week}")}</RowHead>
                    <Cell kind=CellKind::Number>{amount(earned)}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let headers = vec![Column::text("Week"), Column::number("Earned")];
    view! {
        <Card
            title="Earnings"
            note="Of the last twelve weeks, after Magentic\u{2019}s part and what was given back. What can be paid out stands in your wallet."
        >
            <FigureRow>
                <Figure label="Earned" value=amount(Money::new(total, CURRENCY)) note=counted(calls) />
            </FigureRow>
            {is_line.then(|| view! { <Sparkline values label="What you earned, week by week" /> })}
        </Card>
        <Card title="Week by week" flush=true>
            <Table label="What you earned" headers stack=true>{rows}</Table>
        </Card>
    }
    .into_any()
}

fn counted(calls: u32) -> String {
    if calls == 1 { "1 call".to_owned() } else { format!("{} calls", grouped(calls.into())) }
}

//! The area's routes.

use kernel::{BookingId, Money};
use leptos::prelude::*;
use leptos_router::{ChooseView, SsrMode, any_nested_route::IntoAnyNestedRoute, components::Route, path};

use crate::pages::{
    BookingPage, Bookings, CalendarsPage, DiaryPage, Directory, DisputesPage, ExpertPage, FeedPage, HoursPage,
    ProfilePage, RoomPage, ServicesPage,
};

/// Who can be booked.
pub const EXPERTS: &str = "/experts";
/// What somebody says of themselves as an expert.
pub const SETUP: &str = "/experts/setup";
/// When they work.
pub const SETUP_HOURS: &str = "/experts/setup/hours";
/// What they can be asked about.
pub const SETUP_SERVICES: &str = "/experts/setup/services";
/// Calendars in which they are busy, and their own.
pub const SETUP_CALENDARS: &str = "/experts/setup/calendars";
/// What they have before them.
pub const DIARY: &str = "/experts/diary";
/// What went wrong with calls, for those who administer this server.
pub const DISPUTES: &str = "/experts/disputes";
/// Somebody's bookings.
pub const BOOKINGS: &str = "/bookings";
/// The same in their own calendar.
pub const FEED: &str = "/bookings/calendar";
/// The pattern of the page on which both meet.
pub const ROOM: &str = "/bookings/:id/room";

/// Handles that stand where a page of ours is.
const TAKEN: [&str; 3] = ["diary", "disputes", "setup"];

/// Somebody who can be booked.
pub fn expert(handle: &str) -> String {
    let at = if TAKEN.contains(&handle) { "@" } else { "" };
    format!("{EXPERTS}/{at}{handle}")
}

/// A booking.
pub fn booking(id: BookingId) -> String {
    format!("{BOOKINGS}/{id}")
}

/// A booking, with a question: `cancel` or `times`.
pub fn asking(id: BookingId, what: &str) -> String {
    format!("{BOOKINGS}/{id}?ask={what}")
}

/// The page on which both meet.
pub fn room(id: BookingId) -> String {
    format!("{BOOKINGS}/{id}/room")
}

/// Where other programs read somebody's bookings. A file, not a page.
pub fn feed(token: &str) -> String {
    format!("/calendar/{token}.ics")
}

/// Money for the wallet, so much of it, and back to a page.
pub fn top_up(missing: Money, next: &str) -> String {
    billing_web::routes::top_up_for(missing, next)
}

/// The area's pages. The browser loads the code of all of them when somebody first goes to one.
#[derive(Debug, Clone, Copy)]
enum Page {
    Directory,
    Expert,
    Profile,
    Hours,
    Services,
    Calendars,
    Diary,
    Disputes,
    Bookings,
    Feed,
    Booking,
}

#[lazy]
fn experts_page(page: Page) -> AnyView {
    match page {
        Page::Directory => view! { <Directory /> }.into_any(),
        Page::Expert => view! { <ExpertPage /> }.into_any(),
        Page::Profile => view! { <ProfilePage /> }.into_any(),
        Page::Hours => view! { <HoursPage /> }.into_any(),
        Page::Services => view! { <ServicesPage /> }.into_any(),
        Page::Calendars => view! { <CalendarsPage /> }.into_any(),
        Page::Diary => view! { <DiaryPage /> }.into_any(),
        Page::Disputes => view! { <DisputesPage /> }.into_any(),
        Page::Bookings => view! { <Bookings /> }.into_any(),
        Page::Feed => view! { <FeedPage /> }.into_any(),
        Page::Booking => view! { <BookingPage /> }.into_any(),
    }
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        #[cfg(not(target_arch = "wasm32"))]
        web::announce_parts("experts_page");
        experts_page(self).await
    }

    async fn preload(&self) {
        #[cfg(target_arch = "wasm32")]
        __preload_experts_page().await;
    }
}

/// The room of a call, which has much to do with cameras that no other page has.
#[derive(Debug, Clone, Copy)]
struct Room;

#[lazy]
fn room_page(_room: Room) -> AnyView {
    view! { <RoomPage /> }.into_any()
}

impl ChooseView for Room {
    async fn choose(self) -> AnyView {
        #[cfg(not(target_arch = "wasm32"))]
        web::announce_parts("room_page");
        room_page(self).await
    }

    async fn preload(&self) {
        #[cfg(target_arch = "wasm32")]
        __preload_room_page().await;
    }
}

/// The area's routes. Those with a word of ours in them stand before those with an id or a handle in its place.
#[component(transparent)]
pub fn ExpertsRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/experts") view=Page::Directory ssr=SsrMode::Async />
        <Route path=path!("/experts/setup") view=Page::Profile ssr=SsrMode::Async />
        <Route path=path!("/experts/setup/hours") view=Page::Hours ssr=SsrMode::Async />
        <Route path=path!("/experts/setup/services") view=Page::Services ssr=SsrMode::Async />
        <Route path=path!("/experts/setup/calendars") view=Page::Calendars ssr=SsrMode::Async />
        <Route path=path!("/experts/diary") view=Page::Diary ssr=SsrMode::Async />
        <Route path=path!("/experts/disputes") view=Page::Disputes ssr=SsrMode::Async />
        <Route path=path!("/experts/:handle") view=Page::Expert ssr=SsrMode::Async />
        <Route path=path!("/bookings") view=Page::Bookings ssr=SsrMode::Async />
        <Route path=path!("/bookings/calendar") view=Page::Feed ssr=SsrMode::Async />
        <Route path=path!("/bookings/:id") view=Page::Booking ssr=SsrMode::Async />
        <Route path=path!("/bookings/:id/room") view=Room ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}

#[cfg(test)]
mod tests {
    use super::expert;

    #[test]
    fn no_handle_hides_a_page_of_ours() {
        assert_eq!(expert("ana"), "/experts/ana");
        assert_eq!(expert("diary"), "/experts/@diary");
    }
}

//! A time of an expert's that is kept for somebody, and their calendar for other programs.

use chrono::TimeDelta;
use experts_core::{
    command::{DayForm, Hold, HoursForm, ProfileForm, ServiceForm, Text},
    service,
};
use kernel::{AccountId, Actor, BookingId, ServiceId};
use platform::Cx;
use serde_json::Value;

use crate::support::Server;

/// A booking of somebody's that is not paid yet.
pub struct Held {
    /// With whom.
    pub expert: AccountId,
    /// For what.
    pub service: ServiceId,
    /// Which.
    pub booking: BookingId,
}

impl Server {
    /// Lets somebody called Vera be booked, and keeps the first of her times for a client.
    pub async fn held(&self, client: &Cx<Actor>) -> Held {
        let (app, vera) = (&self.app, self.app.person("vera").await);
        let profile = ProfileForm {
            headline: "Reads contracts".to_owned(),
            zone: "Europe/Lisbon".to_owned(),
            policy: "moderate".to_owned(),
            ..ProfileForm::default()
        };
        let day = || DayForm { from: "10:00".to_owned(), until: "14:00".to_owned() };
        let hours = HoursForm { days: std::array::from_fn(|_| day()), ..HoursForm::default() };
        let form = ServiceForm { title: "A contract".to_owned(), price: "25.00".to_owned(), ..ServiceForm::default() };
        let mut tx = app.database.begin().await.expect("a transaction");
        service::save_profile(&mut tx, &vera, &profile.parse().expect("a profile")).await.expect("saved");
        service::save_hours(&mut tx, &vera, &hours.parse().expect("hours")).await.expect("saved");
        let offer = form.parse().expect("a service");
        let service = service::save_service(&mut tx, &vera, None, &offer).await.expect("saved");
        service::publish(&mut tx, &vera).await.expect("published");
        tx.commit().await.expect("a commit");

        let (pool, expert, now) = (app.database.pool(), vera.actor.account, app.world.now());
        let free = service::slots(pool, &app.world.cx(()), expert, now, now + TimeDelta::days(7)).await.expect("times");
        let view = service::expert(pool, &app.world.cx(None), expert).await.expect("an expert");
        let hold = Hold {
            expert,
            service,
            start: free.first().expect("a time").start,
            seen: view.services.first().expect("a service").price,
            brief: Text::default(),
            key: "held".parse().expect("a key"),
        };
        let mut tx = app.database.begin().await.expect("a transaction");
        let booking = service::hold(&mut tx, client, &hold).await.expect("held");
        tx.commit().await.expect("a commit");
        Held { expert, service, booking }
    }
}

#[tokio::test]
async fn a_calendar_is_read_by_whoever_knows_its_address_and_an_old_address_is_gone() {
    let server = Server::start().await;
    let ana = server.app.person("ana").await;
    server.held(&ana).await;
    let as_ana = server.signed_in(&ana).await;
    let address = async || {
        let (status, feed) = as_ana.ask("experts/feed", &[]).await;
        assert_eq!(status, 200, "{feed}");
        let text = feed.to_string();
        let path = text.split("/calendar/").nth(1).and_then(|rest| rest.split(".ics").next()).expect("an address");
        format!("/calendar/{path}.ics")
    };
    let before = address().await;
    let response = server.visitor().get(&before).await;
    assert_eq!(response.status(), 200);
    let kind = response.headers()["content-type"].to_str().expect("text").to_owned();
    assert!(kind.starts_with("text/calendar"), "{kind}");
    let calendar = response.text().await.expect("text");
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.ends_with("END:VCALENDAR\r\n"), "{calendar}");

    let (status, answer): (u16, Value) = as_ana.call("experts/renew_feed", &[]).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(server.visitor().get(&before).await.status(), 404);
    assert_eq!(server.visitor().get(&address().await).await.status(), 200);
    assert_eq!(server.visitor().get("/calendar/nothing.ics").await.status(), 404);
}

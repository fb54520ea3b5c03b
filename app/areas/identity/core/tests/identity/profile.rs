//! Editing one's profile.

use std::sync::Arc;

use identity_core::Account;
use kernel::{Actor, MediaId};
use platform::{Cx, image::Purpose, media};
use service::{EditProfile, PortraitChange};

use super::*;

async fn edit(app: &TestApp, cx: &Cx<Actor>, bio: &str, portrait: PortraitChange) -> Result<(), Error> {
    let command = EditProfile::parse("Ana Costa", "Sound engineer", bio, portrait).expect("valid input");
    let mut tx = app.database.begin().await?;
    service::edit_profile(&mut tx, cx, &command).await?;
    tx.commit().await?;
    Ok(())
}

async fn account(app: &TestApp, name: &str) -> Account {
    service::account_by_handle(app.database.pool(), &handle(name)).await.expect("an answer").expect("an account")
}

/// A picture that the actor uploaded. The file itself is the business of other tests.
async fn picture(app: &TestApp, cx: &Cx<Actor>) -> MediaId {
    let id: MediaId = app.world.id();
    sqlx::query(
        "insert into media (id, owner_id, content_type, width, height, variants, bytes, created_at)
         values ($1, $2, 'image/webp', 400, 400, '{64,160,400}', 1000, $3)",
    )
    .bind(id.uuid())
    .bind(cx.actor.account.uuid())
    .bind(app.world.now())
    .execute(app.database.pool())
    .await
    .expect("a picture");
    id
}

async fn attached(app: &TestApp, id: MediaId) -> bool {
    media::get(app.database.pool(), id).await.expect("an answer").expect("a picture").attached
}

#[tokio::test]
async fn a_profile_says_what_was_typed() {
    let app = TestApp::new().await;
    let cx = app.person("ana").await;
    edit(&app, &cx, "Mixes *everything*.\r\n\r\n<img src=x onerror=alert(1)>", PortraitChange::Keep)
        .await
        .expect("edited");
    let account = account(&app, "ana").await;
    assert_eq!(account.summary.name.as_str(), "Ana Costa");
    assert_eq!(account.headline.as_str(), "Sound engineer");
    assert_eq!(account.bio.as_str(), "Mixes *everything*.\n\n<img src=x onerror=alert(1)>");
    assert!(account.bio_html.contains("<em>everything</em>") && !account.bio_html.contains("<img"));
    assert_eq!(app.facts("identity.profile_edited").await, 1);
}

#[tokio::test]
async fn a_portrait_is_set_replaced_and_removed() {
    let app = TestApp::new().await;
    let cx = app.person("ana").await;
    let (first, second) = (picture(&app, &cx).await, picture(&app, &cx).await);
    let shown =
        async || account(&app, "ana").await.summary.portrait.map(|portrait| (portrait.media, portrait.url(100)));

    edit(&app, &cx, "", PortraitChange::Set(first)).await.expect("set");
    assert_eq!(shown().await, Some((first, format!("/media/{first}/160.webp"))));
    // The same form sent twice.
    edit(&app, &cx, "", PortraitChange::Set(first)).await.expect("set");
    edit(&app, &cx, "", PortraitChange::Keep).await.expect("kept");
    assert_eq!((shown().await.map(|it| it.0), attached(&app, first).await), (Some(first), true));

    edit(&app, &cx, "", PortraitChange::Set(second)).await.expect("replaced");
    assert_eq!(shown().await.map(|it| it.0), Some(second));
    assert_eq!((attached(&app, first).await, attached(&app, second).await), (false, true));

    edit(&app, &cx, "", PortraitChange::Remove).await.expect("removed");
    assert_eq!((shown().await, attached(&app, second).await), (None, false));
    edit(&app, &cx, "", PortraitChange::Remove).await.expect("still removed");
}

#[tokio::test]
async fn somebody_elses_picture_is_no_portrait() {
    let app = TestApp::new().await;
    let (ana, bob) = (app.person("ana").await, app.person("bob").await);
    let theirs = picture(&app, &bob).await;
    for wrong in [theirs, app.world.id()] {
        let problem = told(edit(&app, &ana, "changed", PortraitChange::Set(wrong)).await);
        assert_eq!(problem.status(), 422);
        assert!(problem.for_field("portrait").is_some());
    }
    let account = account(&app, "ana").await;
    assert!(account.summary.portrait.is_none() && account.bio.as_str().is_empty(), "nothing is half-written");
    assert!(!attached(&app, theirs).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_portraits_set_at_once_one_stays_and_no_other_is_kept() {
    let app = Arc::new(TestApp::new().await);
    let cx = app.person("ana").await;
    let mut pictures = Vec::new();
    for _ in 0..8 {
        pictures.push(picture(&app, &cx).await);
    }
    let tries = pictures
        .iter()
        .map(|id| {
            let (app, cx, id) = (Arc::clone(&app), cx.clone(), *id);
            async move { edit(&app, &cx, "", PortraitChange::Set(id)).await }
        })
        .collect();
    assert!(race(tries).await.iter().all(Result::is_ok));
    let shown = account(&app, "ana").await.summary.portrait.expect("a portrait").media;
    for id in pictures {
        assert_eq!(attached(&app, id).await, id == shown);
    }
}

#[tokio::test]
async fn an_uploaded_portrait_is_shown() {
    let app = TestApp::new().await;
    let cx = app.person("ana").await;
    // The smallest picture there is: one grey pixel, as a GIF.
    let gif = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x80\x80\x80\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";
    let stored =
        media::upload(&app.database, &app.files, &cx, gif.to_vec().into(), Purpose::Portrait).await.expect("stored");
    edit(&app, &cx, "", PortraitChange::Set(stored.id)).await.expect("set");
    let portrait = account(&app, "ana").await.summary.portrait.expect("a portrait");
    assert_eq!(portrait.url(160), stored.url(160));
}

#[tokio::test]
async fn an_agents_profile_is_edited_by_its_owner_alone() {
    let app = TestApp::new().await;
    let (ana, bob) = (app.person("ana").await, app.person("bob").await);
    let robo = app.agent("robo", &ana).await;
    let hers = picture(&app, &ana).await;
    let edit = async |cx: &Cx<Actor>, agent: kernel::AccountId| {
        let command =
            EditProfile::parse("Robo Two", "Helps", "*Kind*", PortraitChange::Set(hers)).expect("valid input");
        let mut tx = app.database.begin().await?;
        service::edit_agent_profile(&mut tx, cx, agent, &command).await?;
        tx.commit().await?;
        Ok(())
    };
    for (cx, agent) in [(&bob, robo.actor.account), (&robo, robo.actor.account), (&ana, ana.actor.account)] {
        assert_eq!(told(edit(cx, agent).await).status(), 404);
    }
    edit(&ana, robo.actor.account).await.expect("edited");
    let robo = account(&app, "robo").await;
    assert_eq!((robo.summary.name.as_str(), robo.headline.as_str()), ("Robo Two", "Helps"));
    assert_eq!(robo.summary.portrait.map(|it| it.media), Some(hers));
    assert!(account(&app, "ana").await.summary.portrait.is_none());
    assert_eq!(app.facts("identity.profile_edited").await, 1);
}

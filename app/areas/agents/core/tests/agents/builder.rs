//! Agents are made, changed, limited, and put to rest.

use std::sync::Arc;

use agents_core::{AgentState, Error, Length, Spec, command::NewCaps, service, template::TEMPLATES};
use identity_core::command::{EditProfile, PortraitChange};
use kernel::{Actor, Currency, Money, PageSize};
use platform::Cx;
use testkit::{TestApp, at_once};

use crate::{Agents, new_agent, no_agent, status, with_instructions};

#[tokio::test]
async fn a_template_makes_a_draft_with_checks() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    for template in TEMPLATES {
        let handle = format!("my_{}", template.key);
        let id = app.create(&ana, new_agent(&handle, template.key)).await.expect("an agent");
        let agent = service::agent(app.database.pool(), &ana, id).await.expect("the agent");
        assert_eq!((agent.state, agent.version, agent.draft_number), (AgentState::Draft, None, 1));
        assert_eq!(agent.draft, template.spec());
        assert_eq!(agent.account.handle.as_str(), handle);
        assert_eq!(agent.caps.daily, Money::new(2_00, Currency::Eur));
        assert_eq!(agent.caps.monthly, Money::new(20_00, Currency::Eur));
        let checks = service::checks(app.database.pool(), &ana, id).await.expect("checks");
        assert_eq!(checks.len(), template.checks().len());
    }
    assert_eq!(app.events("agents.created").await, 13);
}

#[tokio::test]
async fn a_taken_handle_leaves_nothing_behind() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    let again = app.create(&ana, new_agent("ROBO", "expert")).await;
    assert!(matches!(again, Err(Error::Identity(identity_core::Error::HandleTaken))), "{again:?}");
    let robo = app.agent("other", &ana).await;
    let by_an_agent = app.create(&robo, new_agent("robos", "")).await;
    assert!(matches!(by_an_agent, Err(Error::Identity(identity_core::Error::NotAPerson))), "{by_an_agent:?}");
    assert_eq!(app.events("agents.created").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_has_more_agents_than_there_may_be() {
    let app = Arc::new(TestApp::new().await);
    let ana = app.person("ana").await;
    let handle = |n: u8| format!("robo_{}{}", char::from(b'a' + n / 26), char::from(b'a' + n % 26));
    let made = (0..55).map(|n| {
        let (app, ana) = (app.clone(), ana.clone());
        async move { app.create(&ana, new_agent(&handle(n), "")).await }
    });
    let made = at_once(made).await;
    assert_eq!(made.iter().filter(|it| it.is_ok()).count(), 50);
    let one =
        made.into_iter().find_map(|it| it.map_err(|error| assert!(matches!(error, Error::Full { most: 50, .. }))).ok());
    app.retire(&ana, one.expect("one")).await.expect("retired");
    app.create(&ana, new_agent("room", "")).await.expect("there is room again");
    let pool = app.database.pool();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = service::mine(pool, &ana, after.as_ref(), PageSize::clamped(20)).await.expect("a page");
        seen.extend(page.items.into_iter().map(|entry| entry.account.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!((seen.len(), distinct.len()), (51, 51));
    let ben = app.person("ben").await;
    assert!(service::mine(pool, &ben, None, PageSize::DEFAULT).await.expect("a page").items.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_saves_at_once_one_wins_and_the_others_are_told() {
    let app = Arc::new(TestApp::new().await);
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    let saves = (0..8).map(|n| {
        let (app, ana) = (app.clone(), ana.clone());
        async move { app.save(&ana, agent, with_instructions(&format!("Save {n}")), 1).await }
    });
    let saves = at_once(saves).await;
    assert_eq!(saves.iter().filter(|it| matches!(it, Ok(2))).count(), 1);
    assert_eq!(saves.iter().filter(|it| matches!(it, Err(Error::SavedMeanwhile))).count(), 7);
    let kept = service::agent(app.database.pool(), &ana, agent).await.expect("the agent");
    assert_eq!(kept.draft_number, 2);
    // The answer was lost, and the form is sent again.
    assert_eq!(app.save(&ana, agent, kept.draft, 1).await.expect("the same"), 2);
}

#[tokio::test]
async fn what_is_not_valid_is_not_saved_and_the_template_is_not_for_the_form_to_say() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "expert")).await.expect("an agent");
    let long = app.save(&ana, agent, with_instructions(&"x".repeat(20_000)), 1).await.expect_err("too long");
    assert!(matches!(&long, Error::Invalid(fields) if fields[0].field == "instructions"));
    assert_eq!(status(long), 422);
    let forged =
        Spec { template: Some("'; drop table agents; --".to_owned()), length: Length::Long, ..Spec::default() };
    app.save(&ana, agent, forged, 1).await.expect("saved");
    let kept = service::agent(app.database.pool(), &ana, agent).await.expect("the agent").draft;
    assert_eq!((kept.template.as_deref(), kept.length), (Some("expert"), Length::Long));
}

#[tokio::test]
async fn somebody_elses_agent_does_not_exist() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    let itself = app.world.cx(kernel::Actor::agent(agent, kernel::Via::System));
    let pool = app.database.pool();
    for who in [&ben, &itself] {
        let caps = NewCaps::parse(1, 2).expect("caps");
        let refused = [
            service::agent(pool, who, agent).await.map(|_| ()),
            app.save(who, agent, Spec::default(), 1).await.map(|_| ()),
            app.set_caps(who, agent, caps).await,
            app.pause(who, agent).await,
            app.resume(who, agent).await,
            app.retire(who, agent).await,
        ];
        for refused in refused {
            assert_eq!(status(refused.expect_err("refused")), 404);
        }
    }
    assert!(matches!(app.retire(&ana, no_agent()).await, Err(Error::NoSuchAgent)));
    assert!(matches!(service::agent(pool, &ana, ben.actor.account).await, Err(Error::NoSuchAgent)));
}

#[tokio::test]
async fn an_agent_rests_works_and_ends() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let pool = app.database.pool();
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    assert!(matches!(app.pause(&ana, agent).await, Err(Error::NotPublished)));
    assert!(matches!(service::published_spec(pool, agent).await, Err(Error::NoSuchAgent)));
    app.publish_passing(&ana, agent, "Help.").await;
    assert_eq!(service::published_spec(pool, agent).await.expect("at work").1, 1);
    for _ in 0..2 {
        app.pause(&ana, agent).await.expect("paused");
    }
    assert!(matches!(service::published_spec(pool, agent).await, Err(Error::NotAtWork)));
    // A new version doesn't wake it.
    app.publish_passing(&ana, agent, "Help more.").await;
    assert!(matches!(service::published_spec(pool, agent).await, Err(Error::NotAtWork)));
    for _ in 0..2 {
        app.resume(&ana, agent).await.expect("resumed");
    }
    assert_eq!(service::published_spec(pool, agent).await.expect("at work").1, 2);
    app.set_caps(&ana, agent, NewCaps::parse(0, 500).expect("caps")).await.expect("limited");
    for _ in 0..2 {
        app.retire(&ana, agent).await.expect("retired");
    }
    assert!(matches!(service::published_spec(pool, agent).await, Err(Error::NotAtWork)));
    assert!(matches!(app.save(&ana, agent, Spec::default(), 3).await, Err(Error::Retired)));
    let kept = service::agent(pool, &ana, agent).await.expect("still to be looked at");
    assert_eq!((kept.state, kept.caps.daily.minor, kept.caps.monthly.minor), (AgentState::Retired, 0, 500));
    for (kind, times) in [("paused", 1), ("resumed", 1), ("retired", 1), ("published", 2)] {
        assert_eq!(app.events(&format!("agents.{kind}")).await, times, "{kind}");
    }
    // One that was never published ends as well.
    let never = app.create(&ana, new_agent("never", "")).await.expect("an agent");
    app.retire(&ana, never).await.expect("retired");
}

#[tokio::test]
async fn how_an_agent_presents_itself_is_saved_with_its_draft_or_not_at_all() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let pool = app.database.pool();
    let agent = app.create(&ana, new_agent("robo", "expert")).await.expect("an agent");
    let save = async |cx: &Cx<Actor>, name: &str, bio: &str, draft: Spec, number: u32| {
        let profile = EditProfile::parse(name, "Helps", bio, PortraitChange::Keep).expect("a profile");
        let mut tx = app.database.begin().await?;
        let saved = service::save(&mut tx, cx, agent, &profile, draft, number).await?;
        tx.commit().await?;
        Ok::<u32, Error>(saved)
    };
    let draft = with_instructions("Help.");
    assert_eq!(save(&ana, "Robo", "One", draft.clone(), 1).await.expect("saved"), 2);
    // The answer was lost, and the form is sent again.
    assert_eq!(save(&ana, "Robo", "One", draft.clone(), 1).await.expect("the same"), 2);
    // Another tab that only changed what it says of itself counts, too.
    assert_eq!(save(&ana, "Robo", "Two", draft.clone(), 2).await.expect("saved"), 3);
    let late = save(&ana, "Robo", "Three", draft.clone(), 2).await;
    assert!(matches!(late, Err(Error::SavedMeanwhile)), "{late:?}");
    let wrong = save(&ana, "Robo", "Three", with_instructions(&"x".repeat(20_000)), 3).await;
    assert!(matches!(wrong, Err(Error::Invalid(_))), "{wrong:?}");
    assert_eq!(status(save(&ben, "Robo", "Ben's", draft, 3).await.expect_err("not his")), 404);
    let account = service::profile(pool, &ana, agent).await.expect("a profile");
    assert_eq!((account.summary.name.as_str(), account.bio.as_str()), ("Robo", "Two"));
    let kept = service::agent(pool, &ana, agent).await.expect("the agent");
    assert_eq!((kept.draft_number, kept.draft.instructions.as_str()), (3, "Help."));
    assert_eq!(kept.draft.template.as_deref(), Some("expert"));
    assert_eq!(status(service::profile(pool, &ben, agent).await.expect_err("not his")), 404);
    assert_eq!(status(service::spending_of(pool, &ben, agent).await.expect_err("not his")), 404);
    assert!(service::spending_of(pool, &ana, agent).await.expect("spending").is_empty());
}

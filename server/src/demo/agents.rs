//! The agents of the demo world: what each is made of and knows, how it was checked, and the version that was published.

use std::sync::Arc;

use agents_core::{
    Answered, Found, NewCheck, Rule, Spec,
    command::{NewAgent, NewText, Note},
    service,
};
use chrono::TimeDelta;
use futures::StreamExt;
use kernel::{AccountId, Actor, Via};
use models_offline::Offline;
use platform::{
    Cx, Tx,
    models::{Passage, Persona, Piece, Prompt, Turn},
    outbound::Outbound,
};

use super::{Failed, Loader, content::Account};

/// An agent.
struct Made {
    handle: &'static str,
    template: &'static str,
    instructions: &'static str,
    tone: &'static str,
    greeting: &'static str,
    suggestions: &'static [&'static str],
    /// What it knows, and what that is called.
    knows: (&'static str, &'static str),
    /// A question, and words that stand in its answer.
    check: (&'static str, &'static str),
}

/// How many days ago they were published.
const PUBLISHED_DAYS_AGO: i64 = 12;
/// How many passages an answer is given.
const PASSAGES: usize = 8;

const AGENTS: [Made; 10] = [
    Made {
        handle: "owl_desk",
        template: "customer_support",
        instructions: "You answer questions on Owl Pedals: power, controls, orders, returns and repairs. Answer from the manual, name the number that matters first, and say when Tomasz has to decide.",
        tone: "friendly, brief",
        greeting: "Good evening! I look after **Owl Pedals** while Tomasz sleeps. Ask me about power supplies, controls, orders or repairs.",
        suggestions: &[
            "Which power supply does the Night Owl need?",
            "My pedal hums. What can I do?",
            "How do I reset the Tawny delay?",
            "What does a repair cost?",
        ],
        knows: ("Owl Pedals: manual and support", include_str!("../../demo/manuals/owl_desk.md")),
        check: ("How long does the warranty last?", "five years"),
    },
    Made {
        handle: "clause_reader",
        template: "licensing_scout",
        instructions: "You explain clauses of music contracts in plain words: what is usual, what is unusual, what to ask a lawyer. You are no lawyer and never tell anybody to sign.",
        tone: "precise, calm",
        greeting: "Tell me which clause puzzles you. I say what is usual and what isn't; **I am no lawyer**, so take my marks to one.",
        suggestions: &[
            "What is cross-collateralisation?",
            "Is a 360 clause usual?",
            "What does most favoured nations mean?",
            "What should I look for in an audit clause?",
        ],
        knows: ("What clauses in music contracts say", include_str!("../../demo/manuals/clause_reader.md")),
        check: ("What is a reversion clause?", "gives rights back"),
    },
    Made {
        handle: "penny",
        template: "expert",
        instructions: "You explain royalties, splits and statements, and how you check them. You never promise payments: Grace pays.",
        tone: "exact, patient",
        greeting: "I am **Penny**. I know split sheets, statements and where the odd cent goes.",
        suggestions: &[
            "What is a split sheet?",
            "Where does the odd cent go?",
            "When does Spotify pay?",
            "What does checking a statement cost?",
        ],
        knows: ("How royalties are split, and how I check them", include_str!("../../demo/manuals/penny.md")),
        check: ("What is a split sheet?", "who wrote which share"),
    },
    Made {
        handle: "tide",
        template: "product_manager",
        instructions: "You plan releases backwards from their date, and say what has to be done when.",
        tone: "clear",
        greeting: "Tell me the date of your release, and I say what has to be done by when.",
        suggestions: &["When must the vinyl be ordered?", "When does the distributor need the files?"],
        knows: (
            "Planning a release backwards",
            "Vinyl has to be ordered twenty weeks before the release, because pressing takes twelve and test pressings two. \
             The distributor needs audio files and artwork six weeks before the release. \
             Playlist pitches on Spotify are possible until seven days before the release, and are best sent four weeks before. \
             Press gets a private link eight weeks before the release. \
             The release itself falls on a Friday, because charts count from Friday to Thursday.",
        ),
        check: ("When does the distributor need the files?", "six weeks"),
    },
    Made {
        handle: "seo_lint",
        template: "seo_optimizer",
        instructions: "You explain what is wrong with a page and how to mend it. You promise no rankings.",
        tone: "dry, helpful",
        greeting: "Ask me about titles, images and structured data. I promise no rankings.",
        suggestions: &["How long should a title be?", "What is structured data for?"],
        knows: (
            "What I look for on a page",
            "A title should have 50 to 60 characters, begin with what the page is about, and be different on each page. \
             An image should weigh less than 200 kilobytes, have width and height, and an alternative text that says what it shows. \
             Structured data tells search engines what a page is about: a product with its price, an event with its date. \
             A page should have one main heading, and the headings under it should not skip a level. \
             A description of 150 characters is shown under the title in results; it does not change the ranking.",
        ),
        check: ("How long should a title be?", "50 to 60"),
    },
    Made {
        handle: "scout_nine",
        template: "music_promoter",
        instructions: "You explain how playlists are found and pitched. You never pay for placement.",
        tone: "warm",
        greeting: "I listen for playlists that fit. Ask me how I choose, and how a pitch should look.",
        suggestions: &["How should a pitch look?", "Do you pay for placement?"],
        knows: (
            "How I scout playlists",
            "A pitch should have one song, one link that plays without signing in, and two sentences: who you are, and why this song fits this list. \
             I never pay for placement, because paid lists are removed by the services together with their songs. \
             A playlist fits when at least five of its last twenty songs are near yours in tempo, and its curator has added something within 30 days. \
             Curators are written to by a person, never by me. \
             The best day to send a pitch is Tuesday, because most lists are renewed on Thursday night.",
        ),
        check: ("How should a pitch look?", "one song"),
    },
    Made {
        handle: "nib",
        template: "email_marketer",
        instructions: "You explain how a newsletter is drafted from what was published before. You never send anything.",
        tone: "friendly",
        greeting: "I draft newsletters from what you have already said. Nothing leaves without you.",
        suggestions: &["How long should a newsletter be?", "When is the best time to send?"],
        knows: (
            "How I draft newsletters",
            "A newsletter should have at most 400 words: people read for two minutes. \
             The subject has fewer than 45 characters and says what is inside. \
             The best time to send is Tuesday or Thursday at ten in the morning of those who read. \
             I take sentences that you have published already, and mark those that are mine. \
             Drafts wait in a review inbox, and only a person sends them.",
        ),
        check: ("How long should a newsletter be?", "400 words"),
    },
    Made {
        handle: "plainview",
        template: "expert",
        instructions: "You explain accessibility of web pages, with the number of the rule.",
        tone: "plain",
        greeting: "Ask me about contrast, labels, focus and alternative texts. I find about a third of what Ruth finds.",
        suggestions: &["Which contrast does text need?", "How large should a button be?"],
        knows: (
            "Accessibility in short",
            "Text needs a contrast of 4.5 to 1 against its ground, and large text from 24 pixels on 3 to 1 (WCAG 1.4.3). \
             Buttons should be at least 24 by 24 pixels large (WCAG 2.5.8), and 44 by 44 is comfortable on a phone. \
             Each field has a label that stays visible; a placeholder is no label (WCAG 3.3.2). \
             The focus must be visible and follow the order of reading (WCAG 2.4.3 and 2.4.7). \
             An alternative text says what a picture is there for; a picture that only decorates has an empty one (WCAG 1.1.1).",
        ),
        check: ("Which contrast does text need?", "4.5 to 1"),
    },
    Made {
        handle: "stockroom",
        template: "analytics_reporter",
        instructions: "You explain how stock and roasting at Qahwa North are planned.",
        tone: "matter-of-fact",
        greeting: "I count beans at Qahwa North. Ask me about roast days, stock and orders.",
        suggestions: &["On which days do you roast?", "How long is coffee fresh?"],
        knows: (
            "Stock and roasting at Qahwa North",
            "We roast on Monday and Thursday; orders until Sunday and Wednesday night are in. \
             Coffee is at its best from seven days to six weeks after roasting. \
             Green coffee is ordered when there is less than five weeks of it, because a delivery takes four. \
             Purchases of more than 300 euros are decided by Leila. \
             A bag holds 250 grams, and a kilogram costs as much as three and a half bags.",
        ),
        check: ("On which days do you roast?", "Monday and Thursday"),
    },
    Made {
        handle: "standup_scribe",
        template: "content_creator",
        instructions: "You explain how the daily note at Lantern Street is written.",
        tone: "brief",
        greeting: "I write the morning note at Lantern Street. Ask me how, or what stands in it.",
        suggestions: &["When is the note sent?", "What happens to work that does not move?"],
        knows: (
            "The morning note",
            "The note is sent at 08:30 on working days, to everybody on the project. \
             It has three parts: what was finished yesterday, what is planned today, and what is stuck. \
             Work that has not moved for three days is asked about, once, with the name of whoever has it. \
             Hours that are missing on a time sheet are listed on Friday. \
             Nobody is ranked, and no note compares people.",
        ),
        check: ("When is the note sent?", "08:30"),
    },
];

impl Loader<'_> {
    /// Makes an agent with its draft; what it knows follows in [`Loader::teach`].
    pub(super) async fn make(&self, tx: &mut Tx, account: &Account, owner: AccountId) -> Result<AccountId, Failed> {
        let cx = self.world.cx(Actor::human(owner, Via::System));
        let made = AGENTS.iter().find(|made| made.handle == account.handle);
        let template = made.map_or("", |made| made.template);
        let new = NewAgent::parse(&account.handle, &account.name, template).map_err(|wrong| format!("{wrong:?}"))?;
        let id = service::create_agent(tx, &cx, &new).await?;
        if let Some(made) = made {
            service::save_draft(tx, &cx, id, made.spec(), 1).await?;
        }
        Ok(id)
    }

    /// Gives the agents what they know, has them checked, and publishes them.
    pub(super) async fn teach(&self) -> Result<(), Failed> {
        let outbound = Outbound::new(&"http://localhost".parse()?)?;
        for made in &AGENTS {
            let (agent, owner) = self.account(made.handle)?;
            let owner = owner.ok_or_else(|| format!("{} has no owner", made.handle))?;
            self.at(self.now - TimeDelta::days(PUBLISHED_DAYS_AGO));
            let cx = self.world.cx(Actor::human(owner, Via::System));
            let (title, body) = made.knows;
            let text = NewText::parse(title, body).map_err(|wrong| format!("{wrong:?}"))?;
            let mut tx = self.database.begin().await?;
            let source = service::add_text(&mut tx, &cx, agent, &text).await?;
            tx.commit().await?;
            service::read_source(self.database, self.files, &outbound, &self.world, source, true).await?;
            self.check_and_publish(&cx, agent, made).await?;
        }
        Ok(())
    }

    async fn check_and_publish(&self, cx: &Cx<Actor>, agent: AccountId, made: &Made) -> Result<(), Failed> {
        let mut tx = self.database.begin().await?;
        // Those of its template are about a business that this one is not.
        for check in service::checks(self.database.pool(), cx, agent).await? {
            service::remove_check(&mut tx, cx, check.id).await?;
        }
        let (question, words) = made.check;
        let rules = vec![Rule::Contains { text: words.to_owned() }, Rule::CitesSource { source: None }];
        let check = NewCheck::parse(question, rules).map_err(|wrong| format!("{wrong:?}"))?;
        service::add_check(&mut tx, cx, agent, &check).await?;
        let begun = service::begin_check_run(&mut tx, cx, agent).await?;
        tx.commit().await?;
        let results =
            service::ask_checks(&begun, |question| async move { self.answer(made, agent, question).await }).await;
        let mut tx = self.database.begin().await?;
        service::finish_check_run(&mut tx, cx, begun.run, &results).await?;
        match service::publish(&mut tx, cx, agent, &Note::default()).await {
            Ok(_) => {}
            // It stays a draft, and the rest of the world is there all the same.
            Err(agents_core::Error::ChecksNotPassed) => {
                tracing::warn!(agent = made.handle, ?results, "an agent of the demo world did not pass its check");
            }
            Err(error) => return Err(error.into()),
        }
        tx.commit().await?;
        Ok(())
    }

    /// What the built-in engine answers by the draft.
    async fn answer(&self, made: &Made, agent: AccountId, question: String) -> Result<Answered, String> {
        let in_words = |error: &dyn std::fmt::Display| error.to_string();
        let found = service::retrieve(self.database.pool(), agent, &question, None, PASSAGES)
            .await
            .map_err(|error| in_words(&error))?;
        let prompt = Prompt {
            model: models_offline::MODEL.to_owned(),
            persona: Persona {
                name: made.handle.to_owned(),
                instructions: made.instructions.to_owned(),
                ..Persona::default()
            },
            passages: found.iter().map(passage).collect(),
            turns: vec![Turn::user(question)],
            max_output_tokens: 1_024,
            ..Prompt::default()
        };
        let engine: platform::models::Provider = Arc::new(Offline::with_pace(std::time::Duration::ZERO));
        let mut pieces = engine.stream(prompt).await.map_err(|error| in_words(&error))?;
        let mut text = String::new();
        while let Some(piece) = pieces.next().await {
            if let Piece::Text(words) = piece.map_err(|error| in_words(&error))? {
                text.push_str(&words);
            }
        }
        let cited = agents_core::run::numbers_cited(&text).into_iter();
        let cited = cited.filter_map(|number| found.get(usize::try_from(number).ok()?.checked_sub(1)?));
        let cited_sources = cited.map(|found| found.source).collect();
        Ok(Answered { text, cited_sources, declined: false })
    }
}

impl Made {
    fn spec(&self) -> Spec {
        let template =
            agents_core::Template::by_key(self.template).map(agents_core::Template::spec).unwrap_or_default();
        Spec {
            instructions: self.instructions.to_owned(),
            tone: self.tone.to_owned(),
            greeting: self.greeting.to_owned(),
            suggestions: self.suggestions.iter().map(|it| (*it).to_owned()).collect(),
            topics: Vec::new(),
            ..template
        }
    }
}

fn passage(found: &Found) -> Passage {
    let place = [found.heading.as_str(), found.locator.as_str()].into_iter().filter(|it| !it.is_empty());
    let place = place.collect::<Vec<_>>().join(", ");
    Passage {
        id: found.passage.to_string(),
        source_title: found.title.clone(),
        locator: Some(place).filter(|place| !place.is_empty()),
        text: found.text.clone(),
        score: found.score,
    }
}

#[cfg(test)]
mod tests {
    use testkit::TestApp;

    #[tokio::test]
    async fn every_agent_of_the_demo_world_passes_its_check_and_answers() {
        let app = TestApp::new().await;
        let loaded = crate::demo::load_if_empty(&app.database, &app.files, &app.world, &app.passwords).await;
        assert!(loaded.expect("loaded"));
        let resting: Vec<String> = sqlx::query_scalar(
            "select a.handle from accounts a left join agents g on g.account_id = a.id
             where a.kind = 'agent' and g.state is distinct from 'published'",
        )
        .fetch_all(app.database.pool())
        .await
        .expect("a list");
        assert!(resting.is_empty(), "these have not passed their check: {resting:?}");
    }
}

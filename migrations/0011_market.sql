-- The market: listings of agents, who may use them, what they were paid, and how that is divided.
-- Amounts are whole minor units of euros; rates are basis points, a hundredth of a per cent.

-- Groups of three letters of each word, with which a word is found that somebody spelt otherwise.
create function market_grams(words text) returns text[]
language sql immutable parallel safe as $$
    select coalesce(array_agg(distinct substr(padded, place, 3)), '{}')
    from regexp_split_to_table(lower(words), '[^[:alnum:]]+') as word
        cross join lateral (select '_' || word || '_' as padded) p
        cross join lateral generate_series(1, length(padded) - 2) as place
    where word <> ''
$$;

-- array_to_string is only stable, for what it does to other types than text.
create function market_joined(words text[]) returns text
language sql immutable parallel safe as $$ select array_to_string(words, ' ') $$;

create table listings (
    id uuid primary key,
    agent_id uuid not null constraint listings_one_each unique references agents (account_id),
    owner_id uuid not null references accounts (id),
    state text not null check (state in ('draft', 'listed', 'paused', 'withdrawn')),
    title text not null check (char_length(title) <= 80),
    tagline text not null check (char_length(tagline) <= 160),
    description text not null check (char_length(description) <= 10000),
    -- Rendered from `description` and sanitised when it was saved.
    description_html text not null,
    category text not null,
    tags text[] not null check (cardinality(tags) <= 10),
    -- The language it speaks (ISO 639-1), and the configuration of text search for that.
    language text not null check (language ~ '^[a-z]{2}$'),
    config regconfig not null,
    suggestions text[] not null check (cardinality(suggestions) <= 6),
    -- What it costs; what is null is not offered. One that is free costs nothing in any way.
    free boolean not null,
    once_minor bigint check (once_minor > 0),
    monthly_minor bigint check (monthly_minor > 0),
    yearly_minor bigint check (yearly_minor > 0),
    message_minor bigint check (message_minor > 0),
    -- So many messages anybody may send before it costs something.
    free_messages integer not null check (free_messages between 0 and 100),
    -- What its forks pay to its owner; null when there may be none.
    fork_royalty_points integer check (fork_royalty_points between 0 and 10000),
    withdrawn_reason text check (char_length(withdrawn_reason) between 1 and 500),
    -- Whether its agent answers at the moment.
    at_work boolean not null,
    -- Who used it (had an answer), and what they say.
    users integer not null default 0 check (users >= 0),
    ratings integer not null default 0 check (ratings >= 0),
    rating_sum integer not null default 0,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    -- When it was first offered.
    listed_at timestamptz,
    -- The lowest price there is, for filters and the order by price.
    lowest_minor bigint not null generated always as (
        case when free then 0 else coalesce(least(message_minor, once_minor, monthly_minor, yearly_minor), 0) end
    ) stored,
    -- Thousandths of a star, drawn towards three and a half while there are few ratings.
    rating_rank integer not null generated always as ((rating_sum * 1000 + 5 * 3500) / (ratings + 5)) stored,
    words tsvector not null generated always as (
        setweight(to_tsvector('simple', title) || to_tsvector(config, title), 'A')
        || setweight(to_tsvector(config, tagline) || to_tsvector('simple', market_joined(tags)), 'B')
        || setweight(to_tsvector(config, description), 'D')
    ) stored,
    grams tsvector not null generated always as (array_to_tsvector(market_grams(title))) stored,
    constraint what_is_free_has_no_price check (
        not free or (once_minor is null and monthly_minor is null and yearly_minor is null and message_minor is null)
    ),
    constraint what_is_offered_can_be_had check (
        state = 'draft' or free or once_minor is not null or monthly_minor is not null or yearly_minor is not null
        or message_minor is not null
    ),
    constraint what_is_offered_was_listed check (state = 'draft' or listed_at is not null),
    constraint what_is_withdrawn_says_why check ((state = 'withdrawn') = (withdrawn_reason is not null)),
    constraint ratings_are_one_to_five check (rating_sum between ratings and 5 * ratings)
);
create index listings_by_owner on listings (owner_id, id desc);
-- With all that the grid is narrowed by, so that what fits to little is found without reading each listing.
create index listings_newest on listings (listed_at desc, id desc)
    include (category, language, owner_id, free, once_minor, monthly_minor, yearly_minor, message_minor, lowest_minor, ratings, rating_sum)
    where state = 'listed' and at_work;
create index listings_best on listings (rating_rank desc, id desc)
    include (category, language, owner_id, free, once_minor, monthly_minor, yearly_minor, message_minor, lowest_minor, ratings, rating_sum)
    where state = 'listed' and at_work;
create index listings_most_used on listings (users desc, id desc)
    include (category, language, owner_id, free, once_minor, monthly_minor, yearly_minor, message_minor, lowest_minor, ratings, rating_sum)
    where state = 'listed' and at_work;
create index listings_cheapest on listings (lowest_minor, id)
    include (category, language, owner_id, free, once_minor, monthly_minor, yearly_minor, message_minor, ratings, rating_sum)
    where state = 'listed' and at_work;
create index listings_newest_of on listings (category, listed_at desc, id desc)
    include (language, owner_id, free, once_minor, monthly_minor, yearly_minor, message_minor, lowest_minor, ratings, rating_sum)
    where state = 'listed' and at_work;
create index listings_best_of on listings (category, rating_rank desc, id desc)
    include (language, owner_id, free, once_minor, monthly_minor, yearly_minor, message_minor, lowest_minor, ratings, rating_sum)
    where state = 'listed' and at_work;
create index listings_most_used_of on listings (category, users desc, id desc)
    include (language, owner_id, free, once_minor, monthly_minor, yearly_minor, message_minor, lowest_minor, ratings, rating_sum)
    where state = 'listed' and at_work;
create index listings_cheapest_of on listings (category, lowest_minor, id)
    include (language, owner_id, free, once_minor, monthly_minor, yearly_minor, message_minor, ratings, rating_sum)
    where state = 'listed' and at_work;
create index listings_by_language on listings (language, users desc, id desc) where state = 'listed' and at_work;
create index listings_by_words on listings using gin (words);
create index listings_by_grams on listings using gin (grams);

-- What rests or is retired is not in the grid.
create function agents_on_market() returns trigger
language plpgsql as $$
begin
    update listings set at_work = (new.state = 'published') where agent_id = new.account_id;
    return null;
end
$$;
create trigger agents_on_market after update of state on agents
    for each row when (old.state is distinct from new.state) execute function agents_on_market();

-- What using a listing came to, measured. Beside the listing, because it changes with each answer, and no index has it.
create table listing_figures (
    listing_id uuid primary key references listings (id) on delete cascade,
    answers bigint not null default 0 check (answers >= 0),
    conversations bigint not null default 0 check (conversations >= 0),
    -- What those who asked paid by the message, in minor units, and what answering cost, in millionths of them.
    charged_minor bigint not null default 0 check (charged_minor >= 0),
    cost_micro bigint not null default 0 check (cost_micro >= 0),
    revenue_minor bigint not null default 0
);

-- Who has to do with a listing. Held while they ask, buy or give back, so that it happens one after the other.
create table listing_users (
    listing_id uuid not null references listings (id) on delete cascade,
    account_id uuid not null references accounts (id),
    -- Free messages used, those that are being answered counted in.
    free_used integer not null default 0 check (free_used >= 0),
    answers bigint not null default 0 check (answers >= 0),
    paid_answers bigint not null default 0 check (paid_answers >= 0),
    -- The most a message may cost without asking them again.
    agreed_minor bigint check (agreed_minor > 0),
    first_answer_at timestamptz,
    primary key (listing_id, account_id)
);
create index listing_users_of_account on listing_users (account_id, listing_id);

create table listing_conversations (
    listing_id uuid not null references listings (id) on delete cascade,
    conversation_id uuid not null,
    primary key (listing_id, conversation_id)
);

-- What a question costs whoever asked: set aside when it is asked, and settled when the answer has ended.
create table message_charges (
    run_id uuid primary key references runs (id) on delete cascade,
    listing_id uuid not null references listings (id),
    account_id uuid not null references accounts (id),
    way text not null check (way in ('own', 'free', 'trial', 'licence', 'paid')),
    amount_minor bigint not null check (amount_minor >= 0),
    hold_id uuid references holds (id),
    -- Whether it was taken; empty while the answer is written.
    taken boolean,
    settled_at timestamptz,
    constraint what_is_paid_is_held check ((way = 'paid') = (hold_id is not null)),
    constraint what_is_settled_has_a_time check ((taken is null) = (settled_at is null))
);

-- How what an agent earns is divided. A rule is never changed: the next one takes its place, and sales keep the number of
-- the one that divided them.
create table split_rules (
    listing_id uuid not null references listings (id) on delete cascade,
    version integer not null check (version > 0),
    platform_points integer not null check (platform_points between 0 and 10000),
    created_at timestamptz not null,
    primary key (listing_id, version)
);
create table split_shares (
    listing_id uuid not null,
    version integer not null,
    place smallint not null check (place between 0 and 49),
    account_id uuid not null references accounts (id),
    -- The creator gets what the others leave.
    role text not null check (role in ('creator', 'co_creator', 'parent')),
    -- Of what is left when the platform has its part.
    points integer not null check (points between 0 and 10000),
    -- Of a parent: the agent that this one was made of.
    agent_id uuid references agents (account_id),
    primary key (listing_id, version, place),
    foreign key (listing_id, version) references split_rules (listing_id, version) on delete cascade,
    constraint parents_are_agents check ((role = 'parent') = (agent_id is not null))
);
create function keep_split() returns trigger
language plpgsql as $$
begin
    raise exception 'a rule of division cannot be changed' using errcode = 'integrity_constraint_violation';
end
$$;
create trigger split_rules_are_kept before update on split_rules for each row execute function keep_split();
create trigger split_shares_are_kept before update on split_shares for each row execute function keep_split();
create function split_is_whole() returns trigger
language plpgsql as $$
begin
    if (select sum(points) from split_shares where listing_id = new.listing_id and version = new.version) <> 10000 then
        raise exception 'the shares of a rule come to 100 %% in sum' using errcode = 'integrity_constraint_violation',
            constraint = 'split_is_whole';
    end if;
    return null;
end
$$;
create constraint trigger split_is_whole after insert on split_rules deferrable initially deferred
    for each row execute function split_is_whole();

-- Who was offered a share of what an agent earns, and what became of it.
create table co_creators (
    listing_id uuid not null references listings (id) on delete cascade,
    account_id uuid not null references accounts (id),
    -- What they have, and what they were offered in its place.
    points integer not null default 0 check (points between 0 and 10000),
    offered_points integer check (offered_points between 0 and 10000),
    offered_at timestamptz,
    accepted_at timestamptz,
    primary key (listing_id, account_id)
);
create index co_creators_by_account on co_creators (account_id);

-- Agents that were made of others.
create table forks (
    agent_id uuid primary key references agents (account_id),
    parent_id uuid not null references agents (account_id),
    parent_version integer not null,
    depth smallint not null check (depth between 1 and 5),
    created_at timestamptz not null,
    constraint nobody_is_their_own_parent check (agent_id <> parent_id)
);
create index forks_by_parent on forks (parent_id, agent_id desc);
-- What each agent above it gets of what a fork earns, as agreed when it was made.
create table fork_royalties (
    agent_id uuid not null references forks (agent_id),
    -- From the parent (0) upwards.
    place smallint not null check (place between 0 and 4),
    ancestor_id uuid not null references agents (account_id),
    owner_id uuid not null references accounts (id),
    points integer not null check (points between 0 and 10000),
    primary key (agent_id, place)
);

-- The right to use an agent that was paid for.
create table licences (
    id uuid primary key,
    listing_id uuid not null references listings (id),
    agent_id uuid not null references agents (account_id),
    account_id uuid not null references accounts (id),
    kind text not null check (kind in ('once', 'monthly', 'yearly')),
    state text not null check (state in ('active', 'past_due', 'grace', 'ended')),
    -- What was agreed; goes on being so for those who subscribed.
    price_minor bigint not null check (price_minor > 0),
    -- The same wish again is the same licence.
    key text not null,
    period_start timestamptz not null,
    -- Of a subscription.
    period_end timestamptz,
    anchor_day smallint check (anchor_day between 1 and 31),
    at_end text check (at_end in ('renew', 'cancel')),
    -- When the next thing happens: a period ends, another try is made, or the time to pay is over.
    due_at timestamptz,
    tries smallint not null default 0 check (tries >= 0),
    -- Answers given under it since its last payment: what decides whether it can be given back.
    answers bigint not null default 0 check (answers >= 0),
    ended_at timestamptz,
    end_reason text check (end_reason in ('asked', 'unpaid', 'refunded', 'withdrawn')),
    created_at timestamptz not null,
    constraint licences_key unique (account_id, key),
    constraint subscriptions_have_periods check (
        (kind <> 'once') = (period_end is not null and anchor_day is not null and at_end is not null)
    ),
    constraint what_is_over_says_why check ((state = 'ended') = (ended_at is not null and end_reason is not null)),
    constraint what_is_over_is_not_due check (state <> 'ended' or due_at is null)
);
create unique index licences_once_each on licences (listing_id, account_id) where state <> 'ended';
create index licences_of_account on licences (account_id, id desc);
create index licences_of_listing on licences (listing_id, id desc);
create index licences_due on licences (due_at, id) where due_at is not null;

-- Money that came in for an agent: bought, a period of a subscription, or a message.
create table sales (
    id uuid primary key,
    listing_id uuid not null references listings (id),
    agent_id uuid not null references agents (account_id),
    buyer_id uuid not null references accounts (id),
    kind text not null check (kind in ('once', 'period', 'message')),
    amount_minor bigint not null check (amount_minor > 0),
    licence_id uuid references licences (id),
    run_id uuid references runs (id) on delete set null,
    -- The rule that divided it.
    rule_version integer not null,
    transfer_id uuid not null constraint sales_once unique references transfers (id),
    created_at timestamptz not null,
    refunded_at timestamptz,
    refund_id uuid references transfers (id),
    refund_reason text check (char_length(refund_reason) <= 500),
    foreign key (listing_id, rule_version) references split_rules (listing_id, version),
    constraint messages_have_no_licence check ((kind = 'message') = (licence_id is null)),
    constraint what_was_given_back_has_a_time check ((refunded_at is null) = (refund_id is null))
);
create index sales_of_listing on sales (listing_id, id desc);
create index sales_of_buyer on sales (buyer_id, id desc);
create index sales_of_licence on sales (licence_id, id desc) where licence_id is not null;
create table sale_lines (
    sale_id uuid not null references sales (id),
    place smallint not null check (place between 0 and 50),
    -- Nobody, for the platform's part.
    payee_id uuid references accounts (id),
    role text not null check (role in ('platform', 'creator', 'co_creator', 'parent')),
    points integer not null check (points between 0 and 10000),
    amount_minor bigint not null check (amount_minor >= 0),
    -- What of it was taken back.
    returned_minor bigint not null default 0 check (returned_minor between 0 and amount_minor),
    primary key (sale_id, place),
    constraint the_platform_is_nobody check ((role = 'platform') = (payee_id is null))
);
create index sale_lines_of_payee on sale_lines (payee_id, sale_id desc);
-- What a payment is divided into is the payment.
create function sale_is_whole() returns trigger
language plpgsql as $$
begin
    if (select sum(amount_minor) from sale_lines where sale_id = new.id) is distinct from new.amount_minor then
        raise exception 'the lines of a sale come to its amount' using errcode = 'integrity_constraint_violation',
            constraint = 'sale_is_whole';
    end if;
    return null;
end
$$;
create constraint trigger sale_is_whole after insert on sales deferrable initially deferred
    for each row execute function sale_is_whole();

create table reviews (
    id uuid primary key,
    listing_id uuid not null references listings (id) on delete cascade,
    author_id uuid not null references accounts (id),
    rating smallint not null check (rating between 1 and 5),
    body text not null check (char_length(body) <= 2000),
    reply text check (char_length(reply) between 1 and 2000),
    replied_at timestamptz,
    created_at timestamptz not null,
    edited_at timestamptz,
    constraint reviews_once unique (listing_id, author_id),
    constraint replies_have_a_time check ((reply is null) = (replied_at is null))
);
create index reviews_of_listing on reviews (listing_id, id desc);
create index reviews_of_author on reviews (author_id, id desc);

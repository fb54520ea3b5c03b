-- Experts: when they work, what they offer, ten-minute slices of their time, bookings, and what becomes of them.
-- Amounts are whole minor units of euros. Minutes of a day are those of the wall clock in the expert's zone.

-- An identifier beside a range of time in one exclusion constraint.
create extension if not exists btree_gist;

-- While a payment is disputed nobody knows when it becomes free.
alter table payment_lines alter column frees_at drop not null;

create table experts (
    account_id uuid primary key references accounts (id),
    state text not null check (state in ('draft', 'published', 'paused')),
    headline text not null check (char_length(headline) <= 120),
    about text not null check (char_length(about) <= 5000),
    -- Rendered from `about` and sanitised when it was saved.
    about_html text not null,
    skills text[] not null check (cardinality(skills) <= 20),
    -- ISO 639-1.
    languages text[] not null check (cardinality(languages) <= 10),
    -- As the database of time zones calls it.
    zone text not null check (char_length(zone) between 1 and 64),
    -- Between two calls.
    buffer_minutes smallint not null check (buffer_minutes between 0 and 60 and buffer_minutes % 5 = 0),
    -- From a booking to the call, at least.
    notice_minutes integer not null check (notice_minutes between 0 and 20160),
    -- How far ahead somebody can book.
    ahead_days smallint not null check (ahead_days between 1 and 90),
    -- Whether each booking waits for the expert's word.
    approval boolean not null,
    policy text not null check (policy in ('flexible', 'moderate', 'strict')),
    -- What the cheapest service that is offered costs.
    lowest_minor bigint check (lowest_minor > 0),
    calls integer not null default 0 check (calls >= 0),
    ratings integer not null default 0 check (ratings >= 0),
    rating_sum integer not null default 0,
    -- Nothing is free before: a bound that is drawn nearer whenever something becomes free, and checked when it is used.
    free_from timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    -- Thousandths of a star, drawn towards three and a half while there are few ratings.
    rating_rank integer not null generated always as ((rating_sum * 1000 + 5 * 3500) / (ratings + 5)) stored,
    words tsvector not null generated always as (
        setweight(to_tsvector('simple', market_joined(skills)) || to_tsvector('english', market_joined(skills)), 'A')
        || setweight(to_tsvector('simple', headline) || to_tsvector('english', headline), 'B')
        || setweight(to_tsvector('english', about), 'D')
    ) stored,
    constraint what_is_published_has_a_service check (state <> 'published' or lowest_minor is not null),
    constraint ratings_are_one_to_five check (rating_sum between ratings and 5 * ratings)
);
create index experts_soonest on experts (free_from, account_id) where state = 'published';
create index experts_cheapest on experts (lowest_minor, account_id) where state = 'published';
create index experts_best on experts (rating_rank desc, account_id) where state = 'published';
create index experts_by_words on experts using gin (words) where state = 'published';
create index experts_by_skill on experts using gin (skills) where state = 'published';

-- When an expert works: four hours a day at most, from a minute of the day on, perhaps past midnight.
create table expert_windows (
    expert_id uuid not null references experts (account_id) on delete cascade,
    -- From Monday (0) to Sunday (6).
    weekday smallint not null check (weekday between 0 and 6),
    from_minute smallint not null check (from_minute between 0 and 1435 and from_minute % 5 = 0),
    minutes smallint not null check (minutes between 10 and 240 and minutes % 5 = 0),
    primary key (expert_id, weekday)
);
create table expert_days_off (
    expert_id uuid not null references experts (account_id) on delete cascade,
    day date not null,
    primary key (expert_id, day)
);

create table expert_services (
    id uuid primary key,
    expert_id uuid not null references experts (account_id) on delete cascade,
    title text not null check (char_length(title) between 1 and 80),
    description text not null check (char_length(description) <= 2000),
    -- What whoever books should bring.
    bring text not null check (char_length(bring) <= 500),
    price_minor bigint not null check (price_minor between 100 and 1000000),
    -- One that is not offered any more is kept for the bookings it has.
    offered boolean not null,
    created_at timestamptz not null
);
create index expert_services_of on expert_services (expert_id, id);

-- A call, from the moment somebody picked its time.
create table bookings (
    id uuid primary key,
    expert_id uuid not null references experts (account_id),
    client_id uuid not null references accounts (id),
    service_id uuid not null references expert_services (id),
    -- The same wish again is the same booking.
    key text not null,
    state text not null check (state in (
        'held', 'lapsed', 'requested', 'declined', 'confirmed', 'cancelled',
        'completed', 'expert_missed', 'client_missed', 'nobody_came', 'failed'
    )),
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    -- What it is about, in the client's words.
    brief text not null check (char_length(brief) <= 2000),
    -- As it was when it was booked: what a slice costs, what the platform keeps, and what is given back when.
    price_minor bigint not null check (price_minor > 0),
    fee_points integer not null check (fee_points between 0 and 10000),
    policy jsonb not null,
    -- Until when its time is kept for whoever pays, or for the expert's word.
    due_at timestamptz,
    -- Whether it is paid as soon as money comes into the client's wallet.
    awaits_money boolean not null default false,
    -- Money that is set aside until the expert says yes.
    hold_id uuid references holds (id),
    expert_came_at timestamptz,
    client_came_at timestamptz,
    -- Who ended the call before its time, and when.
    ended_by uuid references accounts (id),
    ended_at timestamptz,
    -- Who said that it failed for technical reasons.
    broken_by uuid references accounts (id),
    -- Who took it back, and why: in their own words.
    closed_by uuid references accounts (id),
    reason text check (char_length(reason) <= 500),
    closed_at timestamptz,
    -- Counts changes of its time, for calendars.
    sequence integer not null default 0 check (sequence >= 0),
    created_at timestamptz not null,
    confirmed_at timestamptz,
    constraint bookings_key unique (client_id, key),
    constraint nobody_books_themselves check (expert_id <> client_id),
    constraint calls_are_of_slices check (
        ends_at > starts_at and extract(epoch from ends_at - starts_at)::integer % 600 = 0
        and ends_at - starts_at <= interval '4 hours'
    ),
    constraint what_waits_is_due check ((state in ('held', 'requested')) = (due_at is not null)),
    constraint what_is_requested_is_set_aside check (state <> 'requested' or hold_id is not null)
);
create index bookings_of_client on bookings (client_id, starts_at desc, id desc);
create index bookings_of_expert on bookings (expert_id, starts_at desc, id desc);
create index bookings_due on bookings (due_at, id) where due_at is not null;
create index bookings_to_settle on bookings (ends_at, id) where state = 'confirmed';
create index bookings_awaiting_money on bookings (client_id) where awaits_money;
-- One at a time of an expert's is kept for somebody who has not paid.
create unique index bookings_one_hold on bookings (expert_id, client_id) where state = 'held';

-- What was paid for a booking: the call itself, and each time it was made longer.
create table booking_payments (
    booking_id uuid not null references bookings (id),
    place smallint not null check (place between 0 and 23),
    transfer_id uuid not null unique references transfers (id),
    amount_minor bigint not null check (amount_minor > 0),
    returned_minor bigint not null default 0 check (returned_minor between 0 and amount_minor),
    primary key (booking_id, place)
);
-- A call is confirmed by the transaction that took the money for it, and by no other.
create function confirmed_is_paid() returns trigger
language plpgsql as $$
begin
    if new.state = 'confirmed' and not exists (select from booking_payments where booking_id = new.id) then
        raise exception 'a booking is confirmed when it is paid' using errcode = 'integrity_constraint_violation',
            constraint = 'confirmed_is_paid';
    end if;
    return null;
end
$$;
create constraint trigger confirmed_is_paid after insert or update of state on bookings deferrable initially deferred
    for each row execute function confirmed_is_paid();

-- An expert's time that is taken: for a booking, or kept for somebody.
create table slices (
    id uuid primary key,
    expert_id uuid not null references experts (account_id),
    kind text not null check (kind in ('hold', 'booking', 'proposal', 'offer')),
    -- For which booking; an offer to somebody on the waiting list has none yet.
    booking_id uuid references bookings (id),
    account_id uuid not null references accounts (id),
    -- The day its minutes count to: that on which the expert's window begins.
    day date not null,
    call tstzrange not null,
    -- With the rest that follows.
    blocked tstzrange not null,
    -- When it is let go by itself.
    until timestamptz,
    constraint slices_do_not_overlap exclude using gist (expert_id with =, blocked with &&),
    constraint what_is_kept_ends check ((kind = 'booking') = (until is null)),
    constraint offers_have_no_booking check ((kind = 'offer') = (booking_id is null)),
    constraint calls_are_blocked check (call <@ blocked and lower(call) = lower(blocked))
);
create index slices_of_booking on slices (booking_id) where booking_id is not null;
create index slices_until on slices (until, id) where until is not null;
create index slices_offered on slices (account_id) where kind = 'offer';

-- Four hours a day, whatever is moved, narrowed or booked at the same time.
create table expert_days (
    expert_id uuid not null references experts (account_id),
    day date not null,
    minutes smallint not null,
    primary key (expert_id, day),
    constraint four_hours_a_day check (minutes between 0 and 240)
);
create function count_slices() returns trigger
language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        update expert_days set minutes = minutes - extract(epoch from upper(old.call) - lower(old.call))::integer / 60
        where expert_id = old.expert_id and day = old.day;
    end if;
    if tg_op <> 'DELETE' then
        insert into expert_days (expert_id, day, minutes)
        values (new.expert_id, new.day, extract(epoch from upper(new.call) - lower(new.call))::integer / 60)
        on conflict (expert_id, day) do update set minutes = expert_days.minutes + excluded.minutes;
    end if;
    return null;
end
$$;
create trigger count_slices after insert or delete or update of call, day on slices
    for each row execute function count_slices();

-- Somebody wants a call at another time. The times they propose are kept until the other one answers.
create table reschedules (
    id uuid primary key,
    booking_id uuid not null references bookings (id),
    by_id uuid not null references accounts (id),
    state text not null check (state in ('open', 'accepted', 'declined', 'withdrawn', 'lapsed')),
    until timestamptz not null,
    created_at timestamptz not null,
    answered_at timestamptz,
    constraint what_was_answered_has_a_time check ((state = 'open') = (answered_at is null))
);
create unique index reschedules_one_each on reschedules (booking_id) where state = 'open';
create index reschedules_until on reschedules (until, id) where state = 'open';

-- Who waits for an expert who has nothing free, first come, first served.
create table waitlist (
    expert_id uuid not null references experts (account_id),
    account_id uuid not null references accounts (id),
    joined_at timestamptz not null,
    primary key (expert_id, account_id)
);
create index waitlist_in_order on waitlist (expert_id, joined_at, account_id);
create index waitlist_of_account on waitlist (account_id);

-- What a call leaves behind.
create table booking_notes (
    booking_id uuid not null references bookings (id),
    author_id uuid not null references accounts (id),
    body text not null check (char_length(body) <= 10000),
    -- Whether they agree that the expert makes something public of what was noted.
    consents boolean not null default false,
    updated_at timestamptz not null,
    primary key (booking_id, author_id),
    -- What is shown of it refers to the agreement itself.
    unique (booking_id, author_id, consents)
);
-- What an expert makes public of what was noted. It stays when it is taken off their page, and may be shown again.
create table published_notes (
    booking_id uuid primary key references bookings (id),
    -- By which the page goes on. The booking's own id stands there beside its review, which has a name: nothing public leads to that.
    id uuid not null unique,
    expert_id uuid not null references experts (account_id),
    client_id uuid not null references accounts (id),
    title text not null check (char_length(title) between 1 and 120),
    body text not null check (char_length(body) between 1 and 10000),
    -- True while it is shown, and null while it isn't. A reference with a null in it refers to nothing: so what is shown always
    -- has the client's agreement, whatever runs at once, and what isn't shown needs none.
    agreed boolean check (agreed),
    published_at timestamptz not null,
    updated_at timestamptz not null,
    constraint what_is_shown_is_agreed_to foreign key (booking_id, client_id, agreed)
        references booking_notes (booking_id, author_id, consents)
);
create index published_notes_of on published_notes (expert_id, id desc) where agreed;
create table expert_reviews (
    booking_id uuid primary key references bookings (id),
    expert_id uuid not null references experts (account_id),
    author_id uuid not null references accounts (id),
    rating smallint not null check (rating between 1 and 5),
    body text not null check (char_length(body) <= 2000),
    reply text check (char_length(reply) between 1 and 2000),
    replied_at timestamptz,
    created_at timestamptz not null,
    constraint replies_have_a_time check ((reply is null) = (replied_at is null))
);
create index expert_reviews_of on expert_reviews (expert_id, booking_id desc);

-- A client disputes what a call came to; its money waits until an administrator has decided.
create table booking_disputes (
    booking_id uuid primary key references bookings (id),
    reason text not null check (char_length(reason) between 1 and 2000),
    opened_at timestamptz not null,
    decided_at timestamptz,
    decided_by uuid references accounts (id),
    -- What was given back, and why.
    returned_minor bigint check (returned_minor >= 0),
    answer text check (char_length(answer) between 1 and 2000),
    constraint what_was_decided_says_so check (
        (decided_at is null) = (decided_by is null) and (decided_at is null) = (returned_minor is null)
        and (decided_at is null) = (answer is null)
    )
);
create index booking_disputes_open on booking_disputes (opened_at, booking_id) where decided_at is null;

-- What is to be said of a booking and when, each once.
create table booking_reminders (
    booking_id uuid not null references bookings (id),
    account_id uuid not null references accounts (id),
    kind text not null check (kind in ('day_before', 'soon', 'review')),
    due_at timestamptz not null,
    sent_at timestamptz,
    primary key (booking_id, account_id, kind)
);
create index booking_reminders_due on booking_reminders (due_at, booking_id) where sent_at is null;

-- Calendars elsewhere in which an expert is busy.
create table expert_calendars (
    id uuid primary key,
    expert_id uuid not null references experts (account_id) on delete cascade,
    name text not null check (char_length(name) between 1 and 80),
    -- Whoever knows it can read it, so it is sealed.
    address bytea not null,
    -- When it was read, and what went wrong the last time.
    read_at timestamptz,
    problem text check (char_length(problem) <= 500),
    next_at timestamptz not null,
    created_at timestamptz not null
);
create index expert_calendars_of on expert_calendars (expert_id, id);
create index expert_calendars_due on expert_calendars (next_at, id);
create table expert_busy (
    calendar_id uuid not null references expert_calendars (id) on delete cascade,
    expert_id uuid not null references experts (account_id) on delete cascade,
    starts_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > starts_at),
    primary key (calendar_id, starts_at)
);
create index expert_busy_of on expert_busy (expert_id, starts_at);

-- The address under which somebody's calendar is read by other programs. Whoever knows it can read it.
create table calendar_feeds (
    account_id uuid primary key references accounts (id),
    token_hash bytea not null unique,
    token_sealed bytea not null,
    created_at timestamptz not null
);

-- What both say in the room of a call, and what their browsers tell each other to connect. The latter is of no use afterwards.
create table room_messages (
    id uuid primary key,
    booking_id uuid not null references bookings (id),
    author_id uuid not null references accounts (id),
    body text not null check (char_length(body) between 1 and 2000),
    created_at timestamptz not null
);
create index room_messages_of on room_messages (booking_id, id);
create table room_signals (
    id bigint generated always as identity primary key,
    booking_id uuid not null references bookings (id),
    from_id uuid not null references accounts (id),
    body text not null check (octet_length(body) <= 16384),
    created_at timestamptz not null
);
create index room_signals_of on room_signals (booking_id, id);
create index room_signals_old on room_signals (created_at);

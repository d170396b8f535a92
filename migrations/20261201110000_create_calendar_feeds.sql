-- Why: each person may have the own tasks in the calendar of a phone, by an address that nobody can guess.

CREATE TABLE calendar_feeds (
    user_id    bigint CONSTRAINT calendar_feeds_pkey PRIMARY KEY
               CONSTRAINT calendar_feeds_user_id_fkey REFERENCES users (id),
    -- Together with the application's secret key it gives the address, which stands nowhere.
    salt       uuid NOT NULL,
    token_hash bytea NOT NULL CONSTRAINT calendar_feeds_token_hash_key UNIQUE,
    issued_at  timestamptz NOT NULL,
    -- The latest reading, within an hour.
    read_at    timestamptz,
    reader     text NOT NULL DEFAULT ''
);

-- How often calendars were asked for by a person's address, and by strangers from an address of the network.
CREATE TABLE calendar_readings (
    key   text CONSTRAINT calendar_readings_pkey PRIMARY KEY,
    since timestamptz NOT NULL,
    count integer NOT NULL
);

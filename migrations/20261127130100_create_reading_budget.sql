-- Why: whoever opens card after card copies the base without an export; so different cards are counted per hour and day.

-- The only row: how many different cards one person may open; 0: as many as one likes.
CREATE TABLE reading_limits (
    id       boolean NOT NULL DEFAULT true CONSTRAINT reading_limits_pkey PRIMARY KEY
             CONSTRAINT reading_limits_id_check CHECK (id),
    per_hour integer NOT NULL DEFAULT 200 CONSTRAINT reading_limits_per_hour_check CHECK (per_hour BETWEEN 0 AND 100000),
    per_day  integer NOT NULL DEFAULT 1000 CONSTRAINT reading_limits_per_day_check CHECK (per_day BETWEEN 0 AND 100000)
);
INSERT INTO reading_limits DEFAULT VALUES;

-- One row for each card that a person opens on a day. Written while a card is read: without a log of its own, and without
-- a foreign key, which would lock and rewrite the person's row each time. After a crash counting begins anew.
CREATE UNLOGGED TABLE card_openings (
    user_id bigint NOT NULL,
    -- The day by the installation's clock.
    day     date NOT NULL,
    card    uuid NOT NULL,
    -- One bit for each hour of the day.
    hours   integer NOT NULL,
    CONSTRAINT card_openings_pkey PRIMARY KEY (user_id, day, card)
);

-- Who came near a limit or reached it: once for each hour (or day) and step.
CREATE TABLE reading_alarms (
    user_id bigint NOT NULL CONSTRAINT reading_alarms_user_id_fkey REFERENCES users (id),
    day     date NOT NULL,
    -- -1: the limit of the day.
    hour    integer NOT NULL CONSTRAINT reading_alarms_hour_check CHECK (hour BETWEEN -1 AND 23),
    is_over boolean NOT NULL,
    opened  bigint NOT NULL,
    at      timestamptz NOT NULL,
    CONSTRAINT reading_alarms_pkey PRIMARY KEY (user_id, day, hour, is_over)
);
CREATE INDEX reading_alarms_day_idx ON reading_alarms (day);
